"""Where a text has a phrase, by reading the text: what marks the places in snippets, and what the index is tested by.

It goes by the folded text and its words alone, and knows nothing of terms.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from flows.match.fold import Codes, fold_with_offsets
from flows.search.terms import Flags, parting, running


class Scanned:
    """A text to be looked through."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.folded, self.origin = fold_with_offsets(text)

    @cached_property
    def edges(self) -> Flags:
        """For each letter of the folded text, and its end, whether a word may begin or end there."""
        edges = np.ones(len(self.folded) + 1, np.bool_)
        if len(self.folded) > 1:
            printed = np.frombuffer(self.text.encode("utf-32-le", "surrogatepass"), np.uint32)
            letters: Codes = np.frombuffer(self.folded.encode("utf-32-le"), np.uint32)
            free = running()[letters]
            dropped = np.cumsum(parting()[printed])[self.origin]
            edges[1:-1] = free[1:] | free[:-1] | (dropped[1:] != dropped[:-1])
        return edges

    def places(self, phrase: Scanned, *, begun: bool = False) -> list[tuple[int, int]]:
        """Where another text stands in this one as a phrase, in letters of the folded text: words whole, in order.

        `begun`: its last word may go on.
        """
        said = phrase.folded
        out: list[tuple[int, int]] = []
        at = self.folded.find(said) if said else -1
        while at >= 0:
            end = at + len(said)
            inside = self.edges[at : end + 1] == phrase.edges
            if inside[:-1].all() and (begun or inside[-1]):
                out.append((at, end))
            at = self.folded.find(said, at + 1)
        return out

    def printed(self, place: tuple[int, int]) -> tuple[int, int]:
        """The code points of the text that a run of its folded letters came from."""
        return int(self.origin[place[0]]), int(self.origin[place[1] - 1]) + 1
