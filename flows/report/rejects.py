"""Rejects and kept media as the summaries tell of them: what a run found, what is open, what is settled."""

from __future__ import annotations

from typing import Any

import duckdb

from warehouse.catalogue import rows

_BY_MESSAGE = """
SELECT stage, error, message, count(*) AS count, count(*) FILTER (state = 'open') AS open,
    count(*) FILTER (state = 'settled') AS settled, count(*) FILTER (run_id = $1) AS this_run, min(uri) AS uri
FROM reject_list GROUP BY stage, error, message
"""
_BY_REASON = f"""
SELECT stage, error, min(message) AS message, sum(count)::BIGINT AS count, sum(open)::BIGINT AS open,
    sum(settled)::BIGINT AS settled, sum(this_run)::BIGINT AS this_run, min(uri) AS uri
FROM ({_BY_MESSAGE}) GROUP BY stage, error
"""
_ORDER = " ORDER BY this_run DESC, open DESC, count DESC, stage, error, message"
_MEDIA = "SELECT sort, count(*) AS payloads FROM kept_media GROUP BY sort ORDER BY payloads DESC, sort"


def by_message(con: duckdb.DuckDBPyConnection, run_id: str | None) -> list[dict[str, Any]]:
    """Rejects by what they say, those of a run first."""
    return rows(con, _BY_MESSAGE + _ORDER, [run_id])


def by_reason(con: duckdb.DuckDBPyConnection, run_id: str | None) -> list[dict[str, Any]]:
    """Rejects by stage and short reason, those of a run first."""
    return rows(con, _BY_REASON + _ORDER, [run_id])


def counts(reasons: list[dict[str, Any]]) -> dict[str, int]:
    """How many there are in all of each state."""
    return {name: sum(each[name] for each in reasons) for name in ("this_run", "open", "settled")}


def media(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many payloads are kept that hold no text, by their sort."""
    return {each["sort"]: each["payloads"] for each in rows(con, _MEDIA)}


def told_of_media(held: dict[str, int]) -> str:
    """A sentence about media; empty where there is none."""
    if not held:
        return ""
    sorts = ", ".join(f"{sort} {count:,}" for sort, count in held.items())
    return f"Kept, and no text to read: {sum(held.values()):,} ({sorts})"
