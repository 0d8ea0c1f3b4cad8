"""One ideograph printed for another: most of what copies differ in, and wording without a closer look."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from flows.match.candidates import Ints
from flows.match.fold import fold_table
from flows.match.names import SURNAMES
from flows.match.printed import Text
from flows.match.tokens import NUMERALS, Flags


@cache
def _ideographs() -> tuple[Flags, NDArray[np.uint32], Flags]:
    """Of each code point whether it is an ideograph that is no numeral; what it folds to; whether it is a surname."""
    folded = fold_table().single
    plain = np.zeros(len(folded), np.bool_)
    plain[0x3400:0xA000] = True
    plain[[ord(char) for char in NUMERALS]] = False
    plain &= plain[np.where(folded < len(folded), folded, 0)]
    surname = np.zeros(len(folded), np.bool_)
    surname[[ord(char) for char in SURNAMES]] = True
    return plain, folded, surname


def plain_substitutions(leader: Text, witness: Text, spans: Ints) -> Flags:
    """Which places that differ are a single ideograph against another that is neither number, name nor other form.

    `spans` are rows of start and end in the leader's print, start and end in the witness's.
    """
    result: Flags = (spans[:, 1] - spans[:, 0] == 1) & (spans[:, 3] - spans[:, 2] == 1)
    here = np.flatnonzero(result)
    start, other = spans[here, 0], spans[here, 2]
    mine, theirs = leader.raw[start], witness.raw[other]
    plain, folded, surname = _ideographs()
    good = plain[mine] & plain[theirs] & (folded[mine] != folded[theirs])
    good &= ~(leader.held[start] | witness.held[other])
    # After a surname it may be a given name.
    good &= ~surname[leader.raw[np.maximum(start - 1, 0)]]
    result[here] = good
    return result
