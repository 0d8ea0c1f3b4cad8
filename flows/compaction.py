"""Compacting tables: every run adds a file to each, and ten thousand files are slow to open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flows.versions import DIBAO
from schemas import TABLES
from warehouse.errors import Missing
from warehouse.store import Warehouse

WORTH_IT = 32
"""A table with at least this many files is rewritten."""


def compact(
    warehouse: Warehouse, least: int = WORTH_IT, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> list[str]:
    """Rewrite each table of `least` files or more and publish; returns the tables' names.

    Rows and digests stay the same. Files of earlier snapshots are kept. Raises Missing where there is no warehouse.
    """
    with warehouse.writer() as writer:
        last = writer.snapshot
        if last is None:
            raise Missing(f"There is no warehouse at {warehouse.root} yet; `dibao ingest PATH` makes one.")
        names = [each.name for each in TABLES if writer.files(each.name) >= least and writer.compact(each.name)]
        if names:
            now = clock()
            writer.publish(
                run_id=f"maintain-{now:%Y%m%dT%H%M%S}",
                published_at=now.isoformat(),
                code_version=DIBAO,
                config_sha256=last.config_sha256,
                stages=last.stages,
                stale=last.stale,
                match_state=last.match_state,
            )
    return names
