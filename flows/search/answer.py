"""Answers: the articles that a question finds, filtered, in order, with the places marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import duckdb

from flows.report.about import about, texts
from flows.search.query import Question, parsed, sql, wanted
from flows.search.scan import Scanned
from flows.search.terms import running
from schemas.tables.search import INDEX
from warehouse.catalogue import rows
from warehouse.errors import Missing

ORDERS = {
    "relevance": "score DESC, day DESC NULLS LAST",
    "newest": "day DESC NULLS LAST, score DESC",
    "oldest": "day NULLS LAST, score DESC",
}
"""How answers are ordered, by name."""
AROUND = 30
"""Characters beside a marked place in a snippet, and twice as many where they are narrow."""
SNIPPETS = 3
"""Snippets of an article at most."""
FACETS = ("outlet", "source", "language", "kind", "year")

# What filters and facets go by.
_FACTS = """
SELECT a.article_id, w.published_on AS day, w.outlets, coalesce(a.language, d.language) AS language,
    d.page_kind AS kind, s.sources, plain_headline(a.headline, d.title) AS headline, a.chars
FROM articles AS a
JOIN documents AS d USING (document_id)
JOIN article_dates AS w USING (article_id)
LEFT JOIN (
    SELECT payload_sha256, list(DISTINCT source_id ORDER BY source_id) AS sources FROM captures GROUP BY payload_sha256
) AS s ON s.payload_sha256 = d.payload_sha256
"""


_TOLD = ("day", "outlets", "language", "kind", "sources", "headline", "chars")


@dataclass(frozen=True)
class Filters:
    """What an article must be besides; None is whatever it is."""

    outlet: str | None = None
    source: str | None = None
    since: date | None = None
    until: date | None = None
    language: str | None = None
    kind: str | None = None

    def condition(self) -> tuple[str, dict[str, Any]]:
        """SQL over the facts, and the values in it."""
        told = {
            "outlet": "list_contains(outlets, $outlet)",
            "source": "list_contains(sources, $source)",
            "since": "day >= $since",
            "until": "day <= $until",
            "language": "(language = $language OR starts_with(language, $language || '-'))",
            "kind": "kind = $kind",
        }
        values = {name: getattr(self, name) for name in told if getattr(self, name) is not None}
        return " AND ".join(["true", *(told[name] for name in values)]), values


@dataclass(frozen=True)
class Answer:
    """What a question found: how many articles, some of them in order, and counts of all by facet and by month."""

    total: int
    articles: list[dict[str, Any]]
    facets: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    months: list[tuple[date, int]] = field(default_factory=list)


def keep_facts(con: duckdb.DuckDBPyConnection) -> None:
    """Gather once what filters and facets go by, for a connection that answers many questions."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE article_facts AS {_FACTS}")


def _facts(con: duckdb.DuckDBPyConnection) -> str:
    there = con.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'article_facts'").fetchall()
    return "article_facts" if there[0][0] else f"({_FACTS})"


def answer(
    con: duckdb.DuckDBPyConnection,
    text: str,
    filters: Filters | None = None,
    *,
    order: str = "relevance",
    limit: int = 20,
    offset: int = 0,
    facets: bool = False,
) -> Answer:
    """Ask the published articles.

    In: a connection to a catalogue; a question as `flows.search.query` reads it; `order` of ORDERS. Raises
    BadQuestionError, and Missing where there is no index.
    """
    question = parsed(text)
    _indexed(con)
    condition, values = (filters or Filters()).condition()
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE answers AS SELECT article_id, places, score FROM ({sql(question)}) AS f "
        "JOIN search_docs USING (doc)"
    )
    if len(values) == 0 and order == "relevance" and not facets:
        # Nothing but the index is needed to tell which are the best.
        con.execute("DELETE FROM answers WHERE article_id NOT IN (SELECT article_id FROM articles)")
        ((total,),) = con.execute("SELECT count(*) FROM answers").fetchall()
        best = rows(con, f"FROM answers ORDER BY score DESC, article_id LIMIT {limit:d} OFFSET {offset:d}")
        known = about(con, [each["article_id"] for each in best])
        best = [each | {name: known[each["article_id"]][name] for name in _TOLD} for each in best]
    else:
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE answers AS SELECT * FROM answers JOIN {_facts(con)} AS f USING (article_id) "
            f"WHERE {condition}",
            values,
        )
        ((total,),) = con.execute("SELECT count(*) FROM answers").fetchall()
        best = rows(con, f"FROM answers ORDER BY {ORDERS[order]}, article_id LIMIT {limit:d} OFFSET {offset:d}")
    told = counted(con) if facets else ({}, [])
    con.execute("DROP TABLE answers")
    return Answer(int(total), _with_snippets(con, best, question), *told)


