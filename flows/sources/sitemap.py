"""Kind `sitemap`: the pages that a site lists for machines; a page is fetched again when its lastmod changes.

Location: a sitemap, an index of them, or a site, whose robots.txt names them. Options: `include` and `exclude`.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from urllib.parse import urlsplit

from flows.capture.seen import Seen
from flows.capture.session import Batch, Session
from flows.fetch.errors import FetchError
from flows.fetch.url import normal
from flows.fetch.xml import elements
from flows.sources import feed
from flows.sources.registry import Source
from flows.sources.scope import Scope
from flows.sources.visit import Found, Visit, Want

MOST = 64 << 20
"""Bytes that a packed sitemap may unpack to; the protocol allows 50 MB."""
DEPTH = 4
"""Levels of indexes; the protocol knows one."""


def capture(source: Source, session: Session, seen: Seen) -> Iterator[Batch]:
    """Read the sitemap and what it lists, and fetch the pages."""
    scope = Scope(source.options)

    def read(want: Want, url: str, payload: bytes) -> Iterator[Found]:
        if urlsplit(url).path == "/robots.txt":
            yield from _of_robots(want, url, payload)
            return
        for found in listed(payload, url, want.depth):
            if isinstance(found, FetchError) or found.role == "list" or scope.takes(found.url):
                yield found

    yield from Visit(source, session, seen, read=read).run([Want(_start(source.location), "list")])


def listed(payload: bytes, url: str, depth: int = 0) -> Iterator[Found]:
    """What a sitemap lists: pages, further sitemaps, and errors for entries that cannot be followed.

    XML, plain text and feeds, gzipped or not. Raises FetchError where it is none of them or not safe.
    """
    data = unpacked(payload)
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        yield from (Want(line) for line in data.decode("utf-8-sig", "replace").split() if "://" in line)
        return
    if re.search(rb"<(?:\w+:)?(?:rss|feed|RDF)[\s>]", data[:2048]):
        yield from (Want(entry.url, key=f"entry {entry.id}", mark=entry.mark) for entry in feed.entries(data, url))
        return
    for name, inner in elements(data, "url", "sitemap"):
        address = inner.get("loc", "")
        if not address:
            continue
        try:
            address = normal(address, url)
        except FetchError as error:
            yield error
            continue
        changed = inner.get("lastmod") or inner.get("publication_date")
        if name == "url":
            yield Want(address, key=f"page {address}" if changed else None, mark=changed)
        elif address == url:
            yield FetchError("sitemap-loop", "The sitemap lists itself.")
        elif depth >= DEPTH:
            yield FetchError("sitemap-depth", f"The sitemap lies more than {DEPTH} indexes deep.")
        else:
            yield Want(address, "list", depth=depth + 1)


def unpacked(payload: bytes) -> bytes:
    """A sitemap without its gzip, where it has one. FetchError `too-large` or `gzip`."""
    if not payload.startswith(b"\x1f\x8b"):
        return payload
    press = zlib.decompressobj(wbits=31)
    try:
        data = press.decompress(payload, MOST)
    except zlib.error as error:
        raise FetchError("gzip", f"The sitemap cannot be unpacked: {error}") from error
    if press.unconsumed_tail:
        raise FetchError("too-large", f"The sitemap unpacks to more than {MOST >> 20} MB.")
    return data


def _of_robots(want: Want, url: str, payload: bytes) -> Iterator[Found]:
    found = re.findall(rb"(?im)^\s*sitemap\s*:\s*(\S+)", payload)
    for address in found or [b"/sitemap.xml"]:
        yield Want(normal(address.decode("utf-8", "replace"), url), "list", depth=want.depth + 1)


def _start(location: str) -> str:
    """The list to begin with: a site's robots.txt where the location is a site."""
    parts = urlsplit(location)
    return f"{parts.scheme}://{parts.netloc}/robots.txt" if parts.path in ("", "/") and not parts.query else location
