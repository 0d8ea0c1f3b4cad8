"""From shared fingerprints to spans: runs on one diagonal, chained over small gaps, fused over insertions."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from flows.match.candidates import DRIFT, SEED_SPAN, SEEDS, Ints
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
class _Table:
    """Fingerprints by value and row: the keys, each once, the first posting of each in `order`, and how many."""

    key: Ints
    start: Ints
    count: Ints
    order: Ints
    number: Ints
    """Of each posting the number of its key."""


def _table(held: Held, value: Ints) -> _Table:
    """Number the fingerprints of articles, `value` being that of each one's hash."""
    order = sorted_by(value, held.rows())
    key = (value * (len(held.bounds) - 1) + held.rows())[order]
    opens = np.concatenate([[True], key[1:] != key[:-1]])
    start = np.flatnonzero(opens)
    number = np.empty(len(key), np.int64)
    number[order] = np.cumsum(opens) - 1
    return _Table(key[start], start, np.diff(np.append(start, len(key))), order, number)


def _values(hashes: Hashes) -> tuple[Ints, Ints]:
    """The number of each fingerprint's value, and how many have it."""
    if len(hashes) >= 1 << _INDEX_BITS:
        raise ValueError("too many fingerprints at once")
    packed = np.sort((hashes << np.uint64(_INDEX_BITS)) | np.arange(len(hashes), dtype=np.uint64))
    value = packed >> np.uint64(_INDEX_BITS)
    opens = np.concatenate([[True], value[1:] != value[:-1]])
    number = np.empty(len(hashes), np.int64)
    number[(packed & np.uint64((1 << _INDEX_BITS) - 1)).astype(np.int64)] = np.cumsum(opens) - 1
    count = np.diff(np.append(np.flatnonzero(opens), len(hashes)))
    return number, count


def shared_places(lefts: Held, rights: Held, left: Ints, right: Ints, first_left: bool = False) -> Seeds:
    """Join the fingerprints of pairs of articles: row `left[i]` of one table with row `right[i]` of another.

    Of the places of a fingerprint in one article the first OCCURRENCES count; with `first_left` the first of the left
    article, and all of the right one.
    """
    if len(lefts.hash) == 0 or len(rights.hash) == 0:
        return Seeds(*(np.zeros(0, np.int64) for _ in range(3)))
    same = lefts is rights
    value, count = _values(lefts.hash if same else np.concatenate([lefts.hash, rights.hash]))
    table = _table(lefts, value[: len(lefts.hash)])
    number = value if same else value[len(lefts.hash) :]
    # What stands once in all the articles is in no two of them.
    useful = count[number] > 1
    if not first_left:
        mine = table if same else _table(rights, number)
        nth = np.empty(len(number), np.int64)
        nth[mine.order] = np.arange(len(number)) - np.repeat(mine.start, mine.count)
        useful &= nth < OCCURRENCES
    rights, number = rights.take(useful), number[useful]
    held = rights.bounds[right + 1] - rights.bounds[right]
    index = ranges(rights.bounds[right], held)
    pair = np.repeat(np.arange(len(right)), held)
    key = number[index] * (len(lefts.bounds) - 1) + np.repeat(left, held)
    at = np.searchsorted(table.key, key)
    at[at == len(table.key)] = 0
    hit = np.flatnonzero(table.key[at] == key)
    at, pair, right_place = at[hit], pair[hit], rights.place[index[hit]]
    start = table.start[at]
    if first_left:
        return Seeds(pair, lefts.place[table.order[start]], right_place)
    # Every right place of a fingerprint with every left place of it.
    several = np.minimum(table.count[at], OCCURRENCES)
    left_place = lefts.place[table.order[ranges(start, several)]]
    return Seeds(np.repeat(pair, several), left_place, np.repeat(right_place, several))


def _roots(parent: Ints) -> Ints:
    """The root of each node, whose parent comes before it or is itself."""
    while True:
        further = parent[parent]
        if np.array_equal(further, parent):
            return parent
        parent = further


def _joined(chains: Chains, parent: Ints) -> tuple[Chains, Ints]:
    """The chains joined with their parents, and for each old chain the number of its new one."""
    roots, number = np.unique(_roots(parent), return_inverse=True)
    order = np.argsort(number, kind="stable")
    starts = np.searchsorted(number[order], np.arange(len(roots)))
    joined = Chains(
        chains.pair[roots],
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
