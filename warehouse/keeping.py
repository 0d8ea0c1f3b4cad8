"""What the local folder of a warehouse in a bucket keeps from run to run: copies, and state that fits the snapshot.

On a disk all of this does nothing: there the state lies beside the snapshots, and nothing is a copy.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from schemas import TABLES
from warehouse import copies, snapshots
from warehouse.disk import Disk
from warehouse.snapshots import Snapshot
from warehouse.storage import at

_FITS = "state/fits"
"""The SHA-256 of the snapshots that the state in the local folder may belong to."""
SERVED = "state/prefect/"
"""What a server of this machine keeps, which may be at work; it belongs to no snapshot."""
_MOST_GB = 50.0


def begin(root: Path, last: Snapshot | None) -> None:
    """At the beginning of a run: have the tables at hand, and no state but that of the last snapshot.

    Where a run on another machine has published since, the state here is not that of its snapshot; it is made again.
    """
    storage = at(root)
    if isinstance(storage, Disk):
        return
    copies.reconcile(storage)
    known = json.loads(storage.get(_FITS)) if storage.size(_FITS) is not None else []
    now = last.sha256 if last else ""
    if now not in known:
        for name in storage.names("state"):
            if not name.startswith(SERVED):
                storage.delete(name)
    _note(root, [now])
    if last is not None:
        storage.fetch(file.path for each in TABLES if each.name in last.tables for file in last.tables[each.name].files)


def publishing(root: Path, draft: Snapshot) -> None:
    """Before a snapshot is published: a crash may come before or after, and the state fits both."""
    if not isinstance(at(root), Disk):
        _note(root, [draft.previous_sha256 or "", snapshots.sha256_of(draft)])


def _note(root: Path, fits: list[str]) -> None:
    Disk(root).put(_FITS, json.dumps(fits).encode())


def end(root: Path) -> None:
    """At the end of a run: let go of copies, longest unread first, where they have grown beyond what may be kept."""
    storage = at(root)
    if not isinstance(storage, Disk):
        copies.forget(storage, int(most_gb() * (1 << 30)))


def most_gb() -> float:
    """Gigabytes of copies that are kept: DIBAO_CACHE_GB, else 50."""
    try:
        return max(0.0, float(os.environ.get("DIBAO_CACHE_GB") or _MOST_GB))
    except ValueError:
        return _MOST_GB
