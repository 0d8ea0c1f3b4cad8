"""Snapshots: one JSON file for each published state, chained by SHA-256."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from warehouse.errors import Conflict, Damaged
from warehouse.storage import Storage, at


@dataclass(frozen=True)
class FileEntry:
    """A file below the warehouse's root and what it holds."""

    path: str
    sha256: str
    bytes: int


@dataclass(frozen=True)
class TableEntry:
    """One table in a snapshot."""

    version: int
    rows: int
    digest: str
    files: tuple[FileEntry, ...]


@dataclass(frozen=True)
class Snapshot:
    """One published state of everything. `sha256` is that of its own file, and not part of it."""

    number: int
    previous_sha256: str | None
    run_id: str
    published_at: str
    code_version: str
    config_sha256: str
    stages: dict[str, str]
    """Present version of each extractor, and of matching."""
    tables: dict[str, TableEntry]
    warc_files: tuple[FileEntry, ...]
    stale: bool = False
    """Whether rows of earlier stage versions still lie in the files; the views then leave them out."""
    match_state: str | None = None
    """Generation of the matcher's working files that belongs to these tables; they can be made anew."""
    sha256: str = field(default="", compare=False)


def _store(root: Path) -> Storage:
    return at(root).within("snapshots")


def _name(number: int) -> str:
    return f"{number:08d}.json"


def numbers(root: Path) -> list[int]:
    """Numbers of all published snapshots, ascending."""
    stems = (name.removesuffix(".json") for name in _store(root).names() if name.endswith(".json"))
    return sorted(int(stem) for stem in stems if stem.isdigit())


def latest(root: Path) -> Snapshot | None:
    """The last published snapshot; None in a new warehouse."""
    known = numbers(root)
    return load(root, known[-1]) if known else None


def load(root: Path, number: int) -> Snapshot:
    """Read one snapshot. Raises Damaged where the file is missing or is not a snapshot."""
    store = _store(root)
    try:
        data = store.get(_name(number))
        fields = json.loads(data)
        tables = {
            name: TableEntry(t["version"], t["rows"], t["digest"], tuple(FileEntry(**f) for f in t["files"]))
            for name, t in fields.pop("tables").items()
        }
        files = tuple(FileEntry(**f) for f in fields.pop("warc_files"))
        return Snapshot(tables=tables, warc_files=files, sha256=hashlib.sha256(data).hexdigest(), **fields)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Damaged(
            f"Snapshot {number} cannot be read ({error}); restore {store.local(_name(number))} from a backup."
        ) from error


def publish(root: Path, snapshot: Snapshot) -> Snapshot:
    """Make a snapshot the latest: it is put where none has its number. Raises Conflict where one has."""
    fields = asdict(snapshot)
    del fields["sha256"]
    data = json.dumps(fields, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"
    try:
        _store(root).put_new(_name(snapshot.number), data)
    except FileExistsError as error:
        raise Conflict(
            f"Another writer has published snapshot {snapshot.number}; nothing of this run is visible. Run again."
        ) from error
    return load(root, snapshot.number)


def chain(root: Path) -> list[str]:
    """Check the hash chain; returns one sentence for each break, none where it is whole."""
    broken: list[str] = []
    before: Snapshot | None = None
    for expected, number in enumerate(numbers(root), start=1):
        if number != expected:
            broken.append(f"Snapshot {expected} is missing.")
            break
        try:
            now = load(root, number)
        except Damaged as error:
            broken.append(str(error))
            break
        if now.previous_sha256 != (before.sha256 if before else None):
            broken.append(f"Snapshot {number} does not follow from snapshot {number - 1}: one of them was changed.")
        before = now
    return broken
