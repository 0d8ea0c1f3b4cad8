"""Copying a warehouse, file by file, each verified against its hash: a backup is a warehouse, and so is what it gives
back.

Data files never change, so what is there already is not copied again. Snapshots come last and in their order: a copy
that breaks off is a warehouse of an earlier snapshot, and the next one goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from warehouse import expiry, fixity, lock, mirror, snapshots
from warehouse.errors import Damaged, WarehouseError, nothing_at
from warehouse.manifests import FileEntry
from warehouse.mirror import shown
from warehouse.storage import Storage, at


@dataclass
class Copied:
    """What a copy came to. `damaged` are files of the source that are not what its snapshots say."""

    files: int = 0
    bytes: int = 0
    there: int = 0
    """Files that were in the copy already."""
    snapshot: int | None = None
    """The last snapshot of the copy."""
    damaged: list[str] = field(default_factory=list)


def copy(root: Path, to: Path, done: Callable[[], None] = lambda: None) -> Copied:
    """Bring the copy of a warehouse at `to` up to its last snapshot.

    What no snapshot knows goes with it: the registry of sources and other small files that people keep in it. The
    copy keeps what the warehouse has let go of since. Where a file is damaged, the others are copied, and no snapshot.
    `done` is called after each data file. Raises Missing where there is no warehouse at `root`, WarehouseError where
    `to` holds something else or another warehouse. What was taken down here goes from the copy as well, with the
    snapshots that it alone still has.
    """
    numbers = snapshots.numbers(root)
    if not numbers:
        raise nothing_at(root)
    source, target = at(root), at(to)
    _same_archive(root, to)
    out = Copied()
    # Of what was taken down here, the copy is not to keep the bytes either.
    removed = set(source.names(_TAKEDOWNS)) - set(target.names(_TAKEDOWNS))
    listed = {entry.path: entry for entry in fixity.files(to)} if removed and to.exists() else {}
    for entry in fixity.files(root):
        if listed.get(entry.path, entry) != entry:
            target.delete(entry.path)
        _copy(root, to, entry, out)
        done()
    if out.damaged:
        return out
    for name in source.names("manifests"):
        _put(source, target, name, out)
    for name in sorted(_registry(source), key=lambda name: name.startswith(_TAKEDOWNS)):
        data = source.get(name)
        if target.size(name) is None or target.get(name) != data:
            target.put(name, data)
            out.files, out.bytes = out.files + 1, out.bytes + len(data)
    for number in numbers:
        _put(source, target, snapshots.key(number), out)
    out.snapshot = numbers[-1]
    if listed:
        expiry.only(to, set(numbers))
    return out


def count(root: Path) -> int:
    """How many data files a copy looks at."""
    return len(fixity.files(root))


def _registry(source: Storage) -> Iterator[str]:
    """What people keep beside the tables: sources and the like, and what is known of snapshots that were let go."""
    yield from (name for folder in _FOLDERS for name in source.names(folder))
    for name in (*_BESIDE, snapshots.EXPIRED):
        if source.size(name) is not None:
            yield name


def _same_archive(root: Path, to: Path) -> None:
    """Raise WarehouseError where a folder holds anything that a copy of this warehouse could not have put there."""
    there = snapshots.numbers(to) if to.exists() else []
    if not there:
        strangers = [name for name in held(to) if name not in _OWN]
        if strangers:
            raise WarehouseError(
                f"{shown(to)} is no copy of a warehouse (it holds {strangers[0]}); give a folder of its own."
            )
        return
    known = snapshots.expired(root)
    known |= {number: snapshots.load(root, number).sha256 for number in snapshots.numbers(root)}
    last = there[-1]
    if known.get(last) != snapshots.load(to, last).sha256:
        raise WarehouseError(
            f"{shown(to)} holds snapshot {last} of another warehouse, or one that went its own way; "
            "give another folder."
        )


def held(to: Path) -> list[str]:
    """The names that stand at a place, be they of files, folders or objects."""
    if mirror.behind(to):
        return sorted({name.split("/")[0] for name in at(to).names()})
    return sorted(each.name for each in to.iterdir()) if to.exists() else []


_BESIDE = ("outlets.toml",)
"""Files that people keep in a warehouse's own folder."""
_TAKEDOWNS = "takedowns"
_FOLDERS = ("sources", "alerts", "corrections", "signatures", _TAKEDOWNS)
_OF_A_LOCK = (lock.NAME, f"{lock.NAME}.holder", "lease.json", "probe")
_OWN = frozenset({"raw", "tables", "manifests", "snapshots", "state", ".tmp", *_OF_A_LOCK, *_FOLDERS, *_BESIDE})


def _copy(root: Path, to: Path, entry: FileEntry, out: Copied) -> None:
    """Copy a data file and read the copy again. One that is there is trusted by its length: it was verified then."""
    target = at(to)
    if target.size(entry.path) == entry.bytes:
        out.there += 1
        return
    try:
        with at(root).stream(entry.path) as data, target.writing(entry.path) as kept:
            while block := data.read(1 << 20):
                kept.write(block)
    except OSError as error:
        if at(root).size(entry.path) is None:
            out.damaged.append(f"{entry.path} is missing.")
            return
        raise WarehouseError(f"{entry.path} cannot be copied: {error.strerror or error}.") from error
    if target.sha256(entry.path) != entry.sha256:
        target.delete(entry.path)
        out.damaged.append(f"{entry.path} is not what the snapshots say.")
        return
    out.files, out.bytes = out.files + 1, out.bytes + entry.bytes


def _put(source: Storage, target: Storage, name: str, out: Copied) -> None:
    """Copy a small file that never changes."""
    data = source.get(name)
    if target.size(name) is not None:
        if target.get(name) != data:
            raise Damaged(f"{name} of the copy is not what it was; delete it there, and copy again.")
        out.there += 1
        return
    target.put_new(name, data)
    out.files, out.bytes = out.files + 1, out.bytes + len(data)
