"""Lists of files in pieces that snapshots share, so that publishing costs what is new and not what is there.

A piece is a JSON list of files, named by the SHA-256 of its bytes and never changed. A manifest is a few pieces: files
that come make a piece of their own, and pieces of a size are merged, FAN at a time, as in a log-structured merge tree
(O'Neil et al., 1996): of n files a snapshot names at most FAN pieces for each power of FAN in n.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property

from warehouse.errors import Damaged
from warehouse.storage import Storage

FOLDER = "manifests"
FAN = 8


@dataclass(frozen=True)
class FileEntry:
    """A file below the warehouse's root and what it holds."""

    path: str
    sha256: str
    bytes: int


@dataclass(frozen=True)
class Piece:
    """A part of a manifest: the SHA-256 that names it, and how many files it lists."""

    sha256: str
    files: int

    @property
    def key(self) -> str:
        return f"{FOLDER}/{self.sha256}.json"


@dataclass(frozen=True)
class Manifest:
    """Files, as pieces that are read from `storage` when they are asked for.

    `listed` are files that stand in no piece: in a snapshot of format 1, all of them.
    """

    storage: Storage
    pieces: tuple[Piece, ...]
    listed: tuple[FileEntry, ...] = ()

    def __len__(self) -> int:
        return len(self.listed) + sum(piece.files for piece in self.pieces)

    @cached_property
    def files(self) -> tuple[FileEntry, ...]:
        """All files, by path. Raises Damaged where a piece is missing or not what its name says."""
        held = (entry for piece in self.pieces for entry in load(self.storage, piece))
        return _sorted([*self.listed, *held])


def _sorted(entries: Iterable[FileEntry]) -> tuple[FileEntry, ...]:
    return tuple(sorted(entries, key=lambda entry: entry.path))


def load(storage: Storage, piece: Piece) -> list[FileEntry]:
    """The files of a piece. Raises Damaged where it is missing or not what its name says."""
    where = storage.local(piece.key)
    try:
        data = storage.get(piece.key)
    except OSError as error:
        raise Damaged(f"A list of files cannot be read ({error}); restore {where} from a backup.") from error
    if hashlib.sha256(data).hexdigest() != piece.sha256:
        raise Damaged(f"A list of files was changed; restore {where} from a backup.")
    return [FileEntry(**each) for each in json.loads(data)]


def broken(storage: Storage, piece: Piece, number: int) -> list[str]:
    """What is wrong with a piece that a snapshot names, in a sentence; nothing where it is whole."""
    try:
        load(storage, piece)
    except Damaged as error:
        return [f"Snapshot {number}: {error}"]
    return []


def _put(storage: Storage, entries: Sequence[FileEntry]) -> Piece:
    data = json.dumps([asdict(each) for each in _sorted(entries)], ensure_ascii=False, indent=0).encode() + b"\n"
    piece = Piece(hashlib.sha256(data).hexdigest(), len(entries))
    if storage.size(piece.key) != len(data):  # another length is what a damaged one has
        storage.put(piece.key, data)
    return piece


def _level(piece: Piece) -> int:
    """How many times FAN fits into the piece's files."""
    level, files = 0, piece.files
    while files >= FAN:
        level, files = level + 1, files // FAN
    return level


def changed(storage: Storage, before: Manifest | None, gone: set[str], came: Sequence[FileEntry]) -> Manifest:
    """The manifest without the files at some paths and with others, its new pieces put.

    Pieces that hold none of what is gone stay, and are not read unless they are merged.
    """
    pieces: list[Piece] = []
    before = before or Manifest(storage, ())
    loose = [*came, *(entry for entry in before.listed if entry.path not in gone)]
    for piece in before.pieces:
        held = load(storage, piece) if gone else []
        left = [entry for entry in held if entry.path not in gone]
        if len(left) == len(held):
            pieces.append(piece)
        else:
            loose += left
    if loose:
        pieces.append(_put(storage, loose))
    return Manifest(storage, tuple(_merged(storage, pieces)))


def _merged(storage: Storage, pieces: list[Piece]) -> list[Piece]:
    """The pieces, largest first, FAN of one level made one until no level has so many."""
    while True:
        levels: dict[int, list[Piece]] = {}
        for piece in pieces:
            levels.setdefault(_level(piece), []).append(piece)
        full = next((some for _, some in sorted(levels.items()) if len(some) >= FAN), None)
        if full is None:
            return sorted(pieces, key=lambda piece: (-piece.files, piece.sha256))
        one = _put(storage, [entry for piece in full for entry in load(storage, piece)])
        pieces = [piece for piece in pieces if piece not in full] + [one]
