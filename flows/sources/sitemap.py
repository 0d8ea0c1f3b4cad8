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
from flows.extract.charset import decode
from flows.fetch.errors import FetchError
from flows.fetch.url import normal
from flows.fetch.xml import items
from flows.sources import feed
from flows.sources.registry import Source
from flows.sources.scope import Scope
from flows.sources.visit import Visit
from flows.sources.wants import Found, Want

MOST = 64 << 20
"""Bytes that a packed sitemap may unpack to; the protocol allows 50 MB."""
DEPTH = 4
"""Levels of indexes; the protocol knows one."""
_PACKED = 2
"""So many times a sitemap may be packed: some servers pack once more what is packed."""
_PIECE = 512


def capture(source: Source, session: Session, seen: Seen) -> Iterator[Batch]:
    """Read the sitemap and what it lists, and fetch the pages."""
    scope = Scope(source.options)

    def read(want: Want, url: str, payload: bytes) -> Iterator[Found]:
        if urlsplit(url).path == "/robots.txt":
            yield from _of_robots(want, url, payload)
            return
        for found in listed(payload, url, want.depth):
            if not isinstance(found, Want) or found.role == "list" or scope.takes(found.url):
                yield found

    yield from Visit(source, session, seen, read=read, owes=scope.takes).run([Want(_start(source.location), "list")])


def listed(payload: bytes, url: str, depth: int = 0) -> Iterator[Found]:
    """What a sitemap lists: pages, further sitemaps, and errors for what is wrong with it or cannot be followed.

    XML, plain text and feeds, gzipped or not; of one that is damaged, all that can be read. Raises FetchError where it
    is none of them or not safe.
    """
    data, fault = unpacked(payload)
    if fault is not None:
        yield fault
    if not data.strip(b"\xef\xbb\xbf \t\r\n\0"):
        raise FetchError("sitemap", "The sitemap is empty.")
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"\xff\xfe<", b"\xfe\xff\0<")):
        yield from _of_lines(decode(data).text, url, whole=fault is None)
    elif re.search(rb"<(?:\w+:)?(?:rss|feed|RDF)[\s>]", data[:2048]):
        yield from feed.found(data, url)
    else:
        yield from _of_xml(data, url, depth)


def _of_lines(text: str, url: str, *, whole: bool) -> Iterator[Found]:
    lines = text.splitlines(keepends=True)
    if not whole and lines and not lines[-1].endswith(("\n", "\r")):
        lines.pop()  # the address may go on where the text breaks off
    words = [word for line in lines for word in line.split()]
    addresses = [word for word in words if "://" in word]
    if words and not addresses:
        raise FetchError("sitemap", "This is no sitemap: neither XML nor a list of addresses.")
    if len(addresses) < len(words):
        first = next(word for word in words if "://" not in word)
        yield FetchError("sitemap", f"The list holds what is no address, such as {first[:80]!r}.")
    for address in addresses:
        try:
            yield Want(normal(address, url))
        except FetchError as error:
            yield FetchError(error.error, f"{address[:200]!r}: {error.message}")


def _of_xml(data: bytes, url: str, depth: int) -> Iterator[Found]:
    read = items(data, "url", "sitemap")
    if read.fault is not None:
        yield read.fault
    elif not read.items and read.root not in ("urlset", "sitemapindex"):
        raise FetchError("sitemap", f"This is no sitemap: its outermost element is {read.root[:40]!r}.")
    for item in read.items:
        address = item.inner.get("loc", "")
        if not address:
            yield FetchError("sitemap-entry", "An entry of the sitemap names no address that is whole.")
            continue
        try:
            address = normal(address, url)
        except FetchError as error:
            yield FetchError(error.error, f"{address[:200]!r}: {error.message}")
            continue
        changed = item.inner.get("lastmod") or item.inner.get("publication_date")
        if item.name == "url":
            yield Want(address, key=f"page {address}" if changed else None, mark=changed)
        elif address == url:
            yield FetchError("sitemap-loop", "The sitemap lists itself.")
        elif depth >= DEPTH:
            yield FetchError("sitemap-depth", f"The sitemap lies more than {DEPTH} indexes deep.")
        else:
            yield Want(address, "list", depth=depth + 1)


def unpacked(payload: bytes) -> tuple[bytes, FetchError | None]:
    """A sitemap without its gzip, however many members that has, and what is wrong with it; all that could be unpacked
    is given. FetchError `too-large`."""
    fault: FetchError | None = None
    for _ in range(_PACKED):
        if not payload.startswith(b"\x1f\x8b"):
            break
        payload, told = _unpacked(payload)
        fault = fault or told
    return payload, fault


def _unpacked(payload: bytes) -> tuple[bytes, FetchError | None]:
    out = bytearray()
    rest = memoryview(payload)
    while rest:
        press = zlib.decompressobj(wbits=31)
        try:
            # In small pieces: what a damaged piece held is lost.
            while rest and not press.eof:
                piece, rest = rest[:_PIECE], rest[_PIECE:]
                out += press.decompress(piece, MOST + 1 - len(out))
                if press.unconsumed_tail or len(out) > MOST:
                    raise FetchError("too-large", f"The sitemap unpacks to more than {MOST >> 20} MB.")
        except zlib.error as error:
            return bytes(out), FetchError("gzip", f"The gzip of the sitemap is damaged: {error}.")
        if not press.eof:
            return bytes(out), FetchError("gzip", "The gzip of the sitemap breaks off.")
        rest = memoryview(press.unused_data + bytes(rest))
        if not bytes(rest[:_PIECE]).strip(b"\0"):
            break  # padding
        if bytes(rest[:2]) != b"\x1f\x8b":
            return bytes(out), FetchError("gzip", "What follows the gzip of the sitemap is none.")
    return bytes(out), None


def _of_robots(want: Want, url: str, payload: bytes) -> Iterator[Found]:
    found = re.findall(rb"(?im)^\s*sitemap\s*:\s*(\S+)", payload)
    for address in found or [b"/sitemap.xml"]:
        try:
            yield Want(normal(address.decode("utf-8", "replace"), url), "list", depth=want.depth + 1)
        except FetchError as error:
            yield error


def _start(location: str) -> str:
    """The list to begin with: a site's robots.txt where the location is a site."""
    parts = urlsplit(location)
    return f"{parts.scheme}://{parts.netloc}/robots.txt" if parts.path in ("", "/") and not parts.query else location
