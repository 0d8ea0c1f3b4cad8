"""What the archive already holds, asked in batches."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple, Protocol

import duckdb
import pyarrow as pa


class First(NamedTuple):
    """The capture that holds a payload's bytes."""

    uri: str
    captured_at: datetime


class Known(Protocol):
    """Answers for one batch at a time."""

    def latest(self, source_id: str, uris: Iterable[str]) -> dict[str, str]:
        """The payload's SHA-256 of the last capture of each URI."""

    def payloads(self, hashes: Iterable[str]) -> dict[str, First]:
        """Where each payload was first captured."""

    def captures(self, ids: Iterable[str]) -> set[str]:
        """Which of these captures are there."""

    def archives(self, hashes: Iterable[str]) -> dict[str, str]:
        """The WARC file with each SHA-256."""

    def digests(self, digests: Iterable[str]) -> dict[str, tuple[str, int]]:
        """SHA-256 and size of the payload with each stated WARC digest."""


class Catalogued:
    """Known, answered from a connection that has the views `captures` and `warc_files`."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con

    def latest(self, source_id: str, uris: Iterable[str]) -> dict[str, str]:
        rows = self._ask(
            "SELECT uri, max_by(payload_sha256, (captured_at, capture_id)) FROM captures SEMI JOIN asked "
            "ON asked.value = uri WHERE source_id = $1 AND payload_sha256 IS NOT NULL GROUP BY uri",
            uris,
            [source_id],
        )
        return dict(rows)

    def payloads(self, hashes: Iterable[str]) -> dict[str, First]:
        rows = self._ask(
            "SELECT payload_sha256, min_by(uri, (captured_at, capture_id)), min(captured_at) FROM captures "
            "SEMI JOIN asked ON asked.value = payload_sha256 "
            "WHERE record_type <> 'revisit' AND part_start IS NULL GROUP BY payload_sha256",
            hashes,
        )
        return {sha: First(uri, at) for sha, uri, at in rows}

    def captures(self, ids: Iterable[str]) -> set[str]:
        return {
            r[0] for r in self._ask("SELECT capture_id FROM captures SEMI JOIN asked ON asked.value = capture_id", ids)
        }

    def archives(self, hashes: Iterable[str]) -> dict[str, str]:
        return dict(
            self._ask(
                "SELECT sha256, min(warc_file) FROM warc_files SEMI JOIN asked ON asked.value = sha256 GROUP BY sha256",
                hashes,
            )
        )

    def digests(self, digests: Iterable[str]) -> dict[str, tuple[str, int]]:
        rows = self._ask(
            "SELECT warc_digest, min(payload_sha256), min(payload_bytes) FROM captures "
            "SEMI JOIN asked ON asked.value = warc_digest WHERE payload_sha256 IS NOT NULL GROUP BY warc_digest",
            digests,
        )
        return {digest: (sha, size) for digest, sha, size in rows}

    def _ask(self, sql: str, values: Iterable[str], args: list[str] | None = None) -> list[tuple[Any, ...]]:
        asked = pa.table({"value": pa.array(sorted(set(values)), pa.string())})
        if asked.num_rows == 0:
            return []
        self._con.register("asked", asked)
        try:
            return self._con.execute(sql, args or []).fetchall()
        finally:
            self._con.unregister("asked")
