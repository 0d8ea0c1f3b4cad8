"""The letters that spans of a leader and of its witness have in common, in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from flows.match.candidates import Ints
from flows.match.chain import GAP
from flows.match.fold import Codes
from flows.match.pieces import pieces

Block = tuple[int, int, int]
"""Letters that agree: where they start in the leader and in the witness, and how many."""


_FEW = 256
"""Letters that rapidfuzz looks up in a table; the others it seeks in one that is slower by far."""


@dataclass(frozen=True)
class Agreed:
    """Blocks by run, in order: `leader`, `witness` and `size` as in Block, and the number of the run, ascending.

    A run is what one witness has of its leader without a break: what stands between its blocks is a variant.
    """

    leader: Ints
    witness: Ints
    size: Ints
    run: Ints

    def take(self, index: Ints | NDArray[np.bool_]) -> Agreed:
        return Agreed(self.leader[index], self.witness[index], self.size[index], self.run[index])


def blocks(left: str, right: str, left_at: int, right_at: int) -> list[Block]:
    """The letters of two spans that agree, in order; the spans start at the places given."""
    if left == right:
        return [(left_at, right_at, len(left))] if left else []
    found: list[Block] = []
    for start, end, other, other_end in pieces(left, right):
        matching = Levenshtein.editops(left[start:end], right[other:other_end]).as_matching_blocks()
        found += [(left_at + start + b.a, right_at + other + b.b, b.size) for b in matching if b.size]
    return found


def renamed(codes: Codes) -> Codes:
    """Letters by other names, the same ones by the same: the most frequent have the smallest code points."""
    count = np.bincount(codes, minlength=_FEW)
    often = np.argsort(-count, kind="stable")[:_FEW]
    names = np.arange(len(count), dtype=np.uint32)
    far, free = often[often >= _FEW], np.setdiff1d(np.arange(_FEW), often)
    names[far], names[free] = free, far
    return names[codes]


def agreed(found: Sequence[Block]) -> Agreed:
    """Blocks as one run."""
    table = np.array(found, np.int64).reshape(-1, 3)
    return Agreed(table[:, 0], table[:, 1], table[:, 2], np.zeros(len(table), np.int64))


def clipped(found: Agreed, leader: tuple[Ints, Ints], witness: tuple[Ints, Ints]) -> tuple[Agreed, NDArray[np.bool_]]:
    """The parts of blocks that lie inside both spans, given by start and end for each block; and which have any."""
    skip = np.maximum(0, np.maximum(leader[0] - found.leader, witness[0] - found.witness))
    size = np.minimum(found.size, np.minimum(leader[1] - found.leader, witness[1] - found.witness))
    some = size > skip
    inside = Agreed(found.leader + skip, found.witness + skip, size - skip, found.run)
    return inside.take(some), some


def in_runs(found: Agreed, span: Ints) -> Agreed:
    """The blocks of witnesses, which `run` numbers, by run; `span` numbers the aligned span that each is of.

    Between two aligned spans one side has text of its own; that is a variant where the other has next to nothing.
    """
    opens = np.ones(len(span), np.bool_)
    between = np.minimum(
        found.leader[1:] - found.leader[:-1] - found.size[:-1], found.witness[1:] - found.witness[:-1] - found.size[:-1]
    )
    opens[1:] = (found.run[1:] != found.run[:-1]) | ((span[1:] != span[:-1]) & (between > GAP))
    return Agreed(found.leader, found.witness, found.size, np.cumsum(opens) - 1)


def ordered(spans: Ints) -> list[int]:
    """Which aligned spans (leader start, leader end, start, end, matched) can be read in one order, longest first.

    Returns their numbers in order of place; a span that crosses or overlaps a longer one is left out.
    """
    if len(spans) < 2:
        return list(range(len(spans)))
    chosen: list[int] = []
    rows = spans.tolist()
    for number in sorted(range(len(rows)), key=lambda n: (-rows[n][4], rows[n])):
        a, b, c, d, _ = rows[number]
        if all((b <= rows[o][0] and d <= rows[o][2]) or (a >= rows[o][1] and c >= rows[o][3]) for o in chosen):
            chosen.append(number)
    return sorted(chosen, key=lambda n: rows[n][0])
