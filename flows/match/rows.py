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
        ("form", np.uint8),
        ("relation", np.uint8),
    ]
)
"""`left` is the earlier article; `form`: what the letters of the pair show of a form, FORM, FILLED, REWRITTEN
and ENUMERATION together, or LOOSE; `relation`: its place in RELATIONS."""

FORM = np.uint8(1)
"""The two articles by themselves look like one form filled in twice."""
FILLED = np.uint8(2)
"""A number of one stands where the other has another number."""
REWRITTEN = np.uint8(4)
"""Between what they have in common, whole phrases of one stand where the other has other ones."""

LOOSE = np.uint8(8)
"""The passage is told in other words: known by its fingerprints, not by its letters."""

ENUMERATION = np.uint8(16)
"""The passage is a list of names or offices."""

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


def apart(one: Rows, two: Rows) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which rows of either table the other has not."""
    seen = [np.ascontiguousarray(rows).view(f"V{rows.dtype.itemsize}").ravel().tolist() for rows in (one, two)]
    both = set(seen[0]) & set(seen[1])
    mine, theirs = (np.array([row not in both for row in rows], np.bool_) for rows in seen)
    return mine, theirs
