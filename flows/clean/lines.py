"""Printed lines of passages: their spans brought from the text as it was read to the text as it is published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flows.clean.edits import Edit
from schemas import table
from schemas.tables.blocks import LINE_FIELDS

Piece = tuple[int, int, Sequence[Edit]]
"""Start and end of a passage in its block's reading, and the edits that were made in it."""


def lines_of(passages: pa.Table, pieces: Mapping[int, Piece], documents: pa.Table) -> pa.Table:
    """Rows of `lines` for passages in order; `pieces` are those whose reading was changed, by number."""
    rows = np.flatnonzero(np.asarray(pc.list_value_length(passages.column("lines"))) > 0).tolist()
    if not rows:
        return table("lines").empty()
    payloads = dict(
        zip(documents.column("document_id").to_pylist(), documents.column("payload_sha256").to_pylist(), strict=True)
    )
    held = passages.select(["document_id", "passage_id", "lines"]).take(pa.array(rows, pa.int64())).to_pylist()
    out: list[dict[str, Any]] = []
    ordinal = 0
    before = None
    for number, row in zip(rows, held, strict=True):
        document = row["document_id"]
        ordinal = ordinal if document == before else 0
        before = document
        for line in row["lines"]:
            span = _moved(line["start"], line["end"], pieces.get(number))
            if span is None:
                continue
            out.append(
                {
                    "document_id": document,
                    "ordinal": ordinal,
                    "passage_id": row["passage_id"],
                    "payload_sha256": payloads[document],
                    **{name: line[name] for name in LINE_FIELDS},
                    "start": span[0],
                    "end": span[1],
                }
            )
            ordinal += 1
    return table("lines").rows(out)


def _moved(start: int, end: int, piece: Piece | None) -> tuple[int, int] | None:
    """A span of the reading in the published text; None where it lies in another piece of the reading."""
    if piece is None:
        return start, end
    first, last, edits = piece
    if end <= first or start >= last:
        return None
    return _published(max(start, first) - first, edits), _published(min(end, last) - first, edits)


def _published(place: int, edits: Sequence[Edit]) -> int:
    """A place of the reading in the text that the edits, in order of place, have made of it."""
    shift = 0
    for edit in edits:
        at = edit.start + shift
        if place <= at:
            break
        inside = min(place - at, len(edit.before))
        if inside < len(edit.before):
            return edit.start + min(inside, len(edit.after))
        shift += len(edit.before) - len(edit.after)
    return place - shift
