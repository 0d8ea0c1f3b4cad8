"""Resolving the revisits of a run once all its records are known, so that the order of files does not matter."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from flows.capture.known import Known
from schemas import table
from schemas.ids import content_id

UNRESOLVED = "revisit-unresolved"


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
    asked = pa.array(sorted({row["warc_digest"] for row in rows}), pa.string())
    holds = pc.and_(pc.is_in(digest, asked), pc.is_valid(captures.column("payload_sha256")))
    found = known.digests(asked.to_pylist())
    for held in captures.filter(holds).select(["warc_digest", "payload_sha256", "payload_bytes"]).to_pylist():
        found.setdefault(held["warc_digest"], (held["payload_sha256"], held["payload_bytes"]))
    resolved = [row for row in rows if row["warc_digest"] in found]
    gone = pa.array([row["capture_id"] for row in resolved], pa.string())
    for row in resolved:
        row["payload_sha256"], row["payload_bytes"] = found[row["warc_digest"]]
        parts = (row["source_id"], row["uri"], row["captured_at"].isoformat(), row["payload_sha256"])
        row["capture_id"] = content_id(*parts)
    kept = captures.filter(pc.invert(pc.is_in(captures.column("capture_id"), gone)))
    said = pc.and_(pc.is_in(rejects.column("capture_id"), gone), pc.equal(rejects.column("error"), UNRESOLVED))
    return pa.concat_tables([kept, table("captures").rows(resolved)]), rejects.filter(pc.invert(said))
