"""What the matcher remembers of the articles: who they are, when and where they ran, and each outlet's furniture."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from flows.match.align.candidates import Ints, Postings
from flows.match.align.chain import ranges, sorted_by
from flows.match.arrays import distinct
from flows.match.winnow import HASH_BITS, Hashes, Positions

NO_DATE = np.iinfo(np.int64).max
"""The date of an article without one: after all others."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Archive:
    """Articles by number. Dead ones were removed or replaced, and are there because numbers are addresses.

    `outlet[outlet_start[i]:][:outlet_count[i]]` are the outlets of article i, as places in `outlets`, and `captures`
    in step with it how often each captured it. Articles with equal `page` stand on one page, at one time or at several.
    """

    article_id: NDArray[np.bytes_]
    date: Ints
    alive: Flags
    outlet_start: Ints
    outlet_count: Ints
    outlet: Ints
    captures: Ints
    outlets: NDArray[np.str_]
    page: Ints

    def __len__(self) -> int:
        return len(self.article_id)

    def ranks(self) -> Ints:
        """The place of each article in the order of time; -1 for the dead."""
        living = np.flatnonzero(self.alive)
        order = living[np.lexsort((self.article_id[living], self.date[living]))]
        rank = np.full(len(self), -1, np.int64)
        rank[order] = np.arange(len(order))
        return rank

    def members(self, articles: Ints) -> tuple[Ints, Ints, Ints]:
        """The outlets of articles: place in `articles`, outlet, captures."""
        count = self.outlet_count[articles]
        index = ranges(self.outlet_start[articles], count)
        return np.repeat(np.arange(len(articles)), count), self.outlet[index], self.captures[index]

    def totals(self) -> Ints:
        """Captures of each outlet."""
        _, outlet, captures = self.members(np.flatnonzero(self.alive))
        return np.bincount(outlet, captures, len(self.outlets)).astype(np.int64)

    def of_outlets(self, outlets: Ints) -> Ints:
        """The living articles that any of the outlets captured."""
        living = np.flatnonzero(self.alive)
        place, outlet, _ = self.members(living)
        return living[distinct(place[np.isin(outlet, outlets)])]


def empty_archive() -> Archive:
    none = np.zeros(0, np.int64)
    return Archive(np.zeros(0, "S32"), none, np.zeros(0, np.bool_), none, none, none, none, np.zeros(0, np.str_), none)


def same_outlet(archive: Archive, left: Ints, right: Ints) -> Flags:
    """Which pairs of articles one outlet alone has."""
    alone = (archive.outlet_count[left] == 1) & (archive.outlet_count[right] == 1)
    result: Flags = alone.copy()
    result[alone] = (
        archive.outlet[archive.outlet_start[left[alone]]] == archive.outlet[archive.outlet_start[right[alone]]]
    )
    return result


@dataclass(frozen=True)
class Arrivals:
    """What a table of input means for an archive."""

    archive: Archive
    fresh: Ints
    """The rows of the table to store, ascending, numbered on from the archive's end."""
    touched: Ints
    """Articles that are new, dead, or seen at another time or by other outlets than before."""
    shrunk: Ints
    """Outlets that lost captures."""


def dates(column: pa.ChunkedArray) -> Ints:
    """Microseconds since 1970, NO_DATE for null."""
    values: Ints = pc.fill_null(pc.cast(column, pa.int64()), NO_DATE).to_numpy().astype(np.int64)
    return values


def _pages(new: pa.Table) -> Ints:
    """A number for the page of each article, from its name; from the article's own where it has none."""
    named = zip(new["page"].to_pylist(), new["article_id"].to_pylist(), strict=True)
    marks = [hashlib.sha256((f"article {name}" if page is None else f"page {page}").encode()) for page, name in named]
    return np.frombuffer(b"".join(mark.digest()[:8] for mark in marks), "<i8").astype(np.int64)


def _names(known: NDArray[np.str_], table: pa.Table) -> NDArray[np.str_]:
    """The outlets known before, then the new ones in order of name."""
    names = pc.unique(pc.list_flatten(table["outlets"]).combine_chunks()).to_pylist() if len(table) else []
    new = sorted(set(names) - set(known.tolist()))
    return np.concatenate([known, np.array(new, np.str_)]) if new else known


