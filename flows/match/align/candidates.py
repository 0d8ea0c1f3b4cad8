"""Which pairs of articles are worth aligning: a join of each fingerprint to its earliest carriers.

Every article that holds a fingerprint is paired with the CARRIERS earliest that hold it, so the work is linear in
the postings however often a text was carried, and no fingerprint is dropped for being frequent. A pair is a candidate
when SEEDS such fingerprints lie near one diagonal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flows.match.arrays import among
from flows.match.winnow import GRAM, Hashes, Positions

CARRIERS = 8
"""How many of the earliest carriers of a fingerprint each later one is paired with."""
SEEDS = 3
"""Shared fingerprints on one diagonal that make a candidate."""
SEED_SPAN = 16
"""Letters that those fingerprints span at least."""
DRIFT = 24
"""How far they may lie apart across the diagonal, in letters."""
REACH = 160
"""How far they may lie apart along it, in letters."""

Ints = NDArray[np.int64]
Places = NDArray[np.int64] | NDArray[np.int32]

BUCKET = 1 << 22
"""Postings that are sorted at a time."""
CHUNK = 1 << 15
"""Postings that are joined to their early carriers at a time."""

_INDEX_BITS = 24


@dataclass(frozen=True)
class Postings:
    """Fingerprints of articles, by article and place. `article` counts in order of time, the earliest being 0."""

    article: NDArray[np.int32]
    position: Positions
    hash: Hashes

    def __len__(self) -> int:
        return len(self.hash)

    def take(self, index: Ints | NDArray[np.bool_]) -> Postings:
        return Postings(self.article[index], self.position[index], self.hash[index])


@dataclass(frozen=True)
class Early:
    """The earliest carriers of the fingerprints that several articles hold.

    Row i of `table` has the postings that are the first in each of the earliest carriers of a fingerprint, -1 where
    there are fewer; `number` is the row of each posting's fingerprint, -1 where one article alone holds it.
    `crowded` are the fingerprints with CARRIERS carriers or more, ascending, and `last` the last of these.
    """

    table: NDArray[np.int32]
    number: NDArray[np.int32]
    crowded: Hashes
    last: Ints


def _carriers(postings: Postings, members: Ints, number: NDArray[np.int32], base: int) -> NDArray[np.int32]:
    """The rows of the table for the postings `members`, which get their numbers from `base` on."""
    size = len(members)
    packed = np.sort((postings.hash[members] << np.uint64(_INDEX_BITS)) | np.arange(size, dtype=np.uint64))
    key = packed >> np.uint64(_INDEX_BITS)
    index = members[(packed & np.uint64((1 << _INDEX_BITS) - 1)).astype(np.int64)]
    start = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]])) if size else np.zeros(0, np.int64)
    sizes = np.diff(np.append(start, size))
    article = postings.article[index]
    several = article[start] != article[start + sizes - 1]
    kept = np.repeat(several, sizes)
    index, article, sizes = index[kept], article[kept], sizes[several]
    bounds = np.concatenate([[0], np.cumsum(sizes)])
    owner = np.repeat(np.arange(len(sizes)), sizes)
    number[index] = base + owner
    first = np.ones(len(article), np.bool_)
    first[1:] = article[1:] != article[:-1]
    first[bounds[:-1]] = True
    order = np.cumsum(first) - 1
    place = order - np.repeat(order[bounds[:-1]], sizes)
    chosen = np.flatnonzero(first & (place < CARRIERS))
    table = np.full((len(sizes), CARRIERS), -1, np.int32)
    table[owner[chosen], place[chosen]] = index[chosen]
    return table


def earliest(postings: Postings, bucket: int = BUCKET) -> Early:
    """Find the earliest carriers, a bucket of fingerprints of about `bucket` postings at a time."""
    number = np.full(len(postings), -1, np.int32)
    buckets = 1 << max(0, int(len(postings) // bucket).bit_length())
    tables, base = [np.zeros((0, CARRIERS), np.int32)], 0
    for each in range(buckets):
        if buckets == 1:
            members = np.arange(len(postings))
        else:
            members = np.flatnonzero(postings.hash & np.uint64(buckets - 1) == each)
        tables.append(_carriers(postings, members, number, base))
        base += len(tables[-1])
    table = np.concatenate(tables)
    full = np.flatnonzero(table[:, -1] >= 0)
    crowded = postings.hash[table[full, -1]]
    order = np.argsort(crowded, kind="stable")
    return Early(table, number, crowded[order], postings.article[table[full, -1]][order].astype(np.int64))


def near_diagonal(pair: Ints, left: Places, right: Places) -> Ints:
    """The pairs that are candidates, given their seeds by (pair, right, left); each once, ascending."""
    if len(pair) < SEEDS:
        return np.zeros(0, np.int64)
    last = SEEDS - 1
    diagonal = right - left
    drift = np.abs(diagonal[last:] - diagonal[:-last])
    span = right[last:] - right[:-last]
    good = (pair[last:] == pair[:-last]) & (drift <= DRIFT) & (span >= SEED_SPAN - GRAM) & (span <= REACH)
    found: Ints = pair[last:][good]
    fresh = np.ones(len(found), np.bool_)
    fresh[1:] = found[1:] != found[:-1]
    return found[fresh]


@dataclass(frozen=True)
class Pairs:
    """Pairs of articles that share a fingerprint of which the earlier one is an early carrier, by later and earlier.

    `near` says that the seeds looked at make the pair a candidate.
    """

    earlier: Ints
    later: Ints
    near: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.earlier)


def no_pairs() -> Pairs:
    empty = np.zeros(0, np.int64)
    return Pairs(empty, empty, np.zeros(0, np.bool_))


@dataclass(frozen=True)
class Asked:
    """Which pairs are asked for: those with an article that is touched, and those of an early carrier that is newly
    one, or no longer (a cell of `changed` for each in the table of `Early`)."""

    touched: NDArray[np.bool_]
    changed: NDArray[np.bool_]


def not_in(postings: Postings, early: Early, others: Early, other_postings: Postings) -> NDArray[np.bool_]:
    """For each early carrier whether it is none of the same fingerprint in another table.

    Articles must be numbered alike in both.
    """
    size = len(early.table)
    if size == 0 or len(others.table) == 0:
        return early.table >= 0
    mine, theirs = postings.hash[early.table[:, 0]], other_postings.hash[others.table[:, 0]]
    order = np.argsort(theirs)
    at = np.searchsorted(theirs[order], mine)
    at[at == len(order)] = 0
    place = order[at]
    there = theirs[place] == mine
    article = np.where(early.table >= 0, postings.article[early.table], -1)
    other = np.where(others.table[place] >= 0, other_postings.article[others.table[place]], -2)
    found = (article[:, :, None] == other[:, None, :]).any(axis=2)
    result: NDArray[np.bool_] = ~(found & there[:, None]) & (early.table >= 0)
    return result


def near_pairs(earlier: Places, later: Places, left: Places, right: Places) -> Pairs:
    """The pairs among seeds that come by later article and place."""
    if len(earlier) == 0:
        return no_pairs()
    # The later articles are in order already: numbered, a pair packs into one word with its seed.
    opens = np.flatnonzero(later[1:] != later[:-1]) + 1
    step = np.zeros(len(later), np.int64)
    step[opens] = 1
    step = np.cumsum(step)
    width = int(earlier.max()) + 1
    bits = max(1, int(len(earlier) - 1).bit_length())
    if (int(step[-1]) + 1) * width >= 1 << (63 - bits):
        raise ValueError("too many seeds at once")
    packed = np.sort(((step * width + earlier) << bits) | np.arange(len(earlier)))
    index = packed & ((1 << bits) - 1)
    pair = packed >> bits
    first = np.flatnonzero(np.concatenate([[True], pair[1:] != pair[:-1]]))
    found = pair[first]
    article = later[np.concatenate([[0], opens])].astype(np.int64)
    near = among(found, near_diagonal(pair, left[index], right[index]))
    return Pairs(found % width, article[found // width], near)


def pair_up(postings: Postings, early: Early, asked: Asked | None = None) -> Pairs:
    """All pairs, or those asked for; a run of later articles at a time, so that the memory is bounded."""
    held = np.flatnonzero(early.number >= 0)
    if asked is not None:
        # Most fingerprints have no early carrier that matters.
        touching: NDArray[np.bool_] = asked.touched[postings.article[early.table]] & (early.table >= 0)
        matters = np.logical_or.reduce(asked.changed | touching, axis=1)
        held = held[matters[early.number[held]] | asked.touched[postings.article[held]]]
    parts = []
    owner = postings.article[held]
    start = 0
    while start < len(held):
        stop = min(start + CHUNK, len(held))
        if stop < len(held):
            # Cut between articles: an article's postings stay together.
            cut = int(np.searchsorted(owner, owner[stop]))
            stop = cut if cut > start else int(np.searchsorted(owner, owner[stop], "right"))
        here = held[start:stop]
        partners, mine = early.table[early.number[here]], owner[start:stop]
        article = postings.article[partners]
        wanted = (partners >= 0) & (article < mine[:, None])
        if asked is not None:
            wanted &= asked.changed[early.number[here]] | asked.touched[mine][:, None] | asked.touched[article]
        row, column = np.nonzero(wanted)
        later, earlier = here[row], partners[row, column]
        parts.append(
            near_pairs(
                postings.article[earlier],
                postings.article[later],
                postings.position[earlier],
                postings.position[later],
            )
        )
        start = stop
    return joined_pairs(parts)


def joined_pairs(parts: Sequence[Pairs]) -> Pairs:
    """The pairs of several parts, end to end."""
    parts = [no_pairs(), *parts]
    return Pairs(*(np.concatenate([getattr(part, name) for part in parts]) for name in Pairs.__dataclass_fields__))
