"""What the commands share: options, opening the warehouse, tables that fit the terminal."""

from __future__ import annotations

import shutil
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.report.values import json_text, plain
from flows.report.visible import visible

if TYPE_CHECKING:
    from flows.settings import Settings
    from warehouse.store import Warehouse


def folder(said: str | Path) -> Path:
    """The folder that an option names, before a path has made one slash of two. SettingsError where it names none."""
    from flows.places import warehouse_folder
    from flows.settings import SettingsError

    try:
        return warehouse_folder(said)
    except ValueError as error:
        raise SettingsError(str(error)) from error


WarehouseOption = Annotated[
    Path | None,
    typer.Option(
        "--warehouse", metavar="DIR", help="Where everything is kept.", envvar="DIBAO_WAREHOUSE", parser=folder
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def settings(warehouse: Path | None, **more: Any) -> Settings:
    """Settings with what the command line says."""
    from flows.settings import load

    return load({"warehouse": warehouse, **more})


def open_warehouse(warehouse: Path | None) -> Warehouse:
    """The warehouse that the command line, the environment or the config file names."""
    from warehouse.store import Warehouse

    return Warehouse(settings(warehouse).warehouse)


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    print(json_text(value, indent=1))


def say(text: str = "", **more: Any) -> None:
    """Print a line for people; what would steer the terminal is shown."""
    print(visible(text), **more)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], right: Iterable[str] = ()) -> None:
    """A table that fits the terminal: wide columns are cut with an ellipsis, never wrapped.

    Off a terminal nothing is cut. Widths count the cells that a terminal uses for East Asian characters.
    """
    cells = [[visible(_cell(value)) for value in row] for row in rows]
    rightward = {n for n, name in enumerate(columns) if name in set(right)}
    columns = [visible(" ".join(name.split())) for name in columns]
    widths = [max([_width(name), *(_width(row[n]) for row in cells)]) for n, name in enumerate(columns)]
    if sys.stdout.isatty():
        _shrink(widths, shutil.get_terminal_size().columns - 2 * (len(widths) - 1))
    for line in ([*columns], ["-" * width for width in widths], *cells):
        shown = [
            _pad(_cut(text, width), width, n in rightward)
            for n, (text, width) in enumerate(zip(line, widths, strict=True))
        ]
        print("  ".join(shown).rstrip())


LEAST = 20
"""Cells below which a column of text says little: where one would get fewer, a result is printed record by record."""


def print_result(columns: Sequence[str], rows: Sequence[Sequence[Any]], right: Iterable[str] = ()) -> None:
    """The rows of a query: a table, or where that does not fit the terminal a block of lines for each record.

    Numbers and moments are never cut, and no column of text below LEAST cells.
    """
    room = shutil.get_terminal_size().columns
    if not sys.stdout.isatty() or _least_width(columns, rows, set(right)) <= room:
        print_table(columns, rows, right)
        return
    names = [visible(" ".join(name.split())) for name in columns]
    wide = max(map(_width, names))
    for number, row in enumerate(rows):
        if number:
            print()
        for name, value in zip(names, row, strict=True):
            lines = _wrapped(visible(_cell(value)), max(LEAST, room - wide - 3))
            print(f"{_pad(name, wide, True)} = {lines[0]}".rstrip())
            for line in lines[1:]:
                print(" " * (wide + 3) + line)


def _least_width(columns: Sequence[str], rows: Sequence[Sequence[Any]], right: set[str]) -> int:
    """The width that a table of these rows needs at least."""
    width = 2 * (len(columns) - 1)
    for number, name in enumerate(columns):
        values = [row[number] for row in rows]
        needed = max([_width(name), *(_width(visible(_cell(value))) for value in values)])
        whole = name in right or any(isinstance(value, date | time) for value in values)
        width += needed if whole else min(needed, LEAST)
    return width


def _wrapped(text: str, width: int) -> list[str]:
    """A text in lines of at most so many cells, broken at spaces where there are some; one line at least."""
    lines, line, used, space = [], "", 0, 0
    for character in text:
        cells = _width(character)
        if used + cells > width:
            cut = space if space > len(line) // 2 else len(line)
            lines.append(line[:cut].rstrip())
            line = line[cut:].lstrip()
            used, space = _width(line), 0
        line, used = line + character, used + cells
        if character == " ":
            space = len(line)
    return [*lines, line]


def _shrink(widths: list[int], room: int) -> None:
    """Take from the widest column until the row fits, leaving each at least four cells."""
    while sum(widths) > room and max(widths) > 4:
        widest = widths.index(max(widths))
        others = sorted(widths)[-2] if len(widths) > 1 else 4
        widths[widest] = max(4, min(widths[widest] - 1, max(others, widths[widest] - (sum(widths) - room))))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S %Z").rstrip()
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list):
        return " ".join(", ".join(each if isinstance(each, str) else _cell(each) for each in value).split())
    if isinstance(value, bytes | bytearray):
        return str(plain(value))
    if isinstance(value, dict):
        return json_text(value)
    return " ".join(str(value).split())


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _cut(text: str, width: int) -> str:
    if _width(text) <= width:
        return text
    out, used = [], 0
    for character in text:
        used += _width(character)
        if used > width - 1:
            break
        out.append(character)
    return "".join(out) + "…"


def _pad(text: str, width: int, right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space
