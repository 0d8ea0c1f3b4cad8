"""What each source came to in a run: rows of `source_runs`, and when they are worth a snapshot.

A failure is a row, and a row wants a snapshot. A source that fails for weeks, tried every minute, would leave half a
million snapshots a year that say the same. So a failure like the ones before it, when nothing else happened, is put by
in a file, and goes with the next snapshot, or with one of its own once an hour has passed. None is dropped.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from schemas import table
from warehouse.storage import at

AT_ONCE = 3
"""So many failures of a source in a row are published at once, each."""
PATIENCE = timedelta(hours=1)

_LAST = """
SELECT status, error, started_at,
    count(*) FILTER (started_at > coalesce((SELECT max(started_at) FROM source_runs
        WHERE source_id = $1 AND status = 'ok'), '-infinity')) OVER () AS in_a_row
FROM source_runs WHERE source_id = $1
ORDER BY started_at DESC, run_id DESC LIMIT 1
"""


class History:
    """The rows of one run. `append` commits rows of `source_runs` that are not there yet."""

    def __init__(self, state: Path, con: duckdb.DuckDBPyConnection, append: Callable[[pa.Table], object]) -> None:
        self._kept = at(state).within("failures")
        self._con = con
        self._append = append
        self._told: list[str] = []

    def tell(self, values: dict[str, Any], *, something_new: bool) -> None:
        """Record how a source ended, given as a row, unless nothing was new and all is as well as it was before."""
        found = self._con.execute(_LAST, [values["source_id"]]).fetchall()
        status, error, last, in_a_row = found[0] if found else ("ok", None, None, 0)
        if not something_new and values["status"] == status == "ok":
            return
        like = not something_new and (values["status"], values["error"]) == (status, error)
        if like and in_a_row >= AT_ONCE and values["started_at"] - last < PATIENCE:
            self._put_by(values)
        else:
            self._append(table("source_runs").rows([values]))

    def gather(self) -> None:
        """Add what was put by, of every source, to the snapshot to come."""
        self._told = self._kept.names()
        rows = [row for name in self._told for row in self._read(name)]
        if rows:
            self._append(table("source_runs").rows(rows))

    def settle(self) -> None:
        """Drop the files of what a snapshot holds now."""
        for name in self._told:
            self._kept.delete(name)
        self._told = []

    def _put_by(self, values: dict[str, Any]) -> None:
        name = f"{values['source_id']}.json"
        rows = [*self._read(name), values]
        self._kept.put(name, json.dumps(rows, default=datetime.isoformat, ensure_ascii=False).encode())

    def _read(self, name: str) -> list[dict[str, Any]]:
        try:
            rows = json.loads(self._kept.get(name))
        except (OSError, ValueError):
            return []
        times = ("started_at", "finished_at")
        return [row | {name: datetime.fromisoformat(row[name]) for name in times} for row in rows]
