"""dibao migrate: a warehouse from a disk into a bucket, out of one, or from one place to another, verified."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Annotated

import typer

from flows.commands.common import JsonOption, folder, print_json, say

FromArgument = Annotated[Path, typer.Argument(metavar="FROM", help="The warehouse: a folder or s3://…", parser=folder)]
ToArgument = Annotated[Path, typer.Argument(metavar="TO", help="Where it is to be: the same.", parser=folder)]


def migrate(source: FromArgument, to: ToArgument, as_json: JsonOption = False) -> int:
    """Bring a warehouse to another place: from a disk into a bucket, out of one, or to another of either.

    Every file is copied, read again where it arrived, and compared with the SHA-256 that the snapshots give it; the
    tables are then those of FROM, which stays as it is. What broke off goes on when it is run again.
    Exit status 1 where a file of FROM is damaged: TO then has no new snapshot.
    """
    from warehouse.errors import ReadOnly, WarehouseError
    from warehouse.snapshots import latest
    from warehouse.store import Warehouse

    old, new = Warehouse(source), Warehouse(to)
    if old.root == new.root:
        raise WarehouseError(f"{old.where} is where it is already; give another place.")
    from flows.commands.backup import copied

    with ExitStack() as stack:
        with suppress(ReadOnly):  # nobody can write to it meanwhile, either
            stack.enter_context(old.writer())
        writer = stack.enter_context(new.writer())
        done = copied(old.root, new.root, as_json)
        if not done.damaged:
            writer.snapshot = latest(new.root)
            writer.refresh()
    before, after = latest(old.root), latest(new.root)
    same = not done.damaged and before is not None and after is not None and before.sha256 == after.sha256
    if as_json:
        from dataclasses import asdict

        print_json(asdict(done) | {"from": old.where, "to": new.where, "same": same})
    elif done.damaged:
        say(f"{len(done.damaged):,} files are damaged, and {new.where} has not been brought up to date:")
        for each in done.damaged:
            say(f"- {each}")
    else:
        from flows.report.sizes import told

        say(
            f"{new.where} holds snapshot {done.snapshot}: {done.files:,} files copied and verified, {told(done.bytes)}."
        )
        say(f"{done.there:,} were there already. {old.where} is as it was.")
    return 0 if same else 1
