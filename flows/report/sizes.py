"""How much room a warehouse takes, and for what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from warehouse.catalogue import rows
from warehouse.storage import at

_PARTS = ("raw", "tables", "manifests", "snapshots", "state", "logs")

_BY_SOURCE = """
SELECT source_id, year(captured_at) AS year, count(*) AS captures, sum(bytes)::BIGINT AS bytes FROM (
    SELECT source_id, captured_at, CASE WHEN row_number() OVER (
        PARTITION BY warc_file, warc_offset ORDER BY source_id, capture_id) = 1 THEN warc_length ELSE 0 END AS bytes
    FROM captures)
GROUP BY ALL ORDER BY source_id, year
"""
_GROWTH = """
SELECT date_trunc('month', captured_at)::DATE AS month, count(*) AS captures, sum(bytes)::BIGINT AS bytes FROM (
    SELECT captured_at, CASE WHEN row_number() OVER (
        PARTITION BY warc_file, warc_offset ORDER BY capture_id) = 1 THEN warc_length ELSE 0 END AS bytes
    FROM captures)
GROUP BY ALL ORDER BY month
"""


def told(size: int) -> str:
    """A size in the unit that a person would choose."""
    value, units = float(size), ["B", "kB", "MB", "GB", "TB"]
    while value >= 1000 and len(units) > 1:
        value, units = value / 1000, units[1:]
    return f"{size:,} B" if units[0] == "B" else f"{value:.1f} {units[0]}"


def parts(root: Path) -> dict[str, tuple[int, int]]:
    """Files and bytes of each part of a warehouse; `catalogue` is the one file of that name."""
    storage = at(root)
    out = {}
    for part in _PARTS:
        held = storage.sizes(part)
        out[part] = (len(held), sum(held.values()))
    size = storage.size("catalogue.duckdb")
    return out | {"catalogue": (0, 0) if size is None else (1, size)}


def tables(root: Path) -> dict[str, int]:
    """Bytes of each table's folder, with files that earlier snapshots name."""
    storage = at(root)
    out: dict[str, int] = {}
    for name, size in storage.sizes("tables").items():
        table = name.split("/")[1]
        out[table] = out.get(table, 0) + size
    return dict(sorted(out.items()))


def by_source(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Captures and bytes in WARC files for each source and year; a record that several share counts once."""
    return rows(con, _BY_SOURCE)


def growth(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Captures and bytes in WARC files for each month."""
    return rows(con, _GROWTH)
