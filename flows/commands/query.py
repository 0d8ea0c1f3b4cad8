"""dibao query: SQL over the published tables, read-only."""

from __future__ import annotations

import csv
import sys
from enum import StrEnum
from typing import Annotated

import typer

from flows.commands.common import WarehouseOption, open_warehouse, plain, print_json, print_table


class Format(StrEnum):
    """How a result is printed."""

    table = "table"
    csv = "csv"
    json = "json"


def command(
    sql: Annotated[str, typer.Argument(metavar="SQL", help="A statement, or - to read it from standard input.")],
    warehouse: WarehouseOption = None,
    output: Annotated[Format, typer.Option("--format", "-f", help="How to print the result.")] = Format.table,
    limit: Annotated[int, typer.Option(help="Most rows of a table on a terminal; 0 prints all.")] = 1000,
) -> int:
    """Run SQL over the published tables. It can read them, and no other file, and nothing on the network."""
    import duckdb

    from warehouse.catalogue import only_reads
    from warehouse.errors import WarehouseError

    con = open_warehouse(warehouse).connect()
    text = sys.stdin.read() if sql == "-" else sql
    try:
        only_reads(con, text)
        result = con.execute(text)
        columns = [each[0] for each in result.description or []]
        if output is Format.table:
            rows = result.fetchmany(limit) if limit else result.fetchall()
            print_table(columns, rows, right=_numbers(result))
            if limit and len(rows) == limit and result.fetchone():
                print(f"… more than {limit} rows; --limit 0 prints all, `dibao export` writes them to a file.")
        elif output is Format.json:
            print_json([dict(zip(columns, row, strict=True)) for row in result.fetchall()])
        else:
            out = csv.writer(sys.stdout, lineterminator="\n")
            out.writerow(columns)
            while rows := result.fetchmany(1024):
                out.writerows(
                    [["" if v is None else v if isinstance(v, str) else plain(v) for v in row] for row in rows]
                )
    except duckdb.Error as error:
        first = str(error).strip().splitlines()[0]
        raise WarehouseError(f"DuckDB refused the query: {first}") from error
    return 0


def _numbers(result: object) -> list[str]:
    kinds = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "DOUBLE", "FLOAT")
    return [each[0] for each in getattr(result, "description", ()) if str(each[1]) in kinds]
