"""Articles as they are compared: what was printed, its folded letters, and the tokens that they form."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from flows.match.align.agree import renamed
from flows.match.align.candidates import Ints
from flows.match.align.chain import ranges
from flows.match.collate.tokens import Edges, Flags, Kinds, bounds, glued, kinds_of, worded
from flows.match.fold import Codes

WHITE = np.zeros(0x110000, np.bool_)
"""Which code points are white space."""
WHITE[[code for code in range(0x3001) if chr(code).isspace()]] = True

_APART = np.array([ord("\n"), ord(".")], np.uint32)
"""What parts articles that are laid end to end: no token stands across it, and none before it or behind it is another
for it. A full stop before a minus sign leaves the sign alone, as the beginning of a text does."""


@dataclass(frozen=True)
class Text:
    """One article, or several end to end: what was printed, its folded letters, and for each of them the index of its
    character."""

    printed: str
    letters: str
    """The letters, to be compared with one another only: of several articles they are `renamed`."""
    origin: Ints
    raw: Codes
    """The code points of what was printed."""
    edges: tuple[Sequence[int], Sequence[int]]
    """Where each article starts and ends in what was printed."""

    def around(self, start: int, end: int, size: int) -> tuple[str, str]:
        """So many characters of the article before a place, and so many after it."""
        first, last = self.edges
        number = bisect_right(first, start) - 1
        return self.printed[max(first[number], start - size) : start], self.printed[end : min(end + size, last[number])]

    def ink(self, start: Ints, end: Ints) -> NDArray[np.uint64]:
        """A hash of what is printed in each of some stretches, white space apart; 0 where there is nothing."""
        size = np.maximum(end - start, 0)
        codes, owner = self.raw[ranges(start, size)], np.repeat(np.arange(len(size)), size)
        black = ~WHITE[codes]
        codes, owner = codes[black], owner[black]
        result = np.zeros(len(size), np.uint64)
        if len(owner) == 0:
            return result
        head = np.flatnonzero(np.concatenate([[True], owner[1:] != owner[:-1]]))
        ordinal = np.arange(len(owner)) - np.repeat(head, np.diff(np.append(head, len(owner))))
        with np.errstate(over="ignore"):
            value = (codes.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
            value = (value ^ (value >> np.uint64(29))) * (2 * ordinal.astype(np.uint64) + np.uint64(3))
            result[owner[head]] = np.add.reduceat(value, head)
        return result

    @cached_property
    def _kinds(self) -> Kinds:
        return kinds_of(self.raw)

    @cached_property
    def glue(self) -> Flags:
        """For each place in the text, its end included, whether a token stands across it."""
        return glued(self.raw, self._kinds)

    @cached_property
    def tokens(self) -> tuple[Edges, Edges]:
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
        result = np.zeros(len(self.raw) + 1, np.int32)
        np.cumsum(worded(self._kinds), out=result[1:])
        return result


def one_article(printed: str, letters: str, origin: Ints) -> Text:
    """One article, lone surrogates included."""
    raw = np.frombuffer(printed.encode("utf-32-le", "surrogatepass"), np.uint32)
    return Text(printed, letters, origin, raw, ((0,), (len(printed),)))


def end_to_end(raw: Sequence[Codes], codes: Sequence[Codes], origin: Sequence[NDArray[np.int32]]) -> tuple[Text, Ints]:
    """Articles as one text, and where the letters of each start. Given by their code points, letters and origins."""
    sizes = np.array([len(each) for each in raw], np.int64)
    ends = np.cumsum(sizes + len(_APART)) - len(_APART)
    lengths = np.array([len(each) for each in codes], np.int64)
    places = np.repeat(ends - sizes, lengths)
    places += np.concatenate(origin)
    whole = np.concatenate([part for each in raw for part in (each, _APART)])
    return Text(
        whole.tobytes().decode("utf-32-le"),
        renamed(np.concatenate(codes)).tobytes().decode("utf-32-le"),
        places,
        whole,
        ((ends - sizes).tolist(), ends.tolist()),
    ), np.cumsum(lengths) - lengths
