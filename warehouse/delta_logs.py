"""The Delta logs of a warehouse in a bucket: brought to the local folder, written there, and put by their numbers.

A version of a log is a file of its own, which is put only where there is none of its number, as the protocol of Delta
asks. So delta-rs works on files alone, and a table costs a few requests where it would make some twenty-five.
"""

from __future__ import annotations

import re
from pathlib import Path

from warehouse.disk import Disk
from warehouse.errors import Conflict
from warehouse.storage import at

_CHECKPOINT = re.compile(r".*/(\d{20})\.checkpoint(\.\d+\.\d+)?\.parquet")
_VERSION = re.compile(r".*/(\d{20})\.(json|checkpoint(\.\d+\.\d+)?\.parquet)")


def key(table: str) -> str:
    """Where a table's log lies."""
    return f"tables/{table}/_delta_log"


def at_hand(root: Path, table: str) -> Path:
    """The local folder in which delta-rs finds a table's log as it is kept; the data files need not be there."""
    storage, disk, log = at(root), Disk(root), key(table)
    if storage == disk:
        return disk.local(f"tables/{table}")
    there = storage.sizes(log)
    if not disk.sizes(log).items() <= there.items():
        disk.delete(log)  # another log than that of the bucket, or one with versions that were never put
    storage.fetch(_from_checkpoint(there))
    disk.local(f"tables/{table}").mkdir(parents=True, exist_ok=True)
    return disk.local(f"tables/{table}")


def put(root: Path, table: str) -> None:
    """Put what delta-rs wrote since. Raises Conflict where somebody else put a version of the same number."""
    storage, disk, log = at(root), Disk(root), key(table)
    if storage == disk:
        return
    there = storage.sizes(log)
    for name in disk.names(log):  # versions before the mark of the last checkpoint, which begins with a stroke below
        if not _VERSION.fullmatch(name):
            storage.put(name, disk.get(name))
        elif name not in there:
            try:
                storage.put_new(name, disk.get(name))
            except FileExistsError as error:
                raise Conflict(
                    f"Somebody else writes to the Delta log of {table}; run `dibao maintain` once that has ended."
                ) from error


def _from_checkpoint(sizes: dict[str, int]) -> dict[str, int]:
    """What of a log says how the table is now: from the last checkpoint on."""
    last = max((found[1] for found in map(_CHECKPOINT.fullmatch, sizes) if found), default="")
    return {name: size for name, size in sizes.items() if not (found := _VERSION.fullmatch(name)) or found[1] >= last}
