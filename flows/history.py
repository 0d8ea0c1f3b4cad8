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
from warehouse.disk import write_atomically

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
        self._folder = state / "failures"
        self._con = con
        self._append = append
        self._told: list[Path] = []

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
        if not self._folder.is_dir():
            return
        self._told = sorted(self._folder.glob("*.json"))
        rows = [row for path in self._told for row in _read(path)]
        if rows:
            self._append(table("source_runs").rows(rows))

    def settle(self) -> None:
        """Drop the files of what a snapshot holds now."""
        for path in self._told:
            path.unlink(missing_ok=True)
        self._told = []

    def _put_by(self, values: dict[str, Any]) -> None:
        path = self._folder / f"{values['source_id']}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = [*_read(path), values]
        write_atomically(path, json.dumps(rows, default=datetime.isoformat, ensure_ascii=False).encode())


def _read(path: Path) -> list[dict[str, Any]]:
    try:
        rows = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return []
    times = ("started_at", "finished_at")
    return [row | {name: datetime.fromisoformat(row[name]) for name in times} for row in rows]
