"""The maintenance flow: tables of many small files become tables of few large ones."""

from __future__ import annotations

from pathlib import Path

from prefect import flow, get_run_logger
from prefect.concurrency.sync import concurrency

from flows.compaction import compact
from flows.ingest import WRITER
from flows.settings import load
from warehouse.store import Warehouse


@flow(name="maintain")
def maintain(warehouse: str) -> list[str]:
    """Compact the tables that are worth it; returns their names."""
    with concurrency(WRITER, occupy=1):
        names = compact(Warehouse(load({"warehouse": Path(warehouse)}).warehouse))
    get_run_logger().info("Compacted: %s", ", ".join(names) or "nothing")
    return names
