"""What a takedown comes to, before it is done: the payloads that go, what was read from them, what stays elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from flows.report.ids import find
from flows.takedowns import Takedown
from schemas.ids import content_id
from warehouse.catalogue import rows
from warehouse.errors import Missing

_OF_ADDRESS = """
SELECT DISTINCT payload_sha256, uri FROM page_captures WHERE payload_sha256 IS NOT NULL AND (
    uri = $1 OR starts_with(uri, $1 || '!/') OR starts_with(uri, $1 || '#') OR starts_with(uri, $1 || '?rows=')
    OR (regexp_matches($1, '^(?i:https?)://') AND page = page_key($1)))
"""
_PAYLOADS = """
SELECT payload_sha256, min((captured_at, uri))[2] AS uri, min((captured_at, source_id))[2] AS source_id,
    count(*) AS captures, coalesce(max(payload_bytes), 0) AS bytes
FROM captures WHERE list_contains($1, payload_sha256) GROUP BY payload_sha256 ORDER BY uri, payload_sha256
"""
_CONTAINERS = """
SELECT DISTINCT o.payload_sha256 FROM captures AS m JOIN captures AS o ON o.source_id = m.source_id
    AND starts_with(m.uri, o.uri || '!/')
WHERE list_contains($1, m.payload_sha256) AND o.payload_sha256 IS NOT NULL
"""
_ADDRESSES = """
SELECT uri FROM captures WHERE regexp_matches(uri, '^(?i:https?)://') GROUP BY uri
HAVING bool_and(coalesce(list_contains($1, payload_sha256), http_status >= 300))
    AND bool_or(list_contains($1, payload_sha256))
ORDER BY uri
"""
_ARTICLES = """
SELECT a.article_id, a.outlet, a.published_on, a.headline FROM articles_all AS a JOIN documents AS d USING (document_id)
WHERE list_contains($1, d.payload_sha256) ORDER BY a.article_id
"""
_ELSEWHERE = """
WITH gone AS (
    SELECT article_id FROM articles JOIN documents USING (document_id) WHERE list_contains($1, payload_sha256)
), same AS (
    SELECT article_id FROM articles WHERE chars > 0
        AND fold_sha256 IN (SELECT fold_sha256 FROM articles SEMI JOIN gone USING (article_id) WHERE chars > 0)
    UNION SELECT article_id FROM stories
        WHERE story_id IN (SELECT story_id FROM stories SEMI JOIN gone USING (article_id))
)
SELECT a.article_id, a.outlet, a.published_on, a.headline FROM articles_all AS a
WHERE a.article_id IN (SELECT article_id FROM same) AND a.article_id NOT IN (SELECT article_id FROM gone)
ORDER BY a.article_id
"""


@dataclass(frozen=True)
class Plan:
    """A takedown, the articles that go with it, and those with the same text, or some of it, that stay."""

    takedown: Takedown
    articles: list[dict[str, Any]]
    elsewhere: list[dict[str, Any]]


def plan(con: duckdb.DuckDBPyConnection, target: str, *, why: str, by: str, at: datetime) -> Plan:
    """What taking down a capture, an article or document, or all that an address gave, comes to.

    A member of a container, or what is attached to a message, takes these with it, for they hold its bytes. Raises
    Missing where the target names nothing that has bytes.
    """
    hashes, addresses = _hashes(con, target)
    while True:
        more = {sha for (sha,) in con.execute(_CONTAINERS, [sorted(hashes)]).fetchall()} - hashes
        if not more:
            break
        hashes |= more
    given = sorted(hashes)
    closed = {uri for (uri,) in con.execute(_ADDRESSES, [given]).fetchall()} | addresses
    named = content_id("takedown", target, at.isoformat())
    payloads = tuple(rows(con, _PAYLOADS, [given]))
    takedown = Takedown(named, target, why, by, at, payloads, tuple(sorted(closed)))
    return Plan(takedown, rows(con, _ARTICLES, [given]), rows(con, _ELSEWHERE, [given]))


def _hashes(con: duckdb.DuckDBPyConnection, target: str) -> tuple[set[str], set[str]]:
    """The payloads that a target names, and the addresses that it closes."""
    found = con.execute(_OF_ADDRESS, [target]).fetchall()
    if found:
        return {sha for sha, _ in found}, {target, *(uri for _, uri in found if uri.startswith(("http:", "https:")))}
    if ":" in target or "/" in target:
        raise Missing(f"Nothing was captured from {target}; `dibao query` of `captures` shows the addresses.")
    kind, whole = find(con, target, ("capture", "article", "document"))
    sql = {
        "capture": "SELECT payload_sha256 FROM captures WHERE capture_id = $1",
        "article": "SELECT payload_sha256 FROM documents JOIN articles USING (document_id) WHERE article_id = $1",
        "document": "SELECT payload_sha256 FROM documents WHERE document_id = $1",
    }[kind]
    hashes = {sha for (sha,) in con.execute(sql, [whole]).fetchall() if sha is not None}
    if not hashes:
        raise Missing(f"The {kind} {whole} has no bytes in the archive.")
    return hashes, set()


def told(articles: Sequence[dict[str, Any]], most: int = 10) -> list[str]:
    """Lines about articles."""
    lines = [
        f"  {each['article_id'][:12]}  {each['outlet']}, {each['published_on'] or 'undated'}: {each['headline']}"
        for each in articles[:most]
    ]
    return [*lines, f"  … and {len(articles) - most:,} more"] if len(articles) > most else lines
