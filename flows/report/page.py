"""An article or a whole page as it was read, for a person to check at a glance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb

from flows.report import ids
from flows.report.about import about
from warehouse.catalogue import rows
from warehouse.errors import Missing

_ARTICLE = "SELECT * FROM articles WHERE article_id = $1"

_CORRECTIONS = """
SELECT correction_id, field, old, new, corrected_by, corrected_at, why FROM standing_corrections
WHERE present_article_id = $1 ORDER BY corrected_at, correction_id
"""

_DOCUMENT = """
SELECT *, printed_time(published_on,
    CASE WHEN published_precision IN ('minute', 'second') THEN published_at END,
    published_offset, published_precision) AS published
FROM documents WHERE document_id = $1
"""

_PASSAGES = """
SELECT p.passage_id, p.ordinal, p.kind, p.text, p.flags, p.article_start, p.article_end, a.ordinal AS article,
    p.article_id, a.headline
FROM passages AS p LEFT JOIN articles AS a USING (article_id)
WHERE p.document_id = $1 ORDER BY p.ordinal
"""

_RESTORED = """
SELECT r.place AS ordinal, coalesce(p.kind, 'gap') AS kind,
    coalesce(p.text,
        substring(w.text, (r.witness_start + 1)::BIGINT, (r.witness_end - r.witness_start)::BIGINT)) AS text,
    p.flags, r.restored_start AS article_start, r.restored_end AS article_end, a.ordinal AS article, r.article_id,
    a.headline, r.change, r.proves, d.outlets[1] AS witness, r.story_id, r.witness_article_id
FROM restorations AS r
JOIN articles AS a USING (article_id)
LEFT JOIN passages AS p ON p.passage_id = r.passage_id
LEFT JOIN articles AS w ON w.article_id = r.witness_article_id
LEFT JOIN article_dates AS d ON d.article_id = r.witness_article_id
WHERE r.article_id = $1 ORDER BY r.place
"""


def article(con: duckdb.DuckDBPyConnection, article_id: str) -> dict[str, Any]:
    """An article's facts, and its passages in reading order; those with no place in the text stay where they stood."""
    facts = _corrected(con, _facts(con, article_id))
    passages = [each for each in rows(con, _PASSAGES, [facts["document_id"]]) if each["article_id"] == article_id]
    last = -1
    for each in passages:
        last = each["article_start"] if each["article_start"] is not None else last
        each["at"] = last
    passages.sort(key=lambda each: (each["at"], each["ordinal"]))
    return facts | {"passages": passages}


def _corrected(con: duckdb.DuckDBPyConnection, facts: dict[str, Any]) -> dict[str, Any]:
    """The facts of an article as people put them right, and under `corrected` what was, who said so, when and why."""
    told = rows(con, _CORRECTIONS, [facts["article_id"]])
    now = rows(con, "SELECT headline, authors FROM corrected WHERE article_id = $1", [facts["article_id"]])
    right = {name: value for name, value in now[0].items() if value} if now else {}
    return facts | right | {"corrected": told}


def restored(con: duckdb.DuckDBPyConnection, article_id: str) -> dict[str, Any]:
    """An article's facts, and its fragments as witnesses prove them; what is missing at a gap is the witness's text.

    Flags say what was changed and which outlet proves it. Raises Missing where nothing was restored.
    """
    facts = _facts(con, article_id)
    passages = rows(con, _RESTORED, [article_id])
    if not passages:
        raise Missing("No witness proves this article to be other than its page shows; leave out --restored.")
    for each in passages:
        changed = [] if each["change"] in ("kept", "gap") else [each["change"]]
        joins = ["joined"] if "join" in each["proves"] else []
        proven = [f"by {each['witness']}"] if changed or joins or each["change"] == "gap" else []
        each["flags"] = [*(each["flags"] or []), *changed, *joins, *proven]
    return facts | {"passages": passages}


def page(con: duckdb.DuckDBPyConnection, document_id: str) -> dict[str, Any]:
    """A document's facts, and all its passages in the order of the page."""
    facts = _one(con, _DOCUMENT, document_id)
    return facts | {"passages": rows(con, _PASSAGES, [document_id])}


def find(con: duckdb.DuckDBPyConnection, identity: str) -> tuple[str, str, str | None]:
    """What an id (8 characters or more of it) names: `article` or `document`, the whole document id and article id.

    Raises Missing where it names nothing, or more than one thing.
    """
    kind, whole = ids.find(con, identity, ("article", "document", "passage", "story"))
    if kind == "story":
        raise Missing(f"{identity} is a story; `dibao compare {identity}` shows its witnesses side by side.")
    if kind == "document":
        return kind, whole, None
    found = _one(con, f"SELECT document_id, article_id FROM {kind}s WHERE {kind}_id = $1", whole)
    article_id = found["article_id"]
    return ("article" if article_id else "document"), found["document_id"], article_id


def margins(passages: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """(margin, text) of each passage: its kind, a mark where it continues the one before it, and its flags."""
    end = None
    for each in passages:
        glued = end is not None and each["article_start"] == end and each["article_start"] != 0
        end = each["article_end"] if each["article_end"] is not None else end
        mark = "↳" if glued else " "
        flags = f"  [{', '.join(each['flags'])}]" if each["flags"] else ""
        yield f"{mark}{each['kind']}", each["text"] + flags


def _facts(con: duckdb.DuckDBPyConnection, article_id: str) -> dict[str, Any]:
    """An article's row, who printed it and when."""
    known = about(con, [article_id])[article_id]
    return _one(con, _ARTICLE, article_id) | {"outlets": known["outlets"], "published": known["printed"]}


def _one(con: duckdb.DuckDBPyConnection, sql: str, value: str) -> dict[str, Any]:
    return rows(con, sql, [value])[0]
