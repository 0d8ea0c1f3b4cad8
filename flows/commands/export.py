"""dibao export: a table or a query's result as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.common import WarehouseOption, open_warehouse

_COPY = {
    ".parquet": "FORMAT parquet, COMPRESSION zstd",
    ".csv": "FORMAT csv, HEADER",
    ".jsonl": "FORMAT json",
    ".ndjson": "FORMAT json",
}


def command(
    what: Annotated[str, typer.Argument(metavar="TABLE|SQL", help="A table, a view, or a SELECT.")],
    to: Annotated[Path, typer.Argument(metavar="FILE", help="Ends in .parquet, .csv or .jsonl.")],
    warehouse: WarehouseOption = None,
    force: Annotated[bool, typer.Option("--force", help="Replace FILE if it is there.")] = False,
) -> int:
    """Write a table or a query's result to a Parquet, CSV or JSON Lines file."""
    import os

    import duckdb

    from schemas.render.sql import literal, quoted
    from warehouse.catalogue import only_reads
    from warehouse.errors import WarehouseError

    options = _COPY.get(to.suffix.lower())
    if options is None:
        raise WarehouseError(f"{to} does not say what to write: end it in {', '.join(_COPY)}.")
    if to.exists() and not force:
        raise WarehouseError(f"{to} is there already; --force replaces it.")
    if not to.absolute().parent.is_dir():
        raise WarehouseError(f"There is no folder {to.absolute().parent}; make it first.")
    select = f"SELECT * FROM {quoted(what)}" if what.isidentifier() else what
    beside = to.absolute().with_name(f".{to.name}.{os.getpid()}")
    con = open_warehouse(warehouse).connect(target=beside)
    try:
        only_reads(con, select)
        row = con.execute(f"COPY ({select.strip().rstrip(';')}) TO {literal(str(beside))} ({options})").fetchone()
        os.replace(beside, to)
    except duckdb.Error as error:
        raise WarehouseError(f"DuckDB refused: {str(error).strip().splitlines()[0]}") from error
    finally:
        beside.unlink(missing_ok=True)
    print(f"{row[0] if row else 0:,} rows to {to}")
    return 0
