"""Bodies of HTTP messages with their transfer and content encodings undone.

warcio can do this too, but it fails on every brotli body since brotli 1.2, and takes a body that is damaged half-way
for one that ends there.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Protocol

import brotli
from isal import isal_zlib
from warcio.bufferedreaders import ChunkedDataReader

_CHUNK = 1 << 16
_LOOKED_AT = 1024


class Stream(Protocol):
    """Anything with bytes to read."""

    def read(self, length: int) -> bytes:
        """Up to `length` bytes; none at the end."""


class BrokenBody(Exception):  # noqa: N818
    """A body that cannot be unpacked to its end; what could be has been given. The message is a sentence."""


class _Gzip:
    """A gzip body, which may consist of several members."""

    def __init__(self) -> None:
        self._press = isal_zlib.decompressobj(31)

    def feed(self, data: bytes) -> Iterator[bytes]:
        yield self._press.decompress(data)
        while self._press.eof and self._press.unused_data.startswith(b"\x1f\x8b"):
            rest = self._press.unused_data
            self._press = isal_zlib.decompressobj(31)
            yield self._press.decompress(rest)

    def ended(self) -> bool:
        return bool(self._press.eof)


class _Deflate:
    """A zlib stream, or a bare one, as many servers send it."""

    def __init__(self) -> None:
        self._press: Any = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._press is None:
            self._press = zlib.decompressobj()
            try:
                yield self._press.decompress(data)
                return
            except zlib.error:
                self._press = zlib.decompressobj(-zlib.MAX_WBITS)
        yield self._press.decompress(data)

    def ended(self) -> bool:
        return bool(self._press.eof)


class _Brotli:
    def __init__(self) -> None:
        self._press = brotli.Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        yield self._press.process(data, output_buffer_limit=_CHUNK)
        while not self._press.can_accept_more_data():  # a few bytes of brotli can stand for gigabytes
            yield self._press.process(b"", output_buffer_limit=_CHUNK)

    def ended(self) -> bool:
        return bool(self._press.is_finished())


_PACKERS: dict[str, Callable[[], _Gzip | _Deflate | _Brotli]] = {
    "gzip": _Gzip,
    "x-gzip": _Gzip,
    "deflate": _Deflate,
    "br": _Brotli,
}


def body(stream: Stream, headers: Mapping[str, str]) -> Iterator[bytes]:
    """The pieces of a body, unpacked as its headers (names in lower case) say.

    Crawlers often keep the header and unpack the body; one that is plainly text is given as it stands. Raises
    BrokenBody where unpacking fails, after the pieces before that place.
    """
    if headers.get("transfer-encoding", "").strip().lower() == "chunked":
        stream = ChunkedDataReader(stream)
    encoding = headers.get("content-encoding", "").strip().lower()
    pieces = iter(partial(stream.read, _CHUNK), b"")
    if encoding not in _PACKERS:
        yield from pieces
        return
    yield from _unpacked(pieces, encoding)


def _unpacked(pieces: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    press = _PACKERS[encoding]()
    any_out = False
    piece = None
    for piece in pieces:
        try:
            for out in press.feed(piece):
                any_out = any_out or bool(out)
                yield out
        except Exception as error:  # zlib, isal and brotli have no error in common
            if any_out:
                raise BrokenBody(f"The body is damaged where it is packed as {encoding}: {error}.") from error
            if b"\x00" in piece[:_LOOKED_AT]:
                raise BrokenBody(f"The body says that it is packed as {encoding}, and is not.") from error
            yield piece
            yield from pieces
            return
    if piece is not None and not press.ended():
        raise BrokenBody(f"The body breaks off where it is packed as {encoding}.")
