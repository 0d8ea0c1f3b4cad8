"""Putting something right: what is said of an article, and the correction that comes of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import duckdb

from flows import corrections
from flows.report.ids import find
from schemas.columns import PASSAGE_KINDS
from warehouse.catalogue import rows
from warehouse.errors import Missing, WarehouseError

_SHOWN = """
SELECT a.article_id, a.document_id, d.payload_sha256, d.title, d.authors, a.headline, w.outlets,
    printed_time(w.published_on, w.published_at, w.published_offset, w.published_precision) AS published,
    k.headline AS corrected_headline, k.authors AS corrected_authors
FROM articles AS a JOIN documents AS d USING (document_id) LEFT JOIN article_dates AS w USING (article_id)
LEFT JOIN corrected AS k USING (article_id) WHERE a.article_id = $1
"""
_PLACE = "SELECT passage_id, document_id, article_id, kind, selector FROM passages WHERE passage_id = $1"
_FIRST = """
SELECT selector, document_id FROM passages WHERE article_id = $1
ORDER BY article_start IS NULL, article_start, ordinal LIMIT 1
"""
_DAY = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")


def day(text: str) -> str:
    """A date as corrections keep it: YYYY, YYYY-MM, YYYY-MM-DD, or a moment with its zone. Raises WarehouseError."""
    text = text.strip()
    try:
        if _DAY.fullmatch(text):
            date.fromisoformat(text + "-01-01"[len(text) - 10 :] if len(text) < 10 else text)
            return text
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.isoformat(timespec="seconds")
    except ValueError:
        pass
    raise WarehouseError(
        f"{text!r} is no date; give 2024, 2024-03, 2024-03-01, or a moment with its zone: 2024-03-01T08:00+08:00."
    )


def planned(
    con: duckdb.DuckDBPyConnection, identity: str, said: Mapping[str, str | None], *, why: str, by: str, at: datetime
) -> list[dict[str, Any]]:
    """The corrections that come of what is said of an article: by field the new value.

    `kind` is `PASSAGE=KIND`, `split` a passage, `join` another article of the page. Raises Missing where an id names
    nothing, WarehouseError where a value cannot be.
    """
    _, article = find(con, identity, ("article",))
    shown = rows(con, _SHOWN, [article])[0]
    base = {"article_id": article, "payload_sha256": shown["payload_sha256"]}
    first = con.execute(_FIRST, [article]).fetchone()
    base |= {"anchor": first[0] if first else None}
    base |= {"why": why, "corrected_by": by, "corrected_at": at}
    out = []
    for field, value in said.items():
        row = base | {"field": field} | _change(con, shown, field, value)
        out.append(corrections.new({name: each for name, each in row.items() if each is not None}))
    return out


def _change(con: duckdb.DuckDBPyConnection, shown: Mapping[str, Any], field: str, value: str | None) -> dict[str, Any]:
    """What a correction of one field says: its place, the old and the new value."""
    text = (value or "").strip()
    if field == "leave-out":
        return {}
    if not text:
        raise WarehouseError(f"--{field} is empty; say what is right.")
    if field == "headline":
        return {"old": shown["corrected_headline"] or shown["headline"], "new": " ".join(text.split())}
    if field == "published":
        return {"old": shown["published"], "new": day(text)}
    if field == "outlet":
        return {"old": "; ".join(shown["outlets"] or []) or None, "new": text}
    if field == "authors":
        old = "\n".join(shown["corrected_authors"] or shown["authors"] or []) or None
        return {"old": old, "new": "\n".join(filter(None, (each.strip() for each in text.split(";"))))}
    if field == "join":
        _, other = find(con, text, ("article",))
        return _joined(con, shown, other)
    name, mark, kind = text.partition("=")
    passage = _passage(con, shown, name)
    if field == "split":
        if passage["article_id"] != shown["article_id"]:
            raise WarehouseError(f"The passage {name} is none of this article.")
        return {"place": passage["selector"]}
    if not mark or kind not in PASSAGE_KINDS:
        raise WarehouseError(f"--kind takes PASSAGE=KIND, the kind one of {', '.join(PASSAGE_KINDS)}.")
    return {"place": passage["selector"], "old": passage["kind"], "new": kind}


def _passage(con: duckdb.DuckDBPyConnection, shown: Mapping[str, Any], name: str) -> dict[str, Any]:
    _, whole = find(con, name, ("passage",))
    passage = rows(con, _PLACE, [whole])[0]
    if passage["document_id"] != shown["document_id"]:
        raise WarehouseError(f"The passage {name} is not on the page of this article.")
    return passage


def _joined(con: duckdb.DuckDBPyConnection, shown: Mapping[str, Any], other: str) -> dict[str, Any]:
    """Another article of the page, by the first passage of either."""
    mine, theirs = (con.execute(_FIRST, [each]).fetchone() for each in (shown["article_id"], other))
    if other == shown["article_id"] or mine is None or theirs is None or mine[1] != theirs[1]:
        raise WarehouseError("Only two articles of one page can be joined.")
    return {"place": theirs[0], "new": mine[0]}


def undone(
    con: duckdb.DuckDBPyConnection, identity: str, held: list[dict[str, Any]], *, by: str, at: datetime
) -> list[dict[str, Any]]:
    """Standing corrections that an id names, of an article or by themselves, as rows that say who took them back.

    Raises Missing where there is none.
    """
    standing = [each for each in held if "undone_at" not in each]
    found = [each for each in standing if len(identity) >= 8 and each["correction_id"].startswith(identity.lower())]
    if not found:
        try:
            _, article = find(con, identity, ("article",))
        except Missing:
            article = ""
        told = con.execute("SELECT correction_id FROM standing_corrections WHERE present_article_id = $1", [article])
        known = {each for (each,) in told.fetchall()}
        found = [each for each in standing if each["correction_id"] in known or each["article_id"].startswith(identity)]
    if not found:
        raise Missing(f"No correction that stands goes by {identity}; `dibao correct --list` shows them.")
    return [each | {"undone_by": by, "undone_at": at} for each in found]
