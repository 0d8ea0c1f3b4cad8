"""Furniture: text that an outlet prints again and again beside texts of its own.

Repetition alone does not make it: an article that an outlet ran ten times is repeated as often. Furniture stands in
articles that are mostly something else, or it is short and what stands beside it is not. So what an outlet repeats
often is furniture only where enough of the articles that hold it have such text of their own (`supported`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flows.match.align.candidates import Ints
from flows.match.align.chain import sorted_by
from flows.match.archive import LEAST_ARTICLES, OFTEN, Archive, Furniture, hash_of, marked, outlet_key, outlet_of
from flows.match.arrays import among, distinct
from flows.match.isolate import Culprit, halved
from flows.match.store import Store
from flows.match.winnow import GRAM, WINDOW, Hashes, Positions

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
    """The keys of what an outlet repeats often, from all its articles."""
    articles = archive.of_outlets(np.array([outlet]))
    place, outlets, captures = archive.members(articles)
    mine = outlets == outlet
    counted = np.zeros(len(articles), np.int64)
    counted[place[mine]] = captures[mine]
    hashes, _, bounds = store.fingerprints(articles) if len(articles) >= LEAST_ARTICLES else _NOTHING
    found = often_of(np.repeat(np.arange(len(bounds) - 1), np.diff(bounds)), hashes, counted, total)
    return outlet_key(np.full(len(found), outlet), found)


@dataclass(frozen=True)
class Repeated:
    """Postings that an outlet repeats, by outlet, article and place; an article of two outlets is there for each."""

    outlet: Ints
    article: Ints
    position: Ints
    key: Hashes
    captures: Ints
    """How often the outlet was seen with the article."""

    def runs(self) -> tuple[Ints, Ints]:
        """The postings that open a run of one passage, and the number of each posting's run."""
        opens = np.ones(len(self.key), np.bool_)
        opens[1:] = (self.outlet[1:] != self.outlet[:-1]) | (self.article[1:] != self.article[:-1])
        opens[1:] |= np.diff(self.position) > GRAM + BRIDGE
        return np.flatnonzero(opens), np.cumsum(opens) - 1


def _of_outlets(archive: Archive, article: Ints, position: Positions, hashes: Hashes, keys: Hashes) -> Repeated:
    """Those postings that the keys (ascending) name, of living articles."""
    chosen = np.flatnonzero(archive.alive[article])
    article, position, hashes = article[chosen], position[chosen], hashes[chosen]
    place, outlet, captures = archive.members(article)
    key = outlet_key(outlet, hashes[place])
    mine = among(key, keys)
    place, outlet, captures, key = place[mine], outlet[mine], captures[mine], key[mine]
    at = position[place].astype(np.int64)
    order = sorted_by(outlet, article[place], at)
    return Repeated(outlet[order], article[place][order], at[order], key[order], captures[order])


def repeated(archive: Archive, store: Store, keys: Hashes, articles: Ints | None = None) -> Repeated:
    """The postings of the living that the keys (outlet and fingerprint, ascending) name; of some articles, or all."""
    if articles is None:
        return _of_outlets(archive, *store.holders(distinct(hash_of(keys))), keys)
    hashes, position, bounds = store.fingerprints(articles)
    return _of_outlets(archive, np.repeat(articles, np.diff(bounds)), position, hashes, keys)


def _beside_own(store: Store, held: Repeated) -> NDArray[np.bool_]:
    """Which of what articles repeat stands in a passage beside text of their own."""
    if len(held.key) == 0:
        return np.zeros(0, np.bool_)
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
    good: NDArray[np.bool_] = (own >= said)[owner] | ((length <= SHORT) & (own[owner] >= OWN_SHARE * length))
    return good[run]


def _counted(store: Store, ranks: Ints, held: Repeated, keys: Hashes) -> NDArray[np.void]:
    """What the postings say of each of the keys (OFTEN); the source is -1 where there is none."""
    result = np.zeros(len(keys), OFTEN)
    result["key"], result["source"] = keys, -1
    own = _beside_own(store, held)
    number = np.searchsorted(keys, held.key)
    order = sorted_by(number, ranks[held.article])
    number, article, own, seen = number[order], held.article[order], own[order], held.captures[order]
    first = np.ones(len(order), np.bool_)
    first[1:] = (number[1:] != number[:-1]) | (article[1:] != article[:-1])
    place = np.cumsum(first) - 1
    number, article, seen = number[first], article[first], seen[first]
    result["articles"] = np.bincount(number, minlength=len(keys))
    result["seen"] = np.bincount(number, seen, len(keys))
    result["own"] = np.bincount(number, np.bincount(place, own, len(number)) > 0, len(keys))
    head = np.ones(len(number), np.bool_)
    head[1:] = number[1:] != number[:-1]
    result["source"][number[head]] = article[head]
    return result


