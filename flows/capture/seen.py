"""Which files need not be read again: those with the size and time they had when they were last dealt with.

A cache beside the tables, not part of them: without it every file is read and hashed again, and nothing changes.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from flows.capture.walk import FileFound
from flows.sources.memory import Memory
from flows.sources.rests import Rests
from warehouse.storage import at

_SETTLED_NS = 2_000_000_000
"""A file younger than this may change again within the same tick of its file system's clock."""
_SHARE = 8
"""One in so many files that is new, and all are written; before, the new ones alone, to a file of their own."""

_State = tuple[int, int]
"""Size of a file, and when it was written to."""


def keys(source_id: str) -> tuple[str, str]:
    """Below `state/`, the file of all that a source has seen, and that of what it has seen since it was written."""
    return f"seen/{source_id}.parquet", f"seen-since/{source_id}.parquet"


class Seen:
    """The cache of one source. `mark` what is dealt with; `save` once the snapshot is published."""

    def __init__(self, state: Path, source_id: str, parser: str | None, shape: str = "") -> None:
        self.memory = Memory(state, source_id, shape)
        self.rests = Rests(state)
        self._storage = at(state)
        self._key, self._since_key = keys(source_id)
        self._made_for = json.dumps([shape, parser])
        self._files = self._load(self._key)
        self._since = self._load(self._since_key) if self._files else {}
        self._whole = len(self._files)
        self._files |= self._since
        self._changed = False

    def unchanged(self, found: FileFound) -> bool:
        return self._files.get(found.uri) == (found.size, found.mtime_ns)

    def mark(self, files: Iterable[FileFound]) -> None:
        now = time.time_ns()
        for found in files:
            state = (found.size, found.mtime_ns)
            if self._files.get(found.uri) != state and now - found.mtime_ns > _SETTLED_NS:
                self._files[found.uri] = self._since[found.uri] = state
                self._changed = True

    def forget(self, uris: Iterable[str]) -> None:
        """Have files that are gone, and containers of such members, read again should they come back."""
        for uri in uris:
            name = uri.partition("!/")[0]
            self._since.pop(name, None)
            if self._files.pop(name, None) is not None:
                self._changed, self._whole = True, 0  # what is written beside it cannot take a file out of the whole

    def save(self) -> None:
        self.memory.save()
        if not self._changed:
            return
        if len(self._since) * _SHARE < self._whole:
            self._write(self._since_key, self._since)
        else:
            self._write(self._key, self._files)
            # Left by a crash, it says what files once were, and those that are no longer so are read again.
            self._storage.delete(self._since_key)
            self._since, self._whole = {}, len(self._files)
        self._changed = False

    def _write(self, key: str, files: Mapping[str, _State]) -> None:
        uris = sorted(files)
        rows = pa.table(
            {
                "uri": pa.array(uris, pa.string()),
                "size": pa.array([files[uri][0] for uri in uris], pa.int64()),
                "mtime_ns": pa.array([files[uri][1] for uri in uris], pa.int64()),
            }
        )
        rows = rows.replace_schema_metadata({"made_for": self._made_for})
        with self._storage.making(key) as path:
            pq.write_table(rows, path)

    def _load(self, key: str) -> dict[str, _State]:
        try:
            rows = pq.ParquetFile(self._storage.local(key)).read()
        except (OSError, pa.ArrowInvalid):
            return {}
        # Other hints read other things from the same bytes, and another folder of the same name holds other files.
        if (rows.schema.metadata or {}).get(b"made_for") != self._made_for.encode():
            return {}
        columns = (rows.column(name).to_pylist() for name in ("uri", "size", "mtime_ns"))
        return {uri: (size, mtime) for uri, size, mtime in zip(*columns, strict=True)}
