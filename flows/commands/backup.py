"""dibao backup and dibao restore: a verified copy of a warehouse, and a warehouse from a copy."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.common import JsonOption, WarehouseOption, folder, open_warehouse, print_json, say

if TYPE_CHECKING:
    from warehouse.backup import Copied

CopyArgument = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the copy.", parser=folder)]


def backup(copy: CopyArgument, warehouse: WarehouseOption = None, as_json: JsonOption = False) -> int:
    """Bring a copy of the warehouse up to date: what is new is copied, and each file verified.

    The copy is a warehouse itself: commands that read work on it. It keeps snapshots that the warehouse lets go of.
    Exit status 1 where a file of the warehouse is damaged; the copy is then that of the time before.
    """
    from warehouse.errors import ReadOnly

    store = open_warehouse(warehouse)
    with ExitStack() as stack:
        with suppress(ReadOnly):  # nobody can write to it meanwhile, either
            stack.enter_context(store.writer())
        return _tell(copied(store.root, copy, as_json), copy, as_json)


def restore(copy: CopyArgument, warehouse: WarehouseOption = None, as_json: JsonOption = False) -> int:
    """Make a warehouse from a copy that `dibao backup` made, on this or another machine."""
    from warehouse.errors import WarehouseError
    from warehouse.snapshots import numbers

    store = open_warehouse(warehouse)
    if numbers(store.root):
        raise WarehouseError(f"There is a warehouse at {store.where} already; give --warehouse a folder that is new.")
    done = copied(copy, store.root, as_json)
    if not done.damaged:
        with store.writer() as writer:
            writer.refresh()
    return _tell(done, store.root, as_json)


def copied(root: Path, to: Path, as_json: bool) -> Copied:
    from flows.progress import Silent, for_terminal, stage
    from warehouse import backup as copies

    progress = Silent() if as_json else for_terminal()
    with stage(progress, "copy", copies.count(root)):
        return copies.copy(root, to, progress.advance)


def _tell(done: Copied, to: Path, as_json: bool) -> int:
    from dataclasses import asdict

    from flows.report.sizes import told

    if as_json:
        print_json(asdict(done) | {"copy": str(to)})
    elif done.damaged:
        say(f"{len(done.damaged):,} files are damaged, and {to} has not been brought up to date:")
        for each in done.damaged:
            say(f"- {each}")
    else:
        say(f"{to} holds snapshot {done.snapshot}: {done.files:,} files copied and verified, {told(done.bytes)}.")
        say(f"{done.there:,} were there already.")
    return 1 if done.damaged else 0
