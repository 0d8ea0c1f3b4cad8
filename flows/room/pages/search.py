"""Search: box, filters, facets with counts, a timeline of the hits, snippets."""

from __future__ import annotations

from typing import Any

from flows.room.desk import Desk
from flows.room.shown import Asked, BadRequestError, Shown
from flows.search.answer import ORDERS, Answer, Filters, answer
from flows.search.query import BadQuestionError
from schemas.render.sql import literal

ON_A_PAGE = 10
MOST = 1000
"""Articles that a CSV or JSON has."""


def page(desk: Desk, asked: Asked) -> Shown:
    text = asked.one("q")
    filters = Filters(
        asked.one("outlet"),
        asked.one("source"),
        asked.day("since"),
        asked.day("until"),
        asked.one("language"),
        asked.one("kind"),
    )
    order = asked.one("order") or "relevance"
    if order not in ORDERS:
        raise BadRequestError(f"order is one of {', '.join(ORDERS)}.")
    at = asked.number("at", 0, 1_000_000)
    whole = asked.one("format") is not None
    found, fault = Answer(0, []), None
    if text:
        with desk.reading(facts=True) as con:
            try:
                found = answer(
                    con, text, filters, order=order, limit=MOST if whole else ON_A_PAGE, offset=at, facets=not whole
                )
            except BadQuestionError as error:
                fault = str(error)
    else:
        with desk.reading():
            pass
    rows = [
        {
            name: each[name]
            for name in ("article_id", "day", "outlets", "language", "kind", "headline", "chars", "places")
        }
        | {"snippets": ["".join(run for run, _ in runs) for runs in each["snippets"]]}
        for each in found.articles
    ]
    return Shown(
        "search",
        text or "",
        {
            "q": text or "",
            "found": found,
            "filters": filters,
            "fault": fault,
            "order": order,
            "orders": list(ORDERS),
            "at": at,
            "step": ON_A_PAGE,
            "chosen": _chosen(asked),
        },
        _sql(text, filters, order) if text and not fault else None,
        rows,
        {"total": found.total, "articles": rows},
        "search",
    )


def _chosen(asked: Asked) -> list[tuple[str, str]]:
    """The filters that are set."""
    names = ("outlet", "source", "language", "kind", "since", "until")
    return [(name, value) for name in names if (value := asked.one(name))]


def _sql(text: str, filters: Filters, order: str) -> str:
    told: dict[str, Any] = {
        "list_contains(w.outlets, {})": filters.outlet,
        "f.document_id IN (SELECT document_id FROM documents JOIN captures USING (payload_sha256) "
        "WHERE source_id = {})": filters.source,
        "w.published_on >= {}::DATE": filters.since,
        "w.published_on <= {}::DATE": filters.until,
        "starts_with(f.language, {})": filters.language,
        "f.document_id IN (SELECT document_id FROM documents WHERE page_kind = {})": filters.kind,
    }
    where = [sql.format(literal(str(value))) for sql, value in told.items() if value is not None]
    by = {"relevance": "score DESC", "newest": "published_on DESC", "oldest": "published_on"}[order]
    return (
        "SELECT article_id, published_on, outlets, headline, places, score\n"
        f"FROM search({literal(text)}) AS f JOIN article_dates AS w USING (article_id)\n"
        + (f"WHERE {' AND '.join(where)}\n" if where else "")
        + f"ORDER BY {by}"
    )
