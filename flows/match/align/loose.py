"""Passages told in other words: what two articles share there is no run of letters, but many fingerprints close by.

A copy whose words were moved, left out and replaced one by one keeps few letters in their order, and no edit distance
tells it from chance. Its fingerprints do: two articles that are strangers share some, scattered over both; where a
dozen of them lie together on both sides, one text was made from the other. They are gathered as plagiarism detectors
do (Potthast et al., "Overview of the 5th International Competition on Plagiarism Detection", 2013): by splitting them
wherever there is a gap, on one side and on the other in turns.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq, Levenshtein

from flows.match.align.candidates import Ints
from flows.match.align.chain import Seeds, sorted_by
from flows.match.align.pieces import pieces
from flows.match.winnow import GRAM

GAP = 150
"""Letters without a shared fingerprint within such a passage, at most."""
LEAST_SEEDS = 10
"""Fingerprints of such a passage, at least, each counted once."""
LEAST_SHARE = 0.2
"""Share of the longer side that these fingerprints cover at least. On 4,000 pairs of texts with known passages (see
`tests/bench/bench_alignment.py`) 4.5 % of what is then found is no known passage, copies included; with eight seeds 6 %
and three passages in a hundred more are found."""
_ROUNDS = 8
"""Times that seeds are split at most; after four hardly any are."""


def outside(seeds: Seeds, pair: Ints, left: tuple[Ints, Ints], right: tuple[Ints, Ints]) -> NDArray[np.bool_]:
    """Which seeds lie, on both sides, outside the spans of their pair, given by pair, start and end on either side."""
    result = np.ones(len(seeds.pair), np.bool_)
    for place, (start, end) in ((seeds.left, left), (seeds.right, right)):
        if len(start) == 0 or len(place) == 0:
            continue
        width = int(max(place.max(), end.max())) + GRAM + 1
        order = sorted_by(pair, start)
        opens, closes = pair[order] * width + start[order], np.maximum.accumulate(pair[order] * width + end[order])
        # A fingerprint that reaches into a span belongs to it.
        at = np.searchsorted(opens, seeds.pair * width + place + GRAM - 1, "right") - 1
        result &= (at < 0) | (closes[np.maximum(at, 0)] <= seeds.pair * width + place)
    return result


def gathered(seeds: Seeds) -> Ints:
    """The number of the group of each seed: no gap in it, on either side, is larger than GAP."""
    number = seeds.pair
    before = -1
    for turn in range(2 * _ROUNDS):
        place = (seeds.left, seeds.right)[turn % 2]
        order = sorted_by(number, place)
        opens = np.ones(len(order), np.bool_)
        opens[1:] = number[order][1:] != number[order][:-1]
        opens[1:] |= place[order][1:] - place[order][:-1] > GAP
        number = np.empty(len(order), np.int64)
        number[order] = np.cumsum(opens) - 1
        groups = int(opens.sum())
        if turn and groups == before:
            break
        before = groups
    return number


def _covered(group: Ints, place: Ints, groups: int) -> Ints:
    """Letters that the fingerprints of each group cover on one side."""
    order = sorted_by(group, place)
    group, place = group[order], place[order]
    fresh = np.full(len(order), GRAM)
    same = group[1:] == group[:-1]
    fresh[1:][same] = np.minimum(GRAM, place[1:] - place[:-1])[same]
    return np.bincount(group, fresh, groups).astype(np.int64)


def _different(group: Ints, name: Ints, groups: int) -> Ints:
    """How many names each group has."""
    order = np.lexsort((name, group))
    group, name = group[order], name[order]
    fresh = np.ones(len(order), np.bool_)
    fresh[1:] = (group[1:] != group[:-1]) | (name[1:] != name[:-1])
    return np.bincount(group[fresh], minlength=groups)


def loose_spans(seeds: Seeds, name: Ints) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """The passages that seeds outside all others make: pair, start and end on the left and on the right side, by pair.

    `name` says which fingerprint each seed is of.
    """
    many = np.bincount(seeds.pair, minlength=int(seeds.pair.max(initial=-1)) + 1) >= LEAST_SEEDS
    kept = many[seeds.pair]
    seeds, name = seeds.take(kept), name[kept]
    none = np.zeros(0, np.int64)
    if len(seeds.pair) == 0:
        return none, none, none, none, none
    group = gathered(seeds)
    groups = int(group.max()) + 1
    order = np.argsort(group, kind="stable")
    first = np.searchsorted(group[order], np.arange(groups))
    sides = []
    for place in (seeds.left, seeds.right):
        sides += [np.minimum.reduceat(place[order], first), np.maximum.reduceat(place[order], first) + GRAM]
    longer = np.maximum(sides[1] - sides[0], sides[3] - sides[2])
    share = np.minimum(_covered(group, seeds.left, groups), _covered(group, seeds.right, groups))
    good = (_different(group, name, groups) >= LEAST_SEEDS) & (share >= LEAST_SHARE * longer)
    pair = seeds.pair[order][first][good]
    back = np.argsort(pair, kind="stable")
    left, left_end, right, right_end = (side[good][back] for side in sides)
    return pair[back], left, left_end, right, right_end


def compared(left: str, right: str) -> tuple[int, int]:
    """Edit distance and letters in common of two spans, long ones piece by piece."""
    distance = matched = 0
    for start, end, other, other_end in pieces(left, right):
        one, two = left[start:end], right[other:other_end]
        distance += Levenshtein.distance(one, two)
        matched += LCSseq.similarity(one, two)
    return distance, matched
