"""Bodies of HTTP messages with their transfer and content encodings undone.

warcio can do this too, but it fails on every brotli body since brotli 1.2, and takes a body that is damaged half-way
for one that ends there.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import chain
from typing import Any, Protocol

import brotli
import zstandard
from isal import isal_zlib
from warcio.bufferedreaders import ChunkedDataReader

_CHUNK = 1 << 16
_LOOKED_AT = 1024
_MOST = 4
"""So many encodings of one body are undone; a list of more is no page's."""
_ZSTD = b"\x28\xb5\x2f\xfd"
_SPOON = 512
"""Bytes that zstandard is fed at a time; they unpack to 16 MB at most, in blocks of 128 kB from four bytes each."""
_WINDOW = 8 << 20
"""What HTTP allows zstandard to look back (RFC 9659)."""


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
        # A few bytes of brotli can stand for gigabytes. That it takes more does not mean that it has given all.
        while not self._press.is_finished():
            out = self._press.process(b"", output_buffer_limit=_CHUNK)
            if not out and self._press.can_accept_more_data():
                return
            yield out

    def ended(self) -> bool:
        return bool(self._press.is_finished())


class _Zstd:
    """Zstandard, which may consist of several frames. Fed by the spoonful, for a few bytes can stand for much."""

    def __init__(self) -> None:
        self._press = self._fresh()

    @staticmethod
    def _fresh() -> Any:
        return zstandard.ZstdDecompressor(max_window_size=_WINDOW).decompressobj()

    def feed(self, data: bytes) -> Iterator[bytes]:
        for at in range(0, len(data), _SPOON):
            rest = data[at : at + _SPOON]
            while rest:
                if self._press.eof:
                    if not rest.startswith(_ZSTD[: len(rest)]):
                        return
                    self._press = self._fresh()
                yield self._press.decompress(rest)
                rest = self._press.unused_data if self._press.eof else b""

    def ended(self) -> bool:
        return bool(self._press.eof)


_Packer = _Gzip | _Deflate | _Brotli | _Zstd

_PACKERS: dict[str, Callable[[], _Packer]] = {
    "gzip": _Gzip,
    "x-gzip": _Gzip,
    "deflate": _Deflate,
    "br": _Brotli,
    "zstd": _Zstd,
    "x-zstd": _Zstd,
}
_SIGNED = ((b"\x1f\x8b\x08", "gzip"), (_ZSTD, "zstd"))
"""Encodings that are told by their first bytes, where the header names another one."""


def body(stream: Stream, headers: Mapping[str, str]) -> Iterator[bytes]:
    """The pieces of a body, unpacked as its headers (names in lower case) say.

    Encodings that are listed were applied one after the other. Crawlers often keep the header and unpack the body; one
    that is plainly text is given as it stands. Raises BrokenBody where unpacking fails, after the pieces before that
    place.
    """
    transfer, content = (
        [word.strip() for word in headers.get(name, "").lower().split(",")]
        for name in ("transfer-encoding", "content-encoding")
    )
    if "chunked" in transfer:
        stream = ChunkedDataReader(stream)
    pieces: Iterator[bytes] = iter(partial(stream.read, _CHUNK), b"")
    packed = [word for word in [*content, *transfer] if word in _PACKERS]
    if len(packed) > _MOST:
        raise BrokenBody(f"The body says that it is packed {len(packed)} times, which is more than is undone.")
    for encoding in reversed(packed):
        pieces = _unpacked(_cut(pieces), encoding)
    yield from pieces


def _cut(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Pieces of no more than one chunk, so that none of them unpacks to more than memory holds."""
    for piece in pieces:
        for at in range(0, len(piece), _CHUNK):
            yield piece[at : at + _CHUNK]


def _unpacked(pieces: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    first = next(pieces, b"")
    pieces = chain([first] if first else [], pieces)
    encoding = next((name for sign, name in _SIGNED if first.startswith(sign)), encoding)
    press = _PACKERS[encoding]()
    any_out = False
    piece = None
    for piece in pieces:
        try:
            for out in press.feed(piece):
                any_out = any_out or bool(out)
                yield out
        except BrokenBody:
            raise
        except Exception as error:  # zlib, isal, brotli and zstandard have no error in common
            if any_out:
                raise BrokenBody(f"The body is damaged where it is packed as {encoding}: {error}.") from error
            if b"\x00" in piece[:_LOOKED_AT]:
                raise BrokenBody(f"The body says that it is packed as {encoding}, and is not.") from error
            yield piece
            yield from pieces
            return
    if piece is not None and not press.ended():
        raise BrokenBody(f"The body breaks off where it is packed as {encoding}.")
