"""From shared fingerprints to spans: runs on one diagonal, chained over small gaps, fused over insertions."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from flows.match.align.candidates import DRIFT, SEED_SPAN, SEEDS, Ints
from flows.match.winnow import GRAM, Hashes

GAP = 80
"""Letters without a shared fingerprint that a chain bridges, on either side."""
INSERTION = 400
"""Letters that one side may have between two chains that are still one passage."""
OVERLAP = 16
"""Letters by which two consecutive chains may overlap, as fingerprints do where a word repeats."""
OCCURRENCES = 4
"""How many places of a fingerprint in one article are seeds; the rest of a text that repeats itself is not."""
FUSINGS = 2
"""How often chains are fused: what was fused may bear a longer insertion."""
RUN = 128
"""Letters of a run at most, but for its last fingerprint."""
LOOK_BACK = 8
"""How many runs back a run looks for the one it continues."""

CELLS = 1 << 22
"""Cells of the table in which fingerprints of left articles are looked up."""

_INDEX_BITS = 24


@dataclass(frozen=True)
class Seeds:
    """Places that the two articles of a pair have in common, by pair, right and left place."""

    pair: Ints
    left: Ints
    right: Ints

    def take(self, index: Ints | NDArray[np.bool_]) -> Seeds:
        return Seeds(self.pair[index], self.left[index], self.right[index])


@dataclass(frozen=True)
class Chains:
    """Spans that two articles share, half-open, and how many seeds they have.

    The extras are letters that one side alone has between the chains that were fused.
    """

    pair: Ints
    left_start: Ints
    left_end: Ints
    right_start: Ints
    right_end: Ints
    seeds: Ints
    left_extra: Ints
    right_extra: Ints

    def __len__(self) -> int:
        return len(self.pair)

    def take(self, index: Ints | NDArray[np.bool_]) -> Chains:
        return Chains(*(values[index] for values in vars(self).values()))


def sorted_by(*keys: Ints) -> Ints:
    """The order by several keys, the first the most significant; each at least 0. Packed in one word where it fits."""
    bits = [max(1, int(key.max()).bit_length()) if len(key) else 1 for key in keys]
    index_bits = max(1, len(keys[0]).bit_length())
    if sum(bits) + index_bits > 63:
        return np.asarray(np.lexsort(keys[::-1]), np.int64)
    packed = np.zeros(len(keys[0]), np.int64)
    for key, width in zip(keys, bits, strict=True):
        packed = (packed << width) | key
    packed = np.sort((packed << index_bits) | np.arange(len(packed)))
    order: Ints = np.bitwise_and(packed, (1 << index_bits) - 1)
    return order


def ranges(starts: Ints, lengths: Ints) -> Ints:
    """start, start + 1, … for each start, as many as its length, end to end."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    index: Ints = np.arange(total) + np.repeat(starts - (ends - lengths), lengths)
    return index


@dataclass(frozen=True)
class Held:
    """The fingerprints of articles laid end to end: row i has `bounds[i]:bounds[i + 1]` of `hash` and `place`."""

    hash: Hashes
    place: Ints
    bounds: Ints

    def rows(self) -> Ints:
        return np.repeat(np.arange(len(self.bounds) - 1), np.diff(self.bounds))

    def take(self, kept: NDArray[np.bool_]) -> Held:
        return Held(self.hash[kept], self.place[kept], np.concatenate([[0], np.cumsum(kept)])[self.bounds])


@dataclass(frozen=True)
class _Keys:
    """Fingerprints that stand more than once, numbered, and their postings by number and row.

    A key is a number and a row: key i has `count[i]` postings, from `start[i]` on in `order`. `number` is that of each
    posting, -1 where it stands once, and `numbers` is how many there are.
    """

    order: Ints
    start: Ints
    count: Ints
    number: Ints
    numbers: int


def _keys(held: Held) -> _Keys:
    """Sort the fingerprints of articles."""
    if len(held.hash) >= 1 << _INDEX_BITS:
        raise ValueError("too many fingerprints at once")
    packed = np.sort((held.hash << np.uint64(_INDEX_BITS)) | np.arange(len(held.hash), dtype=np.uint64))
    value = packed >> np.uint64(_INDEX_BITS)
    edges = np.ones(len(value) + 1, np.bool_)
    edges[1:-1] = value[1:] != value[:-1]
    # What stands once in all the articles is in no two of them.
    several = ~(edges[:-1] & edges[1:])
    order = (packed[several] & np.uint64((1 << _INDEX_BITS) - 1)).astype(np.int64)
    opens = edges[:-1][several]
    named = np.cumsum(opens)
    number = np.full(len(value), -1, np.int64)
    number[order] = named - 1
    row = held.rows()[order]
    opens[1:] |= row[1:] != row[:-1]
    start = np.flatnonzero(opens)
    return _Keys(order, start, np.diff(np.append(start, len(order))), number, int(named[-1]) if len(named) else 0)


