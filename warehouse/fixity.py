"""What there is to check: the files that snapshots name, and the payloads of records."""

from __future__ import annotations

from pathlib import Path

from warehouse import snapshots
from warehouse.disk import sha256_file
from warehouse.errors import Damaged
from warehouse.records import payload_at
from warehouse.snapshots import FileEntry


def files(root: Path) -> list[FileEntry]:
    """Every file that a readable snapshot names, by path; a file never changes, so each stands once."""
    found: dict[str, FileEntry] = {}
    for number in snapshots.numbers(root):
        try:
            snapshot = snapshots.load(root, number)
        except Damaged:
            continue
        for entry in [*snapshot.warc_files, *(f for t in snapshot.tables.values() for f in t.files)]:
            found.setdefault(entry.path, entry)
    return [found[path] for path in sorted(found)]


def sha256(path: Path) -> str | None:
    """SHA-256 of a file; None where it cannot be read."""
    try:
        return sha256_file(path)
    except OSError:
        return None


def payload(raw: Path, warc_file: str, offset: int, length: int, record_type: str) -> bytes:
    """The payload of a record. Raises Damaged where it cannot be read."""
    return payload_at(raw, warc_file, offset, length, record_type)