def arrive(archive: Archive, new: pa.Table, removed: pa.Array | None, same_text: Any) -> Arrivals:
    """Take new, changed and removed articles in. `same_text(article, text)` says whether an article has that text."""
    ids = new["article_id"].to_pylist()
    order = {name: place for place, name in enumerate(archive.article_id.tolist()) if archive.alive[place]}
    gone = [
        order[name.encode()] for name in (removed.to_pylist() if removed is not None else []) if name.encode() in order
    ]
    alive, date, page = archive.alive.copy(), archive.date.copy(), archive.page.copy()
    pages = _pages(new)
    outlet_start, outlet_count = archive.outlet_start.copy(), archive.outlet_count.copy()
    names = _names(archive.outlets, new)
    number = {name: place for place, name in enumerate(names.tolist())}
    outlets_of, captures_of, new_dates = (
        new["outlets"].to_pylist(),
        new["captures"].to_pylist(),
        dates(new["published_at"]),
    )
    pool, pool_captures, at = [archive.outlet], [archive.captures], len(archive.outlet)
    texts = new["text"]
    fresh, starts, counts, changed, replaced = [], [], [], [], []
    alive[gone] = False
    for row, name in enumerate(ids):
        members = np.array([number[each] for each in outlets_of[row]], np.int64)
        known = order.get(name.encode())
        if known is not None and alive[known]:
            if same_text(known, texts[row].as_py()):
                had = slice(int(outlet_start[known]), int(outlet_start[known] + outlet_count[known]))
                captures = np.array(captures_of[row], np.int64)
                same = np.array_equal(archive.outlet[had], members) and np.array_equal(archive.captures[had], captures)
                if same and (date[known], page[known]) == (new_dates[row], pages[row]):
                    continue
                changed.append(known)
                date[known], page[known] = new_dates[row], pages[row]
                if same:
                    continue
                outlet_start[known], outlet_count[known] = at, len(members)
            else:
                replaced.append(known)
                alive[known] = False
                known = None
        else:
            known = None
        if known is None:
            fresh.append(row)
            starts.append(at)
            counts.append(len(members))
        pool.append(members)
        pool_captures.append(np.array(captures_of[row], np.int64))
        at += len(members)
    grown = Archive(
        np.concatenate([archive.article_id, np.array([ids[row].encode() for row in fresh], "S32")]),
        np.concatenate([date, new_dates[fresh]]),
        np.concatenate([alive, np.ones(len(fresh), np.bool_)]),
        np.concatenate([outlet_start, np.array(starts, np.int64)]),
        np.concatenate([outlet_count, np.array(counts, np.int64)]),
        np.concatenate(pool),
        np.concatenate(pool_captures),
        names,
        np.concatenate([page, pages[fresh]]),
    )
    dead = np.array(sorted({*gone, *replaced}), np.int64)
    touched = distinct(np.concatenate([dead, np.array(changed, np.int64), np.arange(len(archive), len(grown))]))
    before = touched[touched < len(archive)]
    return Arrivals(grown, np.array(fresh, np.int64), touched, distinct(archive.members(before)[1]))


_SOME_BITS = 16

OFTEN = np.dtype(
    [("key", np.uint64), ("articles", np.int64), ("seen", np.int64), ("own", np.int64), ("source", np.int64)]
)
"""A fingerprint that an outlet repeats as often as furniture: outlet and fingerprint in one word, how many articles of
the outlet hold it and how often the outlet was seen with these, how many of them hold it beside text of their own, and
the earliest of them."""

LEAST_ARTICLES = 10
"""Articles of one outlet that hold a fingerprint of its furniture, at least."""


@dataclass(frozen=True)
class Furniture:
    """The fingerprints of furniture, and all those that outlets repeat as often (OFTEN, ascending by key), those of
    texts that they ran again among them."""

    often: NDArray[np.void]

    @cached_property
    def known(self) -> NDArray[np.void]:
        """Those of furniture."""
        result: NDArray[np.void] = self.often[self.often["own"] >= LEAST_ARTICLES]
        return result

    @cached_property
    def key(self) -> Hashes:
        """The keys of furniture, ascending."""
        return np.ascontiguousarray(self.known["key"])

    def marks(self, archive: Archive, articles: Ints, hashes: Hashes) -> Flags:
        """Which postings are furniture; `articles[i]` holds `hashes[i]`."""
        return marked(self.key, archive, articles, hashes)


def no_furniture() -> Furniture:
    return Furniture(np.zeros(0, OFTEN))


def marked(keys: Hashes, archive: Archive, articles: Ints, hashes: Hashes) -> Flags:
    """Which postings the keys (ascending) name; `articles[i]` holds `hashes[i]`."""
    found = np.zeros(len(hashes), np.bool_)
    if len(keys) == 0 or len(hashes) == 0:
        return found
    # Few fingerprints are furniture: most are told apart by some of their bits.
    some = np.zeros(1 << _SOME_BITS, np.bool_)
    low = np.uint64((1 << _SOME_BITS) - 1)
    some[keys & low] = True
    maybe = np.flatnonzero(some[hashes & low])
    count = archive.outlet_count[articles[maybe]]
    for place in range(int(count.max(initial=0))):
        held = maybe[count > place]
        outlet = archive.outlet[archive.outlet_start[articles[held]] + place]
        key = outlet_key(outlet, hashes[held])
        at = np.searchsorted(keys, key)
        at[at == len(keys)] = 0
        found[held[keys[at] == key]] = True
    return found


def outlet_key(outlet: Ints, hashes: Hashes) -> Hashes:
    """An outlet and a fingerprint in one word; `outlet_of` and `hash_of` take them out of it again."""
    return (outlet.astype(np.uint64) << np.uint64(HASH_BITS)) | hashes


def outlet_of(keys: Hashes) -> Ints:
    return (keys >> np.uint64(HASH_BITS)).astype(np.int64)


def hash_of(keys: Hashes) -> Hashes:
    return keys & np.uint64((1 << HASH_BITS) - 1)


def in_order(
    archive: Archive, ranks: Ints, furniture: Furniture, held: tuple[Ints, Positions, Hashes]
) -> tuple[Postings, Ints]:
    """Postings of the living that are not furniture, articles by their rank; and the articles by rank."""
    article, position, hashes = held
    kept = archive.alive[article] & ~furniture.marks(archive, article, hashes)
    article, position, hashes = article[kept], position[kept], hashes[kept]
    rank = ranks[article]
    index = sorted_by(rank) if (rank[1:] < rank[:-1]).any() else np.arange(len(rank))
    by_rank = np.full(int(ranks.max(initial=-1)) + 1, -1, np.int64)
    living = np.flatnonzero(ranks >= 0)
    by_rank[ranks[living]] = living
    return Postings(rank[index].astype(np.int32), position[index], hashes[index]), by_rank
