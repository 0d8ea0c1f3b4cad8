"""dibao rebuild: all tables anew from the WARC files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.common import (
    JsonOption,
    WarehouseOption,
    folder,
    open_warehouse,
    print_json,
    print_table,
    say,
    settings,
)


def command(
    into: Annotated[
        Path | None, typer.Option("--into", metavar="DIR", help="A new folder for the new warehouse.", parser=folder)
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Compare the tables, and keep nothing without --into.")
    ] = False,
    warehouse: WarehouseOption = None,
    workers: Annotated[int | None, typer.Option(help="Processes that read; 0 chooses by the machine.")] = None,
    as_json: JsonOption = False,
) -> int:
    """Make all tables anew from the WARC files. With --check, exit status 1 where any differs."""
    import tempfile

    from flows.progress import Silent, for_terminal
    from flows.rebuild import compare, rebuild
    from warehouse.errors import Missing, WarehouseError
    from warehouse.store import Warehouse

    if into is None and not check:
        raise WarehouseError("Say where the new warehouse goes (--into DIR), or only --check.")
    old = open_warehouse(warehouse)
    if old.latest() is None:
        raise Missing(f"There is no warehouse at {old.root} yet; `dibao ingest PATH` makes one.")
    progress = Silent() if as_json else for_terminal()
    with tempfile.TemporaryDirectory(prefix=".rebuild-", dir=old.root.parent) as scratch:
        new = Warehouse(into if into is not None else Path(scratch) / "anew")
        rebuild(old, new, settings(warehouse, workers=workers), progress)
        if not check:
            say(f"All tables stand anew in {new.root}")
            return 0
        compared = compare(old, new)
    differ = [each for each in compared if not each.same]
    if as_json:
        print_json({"same": not differ, "tables": [vars(each) for each in compared]})
    else:
        print_table(
            ("table", "rows", "anew", "same"),
            [(each.table, f"{each.rows:,}", f"{each.rows_anew:,}", "yes" if each.same else "NO") for each in compared],
            right=("rows", "anew"),
        )
        for each in compared:
            if each.left_out:
                say(f"{each.table}: {each.left_out:,} of capture left out, which the WARC files do not hold.")
    return 1 if differ else 0
