"""The copies of a bucket's objects in the local folder: which are let go of, and when."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

from warehouse.bucket import Bucket
from warehouse.disk import SPOOLED
from warehouse.keys import is_for_ever
from warehouse.snapshots import EXPIRED

_SEEN = ".reconciled"
"""What of expired snapshots and takedowns the copies are known to heed; in the local folder."""


def reconcile(store: Bucket) -> None:
    """Let go of copies of what is gone from the bucket, or was taken down there by another machine.

    Only then is an object of a name that never changes replaced, and files of old snapshots go. Both end with a change
    of what is known of expired snapshots, so that nothing else is looked at where that has stayed.
    """
    down = store.objects.tags("takedowns")
    mark = json.dumps([store.objects.tag(EXPIRED), down]).encode()
    noted = store.mirror / _SEEN
    if (noted.read_bytes() if noted.exists() else json.dumps([None, []]).encode()) == mark:
        return
    there = store.sizes("tables") | store.sizes("search") | store.sizes("manifests")
    for path, key in _all(store):
        if key not in there and not (key.startswith("raw/") and not down):
            path.unlink(missing_ok=True)
    noted.write_bytes(mark)


def forget(store: Bucket, most: int) -> int:
    """Remove copies, longest unread first, down to so many bytes; returns how many went."""
    held = []
    for each, _ in _all(store):
        told = each.stat()
        held.append((max(told.st_atime, told.st_mtime), each, told.st_size))
    total, gone = sum(size for _, _, size in held), 0
    for _, each, size in sorted(held):
        if total <= most:
            break
        each.unlink(missing_ok=True)
        total, gone = total - size, gone + 1
    return gone


def _all(store: Bucket) -> Iterator[tuple[Path, str]]:
    """Copies of what never changes, with their keys; what is spooled is none."""
    for folder in ("raw", "tables", "manifests", "search"):
        for inside, _, files in os.walk(store.mirror / folder):
            for name in files:
                path = Path(inside) / name
                key = path.relative_to(store.mirror).as_posix()
                if is_for_ever(key) and not name.endswith(SPOOLED):
                    yield path, key
