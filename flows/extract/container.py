"""Containers that could not be taken whole: what is wrong with them, in words.

A container's members are captured, each by itself; the container comes to a reader only where something of it was not
taken, or where it came over the web.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from flows.extract.reading import UnreadableError

_NAMES = {b"PK": "ZIP", b"\x1f\x8b": "gzip", b"BZ": "bzip2", b"\xfd7": "xz", b"\x28\xb5": "Zstandard"}


def read(payload: bytes, parser: Mapping[str, Any]) -> NoReturn:
    """Raises UnreadableError (`empty`, `container`): a container is no document."""
    if not payload.strip(b"\0"):
        raise UnreadableError("empty", "The container holds nothing.")
    name = _NAMES.get(payload[:2], "tar")
    raise UnreadableError(
        "container",
        f"This {name} file could not be taken whole: what is told of its members was left out, or it came over the "
        "web and was not opened. Its bytes are kept.",
    )
