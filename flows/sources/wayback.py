"""Kind `wayback`: the captures that another web archive has, with their own dates, as it got them.

Location: what is asked for, such as `paper.example/news/*`. Options: `cdx` (the index's address), `replay` (that of its
pages), `from` and `to` (timestamps), `match` (exact, prefix, host, domain), `filter` and `collapse` (as the index takes
them), and the limits of every web source.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode, urljoin

import httpx

from flows.capture import web
from flows.capture.rows import escaped, reject
from flows.capture.seen import Seen
from flows.capture.session import Batch, Session
from flows.fetch.crawl import Answer, Crawl, Job
from flows.fetch.errors import FetchError
from flows.fetch.limits import Limits
from flows.fetch.url import hosts, normal
from flows.fetch.wire import Exchange
from flows.sources.kinds import SourceFailed
from flows.sources.memory import Memory
from flows.sources.registry import Source
from warehouse.records import read_message

CDX = "https://web.archive.org/cdx/search/cdx"
REPLAY = "https://web.archive.org/web"
PAGE = 5000
"""Captures that the index is asked for at a time."""
BATCH = 128
_NAMES = {"url": "original", "mime": "mimetype", "status": "statuscode"}
_PACKING = ("content-encoding", "transfer-encoding", "content-length")
_ORIGINAL = "x-archive-orig-"
_STATUS = re.compile(r"[1-9][0-9]{2}")


@dataclass(frozen=True)
class Listed:
    """A capture as the index lists it. `status` is None where it does not say, as of a revisit."""

    at: datetime
    timestamp: str
    uri: str
    status: int | None
    digest: str


def capture(source: Source, session: Session, seen: Seen) -> Iterator[Batch]:
    """Ask the index what there is, and take in what is not yet here."""
    replay = str(source.options.get("replay", REPLAY)).rstrip("/")
    limits = Limits.of(source.options).own(hosts(replay, source.options.get("cdx", CDX)))
    good = bad = 0
    last: SourceFailed | None = None
    with Crawl(
        limits, seed=source.id, clock=session.clock, follow=lambda job, url, status: None, rests=seen.rests
    ) as crawl:
        batch = Batch()
        fresh = _fresh(source, session, _listing(source, session, seen.memory, crawl, batch))
        for each in fresh:
            crawl.put(Job(f"{replay}/{each.timestamp}id_/{quote(each.uri, safe='%/:?#[]@!$&()*+,;=')}", tag=each))
        for answer in crawl.answers():
            try:
                _keep(source, answer, session, seen.memory, batch)
                good += 1
            except FetchError as error:
                bad += 1
                last = SourceFailed(error.error, error.message, answer.job.url, error.traceback)
                batch.rejects.append(
                    reject(source.id, answer.job.url, error.error, error.message, traceback=error.traceback)
                )
            if len(batch.captures) >= BATCH:
                batch.requests, crawl.requests_told = crawl.requests - crawl.requests_told, crawl.requests
                yield batch
                batch = Batch()
        if crawl.left:
            message = f"The budget of the run is spent; {crawl.left} captures are left for the next one."
            batch.rejects.append(reject(source.id, source.location, "budget", message))
        batch.requests = crawl.requests - crawl.requests_told
        yield batch
    if bad and not good and last is not None:
        raise last


def listed(payload: bytes) -> tuple[list[Listed], str | None, list[FetchError]]:
    """Captures from an index's answer in JSON (a table, or an object a line), the key to the rest of them, and errors
    for lines that name none that can be asked for.

    Raises FetchError `cdx` where it is neither.
    """
    text = payload.decode("utf-8-sig", "replace").strip()
    errors = []
    rows: list[Any] = []
    try:
        rows = json.loads(text) if text.startswith("[") else []
    except (ValueError, RecursionError) as error:
        raise FetchError("cdx", f"The index does not answer in JSON: {error}"[:200]) from error
    for line in text.splitlines() if not text.startswith("[") else ():
        try:
            rows.append(json.loads(line))
        except (ValueError, RecursionError) as error:
            errors.append(FetchError("cdx", f"A line of the index is no JSON ({error}): {line[:80]!r}"[:250]))
    if errors and not rows:
        raise FetchError("cdx", f"The index does not answer in JSON: {errors[0].message}")
    resume = None
    if rows and isinstance(rows[0], list):
        if len(rows) >= 2 and rows[-2] == [] and isinstance(rows[-1], list) and len(rows[-1]) == 1:
            resume, rows = str(rows[-1][0]), rows[:-2]
        names = [str(name) for name in rows[0]]
        rows = [dict(zip(names, row, strict=False)) if isinstance(row, list) else row for row in rows[1:]]
    found = []
    for row in rows:
        try:
            found.append(_listed(row))
        except FetchError as error:
            errors.append(error)
    return found, resume, errors


def _listed(row: Any) -> Listed:
    if not isinstance(row, dict):
        raise FetchError("cdx", f"The index lists what is no capture: {row!r}"[:200])
    values = {_NAMES.get(name, name): str(value) for name, value in row.items()}
    try:
        timestamp = values["timestamp"]
        at = datetime.strptime(timestamp[:14].ljust(14, "0"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        uri = normal(values["original"])
    except (KeyError, ValueError) as error:
        raise FetchError("cdx", f"The index lists a capture without address or moment: {row!r}"[:200]) from error
    except FetchError as error:
        message = f"{values['original'][:120]!r}: {error.message}"
        raise FetchError(error.error, message, traceback=error.traceback) from error
    status = values.get("statuscode", "-")
    return Listed(at, timestamp, uri, int(status) if _STATUS.fullmatch(status) else None, values.get("digest", ""))


def _listing(source: Source, session: Session, memory: Memory, crawl: Crawl, batch: Batch) -> Iterator[Listed]:
    """Everything that the index lists, page after page of its answer. SourceFailed where it cannot be had."""
    options = source.options
    asked = {"url": source.location, "output": "json", "limit": str(PAGE), "showResumeKey": "true"}
    asked |= {name: str(options[name]) for name in ("from", "to", "filter", "collapse") if name in options}
    asked |= {"matchType": str(options["match"])} if "match" in options else {}
    resume: str | None = None
    while True:
        url = f"{options.get('cdx', CDX)}?{urlencode(asked | ({'resumeKey': resume} if resume else {}))}"
        crawl.put(Job(url))
        for answer in crawl.answers():
            at = answer.at or session.clock()
            for exchange in [*answer.spare, *([answer.exchange] if answer.exchange else [])]:
                web.aside(exchange, at, session, memory)
        if answer.error is not None or answer.exchange is None:
            error = answer.error or FetchError("cdx", "The index gave no answer.")
            raise SourceFailed(error.error, error.message, url, error.traceback)
        message = read_message(answer.exchange.response)
        if answer.exchange.status != 200 or message.payload is None:
            raise SourceFailed(f"http-{answer.exchange.status}", f"The index answers {answer.exchange.status}.", url)
        try:
            found, following, errors = listed(message.payload)
        except FetchError as error:
            raise SourceFailed(error.error, error.message, url) from error
        batch.rejects += [reject(source.id, url, each.error, each.message) for each in errors]
        yield from found
        if not following or following == resume or crawl.spent:
            return
        resume = following


def _fresh(source: Source, session: Session, found: Iterator[Listed]) -> list[Listed]:
    """What is listed and not here, each address and moment once."""
    each = {(one.uri, one.at): one for one in found}
    here = session.known.moments(source.id, (uri for uri, _ in each))
    return [one for key, one in each.items() if key not in here]


def _keep(source: Source, answer: Answer, session: Session, memory: Memory, batch: Batch) -> None:
    """Write a capture as the other archive got it, and beside it what that archive said of it."""
    fetched = answer.at or session.clock()
    for spare in answer.spare:
        web.aside(spare, fetched, session, memory)
    if answer.error is not None or answer.exchange is None:
        raise answer.error or FetchError("cdx", "The archive gave no answer.")
    exchange, one = answer.exchange, answer.job.tag
    message = read_message(exchange.response)
    if message.payload is None:
        raise FetchError(*(message.problem or ("cdx", "The answer has no body.")))
    status = one.status or exchange.status
    if exchange.status != status:
        raise FetchError("replay", f"The archive answers {exchange.status} for a capture that it lists as {status}.")
    batch.bytes += len(exchange.body)
    session.writer.metadata(
        one.uri,
        {
            "fetched-from": exchange.url,
            "fetched-at": fetched.isoformat(),
            "http-request-sent": escaped(exchange.request.decode("latin-1")),
            "http-headers-received": escaped(exchange.response[: exchange.head].decode("latin-1")),
        },
        one.at,
    )
    was = _as_it_was(exchange, one, status, message.payload)
    kept = web.keep(source, was, web.read(was), one.at, session, batch)
    sha1 = base64.b32encode(hashlib.sha1(message.payload).digest()).decode()
    if len(one.digest) == 32 and one.digest != sha1:
        told = "The bytes are not those of the digest that the index lists; they were taken as they are."
        row = kept.row
        about = {"capture_id": row["capture_id"], "sha256": row["payload_sha256"]}
        batch.rejects.append(reject(source.id, one.uri, "digest", told, **about))


def _as_it_was(exchange: Exchange, one: Listed, status: int, payload: bytes) -> Exchange:
    """The exchange that the other archive recorded, from the headers that it hands on."""
    handed = [(n[len(_ORIGINAL) :], v) for n, v in exchange.headers.multi_items() if n.startswith(_ORIGINAL)]
    headers = handed or [(n, v) for n, v in exchange.headers.multi_items() if n in ("content-type", "location")]
    lines = [f"{name}: {value}" for name, value in headers if name not in _PACKING and name != "location"]
    target = dict(headers).get("location")
    if target:
        lines.append(f"location: {urljoin(one.uri, target)}")
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Unknown"
    head = "\r\n".join([f"HTTP/1.1 {status} {phrase}", *lines, f"content-length: {len(payload)}"]) + "\r\n\r\n"
    block = head.encode("utf-8", "replace")
    return replace(
        exchange,
        url=one.uri,
        request=b"",
        response=block + payload,
        head=len(block),
        status=status,
        headers=httpx.Headers(headers),
        extra=0,
    )
