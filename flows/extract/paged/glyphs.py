"""Lines out of single glyphs, by their boxes alone: the order in which a file draws them says nothing.

Glyphs that follow one another in the file and touch are a run, which saves work. Runs on one base line are joined where
the white between them is that of a word; wider white is a gutter, unless lines near by run across it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from flows.extract.paged.lines import PageLine, is_wide

_TOUCH = 0.2
"""White between letters of a word, in heights of the type."""
_WORD = 0.14
"""White from which words are parted, where no space is drawn."""
_SURE = 0.45
"""White up to which glyphs are of one line, whatever stands near."""
_ALONE = 0.8
"""White up to which a line that stands alone goes on."""
_STRIP = 0.5
"""Width of a gutter at the least, where letters hang over its edges."""
_MOST = 6.0
"""White beyond which they are not."""
_NEAR = 1.25
"""Ratio of heights up to which a line near by is of the same text."""
_ALIKE = 1.7
"""Ratio of heights up to which runs can be of one line."""
_LEVEL = 0.35
"""How far off the middle of a run may stand from the other's, in heights."""
_TWICE = 0.1
"""How far off, in heights, a glyph may be drawn again to make it bold; the narrowest letter is twice as wide."""
_CELL = 8.0
"""Points of a cell in which glyphs are looked up; no glyph drawn twice is farther off."""
_SPACES = " \u00a0\t\u3000\u2002\u2003\u2009"


_SPACE_CODES = frozenset(map(ord, _SPACES))
_SOFT_HYPHENS = (0x02, 0xAD, 0xFFFE)
"""What PDFium gives for a hyphen at the end of a line: it is printed as one."""
_FIRST_WIDE = 0x1100
Drawn = dict[tuple[int, int, int], list[tuple[float, float]]]


@dataclass(slots=True)
class Run:
    """Glyphs that stand beside each other, in points from the page's top left corner."""

    text: list[str]
    x0: float
    y0: float
    x1: float
    y1: float
    height: float
    right: Run | None = None
    has_left: bool = False
    level: float = 0.0
    """Where its middle stands, once all its glyphs are known."""


class _Near(NamedTuple):
    """Runs by their level, in rows as high as the usual type: sorted, with where each begins, and the widest of all."""

    rows: dict[int, list[Run]]
    starts: dict[int, list[float]]
    usual: float
    widest: float


def lines_of(codes: Sequence[int], boxes: Sequence[float], width: float, height: float, page: int) -> list[PageLine]:
    """The lines of a page out of its glyphs: code points, and four numbers for the box of each."""
    runs = _runs(codes, boxes)
    if not runs:
        return []
    _join(runs)
    out = []
    for run in runs:
        if run.has_left:
            continue
        chain = [run]
        while chain[-1].right is not None:
            chain.append(chain[-1].right)
        text = _text(chain)
        if not text:
            continue
        x0, y0 = min(r.x0 for r in chain), min(r.y0 for r in chain)
        x1, y1 = max(r.x1 for r in chain), max(r.y1 for r in chain)
        size = median(r.height for r in chain for _ in r.text)
        out.append(PageLine(text, page, x0 / width, y0 / height, x1 / width, y1 / height, size / height))
    return out


def _runs(codes: Sequence[int], boxes: Sequence[float]) -> list[Run]:
    """Glyphs that touch the one before them. A glyph that is drawn again where it stands is left out: that is how some
    programs make letters bold."""
    out: list[Run] = []
    drawn: Drawn = {}
    run: Run | None = None
    end = level = tall = 0.0  # of the run
    wide_before = False
    index = 0
    for code in codes:
        x0, y0, x1, y1 = boxes[index : index + 4]
        index += 4
        high = y1 - y0
        if high <= 0 or x1 < x0:
            continue
        space = code in _SPACE_CODES
        if not space and _is_drawn(drawn, code, x0, y0, _TWICE * high):
            continue
        if code in _SOFT_HYPHENS:
            code = 0x2D
        letter = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
        if run is not None:
            white = x0 - end
            touch = _TOUCH * high
            if (
                -touch < white < touch
                and abs(level - (y0 + y1) / 2) < _LEVEL * (tall if tall < high else high)
                and tall < high * _ALIKE
                and high < tall * _ALIKE
            ):
                wide = code >= _FIRST_WIDE and is_wide(letter)
                if white > _WORD * high and not wide and not wide_before:
                    run.text.append(" ")
                run.text.append(letter)
                wide_before = wide
                end = max(end, x1)
                run.x1 = end
                if y0 < run.y0 or y1 > run.y1:
                    run.y0, run.y1 = min(run.y0, y0), max(run.y1, y1)
                    level = (run.y0 + run.y1) / 2
                if high > tall:
                    run.height = tall = high
                continue
        if space and x1 - x0 > _MOST * high:
            run = None
            continue
        run = Run([letter], x0, y0, x1, y1, high)
        end, level, tall = x1, (y0 + y1) / 2, high
        wide_before = code >= _FIRST_WIDE and is_wide(letter)
        out.append(run)
    return [each for each in (_trimmed(run) for run in out) if each is not None]


