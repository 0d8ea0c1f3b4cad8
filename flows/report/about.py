"""What is known of some articles, without looking through all: by whom and when they were printed, and where from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb

from schemas.render.sql import literal
from warehouse.catalogue import rows

# The ids stand in the statement itself: so the files' statistics and bloom filters leave most rows unread.
_ABOUT = """
SELECT a.article_id, a.document_id, d.payload_sha256, coalesce(a.language, d.language) AS language,
    d.page_kind AS kind, plain_headline(a.headline, d.title) AS headline, a.chars,
    coalesce(o.outlets, []) AS outlets, coalesce(s.sources, []) AS sources,
    coalesce(d.published_on, make_timestamp(epoch_us(o.name_date))::DATE) AS day,
    CASE WHEN d.published_precision IN ('minute', 'second') THEN d.published_at END AS published_at,
    d.published_offset,
    coalesce(d.published_precision, CASE WHEN o.name_date IS NOT NULL THEN 'day' END) AS published_precision,
    printed_time(
        coalesce(d.published_on, make_timestamp(epoch_us(o.name_date))::DATE),
        CASE WHEN d.published_precision IN ('minute', 'second') THEN d.published_at END,
        d.published_offset,
        coalesce(d.published_precision, CASE WHEN o.name_date IS NOT NULL THEN 'day' END)
    ) AS printed
FROM (SELECT article_id, document_id, language, headline, chars FROM articles WHERE article_id IN ({articles})) AS a
JOIN (
    SELECT document_id, payload_sha256, language, page_kind, title, published_on, published_at, published_offset,
        published_precision
    FROM documents WHERE document_id IN ({documents})
) AS d USING (document_id)
LEFT JOIN (
    SELECT document_id, list(outlet ORDER BY outlet) AS outlets, min(name_date) AS name_date
    FROM document_outlets WHERE document_id IN ({documents}) GROUP BY document_id
) AS o USING (document_id)
LEFT JOIN (
    SELECT payload_sha256, list(DISTINCT source_id ORDER BY source_id) AS sources
    FROM captures WHERE payload_sha256 IN ({payloads}) GROUP BY payload_sha256
) AS s USING (payload_sha256)
"""
_FEW = 12
"""So many texts are quicker looked up one by one: DuckDB skips what an equality leaves out, but not what a list does.
"""


def about(con: duckdb.DuckDBPyConnection, articles: Sequence[str]) -> dict[str, dict[str, Any]]:
    """For each of some articles its document and payload, language, kind of page, headline, length, outlets, sources,
    day, and instant with its zone where that is known; as the view `article_dates` has it, and `printed` as people
    read it."""
    if not articles:
        return {}
    listed = _listed(articles)
    documents = _column(con, f"SELECT DISTINCT document_id FROM articles WHERE article_id IN ({listed})")
    if not documents:
        return {}
    payloads = _column(con, f"SELECT payload_sha256 FROM documents WHERE document_id IN ({_listed(documents)})")
    sql = _ABOUT.format(articles=listed, documents=_listed(documents), payloads=_listed(payloads))
    found = {each["article_id"]: each for each in rows(con, sql)}
    if rows(con, "FROM corrections LIMIT 1"):
        for right in rows(con, f"FROM corrected WHERE article_id IN ({listed})"):
            _put_right(found[right["article_id"]], right)
    return found


def _put_right(each: dict[str, Any], right: dict[str, Any]) -> None:
    """Have what is known of an article say what people put right."""
    each["headline"] = right["headline"] or each["headline"]
    each["outlets"] = [right["outlet"]] if right["outlet"] else each["outlets"]
    if right["published_on"] is not None:
        each["day"] = right["published_on"]
        each |= {name: right[name] for name in ("published_at", "published_offset", "published_precision")}


def texts(con: duckdb.DuckDBPyConnection, articles: Sequence[str]) -> dict[str, str]:
    """The texts of some articles."""
    if not articles:
        return {}
    if len(articles) <= _FEW:
        each = (f"SELECT article_id, text FROM articles WHERE article_id = {literal(one)}" for one in articles)
        return dict(con.execute(" UNION ALL ".join(each)).fetchall())
    return dict(
        con.execute(f"SELECT article_id, text FROM articles WHERE article_id IN ({_listed(articles)})").fetchall()
    )


def _listed(values: Sequence[str]) -> str:
    return ", ".join(map(literal, values))


def _column(con: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    return [str(value) for (value,) in con.execute(sql).fetchall()]
