"""dibao maintain: fewer and larger files, and no more old ones than the policy keeps."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.commands.common import JsonOption, WarehouseOption, print_json, say, settings


def command(
    warehouse: WarehouseOption = None,
    least: Annotated[int, typer.Option("--files", help="Rewrite tables of at least so many files.")] = 32,
    keep: Annotated[
        str | None,
        typer.Option(metavar="POLICY", help="Snapshots to keep, such as '30 daily, 12 monthly, all yearly' or all."),
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Rewrite tables of many small files into few, and let go of snapshots that the policy does not keep.

    What the tables hold stays, and so do the WARC files. The policy is the setting keep; the last two snapshots are
    always kept, for readers who have them open.
    """
    from dataclasses import asdict

    from flows.compaction import maintain
    from flows.report.sizes import told
    from warehouse.store import Warehouse

    config = settings(warehouse, keep=keep)
    done = maintain(Warehouse(config.warehouse), config.keep, max(2, least))
    if as_json:
        print_json({"compacted": done.compacted, "freed": asdict(done.freed)})
        return 0
    say(
        f"Compacted {', '.join(done.compacted)}."
        if done.compacted
        else f"No table has {least} files or more; nothing to do."
    )
    freed = done.freed
    if freed.files or freed.snapshots:
        say(f"Let go of {freed.snapshots:,} snapshots and {freed.files:,} files, {told(freed.bytes)}.")
    else:
        say("No snapshot and no file was to be let go of.")
    return 0