def _is_drawn(drawn: Drawn, code: int, x: float, y: float, near: float) -> bool:
    """Whether a glyph was drawn at this place before, but for a hair; it is now."""
    column, row = int(x // _CELL), int(y // _CELL)
    inside_x, inside_y = x - column * _CELL, y - row * _CELL
    held = drawn.get((code, column, row))
    if held is None:
        drawn[code, column, row] = [(x, y)]
    else:
        for other_x, other_y in held:
            if abs(other_x - x) < near and abs(other_y - y) < near:
                return True
        held.append((x, y))
    if near < inside_x < _CELL - near and near < inside_y < _CELL - near:
        return False
    for dx in (-1, 0, 1):
        for dy in (-1, 0, 1):
            if dx or dy:
                for other_x, other_y in drawn.get((code, column + dx, row + dy), ()):
                    if abs(other_x - x) < near and abs(other_y - y) < near:
                        return True
    return False


def _trimmed(run: Run) -> Run | None:
    """A run without spaces at its ends, which say nothing of where a column ends; None where nothing is left."""
    run.level = (run.y0 + run.y1) / 2
    text = "".join(run.text)
    if not text.strip(_SPACES):
        # A space between two runs of single glyphs joins them: its box is kept.
        return run if len(text) == 1 and run.x1 - run.x0 < _SURE * run.height else None
    return run


def _join(runs: list[Run]) -> None:
    """Find for each run the one that goes on to its right."""
    usual = median(run.height for run in runs)
    rows: dict[int, list[Run]] = defaultdict(list)
    for run in runs:
        rows[int(run.level // usual)].append(run)
    for row in rows.values():
        row.sort(key=lambda run: (run.x0, run.x1))
    starts = {key: [run.x0 for run in row] for key, row in rows.items()}
    near = _Near(rows, starts, usual, max(run.x1 - run.x0 for run in runs))
    for run in sorted(runs, key=lambda run: (run.x0, run.y0)):
        best: Run | None = None
        reach = int(run.height * _LEVEL // usual) + 1
        for key in range(int(run.level // usual) - reach, int(run.level // usual) + reach + 1):
            row = rows.get(key, [])
            for at in range(bisect_left(starts.get(key, []), run.x1 - 0.5 * run.height), len(row)):
                other = row[at]
                if best is not None and other.x0 >= best.x0:
                    break
                if other.x0 - run.x1 > _MOST * run.height:
                    break
                if other is run or other.has_left or other.x0 <= run.x0 or other.x1 <= run.x1:
                    continue
                if abs(other.level - run.level) > _LEVEL * min(run.height, other.height):
                    continue
                if 1 / _ALIKE < other.height / run.height < _ALIKE:
                    best = other
        if best is None:
            continue
        if _is_together(run, best, near):
            run.right = best
            best.has_left = True


def _is_together(left: Run, right: Run, near: _Near) -> bool:
    """Whether two runs on one level are of one line, by the white between them and what stands above and below."""
    high = max(left.height, right.height)
    white = (right.x0 - left.x1) / high
    wide = is_wide(left.text[-1]) and is_wide(right.text[0])
    if white <= (_TOUCH if wide else _WORD):
        return True
    other = not 1 / _NEAR < left.height / right.height < _NEAR
    if white <= _SURE and not wide and not other:
        return True
    gutter = _is_gutter(left, right, near, of_any_size=white <= _SURE)
    if gutter is None:  # a headline has no line of its size near by
        gutter = _is_gutter(left, right, near, of_any_size=True)
    if gutter is None:
        return white <= _ALONE
    return not gutter


def _is_gutter(left: Run, right: Run, near: _Near, *, of_any_size: bool) -> bool | None:
    """Whether the white between two runs goes on above and below: a strip of it that no line near by covers, with a
    line beginning behind it. None where no line near by stands on both sides."""
    high, level = max(left.height, right.height), left.level
    usual, left_end, right_start = near.usual, left.x1, right.x0
    covers: list[tuple[float, float]] = []
    starts = beside = 0
    first, last = left.x0 - near.widest, max(right_start + 0.3 * high, right.x1)
    for key in range(int((level - 3.5 * high) // usual), int((level + 3.5 * high) // usual) + 1):
        row = near.rows.get(key)
        if row is None:
            continue
        before = after = False
        for at in range(bisect_left(near.starts[key], first), len(row)):
            run = row[at]
            x0, x1 = run.x0, run.x1
            if x0 >= last:
                break
            if x1 <= left.x0 or not 0.6 * high < abs(run.level - level) < 3.5 * high:
                continue
            if not of_any_size and not high < run.height * _NEAR < high * _NEAR * _NEAR:
                continue
            if x1 > left_end and x0 < right_start:
                covers.append((x0, x1))
            # Behind a gutter a line begins where its column does, or is set in.
            starts += left_end <= x0 <= right_start + 0.3 * high
            before = before or x1 <= right_start
            after = after or left_end <= x0 < right.x1
            beside += x0 <= left_end and x1 >= right_start
        beside += before and after
    if not beside:
        return None
    reached, widest = left.x1, 0.0
    for x0, x1 in sorted(covers):
        widest = max(widest, x0 - reached)
        reached = max(reached, x1)
    widest = max(widest, right.x0 - reached)
    return starts > 0 and widest >= min(_STRIP * min(high, usual), 0.8 * (right.x0 - left.x1))


def _text(chain: Iterable[Run]) -> str:
    out: list[str] = []
    before: Run | None = None
    for run in chain:
        text = "".join(run.text)
        if before is not None and out and text:
            white = (run.x0 - before.x1) / max(run.height, before.height)
            wide = is_wide(out[-1][-1]) and is_wide(text[0])
            if white > _WORD and not wide:
                out.append(" ")
        out.append(text)
        before = run
    joined = "".join(out)
    for space in _SPACES[1:]:
        joined = joined.replace(space, " " if space != "\u3000" else space)
    return " ".join(joined.split(" ")).strip(_SPACES) if "  " not in joined else " ".join(joined.split()).strip(_SPACES)
