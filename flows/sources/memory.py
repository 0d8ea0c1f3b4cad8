"""What a source remembers from run to run: marks of what it has seen, and a round that is not at its end.

A cache beside the tables, not part of them: without it more is asked for, and nothing in the tables changes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.storage import at


class Memory:
    """The memory of one source. `shape` tells what it is about: where that changes, everything is forgotten.

    A round is one visit to all that a source lists. It may take several runs: one may be killed, or have spent its
    budget. `note` and `end` count once `save` was called, which is after the snapshot was published.
    """

    def __init__(self, state: Path, source_id: str, shape: str) -> None:
        self._storage = at(state)
        self._marks_key = f"marks/{source_id}.parquet"
        self._round_key = f"rounds/{source_id}.json"
        self._shape = shape
        self._loaded: dict[str, str] | None = None
        self._changed = False
        self._ended = False

    @property
    def _marks(self) -> dict[str, str]:
        if self._loaded is None:
            self._loaded = self._load()
        return self._loaded

    def mark(self, key: str) -> str | None:
        """What was noted under a key."""
        return self._marks.get(key)

    def note(self, key: str, mark: str | None) -> None:
        """Note something under a key; None forgets it."""
        if self._marks.get(key) == mark:
            return
        self._changed = True
        if mark is None:
            del self._marks[key]
        else:
            self._marks[key] = mark

    def under(self, prefix: str) -> dict[str, str]:
        """Everything that was noted under keys that begin so."""
        return {key: mark for key, mark in self._marks.items() if key.startswith(prefix)}

    def begin(self, clock: Callable[[], datetime]) -> tuple[datetime, bool]:
        """When the present round began, and whether a run before this one began it. On disk at once."""
        try:
            found = json.loads(self._storage.get(self._round_key))
            if found["shape"] == self._shape:
                return datetime.fromisoformat(found["began"]), True
        except (OSError, ValueError, KeyError, TypeError):
            pass
        now = clock()
        self._storage.put(self._round_key, json.dumps({"shape": self._shape, "began": now.isoformat()}).encode())
        return now, False

    def end(self) -> None:
        """The round is at its end."""
        self._ended = True

    def save(self) -> None:
        if self._changed:
            keys = sorted(self._marks)
            rows = pa.table(
                {"key": pa.array(keys, pa.string()), "mark": pa.array([self._marks[key] for key in keys], pa.string())}
            ).replace_schema_metadata({"shape": self._shape})
            with self._storage.making(self._marks_key) as path:
                pq.write_table(rows, path)
            self._changed = False
        if self._ended:
            self._storage.delete(self._round_key)
            self._ended = False

    def _load(self) -> dict[str, str]:
        try:
            rows = pq.ParquetFile(self._storage.local(self._marks_key)).read()
        except (OSError, pa.ArrowInvalid):
            return {}
        if (rows.schema.metadata or {}).get(b"shape", b"").decode() != self._shape:
            return {}
        return dict(zip(rows.column("key").to_pylist(), rows.column("mark").to_pylist(), strict=True))
