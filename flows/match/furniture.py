"""Furniture: text that an outlet prints again and again beside texts of its own.

Repetition alone does not make it: an article that an outlet ran ten times is repeated as often. Furniture stands in
articles that are mostly something else, or it is short and what stands beside it is not. So what an outlet repeats
often is furniture only where enough of the articles that hold it have such text of their own (`supported`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flows.match.archive import Archive, Furniture, outlet_key
from flows.match.arrays import among, distinct
from flows.match.candidates import Ints
from flows.match.chain import sorted_by
from flows.match.store import Store
from flows.match.winnow import GRAM, HASH_BITS, WINDOW, Hashes

LEAST_ARTICLES = 10
"""Articles of one outlet that hold a fingerprint of its furniture, at least."""
LEAST_SHARE = 0.15
"""Share of the outlet's captures that they make up, at least."""
BRIDGE = GRAM + WINDOW
"""Letters between two fingerprints of furniture that are furniture too."""

OWN = 40
"""Letters in a row that an outlet does not repeat, for them to be an article's own: a form's slots have fewer."""
OWN_EDGE = 16
"""The same at the beginning and at the end of an article, where a headline may stand alone."""
SHORT = 400
"""Letters of a passage that may be furniture in an article that has less of its own than of what is repeated."""
OWN_SHARE = 0.125
"""Share of such a passage's letters that the article has of its own at least."""

RECOUNT = 8
"""One in so many articles touched, and an outlet is counted afresh rather than updated."""

_INDEX_BITS = 24
_NOTHING = (np.zeros(0, np.uint64), np.zeros(0, np.int32), np.zeros(1, np.int64))


def often_of(row: Ints, hashes: Hashes, captures: Ints, total: int) -> Hashes:
    """The fingerprints that an outlet repeats often, ascending.

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
    """What an outlet repeats often, from all its articles."""
    articles = archive.of_outlets(np.array([outlet]))
    place, outlets, captures = archive.members(articles)
    mine = outlets == outlet
    counted = np.zeros(len(articles), np.int64)
    counted[place[mine]] = captures[mine]
    hashes, _, bounds = store.fingerprints(articles) if len(articles) >= LEAST_ARTICLES else _NOTHING
    return often_of(np.repeat(np.arange(len(bounds) - 1), np.diff(bounds)), hashes, counted, total)


def _updated(archive: Archive, store: Store, outlets: Ints, hashes: Hashes, totals: Ints) -> Hashes:
    """The keys of what the outlets repeat often, where only the fingerprints given can be it."""
    article, _, held = store.holders(hashes, LEAST_ARTICLES)
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


@dataclass(frozen=True)
class Repeated:
    """Postings that an outlet repeats, by outlet, article and place; an article of two outlets is there for each."""

    outlet: Ints
    article: Ints
    position: Ints
    key: Hashes

    def runs(self) -> tuple[Ints, Ints]:
        """The postings that open a run of one passage, and the number of each posting's run."""
        opens = np.ones(len(self.key), np.bool_)
        opens[1:] = (self.outlet[1:] != self.outlet[:-1]) | (self.article[1:] != self.article[:-1])
        opens[1:] |= np.diff(self.position) > GRAM + BRIDGE
        return np.flatnonzero(opens), np.cumsum(opens) - 1


def repeated(archive: Archive, store: Store, keys: Hashes) -> Repeated:
    """The postings of the living that the keys (outlet and fingerprint, ascending) name."""
    article, positions, hashes = store.holders(distinct(keys & np.uint64((1 << HASH_BITS) - 1)))
    living = archive.alive[article]
    article, positions, hashes = article[living], positions[living], hashes[living]
    place, outlet, _ = archive.members(article)
    key = outlet_key(outlet, hashes[place])
    mine = np.isin(key, keys)
    place, outlet, key = place[mine], outlet[mine], key[mine]
    article, position = article[place], positions[place].astype(np.int64)
    order = sorted_by(outlet, article, position)
    return Repeated(outlet[order], article[order], position[order], key[order])


