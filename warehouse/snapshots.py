"""Snapshots: one JSON file for each published state, chained by SHA-256. It is the only commit point.

A snapshot says what each table and the raw store consist of by the pieces of their manifests, which it shares with
those before it. Data files and pieces are put before it; the catalogue and the Delta logs follow it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from warehouse import lock, manifests
from warehouse.errors import Conflict, Damaged
from warehouse.manifests import FileEntry, Manifest, Piece
from warehouse.storage import Storage, at

EXPIRED = "snapshots/expired.json"
"""The SHA-256 of each snapshot that was let go, by its number, so that the chain goes on through it."""

FORMAT = 2
"""Format of what is written. In format 1, which has no number, a snapshot lists every file by itself."""


@dataclass(frozen=True)
class TableEntry:
    """One table in a snapshot."""

    rows: int
    digest: str
    manifest: Manifest

    @property
    def files(self) -> tuple[FileEntry, ...]:
        """The table's files, by path."""
        return self.manifest.files


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
    """Version of each stage, by its name."""
    tables: dict[str, TableEntry]
    warc: Manifest
    """The WARC files."""
    layout: str = ""
    """Mark of the tables' columns (`schemas.layout`); empty where they were made before there was one."""
    match_state: str | None = None
    """Generation of the matcher's working files that belongs to these tables; they can be made anew."""
    search: tuple[str, ...] = ()
    """Segments of the index of words over these tables (`warehouse.search`); they can be made anew."""
    sha256: str = field(default="", compare=False)

    @property
    def warc_files(self) -> tuple[FileEntry, ...]:
        """The WARC files, by path."""
        return self.warc.files

    @property
    def manifests(self) -> list[Manifest]:
        """Those of the WARC files and of every table."""
        return [self.warc, *(entry.manifest for _, entry in sorted(self.tables.items()))]


def _store(root: Path) -> Storage:
    return at(root).within("snapshots")


def _name(number: int) -> str:
    return f"{number:08d}.json"


def key(number: int) -> str:
    """The key of a snapshot's file below the warehouse's root."""
    return f"snapshots/{_name(number)}"


def expired(root: Path) -> dict[int, str]:
    """The SHA-256 of each snapshot that was let go. Raises Damaged where their record cannot be read."""
    try:
        return {int(number): str(sha256) for number, sha256 in json.loads(at(root).get(EXPIRED)).items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError) as error:
        raise Damaged(f"{EXPIRED} cannot be read ({error}); restore it from a backup.") from error


def numbers(root: Path) -> list[int]:
    """Numbers of all published snapshots, ascending."""
    stems = (name.removesuffix(".json") for name in _store(root).names() if name.endswith(".json"))
    return sorted(int(stem) for stem in stems if stem.isdigit())


def latest(root: Path) -> Snapshot | None:
    """The last published snapshot; None in a new warehouse."""
    known = numbers(root)
    return load(root, known[-1]) if known else None


def load(root: Path, number: int) -> Snapshot:
    """Read one snapshot, of any format. Raises Damaged where the file is missing or is not a snapshot."""
    store = _store(root)
    try:
        data = store.get(_name(number))
        fields = json.loads(data)
        written = fields.pop("format", 1)
        if written > FORMAT:
            raise Damaged(f"Snapshot {number} was written by a later version of Dibao; install that one.")
        storage = at(root)
        tables = {
            name: TableEntry(entry["rows"], entry["digest"], _manifest(storage, entry))
            for name, entry in fields.pop("tables").items()
        }
        warc = _manifest(storage, {"files": fields.pop("warc_files")} if written == 1 else fields.pop("warc"))
        fields["search"] = tuple(fields.get("search", ()))
        fields.pop("stale", None)  # of snapshots that kept rows of former versions beside those of the present one
        return Snapshot(tables=tables, warc=warc, sha256=hashlib.sha256(data).hexdigest(), **fields)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        where = store.local(_name(number))
        raise Damaged(f"Snapshot {number} cannot be read ({error}); restore {where} from a backup.") from error


def _manifest(storage: Storage, told: dict[str, Any]) -> Manifest:
    if "files" in told:
        return Manifest(storage, (), tuple(FileEntry(**each) for each in told["files"]))
    return Manifest(storage, tuple(Piece(sha256, files) for sha256, files in told["pieces"]))


def _pieces(manifest: Manifest) -> dict[str, Any]:
    return {"pieces": [[piece.sha256, piece.files] for piece in manifest.pieces]}


def _written(snapshot: Snapshot) -> bytes:
    plain = ("number", "previous_sha256", "run_id", "published_at", "code_version", "config_sha256", "stages")
    fields = {name: getattr(snapshot, name) for name in (*plain, "layout", "match_state", "search")}
    fields |= {
        "format": FORMAT,
        "tables": {
            name: {"rows": entry.rows, "digest": entry.digest, **_pieces(entry.manifest)}
            for name, entry in snapshot.tables.items()
        },
        "warc": _pieces(snapshot.warc),
    }
    return json.dumps(fields, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def sha256_of(snapshot: Snapshot) -> str:
    """The SHA-256 that a snapshot has when it is published."""
    return hashlib.sha256(_written(snapshot)).hexdigest()


def publish(root: Path, snapshot: Snapshot) -> Snapshot:
    """Make a snapshot the latest: it is put where none has its number. Raises Conflict where another has."""
    data = _written(snapshot)
    lock.check(root)
    try:
        _store(root).put_new(_name(snapshot.number), data)
    except FileExistsError as error:
        # An answer may have been lost on its way back, and what is there be what was put.
        if _store(root).get(_name(snapshot.number)) != data:
            raise Conflict(
                f"Another writer has published snapshot {snapshot.number}; nothing of this run is visible. Run again."
            ) from error
    return load(root, snapshot.number)


def chain(root: Path) -> list[str]:
    """Check the hash chain and every list of files in it; returns one sentence for each break, none where all is whole.

    A snapshot names the pieces of its manifests by their hashes, so that the chain holds them too. It goes on through
    snapshots that were let go by the hashes that are kept of them.
    """
    broken: list[str] = []
    whole: set[str] = set()
    there = set(numbers(root))
    try:
        gone = expired(root)
    except Damaged as error:
        return [str(error)]
    before: str | None = None
    for number in range(1, max([0, *there, *gone]) + 1):
        if number not in there and number in gone:
            before = gone[number]
            continue
        if number not in there:
            broken.append(f"Snapshot {number} is missing.")
            break
        try:
            now = load(root, number)
        except Damaged as error:
            broken.append(str(error))
            break
        if now.previous_sha256 != before:
            broken.append(f"Snapshot {number} does not follow from snapshot {number - 1}: one of them was changed.")
        for manifest in now.manifests:
            for piece in manifest.pieces:
                if piece.sha256 not in whole:
                    whole.add(piece.sha256)
                    broken += manifests.broken(manifest.storage, piece, number)
        before = now.sha256
    return broken
