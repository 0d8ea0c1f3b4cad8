"""Tell tables that hold data from tables that lay out a page, and make one block of each row of the former."""

from __future__ import annotations

from typing import Any

from flows.extract.web.blocks import Cut, Frame

MAX_CELL = 400
"""A table with a longer cell lays out text."""
MAX_LINKED = 0.7
"""A table with a greater share of linked cells is a menu."""

_CELLS = frozenset(("td", "th"))
_INSIDE = frozenset(("p", "br", "span", "div", "ul", "ol", "li", "center", "h3", "h4", "h5", "h6"))
_PARTS = frozenset(("thead", "tbody", "tfoot", "caption"))


def merge_rows(cut: Cut) -> None:
    """Join the cells of each row of a data table into one block, parted by tabs, in place.

    A data table has no table inside it, at least two rows of at least two cells with text, and no long cell.
    """
    tables = [frame for frame in cut.all_frames if frame.tag == "table" and frame.last - frame.first >= 4]
    if not tables:
        return
    rows_of: dict[Frame, list[Frame]] = {table: [] for table in tables}
    cells_of: dict[Frame, int] = {}
    barred: set[Frame] = set()
    table_of: dict[Frame, Frame | None] = {}
    for frame in cut.all_frames:
        parent = cut.all_frames[frame.above] if frame.above >= 0 else None
        table = table_of.get(parent) if parent is not None else None
        if frame.tag == "table":
            if table is not None:
                barred.add(table)
            table_of[frame] = frame
            continue
        table_of[frame] = table
        if table is None:
            continue
        if frame.tag == "tr":
            rows_of.setdefault(table, []).append(frame)
        elif frame.tag in _CELLS:
            if parent is not None and frame.last > frame.first:
                cells_of[parent] = cells_of.get(parent, 0) + 1
        elif frame.tag not in _INSIDE and frame.tag not in _PARTS:
            barred.add(table)
    runs: list[tuple[int, int, Frame]] = []
    for table in tables:
        rows = rows_of[table]
        full = [row for row in rows if cells_of.get(row, 0) >= 2]
        if table in barred or len(full) < 2 or len(full) * 2 < len(rows):
            continue
        sizes = [len(cut.texts[i]) for i in range(table.first, table.last)]
        linked = sum(cut.links[i] * 2 > len(cut.texts[i]) for i in range(table.first, table.last))
        if max(sizes) > MAX_CELL or linked > MAX_LINKED * len(sizes):
            continue
        runs += [(row.first, row.last, row) for row in rows if row.last > row.first]
    if runs:
        _join(cut, runs)


def _join(cut: Cut, runs: list[tuple[int, int, Frame]]) -> None:
    """Replace each run of blocks by one, and count the blocks of every frame anew."""
    keep: list[int] = []
    place = list(range(len(cut.texts) + 1))
    run_at = {start: (end, row) for start, end, row in runs}
    i = 0
    while i < len(cut.texts):
        end, row = run_at.get(i, (i + 1, None))
        for j in range(i, end):
            place[j] = len(keep)
        if row is not None:
            cut.texts[i] = "\t".join(" ".join(text.split()) for text in cut.texts[i:end])
            cut.links[i] = sum(cut.links[i:end])
            cut.bold[i] = sum(cut.bold[i:end])
            cut.frames[i] = row
            cut.whole[i] = True
        keep.append(i)
        i = end
    place[len(cut.texts)] = len(keep)
    for frame in cut.all_frames:
        frame.first = place[frame.first]
        frame.last = place[frame.last]
    columns: tuple[list[Any], ...] = (
        *(cut.texts, cut.frames, cut.links, cut.bold),
        *(cut.spans, cut.whole, cut.breaks),
    )
    for column in columns:
        column[:] = [column[k] for k in keep]
