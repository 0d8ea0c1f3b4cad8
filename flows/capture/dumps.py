"""Record dumps: one file, one WARC record, a capture for each record in it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from flows.capture.known import Known
from flows.capture.media import JSON_LINES, MBOX, PARTS, WIKI_DUMP
from flows.capture.rows import Origin, reject, row
from flows.capture.session import Batch, Session
from flows.extract.reading import UnreadableError
from flows.sources import marked, records
from warehouse.raw import Place

MAX_DUMP = 256 << 20
"""Largest dump that is split into its records; each of them is small."""
MOST_RECORDS = 2_000_000
"""Records that are taken of one dump: the largest dump that is split holds so many of 128 bytes."""


class Part(NamedTuple):
    """A record of a dump: its origin, SHA-256, first byte and end in the dump's payload."""

    origin: Origin
    sha256: str
    start: int
    end: int


class Split(NamedTuple):
    """The records of a dump, and why there are no more, where it breaks off."""

    parts: list[Part]
    error: UnreadableError | None


def write(
    origin: Origin,
    payload: bytes,
    sha256: str,
    session: Session,
    batch: Batch,
    *,
    at: datetime | None = None,
    before: Callable[[datetime], dict[str, str]] | None = None,
) -> None:
    """Write a dump if any of its records is new; one that holds no record is kept whole and rejected.

    `at` is when it was captured, if not now. A dump that was made of another file is a `conversion`: `before` writes
    that file first and returns what the record says of it.
    """
    found = split(origin, payload)
    fresh = _fresh(found.parts, origin, sha256, session.known)
    if not fresh.parts and not fresh.whole:
        return
    at = at or session.clock()
    kind = "conversion" if before else "resource"
    headers = origin.headers() | (before(at) if before else {})
    place = session.writer.resource(origin.uri, payload, sha256, str(origin.media_type), at, headers, kind=kind)
    batch.captures += rows(origin, sha256, len(payload), fresh, at, place, session.run_id, kind)
    batch.rejects += rejects(origin, sha256, found, batch.captures[-1])
    batch.bytes += len(payload)


def split(origin: Origin, payload: bytes) -> Split:
    """Every record that can be told apart, each named by what it is known by, or else by its place."""
    mapping = json.loads(origin.parser) if origin.parser else None
    found: list[tuple[records.Record, str]] = []
    problem: UnreadableError | None = None
    try:
        for record in _records(origin.media_type, payload, mapping):
            if len(found) == MOST_RECORDS:
                message = f"The dump has more than {MOST_RECORDS} records; no more were taken."
                raise UnreadableError("too-many-records", message)
            found.append((record, hashlib.sha256(payload[record.start : record.end]).hexdigest()))
    except UnreadableError as error:
        problem = error
    times = Counter(key for record, _ in found for key in record.keys)
    alike: Counter[str] = Counter()
    parts = []
    for record, digest in found:
        name = next((key for key in record.keys if times[key] == 1), None)
        if name is None and record.keys:
            # What several have is no name; with what a record holds it is, and of those that hold the same, its turn.
            name = f"{record.keys[0]}&sha256={digest[:16]}"
            alike[name] += 1
            name += f"&{alike[name]}" if alike[name] > 1 else ""
        kind = PARTS.get(str(origin.media_type), "application/json")
        named = origin.part(record.pointer, kind) if name is None else origin.named(name, kind)
        parts.append(Part(named, digest, record.start, record.end))
    return Split(parts, problem)


def _records(kind: str | None, payload: bytes, mapping: Mapping[str, Any] | None) -> Iterator[records.Record]:
    if kind == MBOX:
        return marked.messages(payload)
    if kind == WIKI_DUMP:
        return marked.pages(payload)
    return records.split(payload, mapping, lines=kind == JSON_LINES)


class Fresh(NamedTuple):
    """What of a dump is new: some of its records, or the whole where it holds none."""

    parts: list[Part]
    whole: bool


def _fresh(parts: list[Part], origin: Origin, sha256: str, known: Known) -> Fresh:
    latest = known.latest(origin.source_id, [part.origin.uri for part in parts] or [origin.uri])
    fresh = [part for part in parts if latest.get(part.origin.uri) != part.sha256]
    return Fresh(fresh, not parts and latest.get(origin.uri) != sha256)


def again(
    origin: Origin, payload: bytes, sha256: str, at: datetime, place: Place, known: Known, run_id: str, kind: str
) -> Batch:
    """Rows for a dump that lies in the raw store, like those of the run that wrote it."""
    found = split(origin, payload)
    fresh = _fresh(found.parts, origin, sha256, known)
    batch = Batch(captures=rows(origin, sha256, len(payload), fresh, at, place, run_id, kind))
    if batch.captures:
        batch.rejects = rejects(origin, sha256, found, batch.captures[-1])
    return batch


def rows(
    origin: Origin, sha256: str, size: int, fresh: Fresh, at: datetime, place: Place, run_id: str, kind: str
) -> list[dict[str, Any]]:
    """Capture rows for what is new of a dump that lies at `place`."""
    if fresh.whole:
        return [row(origin, at, sha256, size, place, kind, run_id)]
    return [
        row(
            part.origin,
            at,
            part.sha256,
            part.end - part.start,
            place,
            kind,
            run_id,
            part_start=part.start,
            part_end=part.end,
        )
        for part in fresh.parts
    ]


def rejects(origin: Origin, sha256: str, found: Split, last: dict[str, Any]) -> list[dict[str, Any]]:
    """Why a dump has no records, or no more of them."""
    if found.error is None:
        return []
    error, message = found.error.error, found.error.message
    if found.parts:
        message = f"After {len(found.parts)} records: {message}"
        return [reject(origin.source_id, origin.uri, error, message)]
    return [reject(origin.source_id, origin.uri, error, message, capture_id=last["capture_id"], sha256=sha256)]
