"""Compacting tables: every run adds a file to each, and ten thousand files are slow to open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from flows.versions import DIBAO
from schemas import TABLES
from warehouse.expiry import Freed, Policy, expire
from warehouse.store import Warehouse

WORTH_IT = 32
"""A table with at least this many files is rewritten."""


@dataclass(frozen=True)
class Upkeep:
    """What the upkeep did: the tables that were rewritten, and what was let go."""

    compacted: list[str]
    freed: Freed


def maintain(
    warehouse: Warehouse,
    keep: str,
    least: int = WORTH_IT,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Upkeep:
    """Rewrite tables of many small files, then let go of the snapshots that `keep` does not keep and of their files.

    Raises PolicyError where `keep` is no policy, Missing where there is no warehouse.
    """
    policy = Policy.of(keep)
    names = compact(warehouse, least, clock)
    with warehouse.writer() as writer:
        writer.published()
        return Upkeep(names, expire(warehouse.root, policy))


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
