"""Sources: what is registered, how it went, and when it runs next."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flows.report.today import due
from flows.room.desk import Desk
from flows.room.shown import Asked, Shown
from flows.sources.registry import load_all
from warehouse.catalogue import rows
from warehouse.errors import Missing

_RUNS = """
SELECT source_id, started_at, status, captures, bytes, rejects, error, message FROM source_runs
WHERE $id IS NULL OR source_id = $id
ORDER BY started_at DESC, source_id LIMIT 200
"""


def page(desk: Desk, asked: Asked) -> Shown:
    wanted = asked.one("id")
    registry = load_all(desk.warehouse.sources)
    with desk.reading() as con:
        history = {each["source_id"]: each for each in rows(con, "FROM source_history")}
        counts = dict(con.execute("SELECT source_id, count(*) FROM captures GROUP BY source_id").fetchall())
        runs = rows(con, _RUNS, {"id": wanted})
    next_runs = {each["source_id"]: each["next_run"] for each in due(registry.sources, datetime.now(UTC))}
    told: list[dict[str, Any]] = []
    known = {source.id: source for source in registry.sources}
    for name in sorted({*known, *history, *counts}):
        source, past = known.get(name), history.get(name, {})
        state = "paused" if source and source.paused else "scheduled" if source and source.schedule else "by hand"
        told.append(
            {
                "source_id": name,
                "kind": source.kind if source else past.get("kind"),
                "place": source.location if source and not source.adhoc else None,
                "state": state,
                "schedule": source.schedule if source else None,
                "captures": counts.get(name, 0),
                "next_run": next_runs.get(name),
                "last": next((run for run in runs if run["source_id"] == name), None),
            }
        )
    if wanted is not None:
        told = [each for each in told if each["source_id"] == wanted]
        if not told:
            raise Missing(f"No source is named {wanted!r}.")
    return Shown(
        "sources",
        wanted or "",
        {"sources": told, "runs": runs[:50], "wanted": wanted, "broken": [bad.message for bad in registry.bad]},
        "FROM source_history",
        [{name: value for name, value in each.items() if name != "last"} for each in told],
        {"sources": told, "runs": runs},
        "sources",
    )
