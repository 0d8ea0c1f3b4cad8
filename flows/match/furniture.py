"""Furniture: text that an outlet prints again and again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from flows.match.archive import Archive, Furniture, outlet_key
from flows.match.candidates import Ints
from flows.match.store import Store
from flows.match.winnow import GRAM, HASH_BITS, WINDOW, Hashes

LEAST_ARTICLES = 10
"""Articles of one outlet that hold a fingerprint of its furniture, at least."""
LEAST_SHARE = 0.15
"""Share of the outlet's captures that they make up, at least."""
BRIDGE = GRAM + WINDOW
"""Letters between two fingerprints of furniture that are furniture too."""

RECOUNT = 8
"""One in so many articles touched, and an outlet is counted afresh rather than updated."""

_INDEX_BITS = 24
_NOTHING = (np.zeros(0, np.uint64), np.zeros(0, np.int32), np.zeros(1, np.int64))


def furniture_of(row: Ints, hashes: Hashes, captures: Ints, total: int) -> Hashes:
    """The fingerprints of an outlet's furniture, ascending.

    `row` and `hashes` are the postings of its articles, by article; `captures[row]` how often the outlet was seen with
    each, `total` the captures of the outlet.
    """
    if len(captures) < LEAST_ARTICLES:
        return np.zeros(0, np.uint64)
    found = []
    buckets = max(1, len(hashes) >> (_INDEX_BITS - 1))
    for bucket in range(buckets):
        held = np.flatnonzero(hashes % np.uint64(buckets) == bucket) if buckets > 1 else np.arange(len(hashes))
        packed = np.sort((hashes[held] << np.uint64(_INDEX_BITS)) | np.arange(len(held), dtype=np.uint64))
        key = packed >> np.uint64(_INDEX_BITS)
        article = row[held[(packed & np.uint64((1 << _INDEX_BITS) - 1)).astype(np.int64)]]
        first = np.ones(len(key), np.bool_)
        first[1:] = (key[1:] != key[:-1]) | (article[1:] != article[:-1])
        key, article = key[first], article[first]
        start = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]])) if len(key) else np.zeros(0, np.int64)
        if len(start) == 0:
            continue
        articles = np.diff(np.append(start, len(key)))
        seen = np.add.reduceat(captures[article], start)
        found.append(key[start[(articles >= LEAST_ARTICLES) & (seen >= LEAST_SHARE * total)]])
    return np.sort(np.concatenate(found)) if found else np.zeros(0, np.uint64)


def covered(starts: Ints, lengths: Ints, row: Ints, position: Ints) -> NDArray[np.bool_]:
    """Which letters are furniture, given the fingerprints that are.

    Articles have `lengths` letters from `starts` on; the fingerprint `position` lies in article `row`, by article
    and place.
    """
    total = int(lengths.sum())
    edges = np.zeros(total + 1, np.int32)
    if len(row):
        at = starts[row] + position
        reach = np.full(len(row), GRAM, np.int64)
        step = at[1:] - at[:-1]
        near = (row[1:] == row[:-1]) & (step <= GRAM + BRIDGE)
        reach[:-1] = np.where(near, np.maximum(step, GRAM), GRAM)
        np.add.at(edges, at, 1)
        np.add.at(edges, at + reach, -1)
    return np.cumsum(edges[:-1]) > 0


def _recounted(archive: Archive, store: Store, outlet: int, total: int) -> Hashes:
    """An outlet's furniture, from all its articles."""
    articles = archive.of_outlets(np.array([outlet]))
    place, outlets, captures = archive.members(articles)
    mine = outlets == outlet
    counted = np.zeros(len(articles), np.int64)
    counted[place[mine]] = captures[mine]
    hashes, _, bounds = store.fingerprints(articles) if len(articles) >= LEAST_ARTICLES else _NOTHING
    return furniture_of(np.repeat(np.arange(len(bounds) - 1), np.diff(bounds)), hashes, counted, total)


def _updated(archive: Archive, store: Store, outlets: Ints, hashes: Hashes, totals: Ints) -> Hashes:
    """The keys of the outlets' furniture, where only the fingerprints given can be it."""
    article, _, held = store.holders(hashes)
    living = archive.alive[article]
    article, held = article[living], held[living]
    place, outlet, captures = archive.members(article)
    mine = np.isin(outlet, outlets)
    place, outlet, captures = place[mine], outlet[mine], captures[mine]
    key, article = outlet_key(outlet, held[place]), article[place]
    order = np.lexsort((article, key))
    key, article, captures = key[order], article[order], captures[order]
    first = np.ones(len(key), np.bool_)
    first[1:] = (key[1:] != key[:-1]) | (article[1:] != article[:-1])
    key, captures = key[first], captures[first]
    start = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]])) if len(key) else np.zeros(0, np.int64)
    if len(start) == 0:
        return np.zeros(0, np.uint64)
    seen = np.add.reduceat(captures, start)
    articles = np.diff(np.append(start, len(key)))
    total = totals[(key[start] >> np.uint64(HASH_BITS)).astype(np.int64)]
    return key[start[(articles >= LEAST_ARTICLES) & (seen >= LEAST_SHARE * total)]]


def refresh(archive: Archive, store: Store, old: Furniture, touched: Ints, shrunk: Ints) -> Furniture:
    """The furniture of all outlets, after the articles `touched` came, went or moved and `shrunk` outlets lost some."""
    totals = archive.totals()
    living = touched[archive.alive[touched]]
    affected = np.union1d(np.unique(archive.members(living)[1]), shrunk)
    many = RECOUNT * len(living) >= int(archive.alive.sum())
    recount = affected if many else shrunk
    owner = (old.key >> np.uint64(HASH_BITS)).astype(np.int64)
    keys = [old.key[~np.isin(owner, affected)]]
    for outlet in recount.tolist():
        found = _recounted(archive, store, outlet, int(totals[outlet]))
        keys.append(outlet_key(np.full(len(found), outlet), found))
    rest = np.setdiff1d(affected, recount)
    if len(rest):
        # A share can rise only for what a new article holds, and fall for what was furniture.
        mine = archive.of_outlets(rest)
        fresh, _, _ = store.fingerprints(np.intersect1d(mine, living))
        known = old.key[np.isin(owner, rest)] & np.uint64((1 << HASH_BITS) - 1)
        keys.append(_updated(archive, store, rest, np.unique(np.concatenate([fresh, known])), totals))
    return Furniture(np.sort(np.concatenate(keys)))


def remarked(archive: Archive, store: Store, old: Furniture, new: Furniture) -> Ints:
    """The living articles that hold fingerprints which became furniture of their outlet, or ceased to be."""
    changed = np.setxor1d(old.key, new.key)
    if len(changed) == 0:
        return np.zeros(0, np.int64)
    hashes = np.unique(changed & np.uint64((1 << HASH_BITS) - 1))
    article, _, held = store.holders(hashes)
    living = archive.alive[article]
    article, held = article[living], held[living]
    return np.unique(article[Furniture(changed).marks(archive, article, held)])
