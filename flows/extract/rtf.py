"""RTF, by striprtf: its text, a block for each paragraph, and what it says of itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from striprtf.striprtf import rtf_to_text

from flows.extract.fields import put_authors, put_tags
from flows.extract.language import guess_language
from flows.extract.reading import Block, Reading, UnreadableError

MEDIA_TYPE = "application/rtf"
_BEGINS = re.compile(rb"\s*\{\\rtf")
_LINE = re.compile(r"[^\r\n]*[^\s\r\n][^\r\n]*")
_CODE_PAGE = re.compile(rb"\\ansicpg(\d{3,5})")


def read(payload: bytes, parser: Mapping[str, Any]) -> Reading:
    """Read an RTF document. Selectors are `char=` into the text that its codes make.

    UnreadableError (`empty`, `no-rtf`, `broken`, `no-text`) where there is none.
    """
    if not payload.strip():
        raise UnreadableError("empty", "The file is empty.")
    if not _BEGINS.match(payload):
        raise UnreadableError("no-rtf", "The file is named like an RTF document, and does not begin as one.")
    page = _CODE_PAGE.search(payload)
    codec = f"cp{page.group(1).decode()}" if page else "cp1252"
    text = _plain(payload, codec)
    blocks = []
    for found in _LINE.finditer(text):
        line = found.group().strip(" \t|\xa0")
        if line:
            start = found.start() + found.group().index(line)
            kind = "table" if found.group().rstrip().endswith("|") else "body"
            blocks.append(Block(kind, line, f"char={start},{start + len(line)}", article=0))
    if not blocks:
        raise UnreadableError("no-text", "The document holds no text.")
    reading = Reading(
        media_type=MEDIA_TYPE,
        blocks=blocks,
        charset_declared=codec if page else None,
        charset_used=codec,
        replaced=text.count("\ufffd"),
        language=guess_language(text),
    )
    reading.title = _info(payload, b"title", codec)
    put_authors(reading, filter(None, [_info(payload, b"author", codec)]))
    put_tags(reading, filter(None, [_info(payload, b"keywords", codec)]))
    return reading


def _plain(payload: bytes, codec: str) -> str:
    try:
        text: str = rtf_to_text(payload.decode("latin-1"), encoding=codec, errors="replace")  # type: ignore[no-untyped-call]
    except (ValueError, LookupError, IndexError, KeyError, AttributeError) as error:
        raise UnreadableError("broken", f"The codes of the document make no sense: {error}.") from None
    return text


def _info(payload: bytes, name: bytes, codec: str) -> str | None:
    """A field of the document's information group; None where it is not there or empty."""
    found = re.search(rb"\{\\" + name + rb"\s+((?:[^{}]|\{[^{}]*\})*)\}", payload)
    if not found:
        return None
    return _plain(b"{\\rtf1 " + found.group(1) + b"}", codec).strip() or None
