"""What the archive already holds, asked in batches."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple, Protocol

import duckdb
import pyarrow as pa

from warehouse.raw import Place


class First(NamedTuple):
    """The capture that holds a payload's bytes. `digest` is the payload digest that its record states."""

    uri: str
    captured_at: datetime
    digest: str | None = None
    place: Place | None = None
    record_type: str = "resource"


_CHALLENGES = (
    "SELECT capture_id FROM rejects WHERE stage = 'capture' AND error = 'challenge' AND capture_id IS NOT NULL"
)
_DAMAGED = (
    "SELECT payload_sha256 FROM rejects WHERE stage = 'capture' AND error = 'undecodable' "
    "AND payload_sha256 IS NOT NULL"
)
_FAILING = f"""
WITH bad AS MATERIALIZED (
    SELECT capture_id, uri FROM captures
    WHERE source_id = $1 AND (http_status >= 400 OR capture_id IN ({_CHALLENGES}))
), asked AS (
    SELECT uri, captured_at, capture_id IN (SELECT capture_id FROM bad) AS is_bad
    FROM captures WHERE source_id = $1 AND uri IN (SELECT uri FROM bad)
), told AS (
    SELECT *, max(captured_at) FILTER (NOT is_bad) OVER (PARTITION BY uri) AS good FROM asked
)
SELECT uri, count(*), max(captured_at) FROM told
WHERE is_bad AND (good IS NULL OR captured_at > good) GROUP BY uri
"""


class Held(NamedTuple):
    """The last good answer of an address."""

    payload_sha256: str
    payload_bytes: int
    media_type: str | None
    etag: str | None
    last_modified: datetime | None


class Known(Protocol):
    """Answers for one batch at a time."""

    def latest(self, source_id: str, uris: Iterable[str]) -> dict[str, str]:
        """The payload's SHA-256 of the last capture of each URI."""

    def present(self, source_id: str) -> list[str]:
        """The addresses of the files of a source, and of members of containers, that were not found to be gone."""

    def payloads(self, hashes: Iterable[str]) -> dict[str, First]:
        """Where each payload was first captured."""

    def captures(self, ids: Iterable[str]) -> set[str]:
        """Which of these captures are there."""

    def archives(self, hashes: Iterable[str]) -> dict[str, str]:
        """The WARC file with each SHA-256."""

    def digests(self, digests: Iterable[str]) -> dict[str, tuple[str, int]]:
        """SHA-256 and size of the payload with each stated WARC digest."""

    def held(self, source_id: str, uris: Iterable[str]) -> dict[str, Held]:
        """The last answer 200, or 304 to it, of each URI."""

    def moments(self, source_id: str, uris: Iterable[str]) -> set[tuple[str, datetime]]:
        """When each URI was captured for a source."""

    def since(self, source_id: str, moment: datetime) -> dict[str, tuple[str | None, str | None, int | None]]:
        """Every URI of a source captured since a moment, unless the answer was no page: where it redirects to, the
        payload's SHA-256, and the status."""

    def failing(self, source_id: str) -> dict[str, tuple[int, datetime]]:
        """URIs of a source whose last answer was no page: how many in a row were none, and when the last came."""


