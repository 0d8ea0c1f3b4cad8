"""Kind `feed`: RSS, Atom and JSON Feed; every entry's page is captured, and again only when the entry changes.

Location: the feed's address. Options: `include` and `exclude`, patterns for the addresses of entries. An entry that
names no page and has a text of its own is captured as a page that holds it, under the feed's address with the entry's
id as the fragment.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from xml.sax import SAXException

import feedparser

from flows.capture.seen import Seen
from flows.capture.session import Batch, Session
from flows.faults import sentence, told
from flows.fetch.errors import FetchError
from flows.fetch.url import normal
from flows.fetch.xml import mended, refuse_entities
from flows.sources.registry import Source
from flows.sources.scope import Scope
from flows.sources.visit import Visit
from flows.sources.wants import Found, Inline, Want

_JSON = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*\{")
_ITEM = re.compile(rb"<(?P<end>/?)(?P<name>(?:[\w.-]+:)?(?:item|entry))(?=[\s/>])[^<>]*>", re.IGNORECASE)
_OUTER = re.compile(rb"<(?!channel\b)([\w.:-]+)(?:\s[^<>]*)?>", re.IGNORECASE)
_LONG_ID = 200
"""Characters of an id that become part of an address as they are."""


@dataclass(frozen=True)
class Entry:
    """An entry of a feed. `mark` is a hash of what the feed says of it; `page` holds its text where it names no page,
    and `url` is then empty."""

    id: str
    url: str
    mark: str
    page: bytes = b""


def capture(source: Source, session: Session, seen: Seen) -> Iterator[Batch]:
    """Read the feed and fetch the pages of entries that are new or have changed."""
    scope = Scope(source.options)

    def read(want: Want, url: str, payload: bytes) -> Iterator[Found]:
        for each in found(payload, url):
            if isinstance(each, FetchError) or scope.takes(each.url):
                yield each

    yield from Visit(source, session, seen, read=read, owes=scope.takes).run([Want(source.location, "list")])


def found(payload: bytes, url: str) -> Iterator[Found]:
    """What a feed lists: pages, texts of its own, and errors for what is wrong with it or with one of its entries."""
    listed = list(entries(payload, url))
    times = Counter(each.id for each in listed if isinstance(each, Entry))
    for each in listed:
        if isinstance(each, FetchError):
            yield each
            continue
        # An id that several entries share tells none of them from the others.
        key = f"entry {each.id}" if times[each.id] == 1 else f"entry {each.id} {each.url or each.mark}"
        if each.url:
            yield Want(each.url, key=key, mark=each.mark)
        else:
            name = each.id if len(each.id) <= _LONG_ID else hashlib.sha256(each.id.encode()).hexdigest()
            yield Inline(f"{url}#entry={quote(name, safe='')}", each.page, "text/html; charset=utf-8", key, each.mark)


def entries(payload: bytes, url: str) -> Iterator[Entry | FetchError]:
    """The entries of a feed, and errors for those that cannot be followed and for a feed that is damaged.

    A damaged feed is read entry by entry; one that breaks off gives those that are whole. Raises FetchError `feed`
    where it is none, `xml-entities` where it is unsafe.
    """
    if _JSON.match(payload):
        yield from _json_feed(payload, url)
        return
    refuse_entities(payload)
    try:
        feed = _parsed(payload)
    except Exception as error:  # the parser has no error of its own for what it was not made for
        fault = f"{type(error).__name__}: {error}"
    else:
        if not isinstance(feed.get("bozo_exception"), SAXException):
            if not feed.get("version") and not feed.entries:
                raise FetchError("feed", "This is neither RSS nor Atom nor JSON Feed.")
            yield from (_tried(_entry, each, url) for each in feed.entries)
            return
        fault = str(feed.bozo_exception)
    yield from _piecemeal(payload, url, fault)


def _parsed(payload: bytes) -> Any:
    # feedparser would fetch a text that looks like an address; bytes it parses. It is not told the feed's address, or
    # an id that is no address would look like one.
    return feedparser.parse(payload, sanitize_html=False, resolve_relative_uris=False)


def _piecemeal(payload: bytes, url: str, fault: str) -> Iterator[Entry | FetchError]:
    """The entries of a damaged feed, each parsed by itself behind the feed's own beginning."""
    data = mended(payload)
    edges = list(_ITEM.finditer(data))
    starts = [edge for edge in edges if not edge["end"]]
    if not starts:
        raise FetchError("feed", f"This is neither RSS nor Atom nor JSON Feed: {fault[:120]}.")
    outer = next(iter(_OUTER.finditer(data[: starts[0].start()])), None)
    first, name = (outer[0], outer[1]) if outer else (b"<rss version='2.0'>", b"rss")
    shell = (first, b"</" + name + b">") if name != b"rss" else (first + b"<channel>", b"</channel></rss>")
    out: list[Entry | FetchError] = []
    for edge, after in zip(edges, [*edges[1:], None], strict=True):
        if edge["end"]:
            continue
        if after is None:
            out.append(FetchError("feed-entry", "The feed breaks off inside its last entry."))
            continue
        piece = data[edge.start() : after.start()] + b"</" + edge["name"] + b">"
        try:
            read = _parsed(shell[0] + piece + shell[1]).entries
        except Exception as error:
            message = f"An entry cannot be read: {sentence(error)}"
            out.append(FetchError("feed-entry", message, traceback=told(error)))
        else:
            out += [_tried(_entry, each, url) for each in read]
    whole = sum(isinstance(each, Entry) for each in out)
    message = f"The feed is not well-formed ({fault[:120]}); it was read entry by entry, {whole} of them."
    yield FetchError("xml", message)
    yield from out


