"""dibao export: a table or a query's result as a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.common import WarehouseOption, say, settings

if TYPE_CHECKING:
    import duckdb

_COPY = {
    ".parquet": "FORMAT parquet, COMPRESSION zstd",
    ".csv": "FORMAT csv, HEADER",
    ".jsonl": "FORMAT json",
    ".ndjson": "FORMAT json",
    ".xlsx": "",
}


def command(
    what: Annotated[str, typer.Argument(metavar="TABLE|SQL", help="A table, a view, or a SELECT.")],
    to: Annotated[Path, typer.Argument(metavar="FILE", help="Ends in .parquet, .csv, .jsonl or .xlsx.")],
    warehouse: WarehouseOption = None,
    force: Annotated[bool, typer.Option("--force", help="Replace FILE if it is there.")] = False,
    seconds: Annotated[
        float | None, typer.Option(min=0, help="Most seconds; 0 is no limit. The setting is query_seconds.")
    ] = None,
    spreadsheet: Annotated[
        bool, typer.Option("--spreadsheet", help="CSV: an apostrophe before cells that would be formulas.")
    ] = False,
    bom: Annotated[
        bool, typer.Option("--bom", help="CSV: begin with a byte order mark, by which Excel knows UTF-8.")
    ] = False,
) -> int:
    """Write a table or a query's result to a Parquet, CSV, JSON Lines or Excel file."""
    import os

    import duckdb

    from flows.commands.query import stop
    from flows.report import results
    from schemas.render.sql import quoted
    from warehouse.errors import WarehouseError
    from warehouse.reading import told
    from warehouse.statements import one_query

    options = _COPY.get(to.suffix.lower())
    if options is None:
        raise WarehouseError(f"{to} does not say what to write: end it in {', '.join(_COPY)}.")
    if to.is_dir():
        raise WarehouseError(f"{to} is a folder; name a file.")
    if to.exists() and not force:
        raise WarehouseError(f"{to} is there already; --force replaces it.")
    if not to.absolute().parent.is_dir():
        raise WarehouseError(f"There is no folder {to.absolute().parent}; make it first.")
    chosen = settings(warehouse)
    beside = to.absolute().with_name(f".{to.name}.{os.getpid()}")
    con = results.connected(chosen)
    try:
        with results.limits(con, chosen, seconds, stop):
            select = one_query(con, f"SELECT * FROM {quoted(what)}" if what.isidentifier() else what)
            of_csv = to.suffix.lower() == ".csv"
            of_excel = to.suffix.lower() == ".xlsx"
            if of_excel:
                count = _sheet(con, select, beside)
            else:
                count = _write(con, select, beside, options, spreadsheet and of_csv)
        if bom and of_csv:
            _marked(beside)
        os.replace(beside, to)
    except duckdb.Error as error:
        raise WarehouseError(f"DuckDB refused: {told(error)}.") from error
    except OSError as error:
        raise WarehouseError(f"{to} cannot be written: {error.strerror or error}.") from error
    finally:
        con.close()
        beside.unlink(missing_ok=True)
    say(f"{count:,} rows to {to}")
    return 0


def _sheet(con: duckdb.DuckDBPyConnection, select: str, to: Path) -> int:
    """Write a result as an Excel file."""
    from flows.report import results, sheet

    result = con.execute(results.readable(con, select))
    columns = [str(each[0]) for each in result.description or []]
    return sheet.write(to, columns, results.rows_of(result))


def _marked(path: Path) -> None:
    """Put a byte order mark before a file."""
    import codecs
    import os
    import shutil

    whole = path.with_name(f"{path.name}.bom")
    try:
        with path.open("rb") as file, whole.open("wb") as out:
            out.write(codecs.BOM_UTF8)
            shutil.copyfileobj(file, out)
        os.replace(whole, path)
    finally:
        whole.unlink(missing_ok=True)


def _write(con: duckdb.DuckDBPyConnection, select: str, to: Path, options: str, spreadsheet: bool) -> int:
    """Copy a result to a file through a connection of its own: the one that runs the query can write nowhere."""
    import duckdb

    from flows.report.visible import defused, defusing
    from schemas.render.sql import literal, quoted

    out = duckdb.connect()
    try:
        out.execute("SET TimeZone = 'UTC'")
        out.register("result", con.sql(select).to_arrow_reader(10_000))
        columns = "*"
        if spreadsheet:
            described = out.execute("DESCRIBE result").fetchall()
            columns = ", ".join(
                f"{defusing(quoted(name)) if kind == 'VARCHAR' else quoted(name)} AS {quoted(defused(name))}"
                for name, kind, *_ in described
            )
        row = out.execute(f"COPY (SELECT {columns} FROM result) TO {literal(str(to))} ({options})").fetchone()
        return int(row[0]) if row else 0
    finally:
        out.close()
