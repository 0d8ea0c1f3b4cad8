"""Kind `site`: follows links from a page on, inside a scope.

Location: where to begin; where that has moved for good, its new host is in the scope too. Options: `within` (hosts; the
first page's, with and without `www.`), `prefix` (of the path; `/`), `depth` (links from
the first page; 3), `pages` (most pages of one round; 1000), `include` and `exclude` (patterns for addresses).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from flows.capture.seen import Seen
from flows.capture.session import Batch, Session
from flows.extract.charset import decode
from flows.fetch.errors import FetchError
from flows.fetch.limits import OptionError
from flows.fetch.url import link, normal
from flows.sources.registry import Source
from flows.sources.scope import Scope
from flows.sources.visit import PERMANENT, Visit
from flows.sources.wants import Found, Want

_HTML_WITHIN = 2048
"""A page of markup shows a tag in so many bytes."""


def capture(source: Source, session: Session, seen: Seen) -> Iterator[Batch]:
    """Fetch the first page and, level by level, what it leads to."""
    depth, left = _number(source, "depth", 3), _number(source, "pages", 1000) - 1
    start = normal(source.location)
    host = urlsplit(start).hostname or ""
    scope = Scope(source.options, within=frozenset({host, twin(host)}), prefix="/", text=True)
    listed: set[str] = {start}

    def read(want: Want, url: str, payload: bytes) -> Iterator[Found]:
        nonlocal left
        if want.depth >= depth:
            return
        for address in links(payload, url):
            if left > 0 and address not in listed and scope.takes(address):
                listed.add(address)
                left -= 1
                yield Want(address, depth=want.depth + 1)

    def moves(want: Want, url: str, status: int) -> bool:
        """Whether a redirect out of the scope is that of the whole site, which takes its scope along."""
        here, there = urlsplit(want.url).hostname or "", urlsplit(url).hostname or ""
        if there == twin(here) or (want.depth == 0 and status in PERMANENT):
            scope.widen(there)
            return True
        return False

    visit = Visit(source, session, seen, read=read, follow_pages=True, allowed=scope.takes, moves=moves)
    yield from visit.run([Want(start)])


def twin(host: str) -> str:
    """The host's name with `www.` before it, or without."""
    return host.removeprefix("www.") if host.startswith("www.") else f"www.{host}"


def links(payload: bytes, url: str) -> Iterator[str]:
    """The addresses that a page of HTML links to, once each, in order; those marked nofollow left out."""
    if b"<" not in payload[:_HTML_WITHIN]:
        return
    read = decode(payload, markup=True)
    tree = LexborHTMLParser(read.text)
    robots = tree.css_first('meta[name="robots" i]')
    if robots is not None and "nofollow" in (robots.attributes.get("content") or "").lower():
        return
    base = tree.css_first("base[href]")
    try:
        root = link(base.attributes["href"] or "", url) if base is not None else url
    except FetchError:
        root = url
    seen = set()
    for anchor in tree.css("a[href], area[href], link[rel=next][href], frame[src], iframe[src]"):
        target = anchor.attributes.get("href") or anchor.attributes.get("src")
        if not target or "nofollow" in (anchor.attributes.get("rel") or "").lower().split():
            continue
        try:
            address = link(target, root, read.charset_used)
        except FetchError:
            continue
        if address not in seen:
            seen.add(address)
            yield address


def _number(source: Source, name: str, default: int) -> int:
    value: Any = source.options.get(name, default)
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise OptionError(f"The option {name} takes a whole number, not {value!r}.") from error
