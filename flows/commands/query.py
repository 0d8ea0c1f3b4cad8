"""dibao query: SQL over the published tables, read-only."""

from __future__ import annotations

import csv
import os
import sys
from contextlib import closing, nullcontext
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from flows.commands.common import WarehouseOption, print_result, say, settings
from flows.report.values import json_text, plain
from flows.report.visible import defused, visible

if TYPE_CHECKING:
    from flows.report.results import Result


class Format(StrEnum):
    """How a result is printed."""

    table = "table"
    csv = "csv"
    json = "json"


def command(
    sql: Annotated[str, typer.Argument(metavar="SQL", help="A statement, or - to read it from standard input.")],
    warehouse: WarehouseOption = None,
    output: Annotated[Format, typer.Option("--format", "-f", help="How to print the result.")] = Format.table,
    limit: Annotated[
        int | None,
        typer.Option(min=0, help="Most rows: 1000 of a table, query_rows of the settings else; 0 prints all."),
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(min=0, help="Most seconds; 0 is no limit. The setting is query_seconds.")
    ] = None,
    spreadsheet: Annotated[
        bool, typer.Option("--spreadsheet", help="CSV: an apostrophe before cells that would be formulas.")
    ] = False,
    snapshot: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Ask an older snapshot, while its files are kept.")
    ] = None,
) -> int:
    """Run SQL over the published tables. It can read them, and no other file, and nothing on the network.

    Memory is limited by memory_limit of the settings.
    """
    from flows.report.results import asked, connected
    from warehouse.errors import NotAQuery

    chosen = settings(warehouse)
    try:
        text = sys.stdin.buffer.read().decode("utf-8-sig") if sql == "-" else sql
    except UnicodeDecodeError as error:
        raise NotAQuery(
            f"Standard input is not UTF-8 (byte {error.start}); save the statement as UTF-8 and try again."
        ) from error
    with (
        nullcontext() if snapshot is None else closing(connected(chosen, snapshot)) as con,
        asked(chosen, text, seconds=seconds, stuck=stop, con=con) as result,
    ):
        if output is Format.table:
            return _table(result, 1000 if limit is None else limit)
        most = chosen.query_rows if limit is None else limit
        return _json(result, most) if output is Format.json else _csv(result, most, spreadsheet)


def stop(message: str) -> NoReturn:
    """End the process where a query does not heed its interruption."""
    say(f"dibao: {message}", file=sys.stderr, flush=True)
    os._exit(1)


def _table(result: Result, most: int) -> int:
    rows = list(islice(result.rows, most)) if most else list(result.rows)
    if result.columns == ["explain_key", "explain_value"]:  # a drawing, whose lines are its own
        for _, drawn in rows:
            say(str(drawn))
        return 0
    print_result(result.columns, rows, right=result.numbers)
    if most and next(result.rows, None) is not None:
        say(f"… more than {most} rows; --limit 0 prints all, `dibao export` writes them to a file.")
    return 0


def _json(result: Result, most: int) -> int:
    from flows.report.results import distinct

    names = distinct(result.columns)
    count = 0
    for row in islice(result.rows, most or None):
        say("[" if count == 0 else ",")
        text = json_text(dict(zip(names, row, strict=True)), indent=1)
        say(" " + text.replace("\n", "\n "), end="")
        count += 1
    say("\n]" if count else "[]")
    return _whole(result, most)


def _csv(result: Result, most: int, spreadsheet: bool) -> int:
    out = csv.writer(sys.stdout, lineterminator="\n")
    shown = visible if sys.stdout.isatty() else str

    def cell(value: object) -> str:
        if isinstance(value, list | tuple | dict):
            value = str(value)
        text = "" if value is None else value if isinstance(value, str) else str(plain(value))
        return shown(defused(text) if spreadsheet and isinstance(value, str) else text)

    out.writerow([cell(name) for name in result.columns])
    for row in islice(result.rows, most or None):
        out.writerow([cell(value) for value in row])
    return _whole(result, most)


def _whole(result: Result, most: int) -> int:
    """The exit status: 1 where rows were left out, which is said."""
    if not most or next(result.rows, None) is None:
        return 0
    sys.stdout.flush()
    say(f"dibao: The result has more than {most} rows, which were left out; --limit 0 prints all.", file=sys.stderr)
    return 1
