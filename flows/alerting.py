"""Finding what alerts ask for, and sending it: once, and again where a channel was down."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from flows.alerts import Alert, AlertError, load
from flows.faults import sentence
from flows.report.results import asked
from flows.report.values import json_text
from flows.report.visible import visible
from flows.settings import Settings
from flows.versions import DIBAO
from schemas import table
from schemas.ids import content_id
from schemas.render.sql import literal
from warehouse.errors import WarehouseError
from warehouse.store import Warehouse, Writer

_log = logging.getLogger(__name__)

WINDOW = timedelta(days=7)
"""An alert looks at what came in so long ago or later. A match is sent once, so the window only bounds what a new alert
tells at first, and for how long a machine may be off without one being missed."""
MOST = 1000
"""Matches of one alert in one look; those beyond are told of in the log."""
SHOWN = 50
"""Matches that stand in one message."""


@dataclass(frozen=True)
class Looked:
    """What a look came to."""

    found: int = 0
    sent: int = 0
    waiting: int = 0
    faults: tuple[str, ...] = ()


def look(warehouse: Warehouse, settings: Settings, clock: Callable[[], datetime]) -> Looked:
    """Find what alerts ask for in the last snapshot, send it and what waits, and publish what became of it.

    An alert that cannot be read or asked, and a channel that is down, stop no other; each is told in `faults`. The
    caller holds no writer.
    """
    alerts, faults = load(warehouse.root)
    if not alerts or warehouse.latest() is None:
        return Looked(faults=tuple(faults))
    now = clock()
    with warehouse.writer() as writer:
        held = {row["alert_id"]: row for row in writer.con().sql("FROM alerts").to_arrow_table().to_pylist()}
        rows: dict[str, dict[str, Any]] = {}
        for alert in alerts:
            try:
                matches = _matches(alert, settings, writer.con(), now)
            except (WarehouseError, duckdb.Error) as error:
                faults.append(f"The alert {alert.name} cannot be asked: {' '.join(str(error).split())}")
                continue
            rows |= {row["alert_id"]: row for match in matches for row in _rows(alert, match, now)}
        fresh = [row for id, row in rows.items() if id not in held]
        due = [*fresh, *(row for row in held.values() if row["status"] == "waiting")]
        tried = _sent(alerts, due, clock, faults)
        if tried:
            kept = [*(row for id, row in held.items() if id not in tried), *tried.values()]
            _publish(writer, kept, now)
    sent = sum(row["status"] == "sent" for row in tried.values())
    return Looked(len(fresh), sent, len(tried) - sent, tuple(faults))


def _publish(writer: Writer, rows: list[dict[str, Any]], now: datetime) -> None:
    writer.overwrite("alerts", table("alerts").rows(sorted(rows, key=lambda row: str(row["alert_id"]))))
    writer.publish_upkeep(run_id=f"alerts-{now:%Y%m%dT%H%M%S}", published_at=now.isoformat(), code_version=DIBAO)


def _matches(alert: Alert, settings: Settings, con: duckdb.DuckDBPyConnection, now: datetime) -> list[dict[str, Any]]:
    """The rows that an alert's query gives."""
    after = now - WINDOW
    ((since,),) = con.execute("SELECT coalesce(max(snapshot), 0) FROM runs WHERE finished_at < $1", [after]).fetchall()
    values = {"since": since, "after": after, **alert.values}
    used = {name: value for name, value in values.items() if f"${name}" in alert.query}
    with asked(settings, _with(alert.query, used)) as result:
        found = [dict(zip(result.columns, row, strict=True)) for row, _ in zip(result.rows, range(MOST), strict=False)]
        if next(result.rows, None) is not None:
            _log.warning("The alert %s has more than %d matches; the others wait for the next run", alert.name, MOST)
    return found


