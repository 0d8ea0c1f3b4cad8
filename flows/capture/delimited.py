"""Rows of CSV and TSV files as they are met: any separator, with a header or without, ragged, badly quoted.

What can be read of a file is given; what cannot is told row by row, with the line that it stands in.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from flows.extract import dates

SEPARATORS = (",", ";", "\t", "|")
"""What parts columns, in the order of what is likelier."""
SAMPLE = 200
"""Rows by which the separator and the header are told."""
NAME_LONGEST = 60
"""Characters of the longest cell that may be the name of a column."""
LONGEST_CELL = 32 << 20
"""Characters of a cell; the largest payload that is read has as many bytes."""
MOST_UNCLOSED = 100
"""Quotes that are never closed, after which the rest of a file is read without regard to quotes."""

_SEP_LINE = re.compile(r'\ufeff?"?sep=(.)"?\r?(?:\n|\Z)', re.I)
_NUMBER = re.compile(r"\s*[-+]?\d[\d.,]*\s*\Z")
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a]")
_URI = re.compile(r"\s*https?://\S+\s*\Z", re.I)


class Row(NamedTuple):
    """A row: the line it begins in, from 1, and its cells by the names of their columns."""

    line: int
    cells: dict[str, str]


class Fault(NamedTuple):
    """Something that could not be read as it should be: the line it begins in, a short name, and a sentence."""

    line: int
    error: str
    message: str


@dataclass(frozen=True)
class Shape:
    """How a file is written: what parts its columns, their names, whether its first row has them, lines passed over."""

    separator: str
    names: tuple[str, ...]
    headed: bool
    skipped: int


def rows(text: str, separator: str | None = None, mapping: Mapping[str, object] | None = None) -> Iterator[Row | Fault]:
    """The rows of a file in order. `separator` and `mapping` are the source's, where it has them.

    A row that lacks cells is given and told; of one with more than there are columns nobody can say which is which, so
    it is told only. Cells without a name have a number.
    """
    lines = list(io.StringIO(text, newline=""))
    shape = shape_of(lines, separator, mapping or {})
    names = list(shape.names)
    head = shape.headed
    for line, cells in _cells(lines, shape.separator, shape.skipped):
        if isinstance(cells, Fault):
            yield cells
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if head:
            head = False
            continue
        while len(cells) > len(names) and not cells[-1].strip():
            cells.pop()  # a separator at the end of the line
        if len(cells) > len(names):
            why = f"Line {line} has {len(cells)} cells where there are {len(names)} columns"
            yield Fault(line, "ragged", f"{why}, so nobody can say which is which; it was left out.")
            continue
        if len(cells) < len(names) and shape.headed:
            message = (
                f"Line {line} has {len(cells)} cells where there are {len(names)} columns; those it has were taken."
            )
            yield Fault(line, "short-row", message)
        yield Row(line, dict(zip(names, cells, strict=False)))


def shape_of(lines: Sequence[str], separator: str | None, mapping: Mapping[str, object]) -> Shape:
    """What a file's first rows say of how it is written."""
    skipped = 0
    if lines and (said := _SEP_LINE.match(lines[0])):
        separator, skipped = separator or said.group(1), 1
    separator = separator or _separator(lines[skipped : skipped + SAMPLE])
    sample = _whole(lines[: skipped + SAMPLE], separator, skipped)
    if not sample:
        return Shape(separator, (), False, skipped)
    first, rest = sample[0], sample[1:]
    if _is_header(first, mapping):
        width = max(len(_without_tail(cells)) for cells in (first, *rest[:1]))
        first = first[: max(width, len(_without_tail(first)))]
        names = [name.strip().lstrip("\ufeff") or f"column {number}" for number, name in enumerate(first, 1)]
        return Shape(separator, distinct(names), True, skipped)
    width = Counter(len(_without_tail(cells)) for cells in sample).most_common(1)[0][0]
    columns = [[cells[i] for cells in sample if len(cells) > i] for i in range(width)]
    return Shape(separator, distinct(_guessed(columns, mapping)), False, skipped)


def distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Names of columns, each once: of several alike, all but the last get a number."""
    last = {name: at for at, name in enumerate(names)}
    taken = set(names)
    out = []
    for at, name in enumerate(names):
        if last[name] != at:
            number = 1
            while f"{name} ({number})" in taken:
                number += 1
            name = f"{name} ({number})"
            taken.add(name)
        out.append(name)
    return tuple(out)


def _cells(lines: Sequence[str], separator: str, start: int) -> Iterator[tuple[int, list[str] | Fault]]:
    """Each row's first line, from 1, and its cells; a quote that is never closed is a fault of its line alone."""
    csv.field_size_limit(LONGEST_CELL)
    at, unclosed = start, 0
    while at < len(lines):
        begin = at
        quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if unclosed < MOST_UNCLOSED else csv.QUOTE_NONE
        reader = csv.reader(_from(lines, at), delimiter=separator, strict=True, quoting=quoting)
        before = 0
        try:
            for cells in reader:
                yield begin + before + 1, cells
                before = reader.line_num
                at = begin + before
            return
        except csv.Error as error:
            at = begin + before
            if "unexpected end" in str(error):
                unclosed += 1
                message = f"Line {at + 1} begins a quote that is never closed; the line was left out."
                yield at + 1, Fault(at + 1, "unclosed-quote", message)
                at += 1
                continue
            # Characters after a closing quote: what the quotes are for cannot be told, so they are taken as they stand.
            stop = begin + reader.line_num
            try:
                for cells in csv.reader(lines[at:stop], delimiter=separator):
                    yield at + 1, cells
            except csv.Error as worse:
                yield at + 1, Fault(at + 1, "row", f"Line {at + 1} cannot be read: {worse}.")
            at = max(stop, at + 1)


def _from(lines: Sequence[str], at: int) -> Iterator[str]:
    for number in range(at, len(lines)):
        yield lines[number]


def _whole(lines: Sequence[str], separator: str, start: int) -> list[list[str]]:
    """The rows of a sample that can be read and are not blank."""
    read = (cells for _, cells in _cells(lines, separator, start) if not isinstance(cells, Fault))
    return [cells for cells in read if any(cell.strip() for cell in cells)]


def _separator(lines: Sequence[str]) -> str:
    """What parts the columns: the separator that makes most rows as wide as the commonest, and those wide."""

    def fit(separator: str) -> tuple[float, int]:
        widths = Counter(len(_without_tail(cells)) for cells in _whole(lines, separator, 0))
        if not widths:
            return 0.0, 0
        width, count = max(widths.items(), key=lambda each: (each[0] > 1, each[1], each[0]))
        return (count / widths.total(), width) if width > 1 else (0.0, 1)

    return max(SEPARATORS, key=lambda each: (fit(each), -SEPARATORS.index(each)))


def _without_tail(cells: Sequence[str]) -> Sequence[str]:
    """Cells without those at the end that are empty."""
    end = len(cells)
    while end > 1 and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def _is_header(cells: Sequence[str], mapping: Mapping[str, object]) -> bool:
    """Whether a first row names the columns: none of its cells is a text, an address, a number or a day."""
    wanted = {str(key) for value in mapping.values() for key in (value if isinstance(value, list) else [value])}
    if any(cell.strip().lstrip("\ufeff") in wanted for cell in cells):
        return True
    if any(len(cell) > NAME_LONGEST or _URI.match(cell) or _NUMBER.match(cell) or dates.parse(cell) for cell in cells):
        return False
    return any(cell.strip() for cell in cells)


def _guessed(columns: Sequence[Sequence[str]], mapping: Mapping[str, object]) -> list[str]:
    """Names of columns that have none: numbers where the source has a mapping; else what their cells seem to be."""
    names = [str(number) for number in range(1, len(columns) + 1)]
    if mapping.get("text"):
        return names
    filled = [[cell for cell in column if cell.strip()] for column in columns]
    left = [at for at, cells in enumerate(filled) if cells]

    def take(name: str, found: int | None) -> None:
        if found is not None:
            names[found] = name
            left.remove(found)

    take("url", next((at for at in left if all(map(_URI.match, filled[at]))), None))
    take("date", next((at for at in left if all(len(c) <= NAME_LONGEST and dates.parse(c) for c in filled[at])), None))
    lengths = {
        at: sum(map(len, filled[at])) / len(filled[at]) for at in left if not all(map(_NUMBER.match, filled[at]))
    }
    if lengths:
        longest = max(lengths, key=lambda at: (lengths[at], -at))
        take("text", longest)
        title = next((at for at in left if at in lengths and 2 <= lengths[at] <= NAME_LONGEST), None)
        take("title", title)
    return names
