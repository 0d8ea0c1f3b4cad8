"""A document out of lines with boxes: pieces of the page in reading order, each parted into its paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray

from flows.extract.language import guess_language
from flows.extract.paged.lines import PageLine, paragraph
from flows.extract.reading import Block, Reading
from flows.layout.order import reading_order

LANGUAGE_SAMPLE = 4_000
"""Characters by which the language of pages is told."""
PART = ";line="
"""Stands between the selector of a piece of a page and the numbers of its lines, from 0, end not included."""
_STOP = re.compile(r"[.!?:。！？：…»”\"')」』]\s*\Z")
_INDENT = 0.03
"""Share of a piece's width by which a first line is set in."""
_SHORT = 0.06
"""Share of a piece's width by which a last line ends before the others."""
_OTHER_TYPE = 1.35
"""Ratio of sizes of type that part a heading from what stands below it."""
_HEAD_SIZE = 1.25
"""Times the page's usual type from which a short piece is a heading."""
_HEAD_LINES = 4
_APART = 1.6
"""Times the usual distance from line to line beyond which white parts paragraphs."""


def paged(media_type: str, lines: Sequence[PageLine]) -> Reading:
    """A reading of pages: a block for each paragraph, in reading order, whatever the order in the file.

    Lines of one `block` are a piece of the page and keep their order. `page_kind` is a newspaper's: segmentation finds
    the articles.
    """
    blocks = [_block(piece[start:end], start, end) for piece in _pieces(lines) for start, end in paragraphs(piece)]
    text = "\n".join(block.text for block in blocks[:200])
    return Reading(media_type, blocks, page_kind="newspaper", language=guess_language(text[:LANGUAGE_SAMPLE]))


def _block(lines: Sequence[PageLine], start: int, end: int) -> Block:
    return paragraph(lines, "body", f"{lines[0].place}{PART}{start},{end}")


def _pieces(lines: Sequence[PageLine]) -> Iterator[list[PageLine]]:
    """The pieces of each page in reading order."""
    pages: dict[int, dict[int, list[PageLine]]] = {}
    for line in lines:
        pages.setdefault(line.page, {}).setdefault(line.block, []).append(line)
    for page in sorted(pages):
        pieces = list(pages[page].values())
        boxes = np.array(
            [
                (
                    min(line.x0 for line in piece),
                    min(line.y0 for line in piece),
                    max(line.x1 for line in piece),
                    max(line.y1 for line in piece),
                )
                for piece in pieces
            ]
        )
        _hold_on(pieces, boxes)
        for number in reading_order(boxes):
            yield pieces[number]


def _hold_on(pieces: Sequence[Sequence[PageLine]], boxes: NDArray[np.float64]) -> None:
    """Draw headings down to what they stand over, in place: the page is not cut between the two."""
    sizes = [(line.size, len(line.text)) for piece in pieces for line in piece]
    usual = float(np.median(np.repeat([size for size, _ in sizes], [max(1, letters) for _, letters in sizes])))
    for number, piece in enumerate(pieces):
        size = median(line.size for line in piece)
        if len(piece) <= _HEAD_LINES and size > _HEAD_SIZE * usual:
            boxes[number, 3] += size


def paragraphs(lines: Sequence[PageLine]) -> Iterator[tuple[int, int]]:
    """Where the paragraphs of a piece begin and end: at indents after a short or finished line, at more white than
    between lines, and where the type changes."""
    left = sorted(line.x0 for line in lines)[len(lines) // 5]
    right = sorted(line.x1 for line in lines)[-1 - len(lines) // 5]
    width = max(right - left, 1e-6)
    pitch = [b.y0 - a.y0 for a, b in pairwise(lines) if b.y0 > a.y0]
    usual = median(pitch) if pitch else 0.0
    start = 0
    for at in range(1, len(lines)):
        before, line = lines[at - 1], lines[at]
        cut = before.cut is True
        ended = before.x1 < right - _SHORT * width or bool(_STOP.search(before.text))
        indented = line.x0 > left + _INDENT * width and before.x0 <= left + _INDENT * width
        ratio = max(before.size, 1e-9) / max(line.size, 1e-9)
        apart = usual > 0 and line.y0 - before.y0 > _APART * usual
        other = (
            len(lines) > 1 and not 1 / _OTHER_TYPE < ratio < _OTHER_TYPE and min(len(before.text), len(line.text)) > 3
        )
        if not cut and ((ended and indented) or apart or (other and ended)):
            yield start, at
            start = at
    yield start, len(lines)
