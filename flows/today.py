"""The daily flow: an artifact that says what happened since yesterday."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from prefect import flow
from prefect.artifacts import create_markdown_artifact

from flows.report import intake
from flows.report import today as report
from flows.settings import load
from flows.sources.registry import load_all
from warehouse.store import Warehouse


@flow(name="today")
def today(warehouse: str) -> dict[str, int]:
    """Report the last day as the artifact dibao-today; returns how much there is of each sort."""
    store, now = Warehouse(load({"warehouse": Path(warehouse)}).warehouse), datetime.now(UTC)
    con = store.connect()
    try:
        found = report.today(con, now - timedelta(days=1))
    finally:
        con.close()
    found["due"] = report.due(load_all(store.sources).sources, now)
    text = "\n".join(intake.escaped(line) for line in report.lines(found))
    create_markdown_artifact(key="dibao-today", markdown=text, description="What happened since yesterday.")
    return {name: len(value) for name, value in found.items() if isinstance(value, list)}
