"""Capturing the files of a folder: bytes into WARC segments, rows for what is new."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from typing import Any

from flows.capture import archives, dumps, payloads, tabular, unpack
from flows.capture.media import CARRIERS, CONTAINERS, DUMPS, HEAD_BYTES, WARC, ZIP, media_type
from flows.capture.rows import Origin, reject
from flows.capture.session import Batch, Session
from flows.capture.walk import FileFound, NotTaken, walk
from flows.capture.writing import being_written
from flows.extract.registry import canonical
from flows.sources.registry import Source
from warehouse.disk import is_full
from warehouse.raw import ChangedWhileRead
from warehouse.records import MAX_PAYLOAD

BATCH_FILES = 512
BATCH_BYTES = 32 << 20
_CHUNK = 1 << 20


@dataclass
class _Read:
    """A file whose bytes are known; `payload` is None where it is too large to hold."""

    file: FileFound
    origin: Origin
    sha256: str
    size: int
    payload: bytes | None


def capture_folder(source: Source, session: Session, unchanged: Callable[[FileFound], bool]) -> Iterator[Batch]:
    """Capture what is new in a folder, batch by batch.

    `unchanged` says that a file need not be read again. A file that is the same as at its last capture leaves
    no row. Records of a dump become captures of their own, with the dump's bytes kept once.
    """
    pending: list[_Read] = []
    batch = Batch()
    held = 0
    settle = float(source.options.get("settle", -inf))
    for found in walk(source):
        if isinstance(found, NotTaken):
            batch.rejects.append(reject(source.id, found.uri, found.error, found.message))
            continue
        batch.files.append(found)
        if unchanged(found):
            continue
        try:
            if session.clock().timestamp() - found.mtime_ns / 1e9 < settle:
                raise ChangedWhileRead
            head = _head(found.path)
            kind = _kind(found.path, head)
            if kind == WARC:
                archives.take(source, found, session, batch)
                continue
            origin = _origin(source, found, kind)
            if kind in CONTAINERS or (kind in CARRIERS and found.size <= MAX_PAYLOAD):
                whole = _read(found, origin, 0)
                yield from unpack.take(source, found, origin, whole.sha256, whole.size, session)
                continue
            read = _read(found, origin, dumps.MAX_DUMP if kind in DUMPS else MAX_PAYLOAD)
        except ChangedWhileRead:
            batch.rejects.append(_changed(source, found))
            batch.files.remove(found)
            continue
        except OSError as error:
            if is_full(error):
                raise
            why = "The file vanished while it was read." if isinstance(error, FileNotFoundError) else None
            why = why or f"The file cannot be read: {error.strerror or error}."
            batch.rejects.append(reject(source.id, found.uri, "unreadable", why))
            batch.files.remove(found)
            continue
        pending.append(read)
        held += len(read.payload or b"")
        if len(pending) >= BATCH_FILES or held >= BATCH_BYTES or (batch.taken_in and len(batch.captures) > BATCH_FILES):
            _write(source, pending, session, batch)
            yield batch
            pending, batch, held = [], Batch(), 0
    _write(source, pending, session, batch)
    yield batch


def _origin(source: Source, found: FileFound, kind: str) -> Origin:
    return Origin(
        source_id=source.id,
        uri=found.uri,
        outlet=found.outlet,
        media_type=kind,
        last_modified=datetime.fromtimestamp(found.mtime_ns // 1000 / 1e6, UTC),
        parser=canonical(source.hints),
        name_date=found.name_date,
    )


def _kind(path: Path, head: bytes) -> str:
    """The media type of a file; a ZIP file is looked into, for it may be a document."""
    kind = media_type(path.name, head)
    if kind == ZIP:
        with path.open("rb") as file:
            kind = unpack.seen_through(kind, file)
    return kind


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


def _read(found: FileFound, origin: Origin, limit: int) -> _Read:
    """Read and hash a file; one that is too large to hold is only hashed.

    Raises ChangedWhileRead where somebody writes to it, or has since it was found.
    """
    digest, size, pieces = hashlib.sha256(), 0, []
    with found.path.open("rb") as file:
        if being_written(file.fileno()):
            raise ChangedWhileRead
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            if size <= limit:
                pieces.append(chunk)
        after = os.fstat(file.fileno())
    if (after.st_size, after.st_mtime_ns) != (found.size, found.mtime_ns):
        raise ChangedWhileRead
    return _Read(found, origin, digest.hexdigest(), size, b"".join(pieces) if size <= limit else None)


def _write(source: Source, pending: list[_Read], session: Session, batch: Batch) -> None:
    """Write what is new of a batch to WARC, with rows for it."""
    latest = session.known.latest(source.id, [read.file.uri for read in pending])
    firsts = session.known.payloads(read.sha256 for read in pending)
    for read in pending:
        if read.payload is not None and read.origin.media_type in DUMPS:
            dumps.write(read.origin, read.payload, read.sha256, session, batch)
            continue
        if read.payload is not None and source.kind == "records" and read.origin.media_type in tabular.TYPES:
            tabular.write(source, read.origin, read.payload, read.sha256, session, batch)
            continue
        if latest.get(read.file.uri) == read.sha256:
            continue
        payload = _chunks(read.file.path) if read.payload is None else read.payload
        first = firsts.get(read.sha256) or session.firsts.get(read.sha256)
        try:
            payloads.keep(read.origin, payload, read.sha256, read.size, session.clock(), first, session, batch)
        except (ChangedWhileRead, OSError) as error:
            if isinstance(error, OSError) and (is_full(error) or read.payload is not None):
                raise
            batch.rejects.append(_changed(source, read.file))
            batch.files.remove(read.file)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _changed(source: Source, found: FileFound) -> dict[str, Any]:
    return reject(source.id, found.uri, "changed", "Somebody was writing to the file; the next run takes it.")
