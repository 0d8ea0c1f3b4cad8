"""dibao changes: what became of pages: texts that changed, pages that vanished."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from flows.commands.common import JsonOption, WarehouseOption, open_warehouse, print_json, say
from flows.report.values import json_text

_SPAN = re.compile(r"(\d+)\s*(h|d|w)\Z")
_PART_OF_A_DATE = re.compile(r"\d{4}(-\d{2})?")
_HOURS = {"h": 1, "d": 24, "w": 168}

_TURNS = """
SELECT page, uri, source_id, seen_before, captured_at, in_words,
    list({'change': change, 'ordinal': ordinal, 'kind': kind, 'text': text} ORDER BY change DESC, ordinal) AS lines
FROM page_changes
WHERE captured_at >= $1 AND ($2 IS NULL OR page = coalesce(
        (SELECT min(page) FROM page_captures WHERE uri = $2), page_key($2)))
    AND ($3 IS NULL OR source_id = $3)
GROUP BY ALL ORDER BY captured_at, page
"""
_VANISHED = """
SELECT page, uri, source_id, how, http_status, location, title, last_seen, vanished_at FROM vanished
WHERE vanished_at >= $1 AND ($2 IS NULL OR page = coalesce(
        (SELECT min(page) FROM page_captures WHERE uri = $2), page_key($2)))
    AND ($3 IS NULL OR source_id = $3)
ORDER BY vanished_at, page
"""
_HOW = {"gone": "is gone", "front": "now leads to another page", "notice": "has become a notice"}


def command(
    since: Annotated[
        str, typer.Option(metavar="WHEN", help="A date (2024, 2024-03, 2024-03-01) or a span: 12h, 7d, 2w.")
    ] = "7d",
    page: Annotated[str | None, typer.Option(metavar="URI", help="Only this page, under any of its addresses.")] = None,
    source: Annotated[str | None, typer.Option(metavar="ID", help="Only pages of this source.")] = None,
    lines: Annotated[bool, typer.Option("--jsonl", help="One JSON document a line, for programs.")] = False,
    as_json: JsonOption = False,
    warehouse: WarehouseOption = None,
) -> int:
    """Show what changed on pages, passage by passage and word by word, and which pages vanished.

    A line begins with - for a passage that went, + for one that came, ~ for one that changed: [-words-] went, {+words+}
    came.
    """
    from warehouse.catalogue import rows

    start = moment(since, datetime.now(UTC))
    con = open_warehouse(warehouse).connect()
    try:
        turns = rows(con, _TURNS, [start, page, source])
        gone = rows(con, _VANISHED, [start, page, source])
    finally:
        con.close()
    if lines:
        for row in [{"event": "changed"} | row for row in turns] + [{"event": "vanished"} | row for row in gone]:
            say(json_text(row))
    elif as_json:
        print_json({"since": start, "changed": turns, "vanished": gone})
    else:
        _show(turns, gone, start)
    return 0


def moment(text: str, now: datetime) -> datetime:
    """A moment that a person names: a date or time (UTC unless it says otherwise), or a span back from now.

    Raises SettingsError where it is neither.
    """
    from flows.settings import SettingsError

    span = _SPAN.match(text.strip())
    if span:
        try:
            return now - timedelta(hours=int(span[1]) * _HOURS[span[2]])
        except OverflowError as error:
            raise SettingsError(f"--since {text} is longer ago than there are dates.") from error
    try:
        found = datetime.fromisoformat(_whole_day(text.strip()))
    except ValueError as error:
        raise SettingsError(f"--since takes a date such as 2024-03-01 or a span such as 7d, not {text!r}.") from error
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _lines(found: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Lines with their sign: a passage that was changed stands once, what went and what came in it marked."""
    from flows.report.word_changes import marked, paired

    removed = [line["text"] for line in found if line["change"] == "removed"]
    added = [line["text"] for line in found if line["change"] == "added"]
    pairs = paired(removed, added)
    changed = {other: place for place, other in pairs}
    gone = [("-", text) for place, text in enumerate(removed) if place not in dict(pairs)]
    return gone + [
        ("~", marked(removed[changed[place]], text)) if place in changed else ("+", text)
        for place, text in enumerate(added)
    ]


def _whole_day(text: str) -> str:
    """The first day of a year or a month, where no more than that is said."""
    return f"{text}-01-01"[:10] if _PART_OF_A_DATE.fullmatch(text) else text


def _show(turns: list[dict[str, Any]], gone: list[dict[str, Any]], start: datetime) -> None:
    if not turns and not gone:
        say(f"Nothing changed since {start:%Y-%m-%d %H:%M} UTC.")
    for turn in turns:
        remark = "" if turn["in_words"] else "  (signs and widths only)"
        say(f"{turn['captured_at']:%Y-%m-%d %H:%M} UTC  {turn['uri']}{remark}")
        for sign, text in _lines(turn["lines"]):
            say(f"    {sign} {' '.join(text.split())}")
        say()
    for row in gone:
        status = f" ({row['http_status']})" if row["how"] == "gone" else ""
        told = f"{row['uri']} {_HOW[row['how']]}{status}; last seen {row['last_seen']:%Y-%m-%d}"
        say(f"{row['vanished_at']:%Y-%m-%d %H:%M} UTC  {told}")