def shared_places(held: Held, left: Ints, right: Ints, early: NDArray[np.bool_] | None = None) -> Seeds:
    """The places of fingerprints that the rows `left[i]` and `right[i]` have in common.

    Of the places of a fingerprint in one article the first OCCURRENCES count. With `early`, which says of each posting
    whether its fingerprint counts in its row if that is the left one, the first place counts on the left and all do on
    the right; then seeds come by pair and right place.
    """
    keys = _keys(held)
    useful, head = keys.number >= 0, keys.order[keys.start]
    # What a fingerprint has in a left row: its place and one, or where there are several, its key.
    cell = np.zeros(len(held.hash), np.int32)
    cell[head] = held.place[head] + 1
    if early is None:
        several = np.flatnonzero(keys.count > 1)
        cell[head[several]] = ~several
        nth = np.arange(len(keys.order)) - np.repeat(keys.start, keys.count)
        useful[keys.order[nth >= OCCURRENCES]] = False
    else:
        cell[~early] = 0
    mine, theirs = held.take(cell != 0), held.take(useful)
    pair, found, right_place = _looked_up(
        (mine, keys.number[cell != 0], cell[cell != 0]), (theirs, keys.number[useful]), keys.numbers, left, right
    )
    again = found < 0
    if not again.any():
        return Seeds(pair, found.astype(np.int64) - 1, right_place)
    # Every right place of a fingerprint with every left place of it.
    key, once = ~found[again].astype(np.int64), ~again
    count = np.minimum(keys.count[key], OCCURRENCES)
    left_place = held.place[keys.order[ranges(keys.start[key], count)]]
    return Seeds(
        np.concatenate([pair[once], np.repeat(pair[again], count)]),
        np.concatenate([found[once].astype(np.int64) - 1, left_place]),
        np.concatenate([right_place[once], np.repeat(right_place[again], count)]),
    )


