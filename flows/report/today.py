"""What happened since a moment: what came in, what it is the same as, what changed, what failed, what is due."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from flows.sources.registry import Source
from warehouse.catalogue import rows

MOST = 20
"""Stories, pages and rejects that are listed of each sort; the counts are of all."""

_FRESH = """
CREATE OR REPLACE TEMP TABLE fresh AS
SELECT a.article_id, a.outlet, a.outlets, a.headline FROM articles_all AS a JOIN documents AS d USING (document_id)
JOIN captures AS c USING (payload_sha256) JOIN runs AS r USING (run_id)
GROUP BY ALL HAVING min(r.started_at) >= $1
"""
_CAME = """
SELECT outlet, count(*) AS articles, min(headline) FILTER (headline <> '') AS example
FROM (SELECT unnest(CASE WHEN outlets = [] THEN [''] ELSE outlets END) AS outlet, headline FROM fresh)
GROUP BY outlet ORDER BY articles DESC, outlet
"""
_CARRIED = """
CREATE OR REPLACE TEMP TABLE carried AS
SELECT s.story_id, s.article_id, a.outlets, s.article_id IN (SELECT article_id FROM fresh) AS fresh
FROM (SELECT DISTINCT story_id, article_id FROM stories) AS s JOIN articles_all AS a USING (article_id)
"""
_NEW_STORIES = """
SELECT l.story_id, l.outlets, l.articles, l.first, l.last, l.headline, l.opening FROM story_list AS l
WHERE l.story_id IN (SELECT story_id FROM carried GROUP BY story_id HAVING bool_and(fresh))
ORDER BY l.outlets DESC, l.articles DESC, l.story_id
"""
_GROWN = """
SELECT l.story_id, l.headline, l.opening, l.outlets, l.articles, c.came, c.new_outlets FROM story_list AS l
JOIN (
    SELECT story_id, count(*) FILTER (fresh) AS came,
        len(list_filter(list_distinct(flatten(list(outlets) FILTER (fresh))),
            lambda x: NOT list_contains(flatten(list(outlets) FILTER (NOT fresh)), x))) AS new_outlets
    FROM carried GROUP BY story_id HAVING bool_or(fresh) AND NOT bool_and(fresh)
) AS c USING (story_id)
ORDER BY c.came DESC, l.story_id
"""
_CHANGED = """
SELECT v.story_id, v.article_id, a.outlet, a.headline, v.class, v.leader_text, v.text
FROM variants AS v JOIN fresh AS a USING (article_id)
WHERE v.class IN ('number', 'name')
ORDER BY v.story_id, v.article_id, v.leader_start, v.span_start
"""
_PAGES = """
SELECT page, min(uri) AS uri, max(captured_at) AS captured_at,
    count(*) FILTER (change = 'added') AS added, count(*) FILTER (change = 'removed') AS removed
FROM page_changes WHERE captured_at >= $1 GROUP BY page ORDER BY captured_at, page
"""
_VANISHED = """
SELECT page, uri, how, http_status, last_seen, vanished_at FROM vanished WHERE vanished_at >= $1
ORDER BY vanished_at, page
"""
_FAILED = """
SELECT source_id, count(*) AS times, max_by(message, started_at) AS message, max(started_at) AS last
FROM source_runs WHERE status = 'failed' AND started_at >= $1 GROUP BY source_id ORDER BY source_id
"""
_STATES = """
SELECT count(*) FILTER (state = 'open') AS open_rejects, count(*) FILTER (state = 'settled') AS settled_rejects,
    (SELECT count(*) FROM kept_media JOIN captures USING (capture_id) JOIN runs USING (run_id) WHERE started_at >= $1)
        AS media
