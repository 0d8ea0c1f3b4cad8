"""Today: what came in since a moment, what is new, grew, changed, vanished or failed, and what is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flows.report import today as report
from flows.room.desk import Desk
from flows.room.shown import Asked, Shown
from flows.sources.registry import load_all
from warehouse.catalogue import rows

DAYS = 1

_ALERTS = """
SELECT name, match, channel, status FROM alerts WHERE found_at >= $1 ORDER BY found_at DESC LIMIT 50
"""


def page(desk: Desk, asked: Asked) -> Shown:
    now = datetime.now(UTC)
    day = asked.day("since")
    since = datetime(day.year, day.month, day.day, tzinfo=UTC) if day else now - timedelta(days=DAYS)
    with desk.reading() as con:
        found = report.today(con, since)
        alerts = rows(con, _ALERTS, [since])
    found["due"] = report.due(load_all(desk.warehouse.sources).sources, now)
    return Shown(
        "today",
        "",
        {"found": found, "since": since, "alerts": alerts, "most": report.MOST},
        "FROM new_since((\n    SELECT coalesce(max(snapshot), 0) FROM runs\n"
        f"    WHERE started_at < TIMESTAMPTZ '{since.isoformat()}'\n))",
        found["outlets"],
        found,
        "today",
    )