def _looked_up(
    lefts: tuple[Held, Ints, NDArray[np.int32]], rights: tuple[Held, Ints], numbers: int, left: Ints, right: Ints
) -> tuple[Ints, NDArray[np.int32], Ints]:
    """Pair, cell of the left row and place in the right row, of fingerprints that both rows of a pair have.

    The cells of some left rows are laid out in a table with a column for each fingerprint.
    """
    (mine, mine_number, cell), (theirs, their_number) = lefts, rights
    width = min(max(1, CELLS // max(1, numbers)), len(left))
    table = np.zeros(width * numbers, np.int32)
    none = np.zeros(0, np.int64)
    pairs, cells, places = [none], [none.astype(np.int32)], [none]
    for start in range(0, len(left), max(1, width)):
        some, row = np.unique(left[start : start + width], return_inverse=True)
        held = mine.bounds[some + 1] - mine.bounds[some]
        index = ranges(mine.bounds[some], held)
        filled = np.repeat(np.arange(len(some)) * numbers, held) + mine_number[index]
        table[filled] = cell[index]
        here = right[start : start + width]
        held = theirs.bounds[here + 1] - theirs.bounds[here]
        index = ranges(theirs.bounds[here], held)
        found = table[np.repeat(row * numbers, held) + their_number[index]]
        hit = np.flatnonzero(found)
        pairs.append(np.repeat(np.arange(start, start + len(here)), held)[hit])
        cells.append(found[hit])
        places.append(theirs.place[index[hit]])
        table[filled] = 0
    return np.concatenate(pairs), np.concatenate(cells), np.concatenate(places)


def roots(parent: Ints) -> Ints:
    """The root of each node, whose parent comes before it or is itself."""
    while True:
        further = parent[parent]
        if np.array_equal(further, parent):
            return parent
        parent = further


def _joined(chains: Chains, parent: Ints) -> tuple[Chains, Ints]:
    """The chains joined with their parents, and for each old chain the number of its new one."""
    first, number = np.unique(roots(parent), return_inverse=True)
    order = np.argsort(number, kind="stable")
    starts = np.searchsorted(number[order], np.arange(len(first)))
    joined = Chains(
        chains.pair[first],
        np.minimum.reduceat(chains.left_start[order], starts),
        np.maximum.reduceat(chains.left_end[order], starts),
        np.minimum.reduceat(chains.right_start[order], starts),
        np.maximum.reduceat(chains.right_end[order], starts),
        np.add.reduceat(chains.seeds[order], starts),
        np.add.reduceat(chains.left_extra[order], starts),
        np.add.reduceat(chains.right_extra[order], starts),
    )
    return joined, number


def runs(seeds: Seeds) -> Chains:
    """Seeds of one diagonal that follow within GAP, by pair and right place."""
    if len(seeds.pair) == 0:
        return Chains(*(np.zeros(0, np.int64) for _ in range(8)))
    diagonal = seeds.right - seeds.left
    order = sorted_by(seeds.pair, diagonal - diagonal.min(), seeds.right)
    pair, diagonal, right = seeds.pair[order], diagonal[order], seeds.right[order]
    opens = np.ones(len(pair), np.bool_)
    opens[1:] = (pair[1:] != pair[:-1]) | (diagonal[1:] != diagonal[:-1]) | (right[1:] - right[:-1] > GAP + GRAM)
    # A long run is several, so that there is a place to cut in every stretch of it.
    opens[1:] |= right[1:] // RUN != right[:-1] // RUN
    first = np.flatnonzero(opens)
    last = np.append(first[1:], len(pair)) - 1
    start, end, diagonal, pair = right[first], right[last] + GRAM, diagonal[first], pair[first]
    order = sorted_by(pair, start, start - diagonal)
    none = np.zeros(len(first), np.int64)
    found = Chains(pair, start - diagonal, end - diagonal, start, end, last - first + 1, none, none)
    return found.take(order)


def chain(found: Chains) -> tuple[Chains, Ints]:
    """Join runs that continue one another at most GAP further and DRIFT off the diagonal; and the chain of each run."""
    if len(found) == 0:
        return found, np.zeros(0, np.int64)
    parent, cost = np.arange(len(found)), np.full(len(found), np.iinfo(np.int64).max)
    for back in range(1, min(LOOK_BACK, len(found) - 1) + 1):
        here, there = slice(back, None), slice(None, -back)
        gap_right = found.right_start[here] - found.right_end[there]
        gap_left = found.left_start[here] - found.left_end[there]
        drift = np.abs(
            gap_right
            - gap_left
            - (found.left_end - found.left_start)[there]
            + (found.right_end - found.right_start)[there]
        )
        price = drift + np.maximum(gap_right, 0)
        good = (found.pair[here] == found.pair[there]) & (drift <= DRIFT) & (gap_right <= GAP) & (gap_left <= GAP)
        good &= (found.left_start[here] > found.left_start[there]) & (price < cost[here])
        parent[here] = np.where(good, np.arange(len(found))[there], parent[here])
        cost[here] = np.where(good, price, cost[here])
    return _joined(found, parent)


def solid(chains: Chains) -> NDArray[np.bool_]:
    """Which chains have seeds enough to be a passage or a part of one."""
    shorter = np.minimum(chains.left_end - chains.left_start, chains.right_end - chains.right_start)
    enough: NDArray[np.bool_] = (chains.seeds >= SEEDS) & (shorter >= SEED_SPAN)
    return enough


def _fuse_once(chains: Chains) -> tuple[Chains, Ints]:
    order = sorted_by(chains.pair, chains.right_start, chains.left_start)
    chains = chains.take(order)
    parent, cost = np.arange(len(chains)), np.full(len(chains), np.iinfo(np.int64).max)
    left_extra, right_extra = np.zeros(len(chains), np.int64), np.zeros(len(chains), np.int64)
    shorter = np.minimum(chains.left_end - chains.left_start, chains.right_end - chains.right_start)
    for back in range(1, min(LOOK_BACK, len(chains) - 1) + 1):
        here, there = slice(back, None), slice(None, -back)
        gap_right = chains.right_start[here] - chains.right_end[there]
        gap_left = chains.left_start[here] - chains.left_end[there]
        small, large = np.minimum(gap_right, gap_left), np.maximum(gap_right, gap_left)
        good = (chains.pair[here] == chains.pair[there]) & (small >= -OVERLAP) & (small <= GAP)
        good &= (large <= INSERTION) & (2 * large <= 3 * (shorter[here] + shorter[there])) & (large < cost[here])
        parent[here] = np.where(good, np.arange(len(chains))[there], parent[here])
        cost[here] = np.where(good, large, cost[here])
        left_extra[here] = np.where(good, np.maximum(gap_left - gap_right, 0), left_extra[here])
        right_extra[here] = np.where(good, np.maximum(gap_right - gap_left, 0), right_extra[here])
    widened = replace(chains, left_extra=chains.left_extra + left_extra, right_extra=chains.right_extra + right_extra)
    joined, number = _joined(widened, parent)
    renumbered = np.empty(len(order), np.int64)
    renumbered[order] = number
    return joined, renumbered


def fuse(chains: Chains) -> tuple[Chains, Ints]:
    """Join chains between which one side has an insertion, not much longer than what it parts.

    Returns the chains, and for each old one the number of its new one.
    """
    number = np.arange(len(chains))
    for _ in range(FUSINGS):
        if len(chains) == 0:
            break
        chains, further = _fuse_once(chains)
        number = further[number]
    return chains, number
