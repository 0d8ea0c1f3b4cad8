"""Exchanges over HTTP as WARC records and rows, each made so that the other can be made from it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from flows.capture.known import First, Held
from flows.capture.media import served_type
from flows.capture.rows import Origin, escaped, reject, reject_of, row, unescaped
from flows.capture.session import Batch, Session
from flows.capture.walk import name_date
from flows.extract.registry import canonical
from flows.fetch.refusal import refusal
from flows.fetch.wire import Exchange
from flows.sources.memory import Memory
from flows.sources.registry import Source
from warehouse.raw import Place, warc_date, warc_digest
from warehouse.records import RawRecord, read_message

_PROFILES = "http://netpreserve.org/warc/1.1/revisit"
IDENTICAL = f"{_PROFILES}/identical-payload-digest"
NOT_MODIFIED = f"{_PROFILES}/server-not-modified"
CHALLENGE = "challenge"


@dataclass(frozen=True)
class Kept:
    """What became of an answer: its row, the payload where it came in this answer, and why it is no page, if so."""

    row: dict[str, Any]
    payload: bytes | None
    refused: tuple[str, str] | None = None


@dataclass(frozen=True)
class Told:
    """An answer as read. `stale` is the last good answer, where this one says that it still holds (304)."""

    message: RawRecord
    sha256: str | None
    size: int | None
    stale: Held | None


def read(exchange: Exchange, held: Held | None = None) -> Told:
    """Read an answer; `held` is the last good one, which a 304 stands for. The payload's hash is None without one."""
    message = read_message(exchange.response)
    if exchange.status == 304 and held is not None:
        return Told(message, held.payload_sha256, held.payload_bytes, held)
    if message.payload is None:
        return Told(message, None, None, None)
    return Told(message, hashlib.sha256(message.payload).hexdigest(), len(message.payload), None)


def keep(source: Source, exchange: Exchange, told: Told, at: datetime, session: Session, batch: Batch) -> Kept:
    """Write an answer and its request to WARC, with a row of `captures`.

    A payload whose bytes are in the archive becomes a `revisit`; its HTTP headers are kept as they came.
    """
    message, sha256, size, held = told.message, told.sha256, told.size, told.stale
    headers = message.http_headers
    origin = Origin(
        source_id=source.id,
        uri=exchange.url,
        outlet=urlsplit(exchange.url).hostname or source.id,
        media_type=held.media_type if held else served_type(headers.get("content-type"), message.payload or b""),
        last_modified=http_date(headers.get("last-modified")) or (held.last_modified if held else None),
        parser=canonical(source.hints),
        name_date=name_date(source.name_date, urlsplit(exchange.url).path.rpartition("/")[2]),
    )
    etag = headers.get("etag") or (held.etag if held else None)
    wire = warc_digest(hashlib.sha256(exchange.body).hexdigest())
    first = session.first([sha256]).get(sha256) if sha256 and size else None
    redirect = redirect_of(exchange.status, headers, exchange.url)
    refused = None if held else refusal(exchange.status, headers, message.payload)
    marks = _marks(origin, exchange, sha256, size, etag, redirect)
    if refused and refused[0] == CHALLENGE:
        marks |= {"Dibao-Challenge": escaped(refused[1])}
    place, kind, stated = _write(exchange, at, first, held is not None, wire, sha256, marks, session)
    if first is None and sha256 is not None:
        session.firsts[sha256] = First(exchange.url, at, wire, place, kind)
    values = row(
        origin,
        at,
        sha256,
        size,
        place,
        kind,
        session.run_id,
        http_status=exchange.status,
        etag=etag,
        location=redirect,
        warc_digest=stated,
    )
    batch.captures.append(values)
    batch.bytes += len(exchange.body)
    batch.rejects += _problems(values, exchange, message)
    batch.rejects += refusals(values, refused)
    return Kept(values, message.payload, refused)


def aside(exchange: Exchange, at: datetime, session: Session, memory: Memory) -> bool:
    """Write an exchange that is no capture: robots.txt, lists of addresses, attempts that failed.

    An answer that says what the last one said, by its bytes or by 304, is not written again; False for such a one.
    """
    key, sha256 = f"answer {exchange.url}", hashlib.sha256(exchange.body).hexdigest()
    says = json.dumps([exchange.status, exchange.headers.get("location"), sha256])
    before = memory.mark(key)
    if before == says or (before is not None and exchange.status == 304):
        return False
    memory.note(key, says)
    digest = warc_digest(sha256)
    cut = {"WARC-Truncated": "length"} if exchange.truncated else {}
    _pair("response", exchange, exchange.response, at, {"WARC-Payload-Digest": digest, **cut}, session)
    return True


