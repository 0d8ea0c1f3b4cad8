"""Compacting tables: every run adds a file to each, and ten thousand files are slow to open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flows.versions import DIBAO
from schemas import TABLES
from warehouse.store import Warehouse

WORTH_IT = 32
"""A table with at least this many files is rewritten."""


def compact(
    warehouse: Warehouse, least: int = WORTH_IT, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> list[str]:
    """Rewrite each table of `least` files or more and publish; returns the tables' names.

    A catalogue that is broken is made anew. Rows and digests stay the same. Files of earlier snapshots are kept. Raises
    Missing where there is no warehouse.
    """
    with warehouse.writer() as writer:
        writer.published()
        names = [each.name for each in TABLES if writer.files(each.name) >= least and writer.compact(each.name)]
        if names:
            now = clock()
            run_id = f"maintain-{now:%Y%m%dT%H%M%S}"
            writer.publish_upkeep(run_id=run_id, published_at=now.isoformat(), code_version=DIBAO)
        else:
            writer.refresh()
    return names
