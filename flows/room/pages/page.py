"""Page: the versions of an address over time, and what changed between any two, by words."""

from __future__ import annotations

from typing import Any

import duckdb

from flows.report.word_changes import changes, paired
from flows.room.desk import Desk
from flows.room.shown import Asked, BadRequestError, Shown
from schemas.render.sql import literal
from warehouse.catalogue import rows
from warehouse.errors import Missing

MOST = 500
"""Versions that are listed."""
_GONE = """
SELECT how, http_status, location, last_seen, vanished_at FROM vanished
WHERE page = coalesce((SELECT min(page) FROM page_captures WHERE uri = $1), page_key($1))
"""
_CAPTURES = """
SELECT captured_at, http_status, uri, capture_id FROM page_captures
WHERE page = coalesce((SELECT min(page) FROM page_captures WHERE uri = $1), page_key($1))
ORDER BY captured_at, capture_id LIMIT 1000
"""
_TEXT = """
SELECT kind, text FROM passages WHERE document_id = $1 AND article_start IS NOT NULL ORDER BY ordinal
"""


def page(desk: Desk, asked: Asked) -> Shown:
    uri = asked.one("uri")
    if uri is None:
        raise BadRequestError("An address is missing: /page?uri=…")
    with desk.reading() as con:
        versions = rows(con, f"SELECT * FROM page_versions($1) LIMIT {MOST}", [uri])
        captures = rows(con, _CAPTURES, [uri])
        if not captures:
            raise Missing(f"Nothing was captured at {uri}.")
        gone = next(iter(rows(con, _GONE, [uri])), None)
        last = len(versions)
        after = asked.number("after", last, 1_000_000)
        before = asked.number("before", max(1, after - 1), 1_000_000)
        lines = _difference(con, versions, before, after) if last > 1 else []
    told = [{name: each[name] for name in _TOLD} for each in versions]
    return Shown(
        "page",
        next((each["title"] for each in reversed(versions) if each["title"]), None) or uri,
        {
            "uri": uri,
            "versions": versions,
            "captures": captures,
            "gone": gone,
            "before": before,
            "after": after,
            "lines": lines,
        },
        f"FROM page_versions({literal(uri)})",
        told,
        {"uri": uri, "versions": told, "captures": captures, "vanished": gone},
        "page",
    )


_TOLD = ("version", "first_seen", "last_seen", "captures", "uris", "document_id", "title", "chars", "text_sha256")

Line = tuple[str, list[tuple[str, str]]]
"""How a passage changed, and its runs of text: `same`, `gone` or `come`."""


def _difference(con: duckdb.DuckDBPyConnection, versions: list[dict[str, Any]], before: int, after: int) -> list[Line]:
    """What changed between two versions, by passage; passages that are the same are left out."""
    documents = {each["version"]: each["document_id"] for each in versions}
    if before not in documents or after not in documents:
        raise BadRequestError(f"The page has the versions 1 to {len(versions)}.")
    old, new = ([str(text) for _, text in con.execute(_TEXT, [documents[each]]).fetchall()] for each in (before, after))
    removed, added = _without(old, new), _without(new, old)
    pairs = {other: place for place, other in paired(removed, added)}
    out: list[Line] = [
        ("gone", [(text, "gone")]) for place, text in enumerate(removed) if place not in set(pairs.values())
    ]
    for place, text in enumerate(added):
        if place in pairs:
            out.append(("changed", _runs(removed[pairs[place]], text)))
        else:
            out.append(("come", [(text, "come")]))
    return out


def _without(some: list[str], others: list[str]) -> list[str]:
    """Passages that are not among others, each as often as it stands more."""
    left = list(others)
    out = []
    for each in some:
        if each in left:
            left.remove(each)
        else:
            out.append(each)
    return out


def _runs(before: str, after: str) -> list[tuple[str, str]]:
    out, at = [], 0
    for each in changes(before, after):
        out += [
            (after[at : each.after_start], "same"),
            (before[each.before_start : each.before_end], "gone"),
            (after[each.after_start : each.after_end], "come"),
        ]
        at = each.after_end
    return [(text, kind) for text, kind in [*out, (after[at:], "same")] if text]
