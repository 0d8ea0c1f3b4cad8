"""Pairs of articles to aligned spans: seeds, chains, ends, and the proof by edit distance.

What comes out for a pair depends on the letters of its two articles, and on which of them are furniture, alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq, Levenshtein
from rapidfuzz.process import cpdist

from flows.match.agree import renamed
from flows.match.candidates import Ints
from flows.match.chain import Chains, Held, chain, fuse, runs, shared_places, solid, sorted_by
from flows.match.extend import MASKED, Sides, extend
from flows.match.winnow import GRAM, Hashes

LEAST_LETTERS = 60
"""Folded letters that a passage has at least."""
LEAST_SIMILARITY = 0.65
"""Levenshtein similarity that two spans of one passage have at least."""
SHORT = 120
SHORT_SIMILARITY = 0.82
"""Below SHORT letters they must be so alike: two sentences built alike of other words reach 0.8, OCR keeps 0.85."""
PIECE = 160
"""Letters after which a span is cut at an exact match before it is compared, so that the cost is linear."""


@dataclass(frozen=True)
class Articles:
    """Folded articles laid end to end, for the aligner.

    Row i has the letters `codes_all[bounds[i]:bounds[i + 1]]`, in `codes` with MASKED where a letter is furniture; and
    the fingerprints `posting_bounds[i]:posting_bounds[i + 1]` of `position` and `hash`, those of furniture left out.
    """

    codes_all: NDArray[np.uint32]
    codes: NDArray[np.uint32]
    bounds: Ints
    position: NDArray[np.int32]
    hash: Hashes
    posting_bounds: Ints

    @cached_property
    def named(self) -> NDArray[np.uint32]:
        """The letters by other names, to be compared with one another only."""
        return renamed(self.codes_all)

    @cached_property
    def texts(self) -> list[str]:
        """The letters of each row, as `named`."""
        text, bounds = self.named.tobytes().decode("utf-32-le"), self.bounds.tolist()
        return [text[start:end] for start, end in pairwise(bounds)]


@dataclass(frozen=True)
class Aligned:
    """Spans of one passage in two articles, in folded letters, by pair, right and left place."""

    pair: Ints
    left_start: Ints
    left_end: Ints
    right_start: Ints
    right_end: Ints
    distance: Ints
    matched: Ints

    def __len__(self) -> int:
        return len(self.pair)

    def take(self, index: Ints | NDArray[np.bool_]) -> Aligned:
        return Aligned(*(values[index] for values in vars(self).values()))


def _grown(articles: Articles, left: Ints, right: Ints, chains: Chains) -> Chains:
    """The chains, each end moved to where the two texts really part."""
    bounds, pair = articles.bounds, chains.pair
    mine, theirs = extend(
        articles.codes,
        Sides(chains.left_start, chains.left_end, bounds[left[pair]], bounds[left[pair] + 1]),
        Sides(chains.right_start, chains.right_end, bounds[right[pair]], bounds[right[pair] + 1]),
    )
    return replace(chains, left_start=mine.start, left_end=mine.end, right_start=theirs.start, right_end=theirs.end)


def _parted(chains: Chains, within: NDArray[np.bool_]) -> Chains:
    """Inside one article, the two spans of a chain must not overlap: cut them at the middle of the overlap."""
    overlap = np.where(within[chains.pair], np.maximum(chains.left_end - chains.right_start, 0), 0)
    return replace(chains, left_end=chains.left_end - overlap, right_start=chains.right_start + overlap)


def _without_contained(chains: Chains) -> NDArray[np.bool_]:
    """False for chains that lie on both sides inside an earlier or longer one of their pair."""
    order = sorted_by(chains.pair, chains.right_start, chains.right_end.max() - chains.right_end, chains.left_start)
    sorted_chains = chains.take(order)
    kept = np.ones(len(order), np.bool_)
    for back in range(1, min(8, len(order) - 1) + 1):
        here, there = slice(back, None), slice(None, -back)
        inside = (sorted_chains.pair[here] == sorted_chains.pair[there]) & kept[there]
        inside &= sorted_chains.right_end[here] <= sorted_chains.right_end[there]
        inside &= sorted_chains.left_start[here] >= sorted_chains.left_start[there]
        inside &= sorted_chains.left_end[here] <= sorted_chains.left_end[there]
        kept[here] &= ~inside
    result = np.empty(len(order), np.bool_)
    result[order] = kept
    return result


def _cuts(chains: Chains, found: Chains, chain_of_run: Ints) -> tuple[Ints, Ints, Ints]:
    """Where spans are cut before they are compared: chain, left and right place, by chain and place."""
    usable = np.flatnonzero(chain_of_run >= 0)
    owner = chain_of_run[usable]
    # In the middle of a run's first fingerprint the two sides are the same.
    right, left = found.right_start[usable] + GRAM // 2, found.left_start[usable] + GRAM // 2
    inside = (right > chains.right_start[owner] + PIECE // 2) & (right < chains.right_end[owner] - PIECE // 2)
    inside &= (left > chains.left_start[owner]) & (left < chains.left_end[owner])
    owner, left, right = owner[inside], left[inside], right[inside]
    order = sorted_by(owner, right, left)
    owner, left, right = owner[order], left[order], right[order]
    box = (right - chains.right_start[owner]) // PIECE
    first = np.ones(len(owner), np.bool_)
    first[1:] = (owner[1:] != owner[:-1]) | (box[1:] != box[:-1])
    owner, left, right = owner[first], left[first], right[first]
    # A cut that the left side has in another order is dropped.
    high = left.copy()
    base = owner * (int(left.max()) + 1 if len(left) else 1)
    high = np.maximum.accumulate(left + base) - base
    rising = high == left
    rising[1:] &= (owner[1:] != owner[:-1]) | (high[1:] > high[:-1])
    return owner[rising], left[rising], right[rising]


def _sliced(texts: list[str], row: Ints, start: Ints, end: Ints) -> list[str]:
    return [texts[at][a:b] for at, a, b in zip(row.tolist(), start.tolist(), end.tolist(), strict=True)]


def _compared(
    articles: Articles, left: Ints, right: Ints, chains: Chains, cuts: tuple[Ints, Ints, Ints], workers: int
) -> tuple[Ints, Ints]:
    """Edit distance and letters in common of each chain's two spans, summed over its pieces."""
    count = len(chains)
    owner = np.concatenate([np.arange(count), cuts[0], np.arange(count)])
    left_at = np.concatenate([chains.left_start, cuts[1], chains.left_end])
    right_at = np.concatenate([chains.right_start, cuts[2], chains.right_end])
    order = sorted_by(owner, right_at, left_at)
    owner, left_at, right_at = owner[order], left_at[order], right_at[order]
    piece = np.flatnonzero(owner[1:] == owner[:-1])
    of = owner[piece]
    lefts = _sliced(articles.texts, left[chains.pair[of]], left_at[piece], left_at[piece + 1])
    rights = _sliced(articles.texts, right[chains.pair[of]], right_at[piece], right_at[piece + 1])
    # Most pieces are the same on both sides.
    matched = left_at[piece + 1] - left_at[piece]
    distance = np.zeros(len(piece), np.int64)
    unlike = [place for place, (one, two) in enumerate(zip(lefts, rights, strict=True)) if one != two]
    if unlike:
        one, two = [lefts[place] for place in unlike], [rights[place] for place in unlike]
        distance[unlike] = cpdist(one, two, scorer=Levenshtein.distance, dtype=np.int64, workers=workers)
        matched[unlike] = cpdist(one, two, scorer=LCSseq.similarity, dtype=np.int64, workers=workers)
    return (
        np.bincount(of, distance, count).astype(np.int64),
        np.bincount(of, matched, count).astype(np.int64),
    )


