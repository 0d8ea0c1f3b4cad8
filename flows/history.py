"""What each source came to in a run: rows of `source_runs` and `polls`, and when they are worth a snapshot.

A failure is a row, and a row wants a snapshot. A source that fails for weeks, tried every minute, would leave half a
million snapshots a year that say the same. So a failure like the ones before it, when nothing else happened, is put by
in a file, and goes with the next snapshot, or with one of its own once an hour has passed. None is dropped.

That a source was asked in vain wants no snapshot at all: it is counted in a file, a stretch of such runs as one row of
`polls`, and goes with the next snapshot, whenever there is one.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import duckdb
import pyarrow as pa

from flows.capture.rows import reject, to_table
from schemas import table
from schemas.ids import content_id
from warehouse.storage import Storage

_log = logging.getLogger(__name__)

AT_ONCE = 3
"""So many failures of a source in a row are published at once, each."""
PATIENCE = timedelta(hours=1)

_FAILURES, _POLLS = "pending/failures", "pending/polls"
_FORMER = "state/failures"
"""Where failures were put by before 0.2."""
_DAMAGED = "pending/damaged"
"""Where a file lies that cannot be read. It is moved there and told of, and nobody but a person removes it."""
_TIMES = ("started_at", "finished_at", "began_at", "ended_at")

_LAST = """
SELECT status, error, started_at,
    count(*) FILTER (started_at > coalesce((SELECT max(started_at) FROM source_runs
        WHERE source_id = $1 AND status = 'ok'), '-infinity')) OVER () AS in_a_row
FROM source_runs WHERE source_id = $1
ORDER BY started_at DESC, run_id DESC LIMIT 1
"""


class History:
    """The rows of one run. `append` commits rows of a table, named first, that are not there yet."""

    def __init__(
        self, storage: Storage, con: duckdb.DuckDBPyConnection, append: Callable[[str, pa.Table], object]
    ) -> None:
        self._storage = storage
        self._con = con
        self._append = append
        self._told: list[str] = []

    def tell(self, values: dict[str, Any], *, something_new: bool) -> None:
        """Record how a source ended, given as a row of `source_runs`.

        Where nothing was new and all is as well as it was before, it leaves no row there; requests that were made are
        counted in `polls`.
        """
        found = self._con.execute(_LAST, [values["source_id"]]).fetchall()
        status, error, last, in_a_row = found[0] if found else ("ok", None, None, 0)
        if not something_new and values["status"] == status == "ok":
            if values["requests"]:
                self._count(values)
            return
        like = not something_new and (values["status"], values["error"]) == (status, error)
        if like and in_a_row >= AT_ONCE and values["started_at"] - last < PATIENCE:
            key = f"{_FAILURES}/{values['source_id']}.json"
            self._put(key, [*self._read(key), values])
        else:
            self._append("source_runs", table("source_runs").rows([values]))

    def gather(self) -> None:
        """Add what was put by, of every source, to the snapshot to come."""
        self._told = []
        for name, folders in (("source_runs", (_FAILURES, _FORMER)), ("polls", (_POLLS,))):
            keys = [key for folder in folders for key in self._storage.names(folder)]
            rows = [row for key in keys for row in self._read(key)]
            if rows:
                self._append(name, table(name).rows(rows))
            self._told += keys
        if damaged := self._storage.names(_DAMAGED):
            self._append("rejects", to_table("rejects", [_of_damaged(key) for key in damaged]))

    def settle(self) -> None:
        """Drop the files of what a snapshot holds now."""
        for key in self._told:
            self._storage.delete(key)
        self._told = []

    def _count(self, values: dict[str, Any]) -> None:
        """Make the stretch of runs in vain longer by one."""
        key = f"{_POLLS}/{values['source_id']}.json"
        before = next(iter(self._read(key)), None)
        if before is None or self._is_published(before["poll_id"]):
            before = {name: values[name] for name in ("run_id", "source_id", "kind")} | {
                "poll_id": content_id(values["run_id"], values["source_id"]),
                "began_at": values["started_at"],
                "runs": 0,
                "requests": 0,
            }
        now = {"runs": before["runs"] + 1, "requests": before["requests"] + values["requests"]}
        self._put(key, [before | now | {"ended_at": values["finished_at"]}])

    def _is_published(self, poll_id: str) -> bool:
        """Whether a stretch is in a snapshot, and its file is what a killed run could not drop any more."""
        return bool(self._con.execute("SELECT 1 FROM polls WHERE poll_id = $1", [poll_id]).fetchall())

    def _put(self, key: str, rows: list[dict[str, Any]]) -> None:
        self._storage.put(key, json.dumps(rows, default=datetime.isoformat, ensure_ascii=False).encode())

    def _read(self, key: str) -> list[dict[str, Any]]:
        """The rows of a file; none where there is no file. One that cannot be read is put aside, and told of."""
        if self._storage.size(key) is None:
            return []
        data = self._storage.get(key)
        try:
            rows = [_row(each) for each in json.loads(data)]
            kind = table("polls" if key.startswith(_POLLS) else "source_runs")
            kind.rows([{name: row[name] for name in kind.key} | row for row in rows])
            return rows
        except (ValueError, TypeError, AttributeError, LookupError, pa.ArrowException, RecursionError) as error:
            aside = f"{_DAMAGED}/{sha256(data).hexdigest()[:16]}-{key.replace('/', '-')}"
            _log.warning("%s cannot be read; its rows are not published. It is kept as %s.", key, aside, exc_info=error)
            self._storage.put(aside, data)
            self._storage.delete(key)
            return []


def _row(told: dict[str, Any]) -> dict[str, Any]:
    return {name: datetime.fromisoformat(value) if name in _TIMES else value for name, value in told.items()}


def _of_damaged(key: str) -> dict[str, Any]:
    message = f"Rows that waited for a snapshot cannot be read and are not published; their file is kept as {key}."
    return reject("", f"dibao:{key}", "damaged", message)
