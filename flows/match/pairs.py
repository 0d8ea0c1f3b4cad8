"""Which pairs of articles must be aligned anew, and their aligned spans."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flows.match.align.buckets import Spill
from flows.match.align.candidates import SEEDS, Asked, Early, Ints, Postings, earliest, near_diagonal, not_in, pair_up
from flows.match.align.chain import Held, shared_places
from flows.match.align.extend import MASKED
from flows.match.align.pair import Articles, align
from flows.match.archive import Archive, Furniture, in_order
from flows.match.arrays import among, distinct
from flows.match.furniture import covered
from flows.match.isolate import PAIR, Faults, halved
from flows.match.memory import Limits
from flows.match.relate import forms, to_rows
from flows.match.rows import Rows, no_rows
from flows.match.store import Store
from flows.match.winnow import HASH_BITS, Hashes, Positions

PAIRS = 1024
"""Pairs that are looked at at a time, at most."""
MANY_PAIRS = 4096
"""Pairs that are aligned at a time, at most: few ends of passages have far to go, and these go together."""
SHARED = 3
"""Times the letters in hand that the pairs aligned at a time may have, as most articles are in several of them."""


@dataclass(frozen=True)
class Moment:
    """The archive at one time: what is in it, in what order, and what is furniture."""

    archive: Archive
    ranks: Ints
    furniture: Furniture

    def by_rank(self) -> Ints:
        """The articles in order of time."""
        living = np.flatnonzero(self.ranks >= 0)
        result = np.empty(len(living), np.int64)
        result[self.ranks[living]] = living
        return result


@dataclass(frozen=True)
class Crowd:
    """Fingerprints with as many carriers as count, ascending, and the last article that counts."""

    hash: Hashes
    last: Ints

    def lets(self, ranks: Ints, article: Ints, hashes: Hashes) -> NDArray[np.bool_]:
        """Which articles are early carriers of fingerprints that they hold."""
        if len(self.hash) == 0:
            return np.ones(len(hashes), np.bool_)
        at = np.searchsorted(self.hash, hashes)
        at[at == len(self.hash)] = 0
        early: NDArray[np.bool_] = ranks[article] <= ranks[self.last[at]]
        early |= self.hash[at] != hashes
        return early


@dataclass(frozen=True)
class Work:
    """What has changed among the pairs: those to be aligned, earlier and later article, and those to be forgotten.

    All rows of articles in `touched` are to be forgotten too.
    """

    left: Ints
    right: Ints
    forget: Ints
    crowd: Crowd


def pair_key(left: Ints, right: Ints) -> Ints:
    """A pair of articles in one word."""
    return (left << 32) | right


def either_key(left: Ints, right: Ints) -> Ints:
    """The same, whichever of the two is the earlier."""
    return pair_key(np.minimum(left, right), np.maximum(left, right))


@dataclass(frozen=True)
class _View:
    """The postings of some fingerprints at one moment, articles in order of time, and their early carriers."""

    postings: Postings
    by_rank: Ints
    early: Early


def _view(moment: Moment, held: tuple[Ints, Positions, Hashes]) -> _View:
    article, position, value = held
    known = article < len(moment.archive)
    if not known.all():
        article, position, value = article[known], position[known], value[known]
    postings, by_rank = in_order(moment.archive, moment.ranks, moment.furniture, (article, position, value))
    return _View(postings, by_rank, earliest(postings))


def _numbered(view: _View) -> Postings:
    """The postings of a view, articles by number."""
    return Postings(view.by_rank[view.postings.article].astype(np.int32), view.postings.position, view.postings.hash)


def _asked(view: _View, touched: NDArray[np.bool_], other: _View, unsure: Hashes) -> Asked:
    """What has to be looked at in a view, given the view at the other moment, where early carriers may have changed for
    the fingerprints `unsure` alone."""
    changed = np.zeros(view.early.table.shape, np.bool_)
    rows = np.flatnonzero(among(view.postings.hash[view.early.table[:, 0]], unsure))
    some = replace(view.early, table=view.early.table[rows])
    changed[rows] = not_in(_numbered(view), some, other.early, _numbered(other))
    return Asked(touched[np.maximum(view.by_rank, 0)], changed)


def _unmarked(moment: Moment, store: Store, articles: Ints) -> tuple[Ints, Hashes, Ints]:
    """The fingerprints of articles that are not furniture: place in `articles`, fingerprint, place in the article."""
    hashes, position, bounds = store.fingerprints(articles)
    row = np.repeat(np.arange(len(articles)), np.diff(bounds))
    kept = ~moment.furniture.marks(moment.archive, articles[row], hashes)
    return row[kept], hashes[kept], position[kept].astype(np.int64)


def _unsure(before: Moment, store: Store, view: _View, touched: Ints, is_touched: NDArray[np.bool_]) -> Hashes:
    """The fingerprints of which an untouched article may have become an early carrier or ceased to be, ascending.

    They have many carriers, of which one that is touched is early; or a touched article held them before.
    """
    full = view.early.table[view.early.table[:, -1] >= 0]
    here = is_touched[view.by_rank[view.postings.article[full]]].any(axis=1)
    was = touched[touched < len(before.archive)]
    had = _unmarked(before, store, was[before.archive.alive[was]])[1]
    return distinct(np.concatenate([view.postings.hash[full[here, 0]], had]))


def _evidence(before: Moment, after: Moment, store: Store, touched: Ints) -> Hashes:
    """The fingerprints that touched articles hold now or held before, other than as furniture, ascending."""
    was = touched[touched < len(before.archive)]
    parts = [
        _unmarked(moment, store, articles[moment.archive.alive[articles]])[1]
        for moment, articles in ((before, was), (after, touched))
    ]
    return distinct(np.concatenate(parts))


def _still_near(moment: Moment, store: Store, crowd: Crowd, left: Ints, right: Ints, letters: int) -> NDArray[np.bool_]:
    """Which pairs are candidates, from their fingerprints themselves."""
    result = np.zeros(len(left), np.bool_)
    for start, stop in cut(store.lengths(), left, right, letters):
        articles, place = np.unique(np.concatenate([left[start:stop], right[start:stop]]), return_inverse=True)
        row, hashes, position = _unmarked(moment, store, articles)
        held = Held(hashes, position, np.searchsorted(row, np.arange(len(articles) + 1)))
        early = crowd.lets(moment.ranks, articles[row], hashes)
        seeds = shared_places(held, place[: stop - start], place[stop - start :], early)
        result[start + near_diagonal(seeds.pair, seeds.left, seeds.right)] = True
    return result


def _within(moment: Moment, store: Store, articles: Ints) -> Ints:
    """The articles that repeat enough of their own fingerprints to be aligned with themselves."""
    row, hashes, _ = _unmarked(moment, store, articles)
    held = np.sort((row.astype(np.uint64) << np.uint64(HASH_BITS)) | hashes)
    again = (held[1:][held[1:] == held[:-1]] >> np.uint64(HASH_BITS)).astype(np.int64)
    return articles[np.bincount(again, minlength=len(articles)) >= SEEDS]


def _all(moment: Moment, store: Store, limits: Limits, scratch: Path) -> tuple[Ints, Ints, Crowd]:
    """All candidates, earlier and later article, and what is crowded; through files where there is much to join."""
    if store.postings <= limits.postings:
        view = _view(moment, store.holders(None))
        pairs = pair_up(view.postings, view.early)
        return (
            view.by_rank[pairs.earlier[pairs.near]],
            view.by_rank[pairs.later[pairs.near]],
            Crowd(view.early.crowded, view.by_rank[view.early.last]),
        )
    buckets = 1 << (store.postings // limits.postings).bit_length()
    spill = Spill(scratch, len(moment.archive), 2 * buckets)
    hashes, last = [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)]
    edges = store.edges(buckets).tolist()
    for start, stop in zip([0, *edges], [*edges, 1 << HASH_BITS], strict=True):
        view = _view(moment, store.bucket(start, stop))
        spill.add(view.postings, view.early)
        hashes.append(view.early.crowded)
        last.append(view.by_rank[view.early.last])
    pairs = spill.pairs()
    crowded = np.concatenate(hashes)
    order = np.argsort(crowded, kind="stable")
    by_rank = moment.by_rank()
    return (
        by_rank[pairs.earlier[pairs.near]],
        by_rank[pairs.later[pairs.near]],
        Crowd(crowded[order], np.concatenate(last)[order]),
    )


def work(
    before: Moment,
    after: Moment,
    store: Store,
    pairs_before: Ints,
    touched: Ints,
    known: Crowd,
    limits: Limits,
    scratch: Path,
) -> Work:
    """Compare the pairs before and after: what must be aligned, and what is no longer so.

    `pairs_before` are the pairs (as `pair_key` has them) that were aligned before, or could not be; `touched` the
    articles that came, went, moved in time or to other outlets, or whose furniture changed. `scratch` is a folder that
    may be made and removed again.
    """
    living = touched[after.archive.alive[touched]]
    everything = 4 * len(touched) >= int(after.archive.alive.sum())
    hashes = None if everything else _evidence(before, after, store, touched)
    # Of few articles too there may be more fingerprints elsewhere than there is room for.
    if hashes is not None and store.frequencies(hashes).sum() > limits.postings:
        hashes = None
    is_touched = np.zeros(len(after.archive), np.bool_)
    is_touched[touched] = True
    if hashes is None:
        left, right, crowd = _all(after, store, limits, scratch)
        fresh = is_touched[left] | is_touched[right]
        aligned_before = distinct(pairs_before[pairs_before >> 32 != pairs_before & 0xFFFFFFFF])
        forget = aligned_before[~among(aligned_before, pair_key(left, right))]
        old_left, old_right = left[~fresh], right[~fresh]
        left, right = left[fresh], right[fresh]
    else:
        # A fingerprint that stands once makes no pair.
        held = store.holders(hashes, least=2)
        view = _view(after, held)
        crowd = _merged(known, Crowd(view.early.crowded, view.by_rank[view.early.last]), hashes)
        unsure = _unsure(before, store, view, touched, is_touched)
        chosen = among(held[2], unsure)
        past = _view(before, (held[0][chosen], held[1][chosen], held[2][chosen]))
        pairs = pair_up(view.postings, view.early, _asked(view, is_touched, past, unsure))
        left, right = view.by_rank[pairs.earlier], view.by_rank[pairs.later]
        fresh = is_touched[left] | is_touched[right]
        lost = pair_up(
            past.postings,
            past.early,
            Asked(np.zeros(len(before.archive), np.bool_), _asked(past, is_touched, view, unsure).changed),
        )
        doubt = distinct(
            np.concatenate(
                [
                    pair_key(left[~fresh], right[~fresh]),
                    pair_key(past.by_rank[lost.earlier], past.by_rank[lost.later]),
                ]
            )
        )
        # A touched article has all its fingerprints among those looked at; of other pairs only some are.
        left, right = left[fresh & pairs.near], right[fresh & pairs.near]
        old_left, old_right = doubt >> 32, doubt & 0xFFFFFFFF
        untouched = ~is_touched[old_left] & ~is_touched[old_right]
        old_left, old_right = old_left[untouched], old_right[untouched]
        near = _still_near(after, store, crowd, old_left, old_right, limits.letters)
        forget = pair_key(old_left, old_right)[~near]
        old_left, old_right = old_left[near], old_right[near]
    # What two untouched articles have in common has not changed.
    new = ~among(pair_key(old_left, old_right), pairs_before)
    own = np.concatenate(
        [living[:0], *(_within(after, store, living[a:b]) for a, b in _runs(store.lengths()[living], limits.letters))]
    )
    lefts, rights = np.concatenate([left, old_left[new], own]), np.concatenate([right, old_right[new], own])
    order = np.lexsort((after.ranks[lefts], after.ranks[rights]))
    return Work(lefts[order], rights[order], forget, crowd)


def _merged(known: Crowd, crowd: Crowd, hashes: Hashes) -> Crowd:
    """What is crowded now: as found for the fingerprints looked at, as known for the others."""
    kept = ~among(known.hash, hashes)
    merged = np.concatenate([known.hash[kept], crowd.hash])
    order = np.argsort(merged, kind="stable")
    return Crowd(merged[order], np.concatenate([known.last[kept], crowd.last])[order])


def _runs(lengths: Ints, letters: int, most: int | None = None) -> Iterator[tuple[int, int]]:
    """Cut a list of things into runs of so many letters, of at least one thing and at most `most`."""
    total = np.cumsum(lengths)
    start = 0
    while start < len(lengths):
        base = int(total[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(total, base + letters, "right")))
        stop = min(stop, start + most) if most else stop
        yield start, stop
        start = stop


def cut(lengths: Ints, left: Ints, right: Ints, letters: int) -> Iterator[tuple[int, int]]:
    """Cut a list of pairs into blocks of at most so many letters; `lengths` are the letters of all articles."""
    return _runs(lengths[left] + lengths[right], letters, PAIRS)


def gather(moment: Moment, store: Store, articles: Ints) -> Articles:
    """Articles as the aligner takes them."""
    codes, bounds = store.letters(articles)
    hashes, position, posting_bounds = store.fingerprints(articles)
    row = np.repeat(np.arange(len(articles)), np.diff(posting_bounds))
    marks = moment.furniture.marks(moment.archive, articles[row], hashes)
    masked = codes
    if marks.any():
        hidden = covered(bounds[:-1], np.diff(bounds), row[marks], position[marks].astype(np.int64))
        masked = np.where(hidden, MASKED, codes)
    kept = ~marks
    posting_bounds = np.concatenate([[0], np.cumsum(kept)])[posting_bounds]
    return Articles(codes, masked, bounds, position[kept], hashes[kept], posting_bounds)


def aligned(moment: Moment, store: Store, left: Ints, right: Ints, workers: int, letters: int, faults: Faults) -> Rows:
    """The aligned spans of pairs, in the order of the pairs, their relations still to be found.

    A pair that cannot be aligned has none, and is among the faults.
    """
    parts = [no_rows()]
    lengths = store.lengths()
    for start, stop in _runs(lengths[left] + lengths[right], SHARED * letters, MANY_PAIRS):
        parts += halved(
            lambda first, last: _aligned_block(moment, store, left[first:last], right[first:last], workers),
            start,
            stop,
            lambda pair, error: faults.add(error, PAIR, names(moment.archive, left[pair], right[pair])),
        )
    return _distinct(store, np.concatenate(parts))


def _aligned_block(moment: Moment, store: Store, left: Ints, right: Ints, workers: int) -> Rows:
    number, place = np.unique(np.concatenate([left, right]), return_inverse=True)
    articles = gather(moment, store, number)
    lefts, rights = place[: len(left)], place[len(left) :]
    spans = align(articles, lefts, rights, workers, loose=True)
    if len(spans) == 0:
        return no_rows()
    return to_rows(number, lefts, rights, spans, forms(store, articles, number, lefts, rights, spans))


def names(archive: Archive, *articles: int) -> list[str]:
    """The ids of articles."""
    return [archive.article_id[article].decode() for article in articles]


def _distinct(store: Store, rows: Rows) -> Rows:
    """The rows without those that are the same printed spans again."""
    columns = [rows["left"], rows["right"]]
    for side in ("left", "right"):
        columns.append(store.printed(rows[side], rows[f"{side}_start"].astype(np.int64)))
        columns.append(store.printed(rows[side], rows[f"{side}_end"].astype(np.int64) - 1))
    order = np.lexsort((np.arange(len(rows)), *columns))
    again = np.ones(len(rows), np.bool_)
    again[:1] = False
    for column in columns:
        again[1:] &= column[order][1:] == column[order][:-1]
    kept = np.ones(len(rows), np.bool_)
    kept[order[again]] = False
    return rows[kept]