def rows_of(record: RawRecord, place: Place, run_id: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The row and the rejects of a record that `keep` wrote, from the record alone."""
    marks = record.headers
    sha256 = marks.get("dibao-payload")
    size = marks.get("dibao-payload-bytes")
    etag, location = marks.get("dibao-etag"), marks.get("dibao-location")
    values = row(
        Origin.from_headers(str(record.uri), marks | {"content-type": ""}),
        record.captured_at or datetime.fromtimestamp(0, UTC),
        sha256,
        int(size) if size is not None else None,
        place,
        record.kind,
        run_id,
        http_status=int(marks["dibao-status"]),
        etag=unescaped(etag) if etag is not None else None,
        location=unescaped(location) if location is not None else None,
        warc_digest=marks.get("warc-payload-digest"),
    )
    rejects = [reject_of(values, *record.problem)] if record.problem else []
    challenge = marks.get("dibao-challenge")
    refused = (CHALLENGE, unescaped(challenge)) if challenge else refusal(values["http_status"], {}, None)
    return values, rejects + refusals(values, refused)


def http_date(text: str | None) -> datetime | None:
    """A date as HTTP writes it, in UTC; None where it is none."""
    if not text:
        return None
    try:
        moment = parsedate_to_datetime(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def redirect_of(status: int | None, headers: dict[str, str], uri: str) -> str | None:
    """Where an answer redirects to, made absolute; None where it does not. Header names in lower case."""
    target = headers.get("location")
    if status is None or not 300 <= status < 400 or status == 304 or not target:
        return None
    try:
        return urljoin(uri, re.sub(r"[\r\n\t]", "", target.strip()))
    except ValueError:
        return None


def _marks(
    origin: Origin, exchange: Exchange, sha256: str | None, size: int | None, etag: str | None, redirect: str | None
) -> dict[str, str]:
    """Extension headers from which `rows_of` makes the row again."""
    marks = origin.headers() | {"Dibao-Status": str(exchange.status)}
    more = {
        "Dibao-Media-Type": origin.media_type,
        "Dibao-Payload": sha256,
        "Dibao-Payload-Bytes": size,
        "Dibao-Etag": etag,
        "Dibao-Location": redirect,
    }
    return marks | {name: escaped(str(value)) for name, value in more.items() if value is not None}


def _write(
    exchange: Exchange,
    at: datetime,
    first: First | None,
    stale: bool,
    wire: str,
    sha256: str | None,
    marks: dict[str, str],
    session: Session,
) -> tuple[Place, str, str]:
    """Write the records of an answer; returns place and kind of its own, and the payload digest that it states."""
    if first is None:
        place = _pair("response", exchange, exchange.response, at, {"WARC-Payload-Digest": wire, **marks}, session)
        return place, "response", wire
    assert sha256 is not None
    digest = first.digest or warc_digest(sha256)
    refers = {
        "WARC-Profile": NOT_MODIFIED if stale else IDENTICAL,
        "WARC-Payload-Digest": digest,
        "WARC-Refers-To-Target-URI": first.uri,
        "WARC-Refers-To-Date": warc_date(first.captured_at),
    }
    head = exchange.response[: exchange.head]
    if stale or digest != wire:
        # These headers do not describe the bytes that are kept: a replay would hand out both, a 304 or another packing
        # with the old body. They go into a record of their own.
        session.writer.metadata(exchange.url, {"http-headers-received": escaped(head.decode("latin-1"))}, at)
        head = b""
    return _pair("revisit", exchange, head, at, refers | marks, session), "revisit", digest


def _pair(
    kind: str, exchange: Exchange, block: bytes, at: datetime, headers: dict[str, str], session: Session
) -> Place:
    """Write the record of an answer and, beside it, that of its request."""
    name = session.writer.record_id()
    place = session.writer.message(
        kind,
        exchange.url,
        block,
        at,
        {"WARC-Record-ID": name, "WARC-IP-Address": exchange.address, **headers},
    )
    if exchange.request:
        session.writer.message("request", exchange.url, exchange.request, at, {"WARC-Concurrent-To": name})
    session.writer.flush()
    return place


def refusals(values: dict[str, Any], refused: tuple[str, str] | None) -> list[dict[str, Any]]:
    """Rows of `rejects` about a capture that is no page, given as its row.

    Each error has a row of its own, for its page may stand under many addresses. A redirect is no error: its capture
    says where it leads, and what it says beside that is not read.
    """
    if refused is None:
        return []
    return [reject(values["source_id"], values["uri"], *refused, capture_id=values["capture_id"])]


def _problems(values: dict[str, Any], exchange: Exchange, message: RawRecord) -> Sequence[dict[str, Any]]:
    out = []
    if message.problem:
        out.append(reject_of(values, *message.problem))
    if exchange.extra:
        told = f"{exchange.extra} bytes came after the end that the answer announced; what it announced was taken."
        out.append(reject_of(values, "length", told))
    return out
