"""The maintenance flow: tables of many small files become few large ones, and old snapshots go."""

from __future__ import annotations

from pathlib import Path

from prefect import flow, get_run_logger
from prefect.concurrency.sync import concurrency

from flows import compaction
from flows.ingest import WRITER
from flows.report.sizes import told
from flows.settings import load
from warehouse.store import Warehouse


@flow(name="maintain")
def maintain(warehouse: str) -> list[str]:
    """Compact the tables that are worth it and let go of what the setting `keep` does not keep; returns their names."""
    settings = load({"warehouse": Path(warehouse)})
    with concurrency(WRITER, occupy=1):
        done = compaction.maintain(Warehouse(settings.warehouse), settings.keep)
    logger = get_run_logger()
    logger.info("Compacted: %s", ", ".join(done.compacted) or "nothing")
    logger.info(
        "Let go of %d snapshots and %d files, %s", done.freed.snapshots, done.freed.files, told(done.freed.bytes)
    )
    return done.compacted
