"""Article: the text as it was read, beside the original; what is known of it and from where; what it shares."""

from __future__ import annotations

import itertools
from typing import Any

import duckdb

from flows.report import ids
from flows.report.about import about
from flows.report.page import article, margins
from flows.room.desk import Desk
from flows.room.shown import Asked, Shown
from flows.search.answer import places as hits
from flows.search.query import BadQuestionError, parsed, wanted
from flows.search.scan import Scanned
from warehouse.catalogue import rows

MOST = 200
"""Other articles that are listed."""
MOST_TEXT = 300_000
"""Characters of a text that are shown: more is no page that somebody reads."""

_DOCUMENT = """
SELECT document_id, payload_sha256, extractor, extractor_version, segment_version, clean_version, media_type, page_kind,
    charset_declared, charset_used, title, authors, publisher, origin, language, canonical_uri, original_uri, tags,
    agreement, modified_at
FROM documents WHERE document_id = $1
"""
_CAPTURES = """
SELECT capture_id, source_id, uri, captured_at, http_status, warc_file, warc_offset FROM captures
WHERE payload_sha256 = $1 ORDER BY captured_at, capture_id LIMIT 50
"""
_SHARED = f"""
SELECT * FROM (
    SELECT left_start AS start, left_end AS stop, right_article_id AS other, right_start AS other_start,
        right_end AS other_end, relation, similarity, matched_chars
    FROM alignments WHERE left_article_id = $1
    UNION ALL
    SELECT right_start, right_end, left_article_id, left_start, left_end, relation, similarity, matched_chars
    FROM alignments WHERE right_article_id = $1
)
ORDER BY start, other LIMIT {MOST}
"""
_STORIES = """
SELECT s.story_id, s.leader, s.span_start, s.span_end, count(DISTINCT o.article_id) AS articles
FROM stories AS s JOIN stories AS o USING (story_id) WHERE s.article_id = $1
GROUP BY ALL ORDER BY articles DESC, s.story_id
"""
_EDITS = """
SELECT e.passage_id, e.rule, e.start, e.before, e.after FROM edits AS e JOIN passages AS p USING (passage_id)
WHERE p.article_id = $1 ORDER BY p.ordinal, e.ordinal LIMIT 500
"""
_BESIDE = """
SELECT article_id, headline, ordinal FROM articles WHERE document_id = $1 ORDER BY ordinal LIMIT 200
"""
_FROM = {
    "title": "documents.title",
    "authors": "documents.authors",
    "publisher": "documents.publisher",
    "origin": "documents.origin",
    "byline": "articles.byline",
    "agency": "articles.agency",
    "dateline_place": "articles.dateline_place",
    "dateline_date": "articles.dateline_date",
    "language": "articles.language",
    "tags": "documents.tags",
    "page_kind": "documents.page_kind",
    "canonical_uri": "documents.canonical_uri",
    "original_uri": "documents.original_uri",
    "modified_at": "documents.modified_at",
    "charset_used": "documents.charset_used",
    "agreement": "documents.agreement",
}
"""What is told of an article, and the column that says it."""


def page(desk: Desk, asked: Asked) -> Shown:
    with desk.reading() as con:
        _, article_id = ids.find(con, asked.path["id"], ("article",))
        found = article(con, article_id)
        document = rows(con, _DOCUMENT, [found["document_id"]])[0]
        captures = rows(con, _CAPTURES, [document["payload_sha256"]])
        shared = rows(con, _SHARED, [article_id])
        known = about(con, [*{each["other"] for each in shared}])
        shared = [
            each | {name: known[each["other"]][name] for name in ("headline", "outlets", "day")} for each in shared
        ]
        stories = rows(con, _STORIES, [article_id])
        edits = rows(con, _EDITS, [article_id])
        beside = rows(con, _BESIDE, [found["document_id"]])
        boxes = _has_boxes(con, found["document_id"])
    held, left = _first(found["passages"])
    passages = _passages(held, shared, edits, _asked(asked.one("q")))
    facts = [
        (name, value, source)
        for name, source in _FROM.items()
        if (value := found.get(name) if source.startswith("articles.") else document[name]) not in (None, "", [])
    ]
    told = [{name: each[name] for name in ("passage_id", "ordinal", "kind", "text", "flags")} for each in passages]
    return Shown(
        "article",
        found["headline"] or "",
        {
            "article": found,
            "document": document,
            "passages": passages,
            "left": left,
            "facts": facts,
            "captures": captures,
            "shared": shared,
            "stories": stories,
            "edits": len(edits),
            "beside": [each for each in beside if each["article_id"] != article_id],
            "original": "boxes" if boxes else _original(document["media_type"]),
        },
        f"FROM articles WHERE article_id = '{article_id}'",
        told,
        {
            "article": {name: value for name, value in found.items() if name != "passages"},
            "document": document,
            "passages": told,
            "captures": captures,
            "shared": shared,
            "stories": stories,
        },
        f"article-{article_id[:12]}",
    )


def _original(media_type: str) -> str:
    """How the original of a type is shown."""
    if media_type in ("text/html", "application/xhtml+xml"):
        return "page"
    return "text" if media_type.startswith("text/") or media_type.endswith(("json", "xml")) else "file"


def _has_boxes(con: duckdb.DuckDBPyConnection, document_id: str) -> bool:
    ((there,),) = con.execute("SELECT count(*) FROM lines WHERE document_id = $1", [document_id]).fetchall()
    return bool(there)


def _first(found: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], int]:
    """The passages up to MOST_TEXT characters, and how many more there are."""
    total = 0
    for number, each in enumerate(found):
        total += len(each["text"])
        if total > MOST_TEXT and number:
            return found[:number], len(found) - number
    return found, 0


def _asked(text: str | None) -> list[tuple[Scanned, bool]]:
    """The phrases of a question that led here, to be marked; none where it is none."""
    try:
        return [(Scanned(each.text), each.begun) for each in wanted(parsed(text))] if text else []
    except BadQuestionError:
        return []


def _passages(
    found: list[dict[str, Any]],
    shared: list[dict[str, Any]],
    edits: list[dict[str, Any]],
    asked: list[tuple[Scanned, bool]],
) -> list[dict[str, Any]]:
    """The passages, each with its runs of text that others have too, and with how many have it."""
    changes: dict[str, int] = {}
    for each in edits:
        changes[each["passage_id"]] = changes.get(each["passage_id"], 0) + 1
    out = []
    for passage, (margin, _) in zip(found, margins(found), strict=True):
        start, end = passage["article_start"], passage["article_end"]
        places = [
            (max(start, each["start"]), min(end, each["stop"]), each["other"])
            for each in shared
            if start is not None and each["start"] < end and each["stop"] > start
        ]
        out.append(
            passage
            | {
                "joined": margin.startswith("↳"),
                "runs": _runs(passage["text"], start or 0, places, hits(passage["text"], asked) if asked else []),
                "others": len({other for _, _, other in places}),
                "edits": changes.get(passage["passage_id"], 0),
            }
        )
    return out


def _runs(
    text: str, start: int, places: list[tuple[int, int, str]], marked: list[tuple[int, int]]
) -> list[tuple[str, int, bool]]:
    """The text in runs, each with how many others have it, and whether it was asked for."""
    edges = {0, len(text), *(at - start for first, last, _ in places for at in (first, last))}
    edges |= {at for place in marked for at in place}
    out = []
    for first, last in itertools.pairwise(sorted(edges)):
        have = {other for low, high, other in places if low - start <= first and high - start >= last}
        out.append((text[first:last], len(have), any(low <= first and last <= high for low, high in marked)))
    return out
