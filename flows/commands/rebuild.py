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
    """Make all tables anew from the WARC files. With --check, exit status 1 where any differs.

    A WARC file that is gone is named, the rest is made anew, and the exit status is 1.
    """
    import sys
    import tempfile

    from flows.progress import Silent, for_terminal
    from flows.rebuild import compare, rebuild
    from warehouse.errors import Missing, WarehouseError
    from warehouse.store import Warehouse

    if into is None and not check:
        raise WarehouseError("Say where the new warehouse goes (--into DIR), or only --check.")
    old = open_warehouse(warehouse)
    if old.latest() is None:
        raise Missing(f"There is no warehouse at {old.where} yet; `dibao ingest PATH` makes one.")
    progress = Silent() if as_json else for_terminal()
    with tempfile.TemporaryDirectory(prefix=".rebuild-", dir=old.root.parent) as scratch:
        new = Warehouse(into if into is not None else Path(scratch) / "anew")
        done = rebuild(old, new, settings(warehouse, workers=workers), progress)
        for path, why in done.missing:
            say(f"dibao: {path} is left out: {why}. Restore it from a backup and rebuild again.", file=sys.stderr)
        for failure in done.outcome.failures:
            say(f"dibao: {failure}", file=sys.stderr)
        if not check:
            what = "What the other files hold stands" if done.missing else "All tables stand"
            say(f"{what} anew in {new.where}")
            return 1 if done.missing or done.outcome.failures else 0
        compared = compare(old, new)
    bad = bool(done.missing or done.outcome.failures)
    differ = [each for each in compared if not each.same]
    if as_json:
        print_json(
            {
                "same": not differ,
                "missing": [path for path, _ in done.missing],
                "tables": [vars(each) for each in compared],
            }
        )
    else:
        print_table(
            ("table", "rows", "anew", "same"),
            [(each.table, f"{each.rows:,}", f"{each.rows_anew:,}", "yes" if each.same else "NO") for each in compared],
            right=("rows", "anew"),
        )
        for each in compared:
            if each.left_out:
                say(f"{each.table}: {each.left_out:,} of capture left out, which the WARC files do not hold.")
    return 1 if differ or bad else 0