def _indexed(con: duckdb.DuckDBPyConnection) -> None:
    """Raise Missing where there are articles, and no index."""
    ((docs, articles),) = con.execute(
        f"SELECT (SELECT count(*) FROM {INDEX[1].name}), (SELECT count(*) FROM articles)"
    ).fetchall()
    if articles and not docs:
        raise Missing("These texts have no index of words yet; run `dibao ingest`, which makes it.")


def counted(con: duckdb.DuckDBPyConnection) -> tuple[dict[str, list[tuple[str, int]]], list[tuple[date, int]]]:
    """The answers by each facet, the largest first, and by month."""
    each = {
        "outlet": "SELECT unnest(outlets) AS value FROM answers",
        "source": "SELECT unnest(sources) AS value FROM answers",
        "language": "SELECT language AS value FROM answers",
        "kind": "SELECT kind AS value FROM answers",
        "year": "SELECT year(day)::VARCHAR AS value FROM answers",
    }
    found = con.execute(
        " UNION ALL ".join(
            f"(SELECT '{name}' AS facet, value, count(*) AS n FROM ({sql}) WHERE value IS NOT NULL GROUP BY value "
            f"ORDER BY n DESC, value LIMIT {_MOST})"
            for name, sql in each.items()
        )
    ).fetchall()
    facets: dict[str, list[tuple[str, int]]] = {name: [] for name in FACETS}
    for name, value, n in found:
        facets[name].append((value, int(n)))
    for counts in facets.values():
        counts.sort(key=lambda pair: (-pair[1], pair[0]))
    facets["year"].sort()
    months = con.execute(
        "SELECT date_trunc('month', day)::DATE AS month, count(*) FROM answers WHERE day IS NOT NULL "
        "GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return facets, [(month, int(n)) for month, n in months]


_MOST = 20
"""Values of a facet that are told."""


def _with_snippets(
    con: duckdb.DuckDBPyConnection, found: list[dict[str, Any]], question: Question
) -> list[dict[str, Any]]:
    """The articles with their snippets: runs of text, each with whether it is a place."""
    if not found:
        return []
    told = texts(con, [each["article_id"] for each in found])
    asked = [(Scanned(each.text), each.begun) for each in wanted(question)]
    for each in found:
        each["snippets"] = snippets(told[each["article_id"]], asked)
    return found


def places(text: str, asked: Sequence[tuple[Scanned, bool]]) -> list[tuple[int, int]]:
    """Where a text has any of some phrases, in code points, those that touch made one."""
    scanned = Scanned(text)
    found = sorted({scanned.printed(at) for each, begun in asked for at in scanned.places(each, begun=begun)})
    out: list[tuple[int, int]] = []
    for start, end in found:
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out


def snippets(text: str, asked: Sequence[tuple[Scanned, bool]]) -> list[list[tuple[str, bool]]]:
    """The first places of a text, each with what stands around it, as runs of text with whether one is a place.

    A run begins and ends with an ellipsis where the text goes on.
    """
    groups: list[list[tuple[int, int]]] = []
    for place in places(text, asked):
        if groups and place[0] - groups[-1][-1][1] < 2 * AROUND:
            groups[-1].append(place)
        elif len(groups) == SNIPPETS:
            break
        else:
            groups.append([place])
    return [_snippet(text, group) for group in groups]


def _snippet(text: str, group: list[tuple[int, int]]) -> list[tuple[str, bool]]:
    around = AROUND if any(map(running().__getitem__, map(ord, text[group[0][0] : group[0][1]]))) else 2 * AROUND
    start = _edge(text, max(0, group[0][0] - around), group[0][0], 1)
    end = _edge(text, min(len(text), group[-1][1] + around), group[-1][1], -1)
    runs = [("…" if start else "", False)]
    at = start
    for first, last in group:
        runs += [(text[at:first], False), (text[first:last], True)]
        at = last
    runs += [(text[at:end], False), ("…" if end < len(text) else "", False)]
    return [(" ".join(run.split("\n")), marked) for run, marked in runs if run]


def _edge(text: str, at: int, stop: int, step: int) -> int:
    """The next place where a word begins or ends, from a place towards another; the place itself where none is."""
    if at in (0, len(text)):
        return at
    for place in range(at, stop, step):
        if not (text[place - 1].isalnum() and text[place].isalnum() and text[place].isascii()):
            return place
    return at