def _proved(
    articles: Articles, left: Ints, right: Ints, chains: Chains, found: Chains, of_run: Ints, workers: int
) -> Aligned:
    """The chains with what the comparison says of them."""
    distance, matched = _compared(articles, left, right, chains, _cuts(chains, found, of_run), workers)
    return Aligned(
        chains.pair,
        chains.left_start,
        chains.left_end,
        chains.right_start,
        chains.right_end,
        distance,
        matched,
    )


def _holds(spans: Aligned, chains: Chains) -> NDArray[np.bool_]:
    """Which spans are long and like enough, insertions between fused chains left out of the likeness."""
    left, right = spans.left_end - spans.left_start, spans.right_end - spans.right_start
    longer = np.maximum(left - chains.left_extra, right - chains.right_extra)
    distance = spans.distance - chains.left_extra - chains.right_extra
    least = np.where(longer < SHORT, SHORT_SIMILARITY, LEAST_SIMILARITY)
    good: NDArray[np.bool_] = np.minimum(left, right) >= LEAST_LETTERS
    good &= distance <= (1 - least) * longer
    return good


def align(articles: Articles, left: Ints, right: Ints, workers: int = 1) -> Aligned:
    """The passages that the articles `left[i]` and `right[i]` share; of an article with itself, its repeated ones."""
    within = left == right
    held = Held(articles.hash, articles.position.astype(np.int64), articles.posting_bounds)
    seeds = shared_places(held, left, right)
    if within.any():
        seeds = seeds.take(~within[seeds.pair] | (seeds.left < seeds.right))
    found = runs(seeds)
    chains, of_run = chain(found)
    good = solid(chains)
    chains, of_run = chains.take(good), np.where(good, np.cumsum(good) - 1, -1)[of_run]
    if len(chains) == 0:
        return Aligned(*(np.zeros(0, np.int64) for _ in range(7)))
    fused, of_chain = fuse(chains)
    grown = _parted(_grown(articles, left, right, fused), within)
    kept = _without_contained(grown)
    kept &= np.minimum(grown.left_end - grown.left_start, grown.right_end - grown.right_start) >= LEAST_LETTERS
    number = np.where(kept, np.cumsum(kept) - 1, -1)
    of_fused = np.where(of_run >= 0, number[of_chain[of_run]], -1)
    spans = _proved(articles, left, right, grown.take(kept), found, of_fused, workers)
    holds = _holds(spans, grown.take(kept))
    # Where an insertion made two passages too unlike, each is tried alone.
    failed = np.zeros(len(fused), np.bool_)
    failed[np.flatnonzero(kept)[~holds]] = True
    again = failed[of_chain] & (np.bincount(of_chain, minlength=len(fused))[of_chain] > 1)
    result = spans.take(holds)
    if again.any():
        single = _parted(_grown(articles, left, right, chains.take(again)), within)
        number = np.where(again, np.cumsum(again) - 1, -1)
        alone = _proved(articles, left, right, single, found, np.where(of_run >= 0, number[of_run], -1), workers)
        alone = alone.take(_holds(alone, single))
        result = Aligned(
            *(np.concatenate([a, b]) for a, b in zip(vars(result).values(), vars(alone).values(), strict=True))
        )
    return result.take(sorted_by(result.pair, result.right_start, result.left_start, result.left_end))


__all__ = ["MASKED", "Aligned", "Articles", "align"]
