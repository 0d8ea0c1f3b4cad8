"""Plain text: every line that is not blank is a block, with the place it stands at."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from flows.extract.binary import refuse, refuse_decoded
from flows.extract.charset import Decoded, decode
from flows.extract.language import guess_language
from flows.extract.reading import Block, Reading, UnreadableError

_BREAKS = "\n\r\x0b\x0c\x85\u2028\u2029"
_BLANK = r"\s\ufeff\u200b\x1c-\x1f"
# From the first visible character of a line to the last; `\s` takes in the ideographic space.
_LINE = re.compile(rf"[^{_BLANK}](?:[^{_BREAKS}]*[^{_BLANK}])?")
_VISIBLE = re.compile(rf"[{_BLANK}]*([^{_BLANK}](?:[^{_BREAKS}]*[^{_BLANK}])?)")

LONGEST = 20_000
"""Code points of the longest block. A line beyond that is cut, at the end of a sentence where one is near."""
MOST_MARKS = 100
"""Combining marks of one letter beyond which they are no writing; three on a letter are many."""
_SENTENCE_END = re.compile(r"[。！？!?…][”’」』）)]*|\.[\"')]*\s")

_TITLE_LONGEST = 60
_NO_TITLE_END = "。，、；：,;:…"
_DATE = re.compile(
    r"(?<!\d)((?:19|20)\d\d)\s*[年/.-]\s*(1[0-2]|0?[1-9])\s*[月/.-]\s*(3[01]|[12]\d|0?[1-9])(?:\s*[日号]|(?!\d))"
)
_SENTENCE = re.compile(r"[。，！？；]|\w[,.;!?] \w")
_DATE_LINE_LONGEST = 48
_DATE_LINES_SEARCHED = 8


def read(payload: bytes, parser: Mapping[str, Any]) -> Reading:
    """Read a payload of plain text.

    One block per line that is not blank, of kind body, without the white space around it; `text` is exactly the slice
    of the decoded payload. A line of more than 20,000 code points makes several blocks. The parser hint `charset` names
    a codec that is used unseen. UnreadableError where the payload is empty, holds white space only, or is no text.
    """
    if not payload:
        raise UnreadableError("empty", "The file is empty.")
    decoded = decode_text(payload, parser)
    text = decoded.text
    blocks = [
        Block("body", text[start:end], f"char={start},{end}", start, end, after=_space(text, end))
        for start, end in _spans(text)
    ]
    if not blocks:
        raise UnreadableError("empty", "The file holds nothing but white space.")
    published_at, precision = _date([block.text for block in blocks[:_DATE_LINES_SEARCHED]])
    return Reading(
        media_type="text/plain",
        blocks=blocks,
        charset_declared=decoded.charset_declared,
        charset_used=decoded.charset_used,
        decode_skip=decoded.decode_skip,
        replaced=decoded.replaced,
        title=_title(blocks),
        published_at=published_at,
        published_precision=precision,
        language=guess_language(text),
    )


def decode_text(payload: bytes, parser: Mapping[str, Any]) -> Decoded:
    """The payload's text; UnreadableError where its bytes are no text."""
    hint = parser.get("charset")
    if hint:
        try:
            text = payload.decode(str(hint), "replace")
        except LookupError:
            raise UnreadableError(
                "charset", f"The source names the encoding {hint!r}, which Python does not know."
            ) from None
        return Decoded(text.removeprefix("\ufeff"), str(hint), None, 0, text.count("�"))
    refuse(payload)
    decoded = decode(payload)
    refuse_decoded(payload, decoded)
    return decoded


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each block."""
    for line in _LINE.finditer(text):
        start, end = line.span()
        while end - start > LONGEST:
            piece = _VISIBLE.match(text, start, cut := sentence_cut(text, start))
            if piece:
                yield piece.span(1)
            start = cut
        while text[start].isspace():
            start += 1
        yield start, end


def _space(text: str, at: int) -> str | None:
    """The character of white space at a place; None where there is none."""
    return text[at] if at < len(text) and text[at].isspace() else None


def sentence_cut(text: str, start: int) -> int:
    """Where to cut a line that goes on for more than the longest block: after the last sentence of the second half.

    Never before a combining mark, unless there are more of them than any letter has; at least half a block is cut off.
    """
    limit = start + LONGEST
    ends = [found.end() for found in _SENTENCE_END.finditer(text, start + LONGEST // 2, limit)]
    cut = ends[-1] if ends else limit
    whole = cut
    while unicodedata.combining(text[whole]) and whole > cut - MOST_MARKS:
        whole -= 1
    return cut if unicodedata.combining(text[whole]) else whole


def _title(blocks: list[Block]) -> str | None:
    """The first line, where it is short, does not end like a sentence, and longer text follows."""
    first = blocks[0].text
    if len(first) > _TITLE_LONGEST or first[-1] in _NO_TITLE_END or len(blocks) < 2 or _DATE.match(first):
        return None
    return first if max(len(block.text) for block in blocks[1:6]) > len(first) else None


def _date(lines: list[str]) -> tuple[datetime | None, str | None]:
    """The date and its precision in the first short line that holds one and is no sentence."""
    for line in lines:
        short = len(line) <= _DATE_LINE_LONGEST and not _SENTENCE.search(line)
        found = _DATE.search(line) if short else None
        if found:
            try:
                return datetime(int(found[1]), int(found[2]), int(found[3])), "day"
            except ValueError:
                continue
    return None, None
