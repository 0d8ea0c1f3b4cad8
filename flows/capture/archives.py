"""Taking WARC and ARC files in whole: a verified copy in the raw store, a capture for each record."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flows.capture.known import Known
from flows.capture.media import HEAD_BYTES, served_type
from flows.capture.revisits import UNRESOLVED
from flows.capture.rows import Origin, escaped, reject, reject_of, row
from flows.capture.session import Batch, Session
from flows.capture.walk import FileFound
from flows.capture.web import http_date, redirect_of, refusals
from flows.extract.binary import refuse_pointer
from flows.extract.reading import TRUNCATED, UnreadableError
from flows.extract.registry import canonical
from flows.fetch.refusal import refusal
from flows.sources.registry import Source
from warehouse.disk import sha256_file
from warehouse.raw import Place, take_in
from warehouse.records import RawRecord, Skipped, readable
from warehouse.storage import at

_CAPTURED = ("response", "resource", "revisit", "conversion")
_DERIVED = re.compile(r"urn:(?:text|pageinfo|view|thumbnail|fullpage|screenshot|transclusions)(?::|\Z)", re.I)
"""Addresses under which crawlers keep what they made of a page (browsertrix, conifer, warcprox)."""
NOTE = "taken-in"


@dataclass
class Indexed:
    """What the records of one WARC file came to."""

    captures: list[dict[str, Any]] = field(default_factory=list)
    rejects: list[dict[str, Any]] = field(default_factory=list)
    bytes: int = 0


def take(source: Source, found: FileFound, session: Session, batch: Batch, *, link: bool = False) -> None:
    """Copy an archive into the raw store and index it, unless one with the same bytes is there.

    With `link` the raw store only refers to the file, which must then stay where it is.
    """
    try:
        with found.path.open("rb") as file:
            refuse_pointer(file.read(HEAD_BYTES))
    except UnreadableError as error:
        batch.rejects.append(reject(source.id, found.uri, error.error, error.message))
        return
    sha256 = sha256_file(found.path)
    raw, known, run_id = session.raw, session.known, session.run_id
    if known.archives([sha256]) or any(values["sha256"] == sha256 for values in batch.taken_in):
        return
    now = session.clock()
    name = take_in(raw, now.strftime("%Y/%m"), found.path, sha256, link=link)
    note = {
        "dibao-note": NOTE,
        "source": source.id,
        "file": name,
        "sha256": sha256,
        "outlet": escaped(found.outlet),
        "parser": canonical(source.hints) or "",
    }
    session.writer.metadata(found.uri, note, now)
    indexed = index(raw, name, found.uri, source.id, canonical(source.hints), known, run_id)
    batch.taken_in.append(
        {
            "warc_file": name,
            "sha256": sha256,
            "bytes": at(raw).size(name) or 0,
            "records": len(indexed.captures),
            "source_id": source.id,
            "origin_uri": found.uri,
            "origin_modified": datetime.fromtimestamp(found.mtime_ns // 1000 / 1e6, UTC),
            "run_id": run_id,
        }
    )
    batch.captures += indexed.captures
    batch.rejects += indexed.rejects
    batch.bytes += indexed.bytes


def index(
    raw: Path, warc_file: str, origin_uri: str, source_id: str, parser: str | None, known: Known, run_id: str
) -> Indexed:
    """A capture for each response, resource, revisit and conversion record of a file in the raw store."""
    out = Indexed()
    last = datetime.fromtimestamp(0, UTC)
    empty, derived = True, 0
    for record in _readable(at(raw).local(warc_file), origin_uri, source_id, out):
        empty = False
        if record.kind not in _CAPTURED or not record.uri:
            continue
        if _is_of_a_page(record):
            derived += 1
            continue
        last = record.captured_at or last
        place = Place(warc_file, record.offset, record.length)
        values = _row(record, place, source_id, parser, last, run_id)
        out.captures.append(values)
        out.bytes += values["payload_bytes"] or 0
        problem = record.problem
        if record.kind == "revisit":  # until the captures of the whole run are known
            problem = (
                UNRESOLVED,
                "The record says that the payload was known, and its original is not in the archive.",
            )
        if record.captured_at is None:
            message = "The record has no date that can be read; that of the record before it was taken."
            out.rejects.append(reject_of(values, "date", message))
        if record.digest_ok is False:
            message = "The record's digest does not match its bytes; the bytes were taken as they are."
            out.rejects.append(reject_of(values, "digest", message))
        if problem:
            out.rejects.append(reject_of(values, *problem))
        out.rejects += refusals(values, refusal(record.http_status, record.http_headers, record.payload))
    _drop_conversions(out, origin_uri, source_id, derived)
    if empty and not out.rejects:
        out.rejects.append(reject(source_id, origin_uri, "empty", "The archive holds no records."))
    fresh = known.captures(values["capture_id"] for values in out.captures)
    out.captures = [values for values in out.captures if values["capture_id"] not in fresh]
    return out


def _readable(path: Path, origin_uri: str, source_id: str, out: Indexed) -> Iterator[RawRecord]:
    """The records of a file that can be read; what was passed over is rejected, with its place."""
    for each in readable(path):
        if isinstance(each, Skipped):
            message = f"{each.message} Bytes {each.start} to {each.end} were passed over."
            out.rejects.append(reject(source_id, origin_uri, each.error, message))
        else:
            yield each


def _is_of_a_page(record: RawRecord) -> bool:
    """Whether a record says by its address that a crawler made it of a page: its text, a picture of it, its links."""
    return _DERIVED.match(record.uri or "") is not None


def _drop_conversions(out: Indexed, origin_uri: str, source_id: str, derived: int) -> None:
    """Leave out what was made of pages that the file holds themselves: it is no second carrier of them."""
    pages = {values["uri"] for values in out.captures if values["record_type"] == "response"}
    made = {
        values["capture_id"]
        for values in out.captures
        if values["record_type"] == "conversion" and values["uri"] in pages
    }
    out.captures = [values for values in out.captures if values["capture_id"] not in made]
    out.rejects = [values for values in out.rejects if values["capture_id"] not in made]
    if derived + len(made):
        message = f"{derived + len(made)} records that were made of pages, such as their text, were not taken as pages."
        out.rejects.append(reject(source_id, origin_uri, "derived", message))


def _row(
    record: RawRecord,
    place: Place,
    source_id: str,
    parser: str | None,
    captured_at: datetime,
    run_id: str,
) -> dict[str, Any]:
    uri = str(record.uri)
    digest = record.headers.get("warc-payload-digest")
    sha256, size = None, None
    if record.kind != "revisit" and record.payload is not None:
        sha256, size = hashlib.sha256(record.payload).hexdigest(), len(record.payload)
    declared = record.http_headers.get("content-type") if record.http_headers else record.headers.get("content-type")
    origin = Origin(
        source_id=source_id,
        uri=uri,
        outlet=_host(uri) or source_id,
        media_type=served_type(declared, record.payload or b""),
        last_modified=http_date(record.http_headers.get("last-modified")),
        parser=_with_truncation(parser, record.headers.get("warc-truncated")),
    )
    return row(
        origin,
        captured_at,
        sha256,
        size,
        place,
        record.kind,
        run_id,
        http_status=record.http_status,
        etag=record.http_headers.get("etag"),
        location=redirect_of(record.http_status, record.http_headers, uri),
        warc_digest=digest,
    )


def _with_truncation(parser: str | None, reason: str | None) -> str | None:
    """The source's hints, and that the crawler broke the payload off, where its record says so."""
    if not reason or not reason.strip():
        return parser
    hints = json.loads(parser) if parser else {}
    return canonical({**hints, TRUNCATED: reason.strip()[:40]})


def _host(uri: str) -> str | None:
    try:
        return urlsplit(uri).hostname
    except ValueError:  # brackets that are no IPv6 address
        return None
