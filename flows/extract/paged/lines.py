"""Lines of a printed page with their boxes, and paragraphs made of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from flows.extract.reading import Block, LineBox

_HYPHENS = "-\u00ad\u00ac\u2010\u2011\u2e17\u2e40\u30a0=\u0002"
_CUT = re.compile(rf"(?<=[^\W\d_])[{re.escape(_HYPHENS)}]\Z")
_WIDE = re.compile(
    r"[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]"
)


@dataclass(slots=True)
class PageLine:
    """A printed line. The box is in fractions of the page, from its top left corner; `size` is the height of its type
    in fractions of the page's height.

    `text` is as printed. `joined` is what it reads as where its last word goes on in the next line, or its first came
    from the line before: the parts of the word without the hyphen that the break made; None where nothing says so.
    `block` tells lines apart that the file holds in one block, `place` is the selector of that block.
    """

    text: str
    page: int
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    confidence: float | None = None
    block: int = 0
    place: str = ""
    joined: str | None = None
    cut: bool | None = None
    """Whether the last word is cut by the line's end; None where nothing says so."""

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def middle(self) -> float:
        return (self.x0 + self.x1) / 2


def is_wide(letter: str) -> bool:
    """Whether a letter stands beside the next one without a space."""
    return bool(_WIDE.match(letter))


def paragraph(lines: Sequence[PageLine], kind: str, selector: str) -> Block:
    """A block of lines in order: words that a line's end cut are joined, all else is parted by a space, or by nothing
    in scripts without spaces. What was printed stands in the block's lines."""
    text = ""
    boxes: list[LineBox] = []
    for at, line in enumerate(lines):
        after = lines[at + 1] if at + 1 < len(lines) else None
        reading, cut = _reading(line, after)
        if text and not _glued(text, reading, boxes[-1], lines[at - 1], after=line):
            text += " "
        start = len(text)
        text += reading
        boxes.append(
            LineBox(start, len(text), line.page, line.x0, line.y0, line.x1, line.y1, line.size, line.confidence,
                    line.text, cut)
        )  # fmt: skip
    return Block(kind, text, selector, lines=tuple(boxes))


def _reading(line: PageLine, after: PageLine | None) -> tuple[str, bool]:
    """What a line reads as, and whether its last word goes on in the next."""
    text = line.text if line.joined is None else line.joined
    if line.cut is not None:
        return text, line.cut and after is not None
    if after is None or not _CUT.search(line.text):
        return text, False
    first = after.text.lstrip("\"'“‘«(")[:1]
    # A capital after a hyphen begins the second part of a compound, whose hyphen is no mark of the break.
    return (text[:-1], True) if first.islower() else (text, first.isalpha())


def _glued(text: str, reading: str, before: LineBox, line: PageLine, *, after: PageLine) -> bool:
    return before.cut or (is_wide(text[-1]) and bool(reading) and is_wide(reading[0]))
