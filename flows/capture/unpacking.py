"""Streams out of packed files (gzip, bzip2, xz, Zstandard), read bit by bit: nothing is ever held whole.

What was unpacked before a stream breaks off has been handed out by then.
"""

from __future__ import annotations

import bz2
import io
import lzma
import zlib
from collections.abc import Callable
from typing import BinaryIO, Protocol, cast

import zstandard

from flows.capture.media import BZIP2, GZIP, XZ, ZSTD

_CHUNK = 1 << 16
_MOST_MEMORY = 96 << 20
"""Bytes that xz may ask for its window: `xz -9` takes 65 MB, and a header can ask for 4 GB."""
_MOST_WINDOW = 1 << 27
"""Bytes of window that Zstandard may ask for, as much as its own tool allows without being told to."""

BROKEN = (EOFError, OSError, zlib.error, lzma.LZMAError, zstandard.ZstdError, MemoryError, ValueError)
"""What unpacking damaged bytes raises."""


class _Press(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Gzip:
    """zlib's object in the manner of those of bz2 and lzma. It checks length and CRC of a member at its end."""

    def __init__(self) -> None:
        self._press = zlib.decompressobj(31)

    @property
    def eof(self) -> bool:
        return self._press.eof

    @property
    def needs_input(self) -> bool:
        return not self._press.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._press.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._press.decompress(self._press.unconsumed_tail + data, max_length)


class Unpacked(io.RawIOBase):
    """What a packed file holds, as a stream; the packed streams that stand in it one after another are one.

    Zeros after the last stream are padding. Raises one of BROKEN where the bytes are damaged, EOFError where they end.
    """

    def __init__(self, file: BinaryIO, make: Callable[[], _Press]) -> None:
        self._file, self._make = file, make
        self._press = make()
        self._rest = b""
        self._begun = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer))
        data = self._next(len(view))
        view[: len(data)] = data
        return len(data)

    def _next(self, most: int) -> bytes:
        while True:
            if self._press.eof:
                if not self._another():
                    return b""
                self._press = self._make()
            taken = b""
            if self._press.needs_input:
                taken, self._rest = self._rest or self._file.read(_CHUNK), b""
                if not taken:
                    raise EOFError("it ends in the middle of what is packed")
            data = self._press.decompress(taken, most)
            self._begun = True
            if data:
                return data

    def _another(self) -> bool:
        """Whether another packed stream follows the one that has ended."""
        self._rest = self._press.unused_data
        while not self._rest.lstrip(b"\0"):
            self._rest = self._file.read(_CHUNK)
            if not self._rest:
                return False
        self._rest = self._rest.lstrip(b"\0")
        return True


def unpacked(file: BinaryIO, kind: str) -> BinaryIO:
    """The stream in a file of one of the kinds GZIP, BZIP2, XZ or ZSTD."""
    if kind == ZSTD:
        press = zstandard.ZstdDecompressor(max_window_size=_MOST_WINDOW)
        return cast(BinaryIO, press.stream_reader(file, read_across_frames=True, closefd=False))
    makers: dict[str, Callable[[], _Press]] = {
        GZIP: _Gzip,
        BZIP2: bz2.BZ2Decompressor,
        XZ: lambda: lzma.LZMADecompressor(memlimit=_MOST_MEMORY),
    }
    return cast(BinaryIO, Unpacked(file, makers[kind]))


class Peeked(io.RawIOBase):
    """A stream whose beginning was looked at: `head` has up to `size` bytes, and reading begins with them.

    An error in them is raised once they have been read.
    """

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._error: BaseException | None = None
        head = b""
        try:
            while len(head) < size and (more := file.read(size - len(head))):
                head += more
        except BROKEN as error:
            self._error = error
        self.head = head
        self._left = head

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer))
        if not self._left and self._error is not None:
            raise self._error
        data = self._left[: len(view)] or self._file.read(len(view))
        self._left = self._left[len(view) :]
        view[: len(data)] = data
        return len(data)
