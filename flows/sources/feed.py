"""Kind `feed`: RSS, Atom and JSON Feed; every entry's page is captured, and again only when the entry changes.

Location: the feed's address. Options: `include` and `exclude`, patterns for the addresses of entries.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import feedparser

from flows.capture.seen import Seen
from flows.capture.session import Batch, Session
from flows.fetch.errors import FetchError
from flows.fetch.xml import refuse_entities
from flows.sources.registry import Source
from flows.sources.scope import Scope
from flows.sources.visit import Found, Visit, Want

_JSON = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*\{")


@dataclass(frozen=True)
class Entry:
    """An entry of a feed. `mark` is a hash of what the feed says of it."""

    id: str
    url: str
    mark: str


def capture(source: Source, session: Session, seen: Seen) -> Iterator[Batch]:
    """Read the feed and fetch the pages of entries that are new or have changed."""
    scope = Scope(source.options)

    def read(want: Want, url: str, payload: bytes) -> Iterator[Found]:
        for entry in entries(payload, url):
            if scope.takes(entry.url):
                yield Want(entry.url, key=f"entry {entry.id}", mark=entry.mark)

    yield from Visit(source, session, seen, read=read).run([Want(source.location, "list")])


def entries(payload: bytes, url: str) -> list[Entry]:
    """The entries of a feed that name a page. FetchError `feed` where it is none, `xml-entities` where it is unsafe."""
    if _JSON.match(payload):
        return _json_feed(payload, url)
    refuse_entities(payload)
    # feedparser would fetch a text that looks like an address; bytes it parses.
    found = feedparser.parse(
        payload, response_headers={"content-location": url}, sanitize_html=False, resolve_relative_uris=False
    )
    if not found.version and not found.entries:
        raise FetchError("feed", "This is neither RSS nor Atom nor JSON Feed.")
    out = []
    for entry in found.entries:
        link = entry.get("feedburner_origlink") or entry.get("link") or ""
        if not link and "://" in entry.get("id", ""):
            link = entry["id"]
        if link:
            content = [each.get("value", "") for each in entry.get("content", [])]
            says = [entry.get(name, "") for name in ("updated", "published", "title", "summary")] + content
            out.append(_entry(entry.get("id") or link, urljoin(url, link), says))
    return out


def _json_feed(payload: bytes, url: str) -> list[Entry]:
    try:
        feed = json.loads(payload.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise FetchError("feed", f"This is no JSON Feed: {error}"[:200]) from error
    if "jsonfeed.org/version" not in str(feed.get("version")) or not isinstance(feed.get("items"), list):
        raise FetchError("feed", "This JSON is no JSON Feed.")
    out = []
    for item in feed["items"]:
        link = item.get("url") or item.get("external_url") if isinstance(item, dict) else None
        if isinstance(link, str) and link:
            names = ("date_modified", "date_published", "title", "summary", "content_html", "content_text")
            out.append(_entry(str(item.get("id") or link), urljoin(url, link), [item.get(name) for name in names]))
    return out


def _entry(name: str, url: str, says: list[Any]) -> Entry:
    return Entry(name, url, hashlib.sha256(json.dumps(says, default=str).encode()).hexdigest()[:32])