FROM reject_list
"""
_RUNS = """
SELECT count(*) AS runs, count(*) FILTER (status = 'failed') AS failed, coalesce(sum(captures), 0)::BIGINT AS captures
FROM runs WHERE started_at >= $1
"""
_REJECTS = """
SELECT stage, error, count(*) AS inputs, min(message) AS example FROM reject_list
WHERE state = 'open' AND found_at >= $1 GROUP BY ALL ORDER BY inputs DESC, stage, error
"""


def today(con: duckdb.DuckDBPyConnection, since: datetime) -> dict[str, Any]:
    """What the tables say of the time since a moment: lists of rows, by what they are of."""
    con.execute(_FRESH, [since])
    con.execute(_CARRIED)
    found: dict[str, Any] = {"since": since}
    found |= rows(con, _RUNS, [since])[0]
    found |= rows(con, _STATES, [since])[0]
    found["outlets"] = rows(con, _CAME)
    found["new_stories"] = rows(con, _NEW_STORIES)
    found["grown_stories"] = rows(con, _GROWN)
    found["changed_readings"] = rows(con, _CHANGED)
    for name, sql in (
        ("changed_pages", _PAGES),
        ("vanished_pages", _VANISHED),
        ("failed_sources", _FAILED),
        ("rejects", _REJECTS),
    ):
        found[name] = rows(con, sql, [since])
    con.execute("DROP TABLE carried; DROP TABLE fresh")
    return found


def due(sources: Iterable[Source], now: datetime) -> list[dict[str, Any]]:
    """When each scheduled source runs next, the next one first, in its own zone."""
    from cronsim import CronSim, CronSimError

    out = []
    for source in sources:
        if source.schedule and not source.paused and not source.adhoc:
            zone = ZoneInfo(source.zone) if source.zone else UTC
            try:
                out.append({"source_id": source.id, "next_run": next(CronSim(source.schedule, now.astimezone(zone)))})
            except (CronSimError, StopIteration):
                continue  # the listing of sources says what is wrong with it
    return sorted(out, key=lambda each: (each["next_run"].astimezone(UTC), each["source_id"]))


def lines(found: dict[str, Any]) -> Iterable[str]:
    """The same as lines of Markdown that read well as plain text."""
    yield f"# Since {found['since']:%Y-%m-%d %H:%M} UTC"
    articles = sum(each["articles"] for each in found["outlets"])
    media = f", {found['media']:,} pictures and other media without text" if found["media"] else ""
    yield f"{found['runs']:,} runs, {found['captures']:,} captures, {articles:,} articles{media}."
    yield from _part("Sources that failed", found["failed_sources"], _failed)
    yield from _part(
        "Outlets with new articles", found["outlets"], lambda e: f"{e['articles']:,}  {e['outlet'] or '(no outlet)'}"
    )
    yield from _part("New stories", found["new_stories"], _story)
    yield from _part("Stories that grew", found["grown_stories"], _grown)
    yield from _part("Numbers and names that were changed", found["changed_readings"], _reading)
    yield from _part("Pages that changed", found["changed_pages"], _page)
    yield from _part("Pages that vanished", found["vanished_pages"], lambda e: f"{e['uri']} ({e['how']})")
    yield from _part(
        "New rejects", found["rejects"], lambda e: f"{e['inputs']:,}  {e['stage']}: {e['error']}, {e['example']}"
    )
    if found["open_rejects"] or found["settled_rejects"]:
        yield ""
        yield f"Rejects in all: {found['open_rejects']:,} open, {found['settled_rejects']:,} settled since."
    yield from _part(
        "Next runs", found.get("due", []), lambda e: f"{e['next_run']:%Y-%m-%d %H:%M %Z}  {e['source_id']}"
    )


def _part(title: str, found: list[dict[str, Any]], line: Any) -> Iterable[str]:
    if not found:
        return
    yield ""
    yield f"## {title} ({len(found):,})"
    yield ""
    yield from (f"- {line(each)}" for each in found[:MOST])
    if len(found) > MOST:
        yield f"- … and {len(found) - MOST:,} more"


def _failed(each: dict[str, Any]) -> str:
    times = f", {each['times']} times" if each["times"] > 1 else ""
    return f"{each['source_id']}{times}: {each['message']}"


def _story(each: dict[str, Any]) -> str:
    return f"{each['story_id'][:12]}  {each['outlets']} outlets, {each['articles']} articles: {_title(each)}"


def _grown(each: dict[str, Any]) -> str:
    return f"{each['story_id'][:12]}  {each['came']} more, {each['new_outlets']} new outlets: {_title(each)}"


def _reading(each: dict[str, Any]) -> str:
    change = f"{each['leader_text'] or '∅'} → {each['text'] or '∅'}"
    return f"{each['story_id'][:12]}  {each['outlet']}: {change} ({each['class']})"


def _reject(each: dict[str, Any]) -> str:
    return f"{each['inputs']:,}  {each['stage']}: {each['error']}, for example: {each['example']}"


def _due(each: dict[str, Any]) -> str:
    return f"{each['next_run']:%Y-%m-%d %H:%M %Z}  {each['source_id']}"


def _page(each: dict[str, Any]) -> str:
    return f"{each['uri']}  {each['added']} passages came, {each['removed']} went"


def _title(each: dict[str, Any]) -> str:
    return " ".join((each["headline"] or each["opening"] or "").split())
