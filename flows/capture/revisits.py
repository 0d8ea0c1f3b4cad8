"""Resolving revisits: in a run once all its records are known, and later when the original of one arrives at last.

A revisit names its payload by a digest. It gets the payload that a capture holds for that digest, whichever came first;
of several, as a lying archive may have, the one with the least hash. So the order of files and of runs does not matter.
"""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from flows.capture.known import Known
from flows.capture.rows import reject_of
from schemas import table
from schemas.ids import content_id

UNRESOLVED = "revisit-unresolved"

_OVERTAKEN = """
SELECT c.* FROM captures AS c JOIN arrived AS a USING (warc_digest)
WHERE c.record_type = 'revisit' AND (c.payload_sha256 IS NULL OR c.payload_sha256 > a.payload_sha256)
    AND c.warc_file IN (SELECT warc_file FROM warc_files WHERE source_id <> '')
ORDER BY c.capture_id
"""
"""Revisits of archives that were taken in; those of our own state the payload themselves."""


def resolve(captures: pa.Table, rejects: pa.Table, known: Known) -> tuple[pa.Table, pa.Table]:
    """Give revisits without a payload the one that another capture, of this run or before, holds for their digest.

    Takes and returns rows of `captures` and `rejects`; what is resolved is rejected no longer.
    """
    digest = captures.column("warc_digest")
    lost = pc.and_(pc.is_null(captures.column("payload_sha256")), pc.equal(captures.column("record_type"), "revisit"))
    lost = pc.and_(lost, pc.is_valid(digest))
    rows = captures.filter(lost).to_pylist()
    if not rows:
        return captures, rejects
    found = known.digests(row["warc_digest"] for row in rows)
    for stated, held in _holders(captures).items():
        found[stated] = min(held, found.get(stated, held))
    resolved = [row for row in rows if row["warc_digest"] in found]
    given = _given(resolved, found)
    kept = captures.filter(pc.invert(_among(captures.column("capture_id"), given)))
    about = _among(rejects.column("capture_id"), given)
    told = told_again(rejects.filter(about), given)
    return (
        pa.concat_tables([kept, table("captures").rows(list(given.values()))]),
        pa.concat_tables([rejects.filter(pc.invert(about)), told]),
    )


def overtaken(captures: pa.Table, con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    """Revisits of former runs whose original stands among new captures: the id they had, and their new row.

    `con` has the views `captures` and `warc_files`.
    """
    holders = _holders(captures)
    if not holders:
        return {}
    con.register(
        "arrived",
        pa.table({"warc_digest": list(holders), "payload_sha256": [sha256 for sha256, _ in holders.values()]}),
    )
    rows = con.sql(_OVERTAKEN).to_arrow_table().to_pylist()
    con.unregister("arrived")
    return _given(rows, holders)


def told_again(rejects: pa.Table, given: dict[str, dict[str, Any]]) -> pa.Table:
    """What was said of revisits, by the ids they had, in terms of their new rows; not that they are unresolved."""
    rows = rejects.select(["capture_id", "error", "message"]).to_pylist()
    told = [(given[row["capture_id"]], row["error"], row["message"]) for row in rows if row["error"] != UNRESOLVED]
    return table("rejects").rows([reject_of(*each) for each in told])


def _among(ids: pa.ChunkedArray, given: dict[str, dict[str, Any]]) -> pa.ChunkedArray:
    return pc.is_in(ids, pa.array(list(given), pa.string()))


def _holders(captures: pa.Table) -> dict[str, tuple[str, int]]:
    """Hash and size of the payload with each stated digest."""
    holds = pc.and_(pc.is_valid(captures.column("warc_digest")), pc.is_valid(captures.column("payload_sha256")))
    held = captures.filter(holds).select(["warc_digest", "payload_sha256", "payload_bytes"])
    least = held.sort_by([("warc_digest", "ascending"), ("payload_sha256", "descending")]).to_pydict()
    values = zip(least["payload_sha256"], least["payload_bytes"], strict=True)
    return dict(zip(least["warc_digest"], values, strict=True))


def _given(rows: list[dict[str, Any]], found: dict[str, tuple[str, int]]) -> dict[str, dict[str, Any]]:
    """Revisits with the payload of their digest, by the ids they had; their own follow from the payload."""
    out = {}
    for row in rows:
        sha256, size = found[row["warc_digest"]]
        name = content_id(row["source_id"], row["uri"], row["captured_at"].isoformat(), sha256)
        out[row["capture_id"]] = row | {"capture_id": name, "payload_sha256": sha256, "payload_bytes": size}
    return out