def _with(query: str, values: dict[str, Any]) -> str:
    """The query with its values written into it, as the door for queries from outside takes text alone."""
    for name, value in sorted(values.items(), key=lambda each: -len(each[0])):
        if isinstance(value, datetime):
            said = f"TIMESTAMPTZ {literal(value.isoformat())}"
        else:
            said = str(value) if isinstance(value, int) else literal(str(value))
        query = query.replace(f"${name}", said)
    return query


def _rows(alert: Alert, match: dict[str, Any], now: datetime) -> Iterator[dict[str, Any]]:
    """A row for each channel of an alert that is to be told of a match."""
    known = {name: match[name] for name in alert.key if name in match} or match
    text = json_text(known)
    for number, channel in enumerate(alert.to, start=1):
        named = f"{number} {channel.partition(':')[0]}"
        yield {
            "alert_id": content_id(alert.name, text, named),
            "name": alert.name,
            "match": json_text(match),
            "channel": named,
            "found_at": now,
            "status": "waiting",
            "tries": 0,
            "sent_at": None,
            "message": None,
        }


def _sent(
    alerts: list[Alert], due: list[dict[str, Any]], clock: Callable[[], datetime], faults: list[str]
) -> dict[str, dict[str, Any]]:
    """Send rows, those of one alert and channel together; returns them as they are then, by id."""
    out: dict[str, dict[str, Any]] = {}
    for alert in alerts:
        for number, channel in enumerate(alert.to, start=1):
            named = f"{number} {channel.partition(':')[0]}"
            rows = [row for row in due if (row["name"], row["channel"]) == (alert.name, named)]
            for start in range(0, len(rows), SHOWN):
                some = rows[start : start + SHOWN]
                try:
                    _send(os.path.expandvars(channel), alert.title, [json.loads(row["match"]) for row in some])
                    after = {"status": "sent", "sent_at": clock(), "message": None}
                except Exception as error:  # whatever a service does, the others are told
                    why = sentence(error) if not isinstance(error, AlertError) else str(error)
                    faults.append(f"The alert {alert.name} could not be sent to channel {named}: {why}")
                    after = {"status": "waiting", "sent_at": None, "message": why}
                out |= {row["alert_id"]: row | after | {"tries": row["tries"] + 1} for row in some}
    return out


def _send(channel: str, title: str, matches: list[dict[str, Any]]) -> None:
    """Send matches to one channel. AlertError where it does not take them."""
    count = f"{len(matches)} match{'es' if len(matches) > 1 else ''}"
    lines = [", ".join(f"{name}: {visible(str(value))}" for name, value in match.items()) for match in matches]
    if channel == "stdout":
        print("\n".join([f"{visible(title)}: {count}", *(f"- {line}" for line in lines)]), file=sys.stdout, flush=True)
    elif channel.startswith("file:"):
        path = Path(channel.removeprefix("file:").removeprefix("//"))
        with path.open("a", encoding="utf-8") as out:
            out.writelines(json_text({"alert": title, "match": match}) + "\n" for match in matches)
    else:
        import apprise

        service = apprise.Apprise()
        if not service.add(channel):
            raise AlertError("this is no address of a service that apprise knows.")
        if not service.notify(title=f"{title}: {count}", body="\n".join(f"- {line}" for line in lines)):
            raise AlertError("the service did not take it.")


def listed(warehouse: Warehouse) -> list[dict[str, Any]]:
    """Each alert with how many matches it has sent and how many wait."""
    alerts, _ = load(warehouse.root)
    con = warehouse.connect()
    counts = {
        name: (sent, waiting, last)
        for name, sent, waiting, last in con.execute(
            "SELECT name, count(*) FILTER (status = 'sent'), count(*) FILTER (status = 'waiting'), max(sent_at) "
            "FROM alerts GROUP BY name"
        ).fetchall()
    }
    con.close()
    out = []
    for alert in alerts:
        sent, waiting, last = counts.get(alert.name, (0, 0, None))
        kinds = [each.partition(":")[0] for each in alert.to]
        out.append({"name": alert.name, "to": kinds, "sent": sent, "waiting": waiting, "last_sent": last})
    return out
