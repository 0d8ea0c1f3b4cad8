"""Names of sources and places of files: letters of every script stay, and every path can be written down."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_from_bytes, unquote_to_bytes

LETTERS, BYTES = 63, 160
"""Longest id, in code points and in UTF-8: the names of segments add some 50 bytes, and file systems take 255."""

ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")
"""How an address begins that is no path. One letter and a colon would be a drive, which no path here has."""
_FILE = re.compile(r"file://(?:localhost)?(?=/)", re.IGNORECASE)


def slug(name: str) -> str:
    """A name as an id: NFC and lower case, letters, marks and digits of any script kept, all else a hyphen.

    Returns the empty string where nothing is left.
    """
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).lower())
    kept = "".join(c if c in "._" or unicodedata.category(c)[0] in "LMN" else "-" for c in plain)
    start = next((at for at, c in enumerate(kept) if unicodedata.category(c)[0] in "LN"), len(kept))
    return _cut(re.sub(r"-{2,}", "-", kept[start:])).rstrip("-._")


def is_id(text: str) -> bool:
    """Whether a text can be the id of a source as it stands."""
    return (
        bool(text)
        and text == unicodedata.normalize("NFC", text)
        and (
            len(text) <= LETTERS
            and len(text.encode("utf-8", "surrogatepass")) <= BYTES
            and text == text.lower()
            and unicodedata.category(text[0])[0] in "LN"
            and all(c in "._-" or unicodedata.category(c)[0] in "LMN" for c in text)
        )
    )


def candidates(folder: Path) -> Iterator[str]:
    """Ids that a folder may have, the shortest first: its name, then with those of the folders above it, then with
    numbers. There is no end to them."""
    steps = [each for part in folder.parts[1:] if (each := slug(part))]
    name, told = "", set()
    for step in reversed(steps[-4:]):
        name = f"{step}-{name}" if name else step
        if is_id(name):
            told.add(name)
            yield name
    stem, number = _cut(steps[-1] if steps else "adhoc", room=6).rstrip("-._") or "adhoc", 1
    if not steps:
        yield stem
    while True:
        number += 1
        if f"{stem}-{number}" not in told:
            yield f"{stem}-{number}"


def _cut(text: str, room: int = 0) -> str:
    """The beginning of a text that an id has room for, with some bytes left."""
    text = text[: LETTERS - room]
    while len(text.encode("utf-8", "surrogatepass")) > BYTES - room:
        text = text[:-1]
    return text


def file_uri(source_id: str, relative: bytes = b"") -> str:
    """The address of a file of a source, wherever its folder lies; without a path that of the source itself."""
    tail = f"/{quote_from_bytes(relative)}" if relative else ""
    return f"file:///{quote(source_id, safe='')}{tail}"


def local_path(location: str) -> Path:
    """The path that a location stands for: a path, or a file:// address, in which any bytes can be written."""
    found = _FILE.match(location)
    return Path(os.fsdecode(unquote_to_bytes(location[found.end() :]))) if found else Path(location)


def location_of(path: Path) -> str:
    """An absolute path as the location of a source: as it is, or as a file:// address where it is no UTF-8."""
    text = str(path)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return f"file://{quote_from_bytes(os.fsencode(text))}"
    return text