def affected(archive: Archive, touched: Ints, shrunk: Ints) -> Ints:
    """The outlets whose furniture may have changed, ascending."""
    living = touched[archive.alive[touched]]
    return distinct(np.concatenate([archive.members(living)[1], shrunk]))


def _grown(
    archive: Archive, store: Store, ranks: Ints, known: NDArray[np.void], gained: Ints, outlets: Ints
) -> tuple[NDArray[np.void], Hashes]:
    """What is known of the fingerprints that outlets repeat often, after they gained articles; and the keys of those
    that may have come to be repeated often. A share can rise only for what a new article holds."""
    totals, most = archive.totals(), np.zeros(len(archive.outlets), np.int64)
    np.maximum.at(most, archive.outlet, archive.captures)
    hashes, position, bounds = store.fingerprints(gained)
    article = np.repeat(gained, np.diff(bounds))
    place, outlet, _ = archive.members(article)
    mine = among(outlet, outlets)
    key = distinct(outlet_key(outlet[mine], hashes[place[mine]]))
    more = _counted(store, ranks, _of_outlets(archive, article, position, hashes, known["key"]), known["key"])
    result = known.copy()
    for name in ("articles", "seen", "own"):
        result[name] += more[name]
    earlier = (more["source"] >= 0) & (ranks[more["source"]] < ranks[known["source"]])
    result["source"][earlier] = more["source"][earlier]
    # Of the others most are in too few articles, whosever these are.
    key = key[~among(key, known["key"])]
    value = distinct(hash_of(key))
    held = store.frequencies(value)[np.searchsorted(value, hash_of(key))]
    outlet = outlet_of(key)
    return result, key[(held >= LEAST_ARTICLES) & (held * most[outlet] >= LEAST_SHARE * totals[outlet])]


def refresh(
    archive: Archive,
    store: Store,
    ranks: Ints,
    old: Furniture,
    touched: Ints,
    shrunk: Ints,
    culprit: Culprit,
) -> Furniture:
    """The furniture of all outlets, after the articles `touched` came, went or moved and `shrunk` outlets lost some.

    `culprit` is told of each outlet whose furniture cannot be found; it has none.
    """
    living = touched[archive.alive[touched]]
    outlets = affected(archive, touched, shrunk)
    many = RECOUNT * len(living) >= int(archive.alive.sum())
    parts = [old.often[~among(outlet_of(old.often["key"]), outlets)]]
    parts += halved(
        lambda start, stop: _refreshed(archive, store, ranks, old, living, outlets[start:stop], shrunk, many),
        0,
        len(outlets),
        lambda place, error: culprit(int(outlets[place]), error),
    )
    often = np.concatenate(parts)
    return Furniture(often[np.argsort(often["key"])])


def _refreshed(
    archive: Archive, store: Store, ranks: Ints, old: Furniture, living: Ints, outlets: Ints, shrunk: Ints, many: bool
) -> NDArray[np.void]:
    """What some outlets repeat often now."""
    totals = archive.totals()
    recount = outlets if many else outlets[among(outlets, shrunk)]
    owner = outlet_of(old.often["key"])
    parts = [np.zeros(0, OFTEN)]
    found = [np.zeros(0, np.uint64)]
    for outlet in recount.tolist():
        found.append(_recounted(archive, store, outlet, int(totals[outlet])))
    rest = outlets[~among(outlets, recount)]
    if len(rest):
        known, maybe = _grown(archive, store, ranks, old.often[among(owner, rest)], living, rest)
        fresh = _counted(store, ranks, repeated(archive, store, maybe), maybe)
        both = np.concatenate([known, fresh])
        enough = (both["articles"] >= LEAST_ARTICLES) & (both["seen"] >= LEAST_SHARE * totals[outlet_of(both["key"])])
        # Where another set is repeated often, other text is an article's own.
        other = np.concatenate([known["key"][~enough[: len(known)]], fresh["key"][enough[len(known) :]]])
        again = among(outlet_of(both["key"]), distinct(outlet_of(other)))
        parts.append(both[enough & ~again])
        found.append(both["key"][enough & again])
    keys = np.sort(np.concatenate(found))
    parts.append(_counted(store, ranks, repeated(archive, store, keys), keys))
    result: NDArray[np.void] = np.concatenate(parts)
    return result


def remarked(archive: Archive, store: Store, old: Furniture, new: Furniture) -> Ints:
    """The living articles that hold fingerprints which became furniture of their outlet, or ceased to be."""
    changed = np.sort(np.concatenate([old.key[~among(old.key, new.key)], new.key[~among(new.key, old.key)]]))
    if len(changed) == 0:
        return np.zeros(0, np.int64)
    hashes = distinct(hash_of(changed))
    article, _, held = store.holders(hashes)
    living = archive.alive[article]
    article, held = article[living], held[living]
    return distinct(article[marked(changed, archive, article, held)])
