"""One ideograph printed for another, or one more or less: most of what copies differ in, and wording at a glance."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from flows.match.align.candidates import Ints
from flows.match.collate.characters import SURNAME, beside, titled
from flows.match.collate.printed import Text
from flows.match.collate.tokens import NUMERALS, Flags
from flows.match.fold import fold_table


@cache
def _ideographs() -> tuple[Flags, NDArray[np.uint32]]:
    """Of each code point whether it is an ideograph that is no numeral, and what it folds to."""
    folded = fold_table().single
    plain = np.zeros(len(folded), np.bool_)
    plain[0x3400:0xA000] = True
    plain[[ord(char) for char in NUMERALS]] = False
    plain &= plain[np.where(folded < len(folded), folded, 0)]
    return plain, folded


def plain_readings(leader: Text, witness: Text, spans: Ints) -> Flags:
    """Which places that differ are a single ideograph against another or against nothing, and no number, name or form.

    `spans` are rows of start and end in the leader's print, start and end in the witness's.
    """
    mine, theirs = spans[:, 1] - spans[:, 0], spans[:, 3] - spans[:, 2]
    result: Flags = (mine <= 1) & (theirs <= 1) & (mine + theirs > 0)
    here = np.flatnonzero(result)
    plain, folded = _ideographs()
    codes = []
    good = np.ones(len(here), np.bool_)
    for text, start, size in ((leader, spans[here, 0], mine[here]), (witness, spans[here, 2], theirs[here])):
        there = size == 1
        code = np.zeros(len(here), np.int64)
        code[there] = text.raw[start[there]]
        good[there] &= plain[code[there]] & ~text.held[start[there]]
        codes.append(folded[code])
    good &= codes[0] != codes[1]
    # After a surname, and beside a title, it may be a given name.
    before, after = beside(leader, spans[here, 0], spans[here, 1])
    good &= ((before & SURNAME) == 0) | ~titled(before, after)
    result[here] = good
    return result
