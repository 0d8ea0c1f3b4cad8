"""Record dumps: one file, one WARC record, a capture for each record in it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

from flows.capture.media import JSON_LINES
from flows.capture.rows import Origin, reject, row
from flows.capture.session import Batch, Session
from flows.extract.reading import UnreadableError
from flows.extract.registry import canonical
from warehouse.raw import Place


def write(origin: Origin, payload: bytes, sha256: str, session: Session, batch: Batch) -> None:
    """Write a dump if any of its records is new; a dump that cannot be split is kept whole and rejected."""
    at, known, writer, run_id = session.clock(), session.known, session.writer, session.run_id
    try:
        parts = split(origin, payload)
    except UnreadableError as error:
        if known.latest(origin.source_id, [origin.uri]).get(origin.uri) == sha256:
            return
        place = writer.resource(origin.uri, payload, sha256, str(origin.media_type), at, origin.headers())
        values = row(origin, at, sha256, len(payload), place, "resource", run_id)
        batch.captures.append(values)
        batch.bytes += len(payload)
        batch.rejects.append(
            reject(
                origin.source_id,
                origin.uri,
                error.error,
                error.message,
                capture_id=values["capture_id"],
                sha256=sha256,
            )
        )
        return
    latest = known.latest(origin.source_id, (part[0].uri for part in parts))
    fresh = [part for part in parts if latest.get(part[0].uri) != part[1]]
    if not fresh:
        return
    place = writer.resource(origin.uri, payload, sha256, str(origin.media_type), at, origin.headers())
    batch.captures += part_rows(fresh, at, place, run_id)
    batch.bytes += len(payload)


def split(origin: Origin, payload: bytes) -> list[tuple[Origin, str, int, int]]:
    """Each record of a dump as its origin, SHA-256, and first and last byte. UnreadableError where it is none."""
    from flows.sources import records

    mapping = json.loads(origin.parser) if origin.parser else None
    lines = origin.media_type == JSON_LINES
    found = records.split(payload, mapping, lines=lines)
    parts = []
    for record in found:
        part = origin.part(record.pointer)
        hints = canonical(dict(record.mapping))
        sha256 = hashlib.sha256(payload[record.start : record.end]).hexdigest()
        parts.append((replace(part, parser=hints), sha256, record.start, record.end))
    return parts


def part_rows(parts: list[tuple[Origin, str, int, int]], at: Any, place: Place, run_id: str) -> list[dict[str, Any]]:
    """Capture rows for records of a dump that lies at `place`."""
    return [
        row(origin, at, sha256, end - start, place, "resource", run_id, part_start=start, part_end=end)
        for origin, sha256, start, end in parts
    ]
