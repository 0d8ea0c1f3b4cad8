"""The letters that witnesses and their leaders agree in, laid end to end."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from flows.match.align.agree import Agreed
from flows.match.align.candidates import Ints
from flows.match.align.chain import ranges
from flows.match.collate.printed import Text
from flows.match.collate.tokens import Flags

PLACE = (1 << 32) - 1
"""The bits of a key that are the place."""


def key(run: Ints, place: Ints | NDArray[np.int32]) -> Ints:
    """A place of a run in one word."""
    word: Ints = (run << 32) | place
    return word


@dataclass(frozen=True)
class Letters:
    """The letters that agree, run by run: their places among the letters of leader and witness, their characters (`one`
    and `two`), and their run. `inner[i]` says that letters i and i + 1 are of one block.

    Of run r those from `head[r]` to before `tail[r]` count; see `whole_part`.
    """

    mine: Ints
    theirs: Ints
    one: Ints
    two: Ints
    run: Ints
    inner: Flags
    head: Ints
    tail: Ints

    @cached_property
    def keys(self) -> tuple[Ints, Ints]:
        """The characters with their runs before them, ascending: what `key` gives."""
        return key(self.run, self.one), key(self.run, self.two)

    def counted(self, place: Ints) -> Ints:
        """Those of some letters that count."""
        run = self.run[place]
        return place[(place >= self.head[run]) & (place < self.tail[run])]


def letters_of(leader: Text, witness: Text, found: Agreed) -> Letters:
    """The letters of blocks; the runs are numbered from 0 on without a gap."""
    mine, theirs = ranges(found.leader, found.size), ranges(found.witness, found.size)
    inner = np.ones(len(mine), np.bool_)
    ends = np.cumsum(found.size)
    inner[ends - 1] = False
    run = np.repeat(found.run, found.size)
    one, two = leader.origin[mine], witness.origin[theirs]
    last = np.flatnonzero(np.append(np.diff(found.run) > 0, True))
    tail = ends[last]
    return Letters(mine, theirs, one, two, run, inner[:-1], np.concatenate([[0], tail[:-1]]), tail)


def reached(text: Text, places: Ints, to_end: bool) -> Ints:
    """The places moved to where the tokens that stand across them start, or end."""
    inside = text.glue[places]
    if not inside.any():
        return places
    moved = places.copy()
    moved[inside] = text.tokens[int(to_end)][places[inside]]
    return moved


def first_at(letters: Letters, run: Ints, mine: Ints, theirs: Ints, which: np.ufunc) -> Ints:
    """The first letters of runs at or behind places of the leader, and of the witness: the earlier or later of both."""
    one, two = letters.keys
    found: Ints = which(np.searchsorted(one, key(run, mine)), np.searchsorted(two, key(run, theirs)))
    return found
