"""Of the passages that two articles share, one for each place: a text that repeats itself is aligned once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from flows.match.align.candidates import Ints
from flows.match.align.chain import sorted_by

TAKEN = 0.5
"""Share of a span, on one side, from which on it is a part of a heavier one told again."""
BOTH = 0.25
"""The same share where it is so on both sides."""
LEAST = 150
"""Letters in common from which on what is told again is a second printing, and no phrase that comes back."""


def once(
    pair: Ints, left: tuple[Ints, Ints], right: tuple[Ints, Ints], weight: Ints, asked: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Which spans stay, of those asked for (all others do), given their letters in common as `weight`.

    The heaviest of a pair stays, and what has text of its own beside heavier ones. A span inside a heavier one on both
    sides says the same again, a passage shifted against itself. One that is so on one side alone is what the other
    article prints a second time: it stays where it is a passage, and goes where it is a phrase.
    """
    kept = np.ones(len(pair), np.bool_)
    several = np.bincount(pair, minlength=int(pair.max(initial=-1)) + 1) > 1
    open_ = np.flatnonzero(several[pair] & asked)
    order = sorted_by(pair[open_], weight.max(initial=0) - weight[open_], left[0][open_], right[0][open_])
    open_ = open_[order]
    while len(open_):
        # The best of each pair, against the others of the pair.
        best = np.ones(len(open_), np.bool_)
        best[1:] = pair[open_][1:] != pair[open_][:-1]
        chosen, rest = open_[best], open_[~best]
        against = chosen[(np.cumsum(best) - 1)[~best]]
        again = np.zeros(len(rest), np.bool_)
        both = np.ones(len(rest), np.bool_)
        for start, end in (left, right):
            common = np.minimum(end[rest], end[against]) - np.maximum(start[rest], start[against])
            again |= common >= TAKEN * (end[rest] - start[rest])
            both &= common >= BOTH * (end[rest] - start[rest])
        again &= weight[rest] < LEAST
        again |= both
        kept[rest[again]] = False
        open_ = rest[~again]
    return kept
