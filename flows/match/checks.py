"""Whether the files of a folder are what was written: their sizes and checksums stand in a file beside them."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

NAME = "checks.json"
SMALL = 1 << 22
"""Bytes of a folder up to which all of it is read to be sure; of a larger one what seems to have been written to. Of an
archive of any size few folders are small, as those of a size become one."""
_CHUNK = 1 << 20


def _checksum(path: Path) -> int:
    """CRC-32 of a file."""
    value = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            value = zlib.crc32(chunk, value)
    return value


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.iterdir()) if path.name != NAME]


def note(folder: Path) -> None:
    """Write down what the files of a folder are now."""
    told = {path.name: [path.stat().st_size, path.stat().st_mtime_ns, _checksum(path)] for path in _files(folder)}
    (folder / NAME).write_text(json.dumps(told), "utf-8")


def intact(folder: Path, *, thorough: bool = False) -> bool:
    """Whether a folder has the files that were noted and no others, none of them shorter or other than it was.

    With `thorough` all files are read, however large they are.
    """
    try:
        told = json.loads((folder / NAME).read_bytes())
        files = _files(folder)
        if sorted(told) != [path.name for path in files]:
            return False
        read = thorough or sum(size for size, _, _ in told.values()) <= SMALL
        for path in files:
            size, written, checksum = told[path.name]
            state = path.stat()
            if state.st_size != size:
                return False
            if (read or state.st_mtime_ns != written) and _checksum(path) != checksum:
                return False
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return False
    return True
