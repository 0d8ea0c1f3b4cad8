"""Aligned spans as the matcher keeps them: numbers of articles, offsets in folded letters."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from schemas.tables.alignments import RELATIONS

ROW = np.dtype(
    [
        ("left", np.int64),
        ("right", np.int64),
        ("left_start", np.int32),
        ("left_end", np.int32),
        ("right_start", np.int32),
        ("right_end", np.int32),
        ("distance", np.int32),
        ("matched", np.int32),
        ("form", np.bool_),
        ("relation", np.uint8),
    ]
)
"""`left` is the earlier article; `form`: the pair by itself looks like a form filled in twice; `relation`: its place in
RELATIONS."""

Rows = NDArray[np.void]

REPRINT, EXCERPT, QUOTE, TEMPLATE, FURNITURE, SELF_COPY = (np.uint8(place) for place in range(len(RELATIONS)))
REUSE = (REPRINT, EXCERPT, QUOTE)


def no_rows() -> Rows:
    return np.zeros(0, ROW)


def same_pair(rows: Rows) -> NDArray[np.int64]:
    """A number for each pair of articles, the same for all its rows; rows come by pair."""
    if len(rows) == 0:
        return np.zeros(0, np.int64)
    step = (rows["left"][1:] != rows["left"][:-1]) | (rows["right"][1:] != rows["right"][:-1])
    return np.concatenate([[0], np.cumsum(step)])


def as_bytes(rows: Rows) -> list[bytes]:
    """Each row in bytes, to be looked up."""
    return [bytes(each) for each in np.ascontiguousarray(rows).view(f"V{rows.dtype.itemsize}").ravel().tolist()]
