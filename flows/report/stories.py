"""Stories for reading: which there are, who carried them, and how two carriers differ."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from flows.match.collate.side import side_by_side
from flows.report import ids
from flows.report.about import about, texts
from warehouse.catalogue import rows

if TYPE_CHECKING:
    import duckdb

_LIST = """
SELECT c.story_id, c.outlets, c.carriers, c.articles, c.first, c.last, c.first_outlet, c.headline, c.chars, c.opening
FROM story_list AS c
WHERE ($since::DATE IS NULL OR c.last >= $since::DATE)
    AND ($until::DATE IS NULL OR c.first <= $until::DATE)
    AND ($outlet::VARCHAR IS NULL OR c.story_id IN (SELECT story_id FROM witnesses WHERE outlet = $outlet))
    AND ($text::VARCHAR IS NULL OR c.story_id IN (
        SELECT w.story_id FROM stories AS w JOIN articles AS b USING (article_id)
        WHERE contains(
            substring(b.text, (w.span_start + 1)::BIGINT, (w.span_end - w.span_start)::BIGINT), $text::VARCHAR
        )))
ORDER BY c.outlets DESC, c.articles DESC, c.first NULLS LAST, c.story_id
LIMIT $limit
"""

_SPANS = """
SELECT article_id, span_start, span_end, leader, coverage, text_coverage FROM stories WHERE story_id = $1
"""

_VARIANTS = """
SELECT article_id, leader_start, leader_end, span_start, span_end, leader_text, text, kind, class
FROM variants WHERE story_id = $1 ORDER BY article_id, leader_start, span_start
"""


def listed(
    con: duckdb.DuckDBPyConnection,
    since: date | None,
    until: date | None,
    outlet: str | None,
    text: str | None,
    limit: int,
) -> list[dict[str, Any]]:
    """The stories that ran between two days, in an outlet, with a text in them; those of most outlets first."""
    values = {"since": since, "until": until, "outlet": outlet, "text": text, "limit": limit}
    return rows(con, _LIST, values)


def resolved(con: duckdb.DuckDBPyConnection, identity: str) -> str:
    """The story of an id, or of the beginning of one, present or past. Raises Missing."""
    return ids.find(con, identity, ("story",))[1]


def story(con: duckdb.DuckDBPyConnection, story_id: str) -> dict[str, Any]:
    """A story with its witnesses, the leader first, each with its variants.

    `text` is that of the span, `article` the leader's whole text, which variants may lie in beyond its span: what a
    witness left out of the beginning or the end.
    """
    witnesses = _witnesses(con, story_id)
    variants = rows(con, _VARIANTS, [story_id])
    for witness in witnesses:
        inside = range(witness["span_start"], witness["span_end"] + 1)
        witness["variants"] = [
            {name: value for name, value in each.items() if name != "article_id"}
            for each in variants
            if each["article_id"] == witness["article_id"] and each["span_start"] in inside
        ]
    return {"story_id": story_id, "witnesses": witnesses}


def _witnesses(con: duckdb.DuckDBPyConnection, story_id: str) -> list[dict[str, Any]]:
    """The spans of a story with what is known of their articles, the leader first, then in the order of time."""
    spans = rows(con, _SPANS, [story_id])
    ids = sorted({each["article_id"] for each in spans})
    known, held = about(con, ids), texts(con, ids)
    for each in spans:
        told, text = known[each["article_id"]], held[each["article_id"]]
        each |= {
            "outlets": told["outlets"],
            "published_on": told["day"],
            "published_at": told["published_at"],
            "published_offset": told["published_offset"],
            "published_precision": told["published_precision"],
            "printed": told["printed"],
            "headline": told["headline"],
            "chars": told["chars"],
            "text": text[each["span_start"] : each["span_end"]],
            "article": text if each["leader"] else None,
        }
    return sorted(spans, key=_when)


def _when(each: dict[str, Any]) -> tuple[Any, ...]:
    """Leaders first, then by day and instant; who has no day comes last, and who has only a day before its hours."""
    day, instant = each["published_on"], each["published_at"]
    return (
        not each["leader"],
        day is None,
        day or date.min,
        instant is not None,
        instant.timestamp() if instant else 0,
        each["article_id"],
        each["span_start"],
    )


def _article(con: duckdb.DuckDBPyConnection, identity: str) -> dict[str, Any]:
    _, article_id = ids.find(con, identity, ("article",))
    return rows(
        con,
        "SELECT a.article_id, plain_headline(a.headline, d.title) AS headline, w.outlets, w.published_on, "
        "w.published_at, w.published_offset, "
        "printed_time(w.published_on, w.published_at, w.published_offset, w.published_precision) AS printed, "
        "a.text FROM articles AS a JOIN article_dates AS w USING (article_id) "
        "JOIN documents AS d ON d.document_id = a.document_id WHERE a.article_id = $1",
        [article_id],
    )[0]


def two(con: duckdb.DuckDBPyConnection, one: str, other: str) -> dict[str, Any]:
    """Two articles, the passages they share, and the variants inside them; offsets count code points."""
    left, right = _article(con, one), _article(con, other)
    shared, variants = side_by_side(left["text"], right["text"])
    return {
        "left": left,
        "right": right,
        "passages": [vars(each) for each in shared],
        "variants": [
            {("class" if name == "reading" else name): value for name, value in vars(each).items()} for each in variants
        ],
    }


def marked(text: str, start: int, end: int, places: list[tuple[int, int, str]]) -> list[tuple[str, str]]:
    """The text between two offsets in runs, each with its style; `places` are (start, end, style), in order."""
    runs, at = [], start
    for first, last, style in sorted(places):
        first, last = max(first, at), min(last, end)
        if first >= last:
            continue
        runs += [(text[at:first], ""), (text[first:last], style)]
        at = last
    runs.append((text[at:end], ""))
    return [run for run in runs if run[0]]
