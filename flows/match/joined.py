"""Aligned spans as the table shows them: neighbours that are parts of one passage are one row.

Where an editor rewrote some sentences in the middle of a copy, or moved them, the letters agree on both sides of them
and not between. The parts are kept apart for what hangs on letters (relations, stories, variants); to the reader they
are one passage.
"""

from __future__ import annotations

import numpy as np

from flows.match.align.candidates import Ints
from flows.match.align.chain import roots
from flows.match.align.loose import compared
from flows.match.arrays import among, distinct
from flows.match.pairs import pair_key
from flows.match.rows import EXCERPT, LOOSE, REPRINT, Rows, same_pair
from flows.match.store import Store

NEAR = 150
"""Letters between two parts of one passage, at most, on either side. On 4,000 pairs of texts with known passages (see
`tests/bench/bench_alignment.py`) 3 % of the reworded ones are in two rows then; 300 leaves hardly any, and widens twice
as many rows of planted copies beyond what was copied."""
_LOOK_BACK = 8
"""How many parts back, in order of place, a part looks for its neighbour."""
_SIDES = ("left", "right")


def of_pairs(rows: Rows, pairs: Ints) -> Rows:
    """The rows of pairs of articles, given as `pair_key` has them."""
    found: Rows = rows[among(pair_key(rows["left"], rows["right"]), pairs)]
    return found


def pairs_of(*tables: Rows) -> Ints:
    """The pairs of articles that rows are of, ascending."""
    return distinct(np.concatenate([pair_key(rows["left"], rows["right"]) for rows in tables]))


def joined(rows: Rows, store: Store) -> Rows:
    """The rows, those that are parts of one passage as one.

    Two parts are one passage where little stands between them on both sides. What a passage has in common is counted
    anew from its letters.
    """
    found, parts = boxes(rows)
    _count(found, np.flatnonzero(parts > 1), store)
    return found


def boxes(rows: Rows) -> tuple[Rows, Ints]:
    """The rows with the parts of one passage as one, and of how many parts each is; what is counted is that of one."""
    rows = rows[np.lexsort((rows["left_start"], rows["right_start"], rows["left"], rows["right"]))]
    pair = same_pair(rows)
    several = (np.bincount(pair)[pair] > 1) & (rows["left"] != rows["right"])
    parts = rows[several]
    size = np.ones(len(parts), np.int64)
    while len(parts):
        root = _neighbours(parts)
        if (root == np.arange(len(parts))).all():
            break
        parts, size = _boxed(parts, size, root)
    return np.concatenate([rows[~several], parts]), np.concatenate([np.ones(int((~several).sum()), np.int64), size])


def _neighbours(parts: Rows) -> Ints:
    """For each part the first of the passage that it belongs to."""
    parent = np.arange(len(parts))
    pair = same_pair(parts)
    loose = parts["form"] & LOOSE > 0
    kind = np.where(parts["relation"] == REPRINT, EXCERPT, parts["relation"])
    for back in range(1, min(_LOOK_BACK, len(parts) - 1) + 1):
        here, there = slice(back, None), slice(None, -back)
        good = (pair[here] == pair[there]) & (loose[here] | loose[there] | (kind[here] == kind[there]))
        for side in _SIDES:
            start, end = parts[f"{side}_start"].astype(np.int64), parts[f"{side}_end"].astype(np.int64)
            gap = np.maximum(start[here], start[there]) - np.minimum(end[here], end[there])
            good &= gap <= NEAR
        fresh = good & (parent[here] == np.arange(len(parts))[here])
        parent[here] = np.where(fresh, np.arange(len(parts))[there], parent[here])
    return roots(parent)


def _boxed(parts: Rows, size: Ints, root: Ints) -> tuple[Rows, Ints]:
    """The parts of each passage as one row, and of how many parts it is. What it is, its copied parts say."""
    order = np.argsort(root, kind="stable")
    first = np.flatnonzero(np.diff(root[order], prepend=-1))
    result = parts[order][first]
    for side in _SIDES:
        result[f"{side}_start"] = np.minimum.reduceat(parts[f"{side}_start"][order], first)
        result[f"{side}_end"] = np.maximum.reduceat(parts[f"{side}_end"][order], first)
    result["relation"] = np.minimum.reduceat(parts["relation"][order], first)
    result["form"] = np.bitwise_and.reduceat(parts["form"][order], first)
    counts = np.add.reduceat(size[order], first)
    back = np.lexsort((result["left_start"], result["right_start"], result["left"], result["right"]))
    return result[back], counts[back]


def _count(rows: Rows, some: Ints, store: Store) -> None:
    """Set the distance and the letters in common of some rows."""
    if len(some) == 0:
        return
    for number in some.tolist():
        row = rows[number]
        texts = [
            store.codes(int(row[side]))[row[f"{side}_start"] : row[f"{side}_end"]].tobytes().decode("utf-32-le")
            for side in _SIDES
        ]
        rows["distance"][number], rows["matched"][number] = compared(*texts)
