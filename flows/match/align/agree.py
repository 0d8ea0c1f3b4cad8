"""The letters that spans of a leader and of its witness have in common, in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein, MatchingBlock

from flows.match.align.candidates import Ints
from flows.match.align.chain import GAP
from flows.match.align.pieces import LONG, pieces
from flows.match.fold import Codes

Block = MatchingBlock
"""Letters that agree: where they start in the leader (`a`) and in the witness (`b`), and how many (`size`)."""


_FEW = 256
"""Letters that rapidfuzz looks up in a table; the others it seeks in one that is slower by far."""
_SAMPLE = 1 << 15
"""Letters that are counted at least, where there are so many."""
_WHOLE = 4_000_000
"""Letters times letters of two texts that rapidfuzz compares in one go, whether it is told of their distance or not;
larger ones it would cut in two at different places."""

_COLUMNS = (attrgetter("a"), attrgetter("b"), attrgetter("size"))


@dataclass(frozen=True)
class Agreed:
    """Blocks by run, in order: `leader`, `witness` and `size` as in Block (a, b, size), and the number of the run,
    ascending.

    A run is what one witness has of its leader without a break: what stands between its blocks is a variant.
    """

    leader: Ints
    witness: Ints
    size: Ints
    run: Ints

    def take(self, index: Ints | NDArray[np.bool_]) -> Agreed:
        return Agreed(self.leader[index], self.witness[index], self.size[index], self.run[index])


def blocks(left: str, right: str, distance: int | None = None) -> list[Block]:
    """The letters of two texts that agree, in order. `distance` is about how many edits part the two, where that is
    known: it makes the comparison shorter and does not change it."""
    if left == right:
        return [Block(0, 0, len(left))]
    if max(len(left), len(right)) <= LONG:
        likely = distance if len(left) * len(right) <= _WHOLE else None
        return Levenshtein.editops(left, right, score_hint=likely).as_matching_blocks()
    found: list[Block] = []
    for start, end, other, other_end in pieces(left, right):
        for each in Levenshtein.editops(left[start:end], right[other:other_end]).as_matching_blocks():
            found.append(Block(start + each.a, other + each.b, each.size))
    return found


def renamed(codes: Codes) -> Codes:
    """Letters by other names, the same ones by the same: the most frequent have the smallest code points."""
    # What is frequent shows in a part of them.
    count = np.bincount(codes[:: 1 + len(codes) // _SAMPLE], minlength=max(_FEW, int(codes.max(initial=0)) + 1))
    met = np.flatnonzero(count)
    often = met[np.argsort(-count[met], kind="stable")[:_FEW]]
    names = np.arange(len(count), dtype=np.uint32)
    far, free = often[often >= _FEW], np.setdiff1d(np.arange(_FEW), often)
    free = free[: len(far)]
    names[far], names[free] = free, far
    return names[codes]


def agreed(parts: Sequence[list[Block]], left: Sequence[int], right: Sequence[int]) -> Agreed:
    """The blocks of parts of texts, each a run of its own; `left` and `right` are the places where the parts start."""
    run = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    found = list(chain.from_iterable(parts))
    start, other, size = (np.fromiter(map(column, found), np.int64, len(found)) for column in _COLUMNS)
    start += np.array(left, np.int64)[run]
    other += np.array(right, np.int64)[run]
    return Agreed(start, other, size, run).take(size > 0)


def clipped(found: Agreed, leader: tuple[Ints, Ints], witness: tuple[Ints, Ints]) -> Agreed:
    """The parts of blocks that lie inside spans of leader and witness, given by start and end for each run."""
    at = found.run
    skip = np.maximum(0, np.maximum(leader[0][at] - found.leader, witness[0][at] - found.witness))
    size = np.minimum(found.size, np.minimum(leader[1][at] - found.leader, witness[1][at] - found.witness))
    return Agreed(found.leader + skip, found.witness + skip, size - skip, at).take(size > skip)


def in_runs(found: Agreed, owner: Ints) -> Agreed:
    """The blocks of aligned spans, which `run` numbers, by runs of their witnesses, which `owner` numbers.

    Between two aligned spans one side has text of its own; that is a variant where the other has next to nothing.
    """
    opens = np.ones(len(owner), np.bool_)
    between = np.minimum(
        found.leader[1:] - found.leader[:-1] - found.size[:-1], found.witness[1:] - found.witness[:-1] - found.size[:-1]
    )
    opens[1:] = (owner[1:] != owner[:-1]) | ((found.run[1:] != found.run[:-1]) & (between > GAP))
    return replace(found, run=np.cumsum(opens) - 1)


def ordered(spans: Ints) -> list[int]:
    """Which aligned spans (leader start and end, start, end, matched, more) can be read in one order, longest first.

    Returns their numbers in order of place; a span that crosses or overlaps a longer one is left out.
    """
    if len(spans) < 2:
        return list(range(len(spans)))
    chosen: list[int] = []
    rows = spans.tolist()
    for number in sorted(range(len(rows)), key=lambda n: (-rows[n][4], rows[n])):
        a, b, c, d, *_ = rows[number]
        if all((b <= rows[o][0] and d <= rows[o][2]) or (a >= rows[o][1] and c >= rows[o][3]) for o in chosen):
            chosen.append(number)
    return sorted(chosen, key=lambda n: rows[n][0])
