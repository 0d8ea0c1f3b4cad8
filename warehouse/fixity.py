"""What there is to check: the files that snapshots name, and the payloads of records."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from warehouse import manifests, snapshots
from warehouse.errors import Damaged
from warehouse.manifests import FileEntry, Manifest, Piece
from warehouse.records import payload_at
from warehouse.storage import at


def files(root: Path) -> list[FileEntry]:
    """Every file that a readable snapshot names, by path; a file never changes, so each stands once."""
    found: dict[str, FileEntry] = {}
    read: set[Piece] = set()
    for number in snapshots.numbers(root):
        try:
            named = snapshots.load(root, number).manifests
        except Damaged:
            continue
        for manifest in named:
            for entry in [*manifest.listed, *_listed(manifest, read)]:
                found.setdefault(entry.path, entry)
    return [found[path] for path in sorted(found)]


def _listed(manifest: Manifest, read: set[Piece]) -> Iterator[FileEntry]:
    """What the pieces that were not read before list; one that cannot be read is the chain's to tell."""
    for piece in manifest.pieces:
        if piece not in read:
            read.add(piece)
            with suppress(Damaged):
                yield from manifests.load(manifest.storage, piece)


def sha256(root: Path, path: str) -> str | None:
    """SHA-256 of a file below the warehouse's root; None where it cannot be read."""
    try:
        return at(root).sha256(path)
    except OSError:
        return None


def payload(raw: Path, warc_file: str, offset: int, length: int, record_type: str) -> bytes:
    """The payload of a record. Raises Damaged where it cannot be read."""
    return payload_at(raw, warc_file, offset, length, record_type)
