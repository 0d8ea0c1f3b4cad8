"""Pages with boxes: which paragraphs make an article, by place, type and text together.

The pieces of a page come in reading order. One table of weights tells what is the page's own (mastheads, adverts),
another where an article begins; `tests/train/train_boxes.py` makes both from issues whose libraries named the articles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from flows.extract.web.boosting import Model, load
from flows.segment.heads import Head, head
from flows.segment.profiles import JUMP_LEAD, JUMP_TAIL
from flows.segment.unit_features import NAMES, Matrix, Unit, measure
from schemas.columns import TEXT_KINDS

OWN_ABOVE = 0.7
"""Log odds from which a piece is the page's own; chosen with the other by titles left out (`train_boxes.py`)."""
BEGINS_ABOVE = 0.3
"""Log odds from which an article begins with a piece."""
_HEAD_SIZE = 1.25
"""Times the page's usual type from which a short piece is a heading."""
_HEAD_LINES = 4
_TOP = 0.15
"""Share of the page at whose top its masthead stands."""


@dataclass(frozen=True, slots=True)
class PagePiece:
    """A run of paragraphs that one piece of a page holds: numbers of its blocks, and what is known of its lines."""

    blocks: tuple[int, ...]
    unit: Unit


@cache
def _models() -> tuple[Model, Model]:
    folder = Path(__file__).parent
    return load(folder / "box_own.json", NAMES), load(folder / "box_begins.json", NAMES)


def pieces(selectors: Sequence[str], lines: Sequence[Sequence[dict[str, Any]]]) -> list[PagePiece]:
    """The pieces of a document's blocks, which come in reading order; blocks of one piece have selectors that differ in
    the numbers of the lines only."""
    out: list[PagePiece] = []
    held: list[int] = []
    before: tuple[int, str] | None = None
    for number, (selector, boxes) in enumerate(zip(selectors, lines, strict=True)):
        key = (boxes[0]["page"] if boxes else 0, selector.rpartition(";line=")[0])
        if held and key != before:
            out.append(_piece(held, lines))
            held = []
        held.append(number)
        before = key
    if held:
        out.append(_piece(held, lines))
    return out


def _piece(held: list[int], lines: Sequence[Sequence[dict[str, Any]]]) -> PagePiece:
    boxes = [line for number in held for line in lines[number]] or [
        {"printed": "", "x0": 0.0, "y0": 0.0, "x1": 0.0, "y1": 0.0, "size": 0.01, "page": 1}
    ]
    unit = Unit(
        [line["printed"] for line in boxes],
        np.array([[line[name] for name in ("x0", "y0", "x1", "y1")] for line in boxes]),
        np.array([line["size"] for line in boxes]),
        boxes[0]["page"],
    )
    return PagePiece(tuple(held), unit)


def articles(found: Sequence[PagePiece]) -> list[int | None]:
    """The article of each piece; None for the page's own. Every page begins with articles of its own."""
    out: list[int | None] = []
    number = -1
    for _, some in _pages(found):
        matrix = measure([piece.unit for piece in some])
        own, begins = decide(matrix)
        first = True
        for is_own, opens in zip(own, begins, strict=True):
            if is_own:
                out.append(None)
                continue
            number += first or opens
            first = False
            out.append(number)
    return out


def decide(matrix: Matrix) -> tuple[list[bool], list[bool]]:
    """Of each piece of one page: whether it is the page's own, and whether an article begins with it."""
    own_model, begin_model = _models()
    own = own_model.score(matrix) > OWN_ABOVE
    begins = begin_model.score(matrix) > BEGINS_ABOVE
    if own.all():  # then that is the text
        own[:] = False
    return own.tolist(), begins.tolist()


def _pages(found: Sequence[PagePiece]) -> Iterator[tuple[int, list[PagePiece]]]:
    at = 0
    while at < len(found):
        page = found[at].unit.page
        end = at
        while end < len(found) and found[end].unit.page == page:
            end += 1
        yield page, list(found[at:end])
        at = end


def read_boxed(
    texts: Sequence[str], kinds: list[str], selectors: Sequence[str], lines: Sequence[Sequence[dict[str, Any]]],
    title: str | None,
) -> tuple[list[int | None], list[int | None], list[Head]]:  # fmt: skip
    """Article and place of each block, and the heads of the articles. `kinds` is changed in place."""
    found = pieces(selectors, lines)
    decided = articles(found)
    sizes = np.concatenate([piece.unit.sizes for piece in found])
    usual = float(np.median(sizes))
    article_of: list[int | None] = [None] * len(texts)
    place_of: list[int | None] = [None] * len(texts)
    members: dict[int, list[int]] = {}
    for piece, article in zip(found, decided, strict=True):
        for number in piece.blocks:
            article_of[number] = article
            if article is None:
                top = bool(lines[number]) and lines[number][0]["y1"] < _TOP
                kinds[number] = "masthead" if top else "advert"
            else:
                members.setdefault(article, []).append(number)
    heads = []
    for article, numbers in sorted(members.items()):
        _headlines(numbers, texts, kinds, lines, usual)
        text = [number for number in numbers if kinds[number] in TEXT_KINDS]
        for place, number in enumerate(text):
            place_of[number] = place
        parts = [(kinds[number], texts[number]) for number in numbers]
        broken = any(JUMP_LEAD.match(texts[n]) or JUMP_TAIL.search(texts[n][-40:]) for n in numbers)
        lone = len(members) == 1
        heads.append(head(article, parts, title=title if lone else None, complete=not broken))
    return article_of, place_of, heads


def _headlines(
    numbers: Sequence[int],
    texts: Sequence[str],
    kinds: list[str],
    lines: Sequence[Sequence[dict[str, Any]]],
    usual: float,
) -> None:
    """Short paragraphs in larger type or in capitals are headlines, where text follows them."""
    for at, number in enumerate(numbers):
        boxes = lines[number]
        if kinds[number] != "body" or not boxes or len(boxes) > _HEAD_LINES:
            continue
        size = float(np.median([line["size"] for line in boxes]))
        letters = [letter for letter in texts[number] if letter.isalpha()]
        capitals = sum(letter.isupper() for letter in letters) / max(1, len(letters))
        follows = at + 1 < len(numbers)
        if follows and letters and (size > _HEAD_SIZE * usual or (capitals > 0.7 and len(letters) > 3)):
            kinds[number] = "headline"