def _tried(read: Callable[[Any, str], Entry | FetchError], entry: Any, url: str) -> Entry | FetchError:
    """An entry, or the error where something in it was foreseen by nobody: the others are read all the same."""
    try:
        return read(entry, url)
    except Exception as error:
        return FetchError("feed-entry", f"An entry cannot be read: {sentence(error)}", traceback=told(error))


def _entry(entry: Any, url: str) -> Entry | FetchError:
    """An entry of RSS or Atom."""
    link, name = entry.get("feedburner_origlink") or entry.get("link") or "", entry.get("id") or ""
    if entry.get("guidislink") and link == name and "://" not in link:
        link = ""  # an id that is said to be an address, and is none
    if not link and "://" in name:
        link = name
    contents = [each for each in entry.get("content", []) if each.get("value")]
    says = [entry.get(each, "") for each in ("updated", "published", "title", "summary")]
    mark = _mark(says + [each["value"] for each in contents])
    told: Mapping[str, Any] = contents[0] if contents else entry.get("summary_detail") or {}
    text = told.get("value") or entry.get("summary") or ""
    if told.get("type") == "text/plain":
        text = _paragraphs(text)
    when = entry.get("published_parsed") or entry.get("updated_parsed")
    date = "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z".format(*when[:6]) if when else ""
    return _made(name, link, url, mark, entry.get("title") or "", text, entry.get("author") or "", date)


def _json_feed(payload: bytes, url: str) -> Iterator[Entry | FetchError]:
    items, fault = _json_items(payload)
    if fault is not None:
        yield fault
    for item in items:
        if not isinstance(item, dict):
            yield FetchError("feed-entry", "An entry of the feed is no object.")
            continue
        yield _tried(_json_entry, item, url)


def _json_items(payload: bytes) -> tuple[list[Any], FetchError | None]:
    """The items of a JSON Feed; of one that breaks off, those before that place."""
    text = payload.decode("utf-8-sig", "replace")
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        said = str(error)[:160]
    else:
        if "jsonfeed.org/version" not in str(feed.get("version")) or not isinstance(feed.get("items"), list):
            raise FetchError("feed", "This JSON is no JSON Feed.")
        return feed["items"], None
    found = re.search(r'"items"\s*:\s*\[', text)
    if found is None or "jsonfeed.org/version" not in text:
        raise FetchError("feed", f"This is no JSON Feed: {said}")
    items, decoder, at = [], json.JSONDecoder(), found.end()
    try:
        while True:
            at += len(text[at:]) - len(text[at:].lstrip(" \t\r\n,"))
            item, at = decoder.raw_decode(text, at)
            items.append(item)
    except (ValueError, RecursionError):
        pass
    return items, FetchError("feed", f"The JSON is damaged ({said}); the {len(items)} entries before that were read.")


def _json_entry(item: dict[str, Any], url: str) -> Entry | FetchError:
    names = ("date_modified", "date_published", "title", "summary", "content_html", "content_text")
    link = next((item[each] for each in ("url", "external_url") if isinstance(item.get(each), str)), "")
    text = item.get("content_html") or _paragraphs(str(item.get("content_text") or item.get("summary") or ""))
    authors = item.get("authors") or [item.get("author") or {}]
    author = ", ".join(str(each["name"]) for each in authors if isinstance(each, dict) and each.get("name"))
    title, date = str(item.get("title") or ""), str(item.get("date_published") or "")
    name = str(item["id"]) if item.get("id") is not None else ""
    return _made(name, link, url, _mark([item.get(each) for each in names]), title, str(text), author, date)


def _made(
    name: str, link: str, url: str, mark: str, title: str, text: str, author: str, date: str
) -> Entry | FetchError:
    """An entry from its parts: by the page that it names, else by the text that it has."""
    if link:
        try:
            return Entry(name or link, normal(link, url), mark)
        except FetchError as error:
            if not text:
                return FetchError(
                    error.error, f"The entry {(name or link)[:120]!r} names {link[:120]!r}. {error.message}"
                )
    if not text.strip():
        return FetchError("feed-entry", f"The entry {(name or title)[:120]!r} names no page and holds no text.")
    head = "".join(
        f'<meta {key} content="{html.escape(value)}">'
        for key, value in (('name="author"', author), ('property="article:published_time"', date))
        if value
    )
    heading = html.escape(_plain(title))
    page = (
        f'<!doctype html>\n<html><head><meta charset="utf-8"><title>{heading}</title>{head}</head>\n'
        f"<body><article>\n<h1>{heading}</h1>\n{text}\n</article></body></html>\n"
    )
    return Entry(name or mark, "", mark, page.encode("utf-8", "replace"))


def _plain(markup: str) -> str:
    return html.unescape(re.sub(r"<[^<>]*>", "", markup)).strip()


def _paragraphs(text: str) -> str:
    return "\n".join(f"<p>{html.escape(line.strip())}</p>" for line in text.splitlines() if line.strip())


def _mark(says: list[Any]) -> str:
    return hashlib.sha256(json.dumps(says, default=str).encode()).hexdigest()[:32]
