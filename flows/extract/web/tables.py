"""Tell tables that hold data from tables that lay out a page, and make one block of each row of the former."""

from __future__ import annotations

import numpy as np

from flows.extract.web.blocks import Cut

MAX_CELL = 400
"""A table with a longer cell lays out text."""
MAX_LINKED = 0.7
"""A table with a greater share of linked cells is a menu."""

_CELLS = frozenset(("td", "th"))
_INSIDE = frozenset(("p", "br", "span", "div", "ul", "ol", "li", "center", "h3", "h4", "h5", "h6"))
_PARTS = frozenset(("thead", "tbody", "tfoot", "caption"))


def merge_rows(cut: Cut) -> None:
    """Join the cells of each row of a data table into one block, parted by tabs, in place.

    A cell without text keeps its place, one that takes up several has empty ones beside it and below; columns that are
    empty in every row are the layout's and go.

    A data table has no table inside it, at least two rows of at least two cells with text, and no long cell.
    """
    frames = cut.all_frames
    many = frames.last - frames.first >= 4
    if not any(tag == "table" and blocks for tag, blocks in zip(frames.tags, many.tolist(), strict=True)):
        return
    first, last = frames.first.tolist(), frames.last.tolist()
    rows_of: dict[int, list[int]] = {}
    cells_of: dict[int, list[int]] = {}
    barred: set[int] = set()
    table_of: list[int] = []
    for frame, (tag, parent) in enumerate(zip(frames.tags, frames.above.tolist(), strict=True)):
        table = table_of[parent] if parent >= 0 else -1
        if tag == "table":
            barred.add(table)
            table_of.append(frame)
            rows_of[frame] = []
            continue
        table_of.append(table)
        if table < 0:
            continue
        if tag == "tr":
            rows_of[table].append(frame)
        elif tag in _CELLS:
            cells_of.setdefault(parent, []).append(frame)
        elif tag not in _INSIDE and tag not in _PARTS:
            barred.add(table)
    runs: dict[int, tuple[int, int, str]] = {}
    for table, rows in rows_of.items():
        full = [row for row in rows if sum(last[cell] > first[cell] for cell in cells_of.get(row, ())) >= 2]
        if table in barred or not many[table] or len(full) < 2 or len(full) * 2 < len(rows):
            continue
        sizes = np.array([len(text) for text in cut.texts[first[table] : last[table]]])
        linked = int((cut.links[first[table] : last[table]] * 2 > sizes).sum())
        if sizes.max() > MAX_CELL or linked > MAX_LINKED * len(sizes):
            continue
        texts = _rows(cut, [cells_of.get(row, []) for row in rows], first, last)
        runs |= {
            first[row]: (last[row], row, text) for row, text in zip(rows, texts, strict=True) if last[row] > first[row]
        }
    if runs:
        _join(cut, runs)


def _rows(cut: Cut, rows: list[list[int]], first: list[int], last: list[int]) -> list[str]:
    """The text of each row, its cells parted by tabs; cells are given by their frames."""
    grid: list[dict[int, str]] = []
    taken: dict[int, int] = {}  # columns that a cell of a row above still takes up, and how many rows more
    for cells in rows:
        line: dict[int, str] = {}
        below: dict[int, int] = {column: left - 1 for column, left in taken.items() if left > 1}
        column = 0
        for cell in cells:
            while column in taken:
                column += 1
            columns, deep = cut.all_frames.wide.get(cell, (1, 1))
            if text := " ".join(" ".join(part.split()) for part in cut.texts[first[cell] : last[cell]]):
                line[column] = text
            if deep > 1:
                below |= dict.fromkeys(range(column, column + columns), deep - 1)
            column += columns
        taken = below
        grid.append(line)
    used = sorted({column for line in grid for column in line})
    return ["\t".join(line.get(column, "") for column in used).rstrip("\t") for line in grid]


def _join(cut: Cut, runs: dict[int, tuple[int, int, str]]) -> None:
    """Replace each run of blocks by one with the text given, and count the blocks of every frame anew."""
    is_kept = np.ones(len(cut.texts), dtype=bool)
    for start, (end, row, text) in runs.items():
        cut.texts[start] = text
        cut.holders[start] = row
        cut.whole[start] = True
        is_kept[start + 1 : end] = False
    kept = np.flatnonzero(is_kept)
    cut.links, cut.bold = np.add.reduceat(cut.links, kept), np.add.reduceat(cut.bold, kept)
    place = np.append(np.cumsum(is_kept) - 1, len(kept))
    cut.texts = [cut.texts[i] for i in kept.tolist()]
    cut.spans = [cut.spans[i] for i in kept.tolist()]
    for name in ("holders", "whole", "breaks"):
        setattr(cut, name, getattr(cut, name)[kept])
    frames = cut.all_frames
    frames.first, frames.last = place[frames.first], place[frames.last]
