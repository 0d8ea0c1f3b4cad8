"""dibao maintain: fewer and larger files."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.commands.common import JsonOption, WarehouseOption, open_warehouse, print_json, say


def command(
    warehouse: WarehouseOption = None,
    least: Annotated[int, typer.Option("--files", help="Rewrite tables of at least so many files.")] = 32,
    as_json: JsonOption = False,
) -> int:
    """Rewrite tables of many small files into few. What they hold, and earlier snapshots, stay."""
    from flows.compaction import compact

    names = compact(open_warehouse(warehouse), max(2, least))
    if as_json:
        print_json({"compacted": names})
    else:
        say(f"Compacted {', '.join(names)}." if names else f"No table has {least} files or more; nothing to do.")
    return 0
