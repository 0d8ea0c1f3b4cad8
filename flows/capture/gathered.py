"""Batches put by until they are committed, as Arrow."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa

from flows.capture.rows import to_table
from flows.capture.session import Batch
from schemas import table


class Gathered:
    """Batches as Arrow, so that many captures take little room."""

    def __init__(self) -> None:
        self._parts: dict[str, list[pa.Table]] = {"captures": [], "rejects": [], "warc_files": []}
        self._held: Counter[str] = Counter()
        self.bytes = 0
        self.requests = 0

    def add(self, batch: Batch) -> None:
        for name, rows in (("captures", batch.captures), ("rejects", batch.rejects), ("warc_files", batch.taken_in)):
            if rows:
                self._parts[name].append(to_table(name, rows))
        self._held.update(row["warc_file"] for row in batch.captures)
        self.bytes += batch.bytes
        self.requests += batch.requests

    def held(self, warc_file: str) -> int:
        """Captures whose record lies in that file."""
        return self._held[warc_file]

    def get(self, name: str) -> pa.Table:
        return pa.concat_tables([table(name).empty(), *self._parts[name]])
