"""Capturing the files of a folder: bytes into WARC segments, rows for what is new."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.capture import archives, dumps
from flows.capture.known import First
from flows.capture.media import DUMPS, HEAD_BYTES, WARC, media_type
from flows.capture.rows import Origin, reject, row
from flows.capture.session import Batch, Session
from flows.capture.walk import FileFound, NotTaken, walk
from flows.extract.registry import canonical
from flows.sources.registry import Source
from warehouse.disk import is_full
from warehouse.raw import ChangedWhileRead
from warehouse.records import MAX_PAYLOAD

BATCH_FILES = 512
BATCH_BYTES = 32 << 20
MAX_DUMP = 256 << 20
"""Largest dump that is split into its records; each of them is small."""
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
    first_in_run: dict[str, First] = {}
    for found in walk(source):
        if isinstance(found, NotTaken):
            batch.rejects.append(reject(source.id, found.uri, found.error, found.message))
            continue
        batch.files.append(found)
        if unchanged(found):
            continue
        try:
            head = _head(found.path)
            kind = media_type(found.path.name, head)
            if kind == WARC:
                archives.take(source, found, session, batch)
                continue
            origin = _origin(source, found, kind)
            read = _read(found, origin, MAX_DUMP if kind in DUMPS else MAX_PAYLOAD)
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
            _write(source, pending, session, first_in_run, batch)
            yield batch
            pending, batch, held = [], Batch(), 0
    _write(source, pending, session, first_in_run, batch)
    yield batch


def _origin(source: Source, found: FileFound, kind: str) -> Origin:
    return Origin(
        source_id=source.id,
        uri=found.uri,
        outlet=found.outlet,
        media_type=kind,
        last_modified=datetime.fromtimestamp(found.mtime_ns // 1000 / 1e6, UTC),
        parser=canonical(source.parser),
        name_date=found.name_date,
    )


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


def _read(found: FileFound, origin: Origin, limit: int) -> _Read:
    """Read and hash a file; one that is too large to hold is only hashed."""
    if found.size <= limit:
        payload = found.path.read_bytes()
        if len(payload) <= limit:
            return _Read(found, origin, hashlib.sha256(payload).hexdigest(), len(payload), payload)
    digest, size = hashlib.sha256(), 0
    with found.path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return _Read(found, origin, digest.hexdigest(), size, None)


def _write(
    source: Source, pending: list[_Read], session: Session, first_in_run: dict[str, First], batch: Batch
) -> None:
    """Write what is new of a batch to WARC, with rows for it."""
    writer, known = session.writer, session.known
    latest = known.latest(source.id, [read.file.uri for read in pending])
    firsts = known.payloads(read.sha256 for read in pending)
    for read in pending:
        if read.payload is not None and read.origin.media_type in DUMPS:
            dumps.write(read.origin, read.payload, read.sha256, session, batch)
            continue
        if latest.get(read.file.uri) == read.sha256:
            continue
        origin = read.origin
        first = firsts.get(read.sha256) or first_in_run.get(read.sha256)
        at = session.clock()
        if first is not None:
            place = writer.revisit(origin.uri, read.sha256, first.uri, first.captured_at, at, _kept(origin, read.size))
            kind = "revisit"
        elif read.payload is not None:
            kind = "resource"
            place = writer.resource(origin.uri, read.payload, read.sha256, str(origin.media_type), at, origin.headers())
        else:
            kind = "resource"
            try:
                place = writer.resource_stream(
                    origin.uri,
                    _chunks(read.file.path),
                    read.size,
                    read.sha256,
                    str(origin.media_type),
                    at,
                    origin.headers(),
                )
            except (ChangedWhileRead, OSError) as error:
                if isinstance(error, OSError) and is_full(error):
                    raise
                batch.rejects.append(_changed(source, read.file))
                batch.files.remove(read.file)
                continue
        if first is None:
            first_in_run[read.sha256] = First(origin.uri, at)
        batch.captures.append(row(origin, at, read.sha256, read.size, place, kind, session.run_id))
        batch.bytes += read.size


def _kept(origin: Origin, size: int) -> dict[str, str]:
    """Headers of a revisit, whose block has no content type of its own to tell the payload's."""
    return origin.headers() | {"Dibao-Media-Type": str(origin.media_type), "Dibao-Payload-Bytes": str(size)}


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _changed(source: Source, found: FileFound) -> dict[str, Any]:
    return reject(source.id, found.uri, "changed", "The file changed while it was read; the next run takes it.")
