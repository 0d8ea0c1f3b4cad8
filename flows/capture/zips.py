"""Members of ZIP files, those of a file that was cut before its directory included."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple, cast

from flows.capture.container_names import codec_of, decoded

MOST_DIRECTORY = 10 << 20
"""Bytes of the largest directory that is read: room for 100,000 names of some fifty letters. What Python makes of an
entry takes ten times its bytes."""

_END = b"PK\x05\x06"
_END64 = b"PK\x06\x06"
_LOCAL = b"PK\x03\x04"
_LOCAL_HEAD = struct.Struct("<4s2B4HL2L2H")
_ENCRYPTED, _SIZES_FOLLOW, _UTF8 = 0x1, 0x8, 0x800
_UNICODE_PATH = 0x7075
_CHUNK = 1 << 16


class Entry(NamedTuple):
    """A member before it is read. `stream` opens it; `problem` says why it cannot be, as short name and sentence."""

    name: str
    size: int
    packed: int
    is_folder: bool
    stream: BinaryIO | None
    problem: tuple[str, str] | None = None


class TooMany(Exception):  # noqa: N818
    """The directory is larger than any that is read."""


def directory_size(file: BinaryIO) -> int | None:
    """Bytes of the directory as the end of the file announces them; None where there is no such end."""
    size = file.seek(0, io.SEEK_END)
    start = max(0, size - (1 << 16) - 22 - 76)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        return None
    (announced,) = struct.unpack_from("<L", tail, at + 12)
    at64 = tail.rfind(_END64, 0, at)
    if announced == 0xFFFFFFFF and at64 >= 0:
        (announced,) = struct.unpack_from("<Q", tail, at64 + 40)
    return int(announced)


def names(file: BinaryIO) -> list[str]:
    """The names in the directory as zipfile reads them; none where there is no directory that can be read."""
    try:
        if not 0 < (directory_size(file) or 0) <= MOST_DIRECTORY:
            return []
        with zipfile.ZipFile(file) as pack:
            return pack.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, struct.error, NotImplementedError):
        return []


def entries(file: BinaryIO) -> Iterator[Entry]:
    """The members in the order of the directory; without one, those that can be found from the front on.

    Raises zipfile.BadZipFile where no member can be found, and after the last that could; TooMany.
    """
    size = directory_size(file)
    if size is not None and size > MOST_DIRECTORY:
        raise TooMany
    try:
        pack = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, struct.error, OSError, NotImplementedError) as error:
        yield from _from_the_front(file, str(error))
        return
    with pack:
        infos = pack.infolist()
        codec = codec_of([_raw(info) for info in infos if not _is_unicode(info)], "cp437")
        for info in infos:
            name = _unicode_path(info) or (info.orig_filename if _is_unicode(info) else decoded(_raw(info), codec))
            folder = info.is_dir() or name.endswith("\\")
            entry = Entry(name, info.file_size, info.compress_size, folder, None)
            if info.flag_bits & _ENCRYPTED:
                yield entry._replace(problem=("encrypted", "The member is encrypted, and there is no password for it."))
            elif folder:
                yield entry
            else:
                try:
                    yield entry._replace(stream=cast(BinaryIO, pack.open(info)))
                except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, struct.error) as e:
                    yield entry._replace(problem=("damaged", f"The member cannot be unpacked: {e}."))


def _is_unicode(info: zipfile.ZipInfo) -> bool:
    return bool(info.flag_bits & _UTF8)


def _raw(info: zipfile.ZipInfo) -> bytes:
    """The bytes of a name, which zipfile has read as cp437."""
    return info.orig_filename.encode("cp437", "replace")


def _unicode_path(info: zipfile.ZipInfo) -> str | None:
    """The name in Info-ZIP's Unicode path field, where it is of the name that the entry has."""
    at = 0
    while at + 4 <= len(info.extra):
        kind, length = struct.unpack_from("<HH", info.extra, at)
        field = info.extra[at + 4 : at + 4 + length]
        if kind == _UNICODE_PATH and len(field) > 5:
            crc = struct.unpack_from("<L", field, 1)[0]
            if not _is_unicode(info) and crc == zlib.crc32(_raw(info)):
                return field[5:].decode("utf-8", "replace")
        at += 4 + length
    return None