class Catalogued:
    """Known, answered from a connection that has the views `captures` and `warc_files`."""

    def __init__(self, con: duckdb.DuckDBPyConnection, removed: Iterable[str] = ()) -> None:
        """`removed` are the hashes of WARC files, as they came, that something was taken out of."""
        self._con = con
        self._removed = frozenset(removed)

    def latest(self, source_id: str, uris: Iterable[str]) -> dict[str, str]:
        rows = self._ask(
            "SELECT uri, max((captured_at, capture_id, payload_sha256))[3] FROM captures SEMI JOIN asked "
            "ON asked.value = uri WHERE source_id = $1 AND (payload_sha256 IS NOT NULL OR record_type = 'metadata') "
            "GROUP BY uri",
            uris,
            [source_id],
        )
        return {uri: sha256 for uri, sha256 in rows if sha256 is not None}

    def present(self, source_id: str) -> list[str]:
        rows = self._con.execute(
            "SELECT uri FROM captures WHERE source_id = $1 AND starts_with(uri, 'file:') AND NOT contains(uri, '#') "
            "AND NOT contains(uri, '?') GROUP BY uri "
            "HAVING max((captured_at, capture_id, record_type))[3] <> 'metadata' ORDER BY uri",
            [source_id],
        )
        return [uri for (uri,) in rows.fetchall()]

    def payloads(self, hashes: Iterable[str]) -> dict[str, First]:
        rows = self._ask(
            "SELECT payload_sha256, min((captured_at, capture_id, uri, warc_digest, warc_file, warc_offset, "
            "warc_length, record_type)) FROM captures SEMI JOIN asked ON asked.value = payload_sha256 "
            "WHERE record_type <> 'revisit' AND part_start IS NULL GROUP BY payload_sha256",
            hashes,
        )
        return {sha: First(f[2], f[0], f[3], Place(f[4], f[5], f[6]), f[7]) for sha, f in rows}

    def held(self, source_id: str, uris: Iterable[str]) -> dict[str, Held]:
        rows = self._ask(
            "SELECT uri, max((captured_at, capture_id, payload_sha256, payload_bytes, media_type, etag, "
            "last_modified)) FROM captures SEMI JOIN asked ON asked.value = uri "
            "WHERE source_id = $1 AND payload_sha256 IS NOT NULL AND http_status IN (200, 304) "
            f"AND capture_id NOT IN ({_CHALLENGES}) AND payload_sha256 NOT IN ({_DAMAGED}) GROUP BY uri",
            uris,
            [source_id],
        )
        return {uri: Held(*values[2:]) for uri, values in rows}

    def moments(self, source_id: str, uris: Iterable[str]) -> set[tuple[str, datetime]]:
        sql = "SELECT uri, captured_at FROM captures SEMI JOIN asked ON asked.value = uri WHERE source_id = $1"
        return {(uri, at) for uri, at in self._ask(sql, uris, [source_id])}

    def since(self, source_id: str, moment: datetime) -> dict[str, tuple[str | None, str | None, int | None]]:
        rows = self._con.execute(
            "SELECT uri, max((captured_at, capture_id, location, payload_sha256, http_status)) FROM captures "
            "WHERE source_id = $1 AND captured_at >= $2 AND coalesce(http_status, 200) < 400 "
            f"AND capture_id NOT IN ({_CHALLENGES}) GROUP BY uri",
            [source_id, moment],
        ).fetchall()
        return {uri: (values[2], values[3], values[4]) for uri, values in rows}

    def failing(self, source_id: str) -> dict[str, tuple[int, datetime]]:
        return {uri: (times, last) for uri, times, last in self._con.execute(_FAILING, [source_id]).fetchall()}

    def captures(self, ids: Iterable[str]) -> set[str]:
        return {
            r[0] for r in self._ask("SELECT capture_id FROM captures SEMI JOIN asked ON asked.value = capture_id", ids)
        }

    def archives(self, hashes: Iterable[str]) -> dict[str, str]:
        hashes = set(hashes)
        return dict.fromkeys(hashes & self._removed, "") | dict(
            self._ask(
                "SELECT sha256, min(warc_file) FROM warc_files SEMI JOIN asked ON asked.value = sha256 GROUP BY sha256",
                hashes,
            )
        )

    def digests(self, digests: Iterable[str]) -> dict[str, tuple[str, int]]:
        rows = self._ask(
            "SELECT warc_digest, min((payload_sha256, payload_bytes)) FROM captures "
            "SEMI JOIN asked ON asked.value = warc_digest WHERE payload_sha256 IS NOT NULL GROUP BY warc_digest",
            digests,
        )
        return {digest: (held[0], held[1]) for digest, held in rows}

    def _ask(self, sql: str, values: Iterable[str], args: list[Any] | None = None) -> list[tuple[Any, ...]]:
        asked = pa.table({"value": pa.array(sorted(set(values)), pa.string())})
        if asked.num_rows == 0:
            return []
        self._con.register("asked", asked)
        try:
            return self._con.execute(sql, args or []).fetchall()
        finally:
            self._con.unregister("asked")
