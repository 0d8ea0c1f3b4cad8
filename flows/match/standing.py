"""Faults of former runs: which of them stand, and what is tried again because its articles came, went or changed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from flows.match.align.candidates import Ints
from flows.match.archive import Archive, Arrivals
from flows.match.arrays import among, distinct
from flows.match.furniture import affected
from flows.match.isolate import ARTICLE, OUTLET, PAIR, Fault, Faults
from flows.match.pairs import names, pair_key

_NAMED = 8
"""Articles of an outlet that are named with its fault, at most."""


class Outlets:
    """The faults of outlets. `shrunk` are those to be counted afresh: they lost articles, or had a fault."""

    def __init__(self, archive: Archive, before: Sequence[Fault], arrivals: Arrivals, faults: Faults) -> None:
        self._archive, self._faults = archive, faults
        self._touched = affected(archive, arrivals.touched, arrivals.shrunk)
        number = {name: place for place, name in enumerate(archive.outlets.tolist())}
        self._before = [(number[each.outlet], each) for each in before if each.what == OUTLET]
        had = np.array([outlet for outlet, _ in self._before], np.int64)
        self.shrunk = distinct(np.concatenate([arrivals.shrunk, had[among(had, self._touched)]]))

    def note(self, outlet: int, error: Exception) -> None:
        """Take note of an outlet that raised."""
        articles = sorted(names(self._archive, *self._archive.of_outlets(np.array([outlet])).tolist()))
        self._faults.add(error, OUTLET, articles[:_NAMED], outlet=str(self._archive.outlets[outlet]))

    def still(self) -> list[Fault]:
        """The faults of outlets that nothing touched."""
        touched = set(self._touched.tolist())
        return [each for outlet, each in self._before if outlet not in touched]


class Standing:
    """The pairs that could not be aligned before, and the articles that could not be matched at all."""

    def __init__(self, archive: Archive, faults: Sequence[Fault]) -> None:
        held = [each for each in faults if each.what in (PAIR, ARTICLE)]
        living = np.flatnonzero(archive.alive) if held else np.zeros(0, np.int64)
        number = dict(zip(names(archive, *living.tolist()), living.tolist(), strict=True))
        self._held = [
            ([number[name] for name in each.articles], each)
            for each in held
            if all(name in number for name in each.articles)
        ]
        ends = [(at[0], at[-1]) for at, each in self._held if each.what == PAIR]
        self.pairs = pair_key(*np.array(ends, np.int64).reshape(-1, 2).T)
        """As `pairs.pair_key` has them."""

    def still(self, touched: Ints, forget: Ints) -> list[Fault]:
        """The faults of what nothing touched, the pairs that are no candidates any more left out."""
        moved, lost = set(touched.tolist()), set(forget.tolist())
        return [
            each
            for at, each in self._held
            if not moved.intersection(at) and (each.what == ARTICLE or (at[0] << 32 | at[-1]) not in lost)
        ]
