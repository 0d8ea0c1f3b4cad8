"""Pairs of articles to aligned spans: seeds, chains, ends, and the proof by edit distance.

What comes out for a pair depends on the letters of its two articles, and on which of them are furniture, alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import compress
from operator import ne

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq, Levenshtein
from rapidfuzz.process import cpdist

from flows.match.align.agree import renamed
from flows.match.align.candidates import Ints
from flows.match.align.chain import Chains, Held, Seeds, chain, fuse, ranges, runs, shared_places, solid, sorted_by
from flows.match.align.choose import once
from flows.match.align.extend import MASKED, Sides, extend
from flows.match.align.loose import compared, loose_spans, outside
from flows.match.align.pieces import divided, sliced
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
TOGETHER = 1024
"""Pieces that are compared at a time."""


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
    def text(self) -> str:
        """The letters by other names, end to end, to be compared with one another only."""
        return renamed(self.codes_all).tobytes().decode("utf-32-le")


@dataclass(frozen=True)
class Cuts:
    """Places where spans are cut before they are compared: span i has `count[i]` of them, end to end and rising.

    Both sides are the same there.
    """

    count: Ints
    left: Ints
    right: Ints

    def take(self, index: Ints) -> Cuts:
        count = self.count[index]
        place = ranges((np.cumsum(self.count) - self.count)[index], count)
        return Cuts(count, self.left[place], self.right[place])


@dataclass(frozen=True)
class Aligned:
    """Spans of one passage in two articles, in folded letters, by pair, right and left place."""

    cuts: Cuts
    pair: Ints
    left_start: Ints
    left_end: Ints
    right_start: Ints
    right_end: Ints
    distance: Ints
    matched: Ints
    loose: Ints
    """1 where the passage is told in other words, so that it is known by its fingerprints alone."""

    def __len__(self) -> int:
        return len(self.pair)

    def take(self, index: Ints) -> Aligned:
        return Aligned(self.cuts.take(index), *(getattr(self, name)[index] for name in _COLUMNS))


_COLUMNS = ("pair", "left_start", "left_end", "right_start", "right_end", "distance", "matched", "loose")


def _none() -> Aligned:
    none = np.zeros(0, np.int64)
    return Aligned(Cuts(none, none, none), *(none for _ in _COLUMNS))


def _both(one: Aligned, two: Aligned) -> Aligned:
    cuts = (np.concatenate([a, b]) for a, b in zip(vars(one.cuts).values(), vars(two.cuts).values(), strict=True))
    columns = (np.concatenate([getattr(one, name), getattr(two, name)]) for name in _COLUMNS)
    return Aligned(Cuts(*cuts), *columns)


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


def _cuts(chains: Chains, found: Chains, chain_of_run: Ints) -> Cuts:
    """Where spans are cut before they are compared, about every PIECE letters."""
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
    return Cuts(np.bincount(owner[rising], minlength=len(chains)), left[rising], right[rising])


def _compared(text: str, start: Ints, end: Ints, other: Ints, other_end: Ints, workers: int) -> tuple[Ints, Ints]:
    """Edit distance and letters in common of pairs of spans of a text."""
    distance, matched = np.zeros(len(start), np.int64), end - start
    # Few at a time, so that the same memory holds their letters again and again.
    for first in range(0, len(start), TOGETHER):
        here = slice(first, first + TOGETHER)
        lefts, rights = sliced(text, start[here], end[here]), sliced(text, other[here], other_end[here])
        # Many are the same on both sides.
        unlike = list(map(ne, lefts, rights))
        one, two = list(compress(lefts, unlike)), list(compress(rights, unlike))
        if one:
            place = first + np.flatnonzero(unlike)
            distance[place] = cpdist(one, two, scorer=Levenshtein.distance, dtype=np.int64, workers=workers)
            matched[place] = cpdist(one, two, scorer=LCSseq.similarity, dtype=np.int64, workers=workers)
    return distance, matched


def _proved(
    articles: Articles, left: Ints, right: Ints, chains: Chains, found: Chains, of_run: Ints, workers: int
) -> Aligned:
    """The chains with the edit distance and the letters in common of their two spans, summed over their pieces."""
    cuts, count = _cuts(chains, found, of_run), len(chains)
    of, start, end = divided(chains.left_start, chains.left_end, cuts.left, cuts.count)
    _, other, other_end = divided(chains.right_start, chains.right_end, cuts.right, cuts.count)
    mine, theirs = articles.bounds[left[chains.pair[of]]], articles.bounds[right[chains.pair[of]]]
    distance, matched = _compared(articles.text, mine + start, mine + end, theirs + other, theirs + other_end, workers)
    return Aligned(
        cuts,
        chains.pair,
        chains.left_start,
        chains.left_end,
        chains.right_start,
        chains.right_end,
        np.bincount(of, distance, count).astype(np.int64),
        np.bincount(of, matched, count).astype(np.int64),
        np.zeros(count, np.int64),
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


def align(articles: Articles, left: Ints, right: Ints, workers: int = 1, *, loose: bool = False) -> Aligned:
    """The passages that the articles `left[i]` and `right[i]` share; of an article with itself, its repeated ones.

    With `loose`, also those that one of the two tells in other words.
    """
    within = left == right
    held = Held(articles.hash, articles.position.astype(np.int64), articles.posting_bounds)
    seeds = shared_places(held, left, right)
    if within.any():
        seeds = seeds.take(~within[seeds.pair] | (seeds.left < seeds.right))
    found = _copies(articles, left, right, seeds, workers)
    result = found.take(np.flatnonzero(_once(found, ~within[found.pair])))
    if loose:
        told = _loose(articles, left, right, seeds.take(~within[seeds.pair]), found)
        result = _both(result, told.take(np.flatnonzero(_once(told, np.ones(len(told), np.bool_)))))
    return result.take(sorted_by(result.pair, result.right_start, result.left_start, result.left_end))


def _once(spans: Aligned, asked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    sides = (spans.left_start, spans.left_end), (spans.right_start, spans.right_end)
    return once(spans.pair, *sides, spans.matched, asked)


def _loose(articles: Articles, left: Ints, right: Ints, seeds: Seeds, found: Aligned) -> Aligned:
    """The passages told in other words, beside those found."""
    sides = (found.left_start, found.left_end), (found.right_start, found.right_end)
    seeds = seeds.take(outside(seeds, found.pair, *sides))
    name = _fingerprints(articles, left[seeds.pair], seeds.left)
    pair, start, end, other, other_end = loose_spans(seeds, name)
    mine, theirs = articles.bounds[left[pair]], articles.bounds[right[pair]]
    text = articles.text if len(pair) else ""
    texts = zip(sliced(text, mine + start, mine + end), sliced(text, theirs + other, theirs + other_end), strict=True)
    told = np.array([compared(one, two) for one, two in texts], np.int64).reshape(-1, 2)
    none = np.zeros(len(pair), np.int64)
    cuts = Cuts(none, none[:0], none[:0])
    return Aligned(cuts, pair, start, end, other, other_end, told[:, 0], told[:, 1], none + 1)


def _fingerprints(articles: Articles, row: Ints, place: Ints) -> Ints:
    """The fingerprints that articles have at places."""
    width = int(articles.position.max(initial=0)) + 1
    owner = np.repeat(np.arange(len(articles.posting_bounds) - 1), np.diff(articles.posting_bounds))
    at = np.searchsorted(owner * width + articles.position, row * width + place)
    return articles.hash[at].astype(np.int64)


def _copies(articles: Articles, left: Ints, right: Ints, seeds: Seeds, workers: int) -> Aligned:
    """The passages whose letters agree."""
    within = left == right
    found = runs(seeds)
    chains, of_run = chain(found)
    good = solid(chains)
    chains, of_run = chains.take(good), np.where(good, np.cumsum(good) - 1, -1)[of_run]
    if len(chains) == 0:
        return _none()
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
    result = spans.take(np.flatnonzero(holds))
    if again.any():
        single = _parted(_grown(articles, left, right, chains.take(again)), within)
        number = np.where(again, np.cumsum(again) - 1, -1)
        alone = _proved(articles, left, right, single, found, np.where(of_run >= 0, number[of_run], -1), workers)
        result = _both(result, alone.take(np.flatnonzero(_holds(alone, single))))
    return result


__all__ = ["MASKED", "Aligned", "Articles", "align"]
