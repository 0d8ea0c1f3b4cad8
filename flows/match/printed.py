"""An article as it is compared: what was printed, its folded letters, and the tokens that they form."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from flows.match.fold import Codes
from flows.match.tokens import Flags, bounds, glued, worded

WHITE = np.zeros(0x110000, np.bool_)
"""Which code points are white space."""
WHITE[[code for code in range(0x3001) if chr(code).isspace()]] = True


@dataclass(frozen=True)
class Text:
    """An article: what was printed, its folded letters, and for each of them the index of its character."""

    printed: str
    letters: str
    origin: NDArray[np.int32]
    raw: Codes
    """The code points of what was printed."""

    @cached_property
    def between(self) -> NDArray[np.uint64]:
        """For each letter a hash of what is printed between it and the next, white space apart."""
        other = np.ones(len(self.raw), np.bool_)
        other[self.origin] = False
        other &= ~WHITE[self.raw]
        place = np.flatnonzero(other)
        owner = np.searchsorted(self.origin, place, "right") - 1
        place, owner = place[owner >= 0], owner[owner >= 0]
        ordinal = np.arange(len(owner)) - np.searchsorted(owner, owner)
        with np.errstate(over="ignore"):
            value = (self.raw[place].astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
            value = (value ^ (value >> np.uint64(29))) * (2 * ordinal.astype(np.uint64) + np.uint64(3))
        result = np.zeros(len(self.origin), np.uint64)
        np.add.at(result, owner, value)
        return result

    @cached_property
    def glue(self) -> Flags:
        """For each place in the text, its end included, whether a token stands across it."""
        return glued(self.raw)

    @cached_property
    def tokens(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """For each character the place where its token starts, and the one where it ends."""
        return bounds(self.glue)

    @cached_property
    def held(self) -> Flags:
        """Which characters are in a token of several."""
        result: Flags = self.glue[:-1] | self.glue[1:]
        return result

    @cached_property
    def words(self) -> NDArray[np.int32]:
        """For each place in the text, its end included, the characters of words and digits before it."""
        return np.concatenate([np.zeros(1, np.int32), np.cumsum(worded(self.raw), dtype=np.int32)])