def _from_the_front(file: BinaryIO, why: str) -> Iterator[Entry]:
    """Members by their own headers, up to the point where the file was cut."""
    end = file.seek(0, io.SEEK_END)
    at, found = 0, 0
    while at + _LOCAL_HEAD.size <= end:
        file.seek(at)
        head = _LOCAL_HEAD.unpack(file.read(_LOCAL_HEAD.size))
        if head[0] != _LOCAL:
            break
        flags, method, crc, packed, size, name_length, extra_length = (
            head[3], head[4], head[7], head[8], head[9], head[10], head[11],
        )  # fmt: skip
        raw = file.read(name_length)
        start = at + _LOCAL_HEAD.size + name_length + extra_length
        name = decoded(raw, "utf-8" if flags & _UTF8 else codec_of([raw], "cp437")) if raw else ""
        found += 1
        entry = Entry(name, size, packed, name.endswith(("/", "\\")), None)
        if flags & _ENCRYPTED:
            yield entry._replace(problem=("encrypted", "The member is encrypted, and there is no password for it."))
            if flags & _SIZES_FOLLOW:
                break
        elif method not in (0, 8) or (method == 0 and flags & _SIZES_FOLLOW):
            yield entry._replace(problem=("damaged", "The member cannot be unpacked without the file's directory."))
            if flags & _SIZES_FOLLOW:
                break
        else:
            stream = _Local(file, start, packed, method, None if flags & _SIZES_FOLLOW else crc)
            if method == 8:
                entry = entry._replace(size=0 if flags & _SIZES_FOLLOW else size)
            yield entry._replace(stream=cast(BinaryIO, stream))
            if not stream.read_to_its_end():
                break
            packed = stream.used
        at = start + packed
        if flags & _SIZES_FOLLOW:
            at = _after_sizes(file, at)
    if not found:
        raise zipfile.BadZipFile(f"The file cannot be read as a ZIP file: {why}.")
    raise zipfile.BadZipFile(f"The file is cut or damaged ({why}); the members before that were taken.")


def _after_sizes(file: BinaryIO, at: int) -> int:
    """Where the next header begins behind the sizes that follow a member."""
    file.seek(at)
    near = file.read(64)
    found = near.find(b"PK", 1 if near.startswith(b"PK\x07\x08") else 0)
    return at + found if found >= 0 else at + len(near)


class _Local(io.RawIOBase):
    """A member without a directory entry: stored, or deflated to where the deflated stream ends."""

    def __init__(self, file: BinaryIO, start: int, packed: int, method: int, crc: int | None) -> None:
        self._file, self._start, self._packed, self._crc = file, start, packed, crc
        self._press = zlib.decompressobj(-15) if method == 8 else None
        self._seen = 0
        self._rest = b""
        self._done = False
        self.used = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer))
        data = b"" if self._done else self._more(len(view))
        self._seen = zlib.crc32(data, self._seen)
        if not data and not self._done:
            self._done = True
            if self._crc is not None and self._crc != self._seen:
                raise zipfile.BadZipFile("its checksum is another")
        view[: len(data)] = data
        return len(data)

    def read_to_its_end(self) -> bool:
        """Pass over what was not read; returns whether the member is whole."""
        try:
            while self.read(_CHUNK):
                pass
        except (EOFError, zlib.error):
            return False
        except zipfile.BadZipFile:
            return True
        return True

    def _more(self, most: int) -> bytes:
        if self._press is None:
            data = self._take(min(most, self._packed - self.used))
            if not data and self.used < self._packed:
                raise EOFError("the file ends inside the member")
            self.used += len(data)
            return data
        while not self._press.eof:
            if not self._rest:
                self._rest = self._take(_CHUNK)
                if not self._rest:
                    raise EOFError("the file ends inside the member")
            before = len(self._rest)
            data = self._press.decompress(self._rest, most)
            self._rest = self._press.unused_data if self._press.eof else self._press.unconsumed_tail
            self.used += before - len(self._rest)
            if data:
                return data
        return b""

    def _take(self, most: int) -> bytes:
        self._file.seek(self._start + self.used + len(self._rest))
        return self._file.read(most)
