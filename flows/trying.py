"""What would be read of a page with a source's hints, beside what is read without its site rules."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.capture.media import HEAD_BYTES, media_type, served_type
from flows.extract.registry import canonical
from flows.fetch.crawl import Crawl, Job
from flows.fetch.limits import Limits
from flows.fetch.url import hosts
from flows.read import Work, read_payloads
from flows.sources.registry import Source, SourceError
from warehouse.errors import Damaged, Missing
from warehouse.records import payload_at, read_message
from warehouse.store import Warehouse

_RULES = ("select", "sites")
_FACTS = ("page_kind", "title", "authors", "publisher", "origin", "published_on", "published_precision", "language")
_HELD = """
SELECT c.payload_sha256, c.media_type, p.warc_file, p.warc_offset, p.warc_length, p.record_type, p.part_start,
    p.part_end
FROM captures AS c JOIN captures AS p ON p.payload_sha256 = c.payload_sha256 AND p.record_type <> 'revisit'
WHERE c.uri = $1 AND c.payload_sha256 IS NOT NULL ORDER BY c.captured_at DESC, p.capture_id LIMIT 1
"""


@dataclass(frozen=True)
class Page:
    """The bytes of a page, what they are, and where they came from."""

    payload: bytes
    media_type: str | None
    whence: str


@dataclass(frozen=True)
class Tried:
    """What was read of a page: facts of its document, articles and passages; or why nothing was."""

    facts: dict[str, Any]
    articles: list[dict[str, Any]]
    passages: list[dict[str, Any]]
    rejects: list[str]


def page(store: Warehouse, source: Source, target: str) -> Page:
    """A page by its path, by its address in the archive, or, where the archive has none, fetched and not kept.

    Raises SourceError where it cannot be had.
    """
    if "://" not in target:
        path = Path(target).expanduser()
        try:
            payload = path.read_bytes()
        except OSError as error:
            raise SourceError(f"{target} cannot be read: {error.strerror or error}.") from error
        return Page(payload, media_type(path.name, payload[:HEAD_BYTES]), "the file")
    return _archived(store, target) or _fetched(source, target)


def _archived(store: Warehouse, uri: str) -> Page | None:
    try:
        con = store.connect()
    except Missing:
        return None
    try:
        found = con.execute(_HELD, [uri]).fetchone()
    finally:
        con.close()
    if found is None:
        return None
    _, kind, name, offset, length, record_type, start, end = found
    try:
        payload = payload_at(store.raw, name, offset, length, record_type)
    except Damaged:
        return None
    return Page(payload[start:end] if start is not None else payload, kind, "the archive")


def _fetched(source: Source, url: str) -> Page:
    limits = Limits.of(source.options).own(hosts(source.location, url))
    with Crawl(limits, seed=source.id, clock=lambda: datetime.now(UTC)) as crawl:
        crawl.put(Job(url))
        answers = [each for each in crawl.answers() if each.final]
    answer = answers[-1] if answers else None
    if answer is None or answer.error is not None or answer.exchange is None:
        why = answer.error.message if answer is not None and answer.error is not None else "It gave no answer."
        raise SourceError(f"{url} cannot be had: {why}")
    message = read_message(answer.exchange.response)
    if message.payload is None or answer.exchange.status != 200:
        raise SourceError(f"{url} cannot be read: it answers {answer.exchange.status}.")
    kind = served_type(message.http_headers.get("content-type"), message.payload)
    return Page(message.payload, kind, "its address")


def tried(source: Source, given: Page, select: Mapping[str, str]) -> tuple[Tried, Tried]:
    """What is read of a page without site rules, and with those of its source and `select` over them."""
    plain = {name: value for name, value in source.hints.items() if name not in _RULES}
    rules = {name: source.hints[name] for name in _RULES if name in source.hints}
    if select:
        rules["select"] = {**rules.get("select", {}), **select}
    return _read(given, plain), _read(given, plain | rules)


def _read(given: Page, hints: Mapping[str, Any]) -> Tried:
    size = len(given.payload)
    sha256 = hashlib.sha256(given.payload).hexdigest()
    work = Work(sha256, size, given.media_type, canonical(hints), "", 0, 0, "resource", None, None, "", "", "")
    tables = read_payloads([(work, given.payload)])
    documents = tables["documents"].to_pylist()
    articles = [
        {name: each[name] for name in ("ordinal", "headline", "byline", "agency", "chars")}
        for each in sorted(tables["articles"].to_pylist(), key=lambda each: each["ordinal"])
    ]
    number = {each["article_id"]: each["ordinal"] for each in tables["articles"].to_pylist()}
    passages = [
        {"article": number.get(each["article_id"]), **{name: each[name] for name in ("kind", "text", "selector")}}
        for each in sorted(tables["passages"].to_pylist(), key=lambda each: each["ordinal"])
    ]
    facts = {name: documents[0][name] for name in _FACTS} if documents else {}
    return Tried(facts, articles, passages, [each["message"] for each in tables["rejects"].to_pylist()])
