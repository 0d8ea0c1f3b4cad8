"""Which files need not be read again: those with the size and time they had when they were last dealt with.

A cache beside the tables, not part of them: without it every file is read and hashed again, and nothing changes.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from flows.capture.walk import FileFound
from flows.sources.memory import Memory
from flows.sources.rests import Rests
from warehouse.storage import at

_SETTLED_NS = 2_000_000_000
"""A file younger than this may change again within the same tick of its file system's clock."""


class Seen:
    """The cache of one source. `mark` what is dealt with; `save` once the snapshot is published."""

    def __init__(self, state: Path, source_id: str, parser: str | None, shape: str = "") -> None:
        self.memory = Memory(state, source_id, shape)
        self.rests = Rests(state)
        self._storage, self._key = at(state), f"seen/{source_id}.parquet"
        self._made_for = json.dumps([shape, parser])
        self._files: dict[str, tuple[int, int]] = {}
        self._changed = False
        self._load()

    def unchanged(self, found: FileFound) -> bool:
        return self._files.get(found.uri) == (found.size, found.mtime_ns)

    def mark(self, files: Iterable[FileFound]) -> None:
        now = time.time_ns()
        for found in files:
            state = (found.size, found.mtime_ns)
            if self._files.get(found.uri) != state and now - found.mtime_ns > _SETTLED_NS:
                self._files[found.uri] = state
                self._changed = True

    def save(self) -> None:
        self.memory.save()
        if not self._changed:
            return
        uris = sorted(self._files)
        rows = pa.table(
            {
                "uri": pa.array(uris, pa.string()),
                "size": pa.array([self._files[uri][0] for uri in uris], pa.int64()),
                "mtime_ns": pa.array([self._files[uri][1] for uri in uris], pa.int64()),
            }
        )
        rows = rows.replace_schema_metadata({"made_for": self._made_for})
        with self._storage.making(self._key) as path:
            pq.write_table(rows, path)
        self._changed = False

    def _load(self) -> None:
        try:
            rows = pq.ParquetFile(self._storage.local(self._key)).read()
        except (OSError, pa.ArrowInvalid):
            return
        # Other hints read other things from the same bytes, and another folder of the same name holds other files.
        if (rows.schema.metadata or {}).get(b"made_for") != self._made_for.encode():
            return
        columns = (rows.column(name).to_pylist() for name in ("uri", "size", "mtime_ns"))
        self._files = {uri: (size, mtime) for uri, size, mtime in zip(*columns, strict=True)}
