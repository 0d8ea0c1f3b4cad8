"""Captures from WARC files: after a crash, and when everything is made anew from the bytes."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.capture import archives, dumps, vanishing, web
from flows.capture.known import Known
from flows.capture.media import DUMPS
from flows.capture.rows import Origin, reject, row
from flows.capture.session import Batch
from warehouse.disk import sha256_file
from warehouse.raw import Place, finish
from warehouse.records import BrokenArchive, RawRecord, records
from warehouse.storage import at

_OWN = re.compile(r"(?:^|/)\d{8}T\d{6}-[0-9a-f]{6}-[^/]*-\d{5}\.warc\.gz$")


HINTS = "hints"
"""Begins a note on what a source says about reading; see `flows.restating`."""


def settle(raw: Path) -> None:
    """Bring what a killed run left in the raw store to an end.

    A segment left spooled is cut after its last whole record and put. A copy of an archive that is not whole is
    removed; its original is where it was.
    """
    storage = at(raw)
    storage.sweep()
    for name in storage.spooled():
        left = storage.spool(name)
        end = whole = 0
        try:
            for record in records(left):
                end = record.offset + record.length
                whole += record.kind != "warcinfo"
        except BrokenArchive:
            pass
        finish(raw, name, end if whole else 0)


def strays(raw: Path, listed: set[str]) -> list[str]:
    """WARC files in the raw store that no snapshot lists, as a crash leaves them, sorted."""
    return [name for name in at(raw).names() if name not in listed]


def is_own(warc_file: str) -> bool:
    """Whether a WARC file has the name of a segment that a run of ours wrote."""
    return _OWN.search(warc_file) is not None


def index_segment(raw: Path, warc_file: str, known: Known, run_id: str) -> Batch:
    """What one of our own segments says was captured: rows like those that were made when it was written.

    Archives that were taken in are indexed too where the segment notes them and the copy is there.
    """
    batch = Batch()
    try:
        for record in records(at(raw).local(warc_file)):
            if record.kind == "metadata":
                place = Place(warc_file, record.offset, record.length)
                _note(raw, record, known, run_id, batch, place)
            elif "dibao-source" in record.headers:
                _captured(record, warc_file, known, run_id, batch)
    except BrokenArchive as error:
        batch.rejects.append(reject("", f"raw/{warc_file}", error.error, error.message))
    batch.taken_in.append(listing(raw, warc_file, sum(c["warc_file"] == warc_file for c in batch.captures), run_id))
    held = known.captures(values["capture_id"] for values in batch.captures)
    batch.captures = [values for values in batch.captures if values["capture_id"] not in held]
    return batch


def listing(raw: Path, warc_file: str, captures: int, run_id: str) -> dict[str, Any]:
    """A row of `warc_files` for one of our own segments."""
    path = at(raw).local(warc_file)
    return {
        "warc_file": warc_file,
        "sha256": sha256_file(path),
        "bytes": path.stat().st_size,
        "records": captures,
        "source_id": "",
        "run_id": run_id,
    }


def _captured(record: RawRecord, warc_file: str, known: Known, run_id: str, batch: Batch) -> None:
    place = Place(warc_file, record.offset, record.length)
    if "dibao-status" in record.headers:
        values, rejects = web.rows_of(record, place, run_id)
        batch.captures.append(values)
        batch.rejects += rejects
        return
    origin = Origin.from_headers(str(record.uri), record.headers)
    at = record.captured_at or datetime.fromtimestamp(0, UTC)
    sha256 = _sha256(record.headers["warc-payload-digest"])
    if record.kind == "revisit":
        size = int(record.headers["dibao-payload-bytes"])
        batch.captures.append(row(origin, at, sha256, size, place, "revisit", run_id))
        return
    payload = record.payload
    size = int(record.headers["content-length"]) if payload is None else len(payload)
    if payload is not None and origin.media_type in DUMPS:
        dump = dumps.again(origin, payload, sha256, at, place, known, run_id, record.kind)
        batch.captures += dump.captures
        batch.rejects += dump.rejects
        return
    batch.captures.append(row(origin, at, sha256, size, place, record.kind, run_id))


def _note(raw: Path, record: RawRecord, known: Known, run_id: str, batch: Batch, place: Place) -> None:
    """An archive that was taken in: index the copy. A file that had vanished: its row."""
    fields = _fields(record)
    if fields.get("dibao-note") == vanishing.NOTE:
        moment = record.captured_at or datetime.fromtimestamp(0, UTC)
        batch.captures.append(vanishing.of_note(str(record.uri), fields, moment, place, run_id))
        return
    if fields.get("dibao-note") == HINTS:
        batch.notes.append(fields)
        return
    name = fields.get("file", "")
    if fields.get("dibao-note") != archives.NOTE or not name or at(raw).size(name) is None:
        return
    indexed = archives.index(raw, name, str(record.uri), fields["source"], fields.get("parser") or None, known, run_id)
    batch.captures += indexed.captures
    batch.rejects += indexed.rejects
    batch.taken_in.append(
        listing(raw, name, len(indexed.captures), run_id)
        | {"source_id": fields["source"], "origin_uri": record.uri, "origin_modified": None}
    )


def _fields(record: RawRecord) -> dict[str, str]:
    lines = (record.payload or b"").decode("utf-8", "replace").split("\r\n")
    return {name: value for name, mark, value in (line.partition(": ") for line in lines) if mark}


def _sha256(digest: str) -> str:
    return base64.b32decode(digest.removeprefix("sha256:")).hex()