def supported(archive: Archive, store: Store, often: Hashes) -> Hashes:
    """Of what outlets repeat often the keys of furniture: those that enough articles hold beside text of their own."""
    if len(often) == 0:
        return often
    held = repeated(archive, store, often)
    first, run = held.runs()
    start = held.position[first]
    end = held.position[np.append(first[1:], len(run)) - 1] + GRAM
    opens = np.ones(len(first), np.bool_)
    opens[1:] = np.diff(held.outlet[first]) != 0
    opens[1:] |= np.diff(held.article[first]) != 0
    owner, head = np.cumsum(opens) - 1, np.flatnonzero(opens)
    # What lies before each run, and behind the last one of an article.
    before = start.copy()
    before[~opens] -= end[np.flatnonzero(~opens) - 1]
    behind = store.lengths()[held.article[first[head]]] - end[np.append(head[1:], len(first)) - 1]
    own = np.bincount(owner, np.where(before >= np.where(opens, OWN_EDGE, OWN), before, 0))
    own += np.where(behind >= OWN_EDGE, behind, 0)
    said = np.bincount(owner, end - start)
    length = end - start
    good = (own >= said)[owner] | ((length <= SHORT) & (own[owner] >= OWN_SHARE * length))
    kept = good[run]
    # Distinct articles that hold a key in such a run.
    key, article = held.key[kept], held.article[kept]
    order = np.lexsort((article, key))
    key, article = key[order], article[order]
    fresh = np.ones(len(key), np.bool_)
    fresh[1:] = (key[1:] != key[:-1]) | (article[1:] != article[:-1])
    found, count = np.unique(key[fresh], return_counts=True)
    return found[count >= LEAST_ARTICLES]


def affected(archive: Archive, touched: Ints, shrunk: Ints) -> Ints:
    """The outlets whose furniture may have changed, ascending."""
    living = touched[archive.alive[touched]]
    return distinct(np.concatenate([archive.members(living)[1], shrunk]))


def refresh(archive: Archive, store: Store, old: Furniture, touched: Ints, shrunk: Ints) -> Furniture:
    """The furniture of all outlets, after the articles `touched` came, went or moved and `shrunk` outlets lost some."""
    totals = archive.totals()
    living = touched[archive.alive[touched]]
    outlets = affected(archive, touched, shrunk)
    many = RECOUNT * len(living) >= int(archive.alive.sum())
    recount = outlets if many else shrunk
    kept = ~np.isin((old.often >> np.uint64(HASH_BITS)).astype(np.int64), outlets)
    often = [np.zeros(0, np.uint64)]
    for outlet in recount.tolist():
        found = _recounted(archive, store, outlet, int(totals[outlet]))
        often.append(outlet_key(np.full(len(found), outlet), found))
    rest = np.setdiff1d(outlets, recount)
    if len(rest):
        # A share can rise only for what a new article holds, and fall for what was often repeated.
        place, outlet, _ = archive.members(living)
        fresh, _, _ = store.fingerprints(living[distinct(place[np.isin(outlet, rest)])])
        owner = (old.often >> np.uint64(HASH_BITS)).astype(np.int64)
        known = old.often[np.isin(owner, rest)] & np.uint64((1 << HASH_BITS) - 1)
        often.append(_updated(archive, store, rest, distinct(np.concatenate([fresh, known])), totals))
    changed = np.sort(np.concatenate(often))
    same = old.key[~np.isin((old.key >> np.uint64(HASH_BITS)).astype(np.int64), outlets)]
    return Furniture(
        np.sort(np.concatenate([same, supported(archive, store, changed)])),
        np.sort(np.concatenate([old.often[kept], changed])),
    )


def remarked(archive: Archive, store: Store, old: Furniture, new: Furniture) -> Ints:
    """The living articles that hold fingerprints which became furniture of their outlet, or ceased to be."""
    changed = np.sort(np.concatenate([old.key[~among(old.key, new.key)], new.key[~among(new.key, old.key)]]))
    if len(changed) == 0:
        return np.zeros(0, np.int64)
    hashes = distinct(changed & np.uint64((1 << HASH_BITS) - 1))
    article, _, held = store.holders(hashes)
    living = archive.alive[article]
    article, held = article[living], held[living]
    return distinct(article[Furniture(changed, changed).marks(archive, article, held)])
