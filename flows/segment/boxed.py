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
from numpy.typing import NDArray

from flows.extract.web.boosting import Model, load
from flows.segment.heads import Head, head
from flows.segment.profiles import CUE, FURNITURE, JUMP_LEAD, JUMP_TAIL, SHORT
from flows.segment.unit_features import NAMES, Matrix, Unit, measure, neighbours
from schemas.columns import TEXT_KINDS

OWN_ABOVE = 0.3
"""Log odds from which a piece is the page's own. This and the next two were chosen by titles left out and by issues
left out (`train_boxes.py --leave-out`): other values differ by a point or two."""
BEGINS_ABOVE = 0.6
"""Log odds from which an article begins with a piece."""
SWITCH = 2.0
"""Log odds against changing from the page's own pieces to others or back: adverts stand together."""
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
        if (typed := by_type([piece.unit for piece in some])) is not None:
            own = _imprint(some)
            out += [None if is_own else number + 1 + article for is_own, article in zip(own, typed, strict=True)]
            number += 1 + max(typed)
            continue
        own, begins = decide(matrix)
        first = True
        for is_own, opens in zip(own, begins, strict=True):
            if is_own:
                out.append(None)
                continue
            number += first or opens
            first = False
            out.append(number)
    dense = {article: at for at, article in enumerate(dict.fromkeys(each for each in out if each is not None))}
    return [None if article is None else dense[article] for article in out]


_SET = 0.75
"""Share of a page's letters in one size of type, to 3 %, from which it was set by a machine and not recognised."""
_SET_HEAD = 1.25
"""Times that size from which a piece is a headline."""


def by_type(units: Sequence[Unit]) -> list[int] | None:
    """The article of each piece of a page that a machine has set, where sizes of type are exact: one for every headline
    that does not follow another directly. None for other pages.

    What stands below a headline or text is of its article. What stands at the head of a column goes on from the column
    to its left where the two begin at one level, as in a frame; else from the piece that is read before it.
    """
    sizes = np.concatenate([unit.sizes for unit in units])
    letters = np.concatenate([[len(text) for text in unit.texts] for unit in units]).astype(float)
    order = np.argsort(sizes)
    usual = float(sizes[order][np.searchsorted(np.cumsum(letters[order]), letters.sum() / 2)])
    if letters[np.abs(sizes / usual - 1) < 0.03].sum() < _SET * letters.sum():
        return None
    heads = [float(np.median(unit.sizes)) > _SET_HEAD * usual for unit in units]
    if not any(heads) or all(heads):
        return None
    box = np.array([[*unit.boxes[:, :2].min(0), *unit.boxes[:, 2:].max(0)] for unit in units])
    above, _ = neighbours(box)
    out: list[int] = []
    number = -1
    for at, is_head in enumerate(heads):
        if is_head:
            number += not (at and heads[at - 1] and _under(units[at - 1], units[at]))
            out.append(max(number, 0))
            continue
        up = int(above[at])
        close = up >= 0 and (heads[up] or box[at, 1] - box[up, 3] < _COLUMN_GAP * usual)
        left = -1 if close else _left_of(at, box, heads, usual)
        number = max(number, 0)
        source = up if close and up < at else left if 0 <= left < at else at - 1
        out.append(out[source] if source >= 0 else number)
    return out


_COLUMN_GAP = 2.5
"""Sizes of type that may part two pieces of text in one column of an article."""
_LEVEL = 0.7
"""Sizes of type by which the heads of two columns of a frame may differ."""


def _left_of(at: int, box: NDArray[np.float64], heads: Sequence[bool], usual: float) -> int:
    """The nearest text to the left that begins at the same level; -1 where there is none."""
    level = np.abs(box[:, 1] - box[at, 1]) < _LEVEL * usual
    found = [j for j in np.flatnonzero(level & (box[:, 2] <= box[at, 0] + 0.01)).tolist() if not heads[j]]
    return max(found, key=lambda j: box[j, 2], default=-1)


def _under(upper: Unit, lower: Unit) -> bool:
    """Whether a headline stands directly under another and over the same columns: its second line, or a subhead."""
    a, b = upper.boxes, lower.boxes
    over = min(a[:, 2].max(), b[:, 2].max()) - max(a[:, 0].min(), b[:, 0].min())
    gap = b[:, 1].min() - a[:, 3].max()
    return bool(over > 0 and gap < 1.5 * float(np.median(upper.sizes)))


def decide(matrix: Matrix) -> tuple[list[bool], list[bool]]:
    """Of each piece of one page: whether it is the page's own, and whether an article begins with it."""
    own_model, begin_model = _models()
    own = runs_of_own(own_model.score(matrix), matrix[NAMES.index("lines")])
    begins = begin_model.score(matrix) > BEGINS_ABOVE
    if own.all():  # then that is the text
        own[:] = False
    return own.tolist(), begins.tolist()


def runs_of_own(scores: NDArray[np.float64], lines: NDArray[np.float32], above: float = OWN_ABOVE) -> NDArray[np.bool_]:
    """Which pieces are the page's own: the likeliest course through all of them (Viterbi 1967), each counting for more
    the more lines it has."""
    gain = (scores - above) * np.sqrt(lines)
    own, other = float(gain[0]), 0.0
    back: list[tuple[bool, bool]] = []
    for value in gain[1:].tolist():
        back.append((own >= other - SWITCH, own - SWITCH > other))
        own, other = max(own, other - SWITCH) + value, max(other, own - SWITCH)
    at = own > other
    out = [at]
    for from_own, from_own_to_other in reversed(back):
        at = from_own if at else from_own_to_other
        out.append(at)
    return np.array(out[::-1])


def _imprint(some: Sequence[PagePiece]) -> list[bool]:
    """Whether each piece stands above the first text of a page that a machine has set: its masthead and imprint."""
    sizes = np.concatenate([piece.unit.sizes for piece in some])
    usual = float(np.median(sizes))
    text = [
        at for at, piece in enumerate(some) if len(piece.unit.texts) >= 3 and piece.unit.sizes[0] < _SET_HEAD * usual
    ]
    top = min((float(some[at].unit.boxes[0, 1]) for at in text), default=0.0)
    heads = [at for at in range(text[0] if text else 0) if float(some[at].unit.sizes[0]) > _SET_HEAD * usual]
    last = heads[-1] if heads else 0
    return [at < last and float(piece.unit.boxes[-1, 3]) < min(top, _TOP) for at, piece in enumerate(some)]


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
    """Kinds of short paragraphs: bylines and their like by their form, headlines by larger type or capitals, where text
    follows them."""
    for at, number in enumerate(numbers):
        boxes = lines[number]
        if len(boxes) <= 2 and len(texts[number]) <= SHORT and CUE.search(texts[number]):
            found = FURNITURE.fullmatch(texts[number])
            if found and found.lastgroup in ("byline", "dateline", "caption"):
                kinds[number] = found.lastgroup
        if kinds[number] != "body" or not boxes or len(boxes) > _HEAD_LINES:
            continue
        size = float(np.median([line["size"] for line in boxes]))
        letters = [letter for letter in texts[number] if letter.isalpha()]
        capitals = sum(letter.isupper() for letter in letters) / max(1, len(letters))
        follows = at + 1 < len(numbers)
        if follows and letters and (size > _HEAD_SIZE * usual or (capitals > 0.7 and len(letters) > 3)):
            kinds[number] = "headline"
