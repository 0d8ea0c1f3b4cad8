"""The classes of variants: most are told on arrays, from the characters that their readings have (`characters`), and
the others, pair of readings by pair, as `readings` tells all of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from flows.match.align.candidates import Ints
from flows.match.align.chain import ranges
from flows.match.collate.characters import (
    BLANK,
    FOLDED,
    IDEOGRAPH,
    NEVER_PLACE,
    NO_UNIT,
    NUMERAL,
    PLACE_END,
    SURNAME,
    UNKNOWN,
    WORD,
    Bits,
    beside,
    bits,
    titled,
)
from flows.match.collate.printed import Text
from flows.match.collate.readings import by_place, by_themselves
from flows.match.collate.tokens import Flags
from flows.match.fold import Codes, fold_table
from schemas.tables.variants import VARIANT_CLASSES

WORDING, NAME = VARIANT_CLASSES.index("wording"), VARIANT_CLASSES.index("name")
CONTEXT = 48
"""Characters round a reading that help to tell what it is."""
_UNTOLD = -1


@dataclass(frozen=True)
class _Side:
    """One side's readings of variants: how many characters, the bits that any and that all of them have, those of the
    first and the last, how many letters they fold to, and the first and the last of them if they fold."""

    size: Ints
    some: Bits
    every: Bits
    first: Bits
    last: Bits
    letters: Ints
    opens: Codes
    closes: Codes

    @property
    def surname(self) -> Flags:
        """Whether a surname may begin it."""
        result: Flags = ((self.first & SURNAME) > 0) & (self.size >= 2) & (self.size <= 4)
        return result


def _side(text: Text, start: Ints, end: Ints) -> _Side:
    size = end - start
    there = np.flatnonzero(size)
    none = np.zeros(len(size), np.uint16)
    some, every, first, last = none, none.copy(), none.copy(), none.copy()
    letters, (opens, closes) = np.zeros(len(size), np.int64), np.zeros((2, len(size)), np.uint32)
    if len(there):
        start, end, held = start[there], end[there], size[there]
        codes = text.raw[ranges(start, held)]
        kinds, head = bits()[codes], np.cumsum(held) - held
        some[there], every[there] = np.bitwise_or.reduceat(kinds, head), np.bitwise_and.reduceat(kinds, head)
        first[there], last[there] = kinds[head], kinds[head + held - 1]
        letters[there] = np.add.reduceat((kinds & FOLDED) > 0, head, dtype=np.int64)
        folded = fold_table().single
        opens[there], closes[there] = folded[codes[head]], folded[codes[head + held - 1]]
    return _Side(size, some, every, first, last, letters, opens, closes)


def _may_be_alike(mine: _Side, theirs: _Side) -> Flags:
    """Which readings may fold alike."""
    result: Flags = mine.letters == theirs.letters
    for one, two in ((mine.opens, theirs.opens), (mine.closes, theirs.closes)):
        result &= (one == two) | (one == 0) | (two == 0)
    return result


def _by_itself(side: _Side, alone: Flags) -> tuple[Flags, Flags]:
    """Of which readings `names.by_itself` says that they are names, and of which that they are none."""
    place = ((side.last & PLACE_END) > 0) & (side.size >= 2)
    known = place | (side.surname & (side.size == 3))
    never = ((side.every & IDEOGRAPH) == 0) | (side.size > 8) | ((side.first & NEVER_PLACE) > 0)
    never |= place & ((side.every & PLACE_END) > 0)
    never |= ~known & ~side.surname & (side.size > 2) & alone
    return known & ~never, never


def _told(leader: Text, witness: Text, spans: Ints) -> Ints:
    """The classes of variants as far as the characters of their readings tell them; _UNTOLD for the others."""
    mine, theirs = _side(leader, spans[:, 0], spans[:, 1]), _side(witness, spans[:, 2], spans[:, 3])
    some = mine.some | theirs.some
    asked = (some & UNKNOWN) == 0
    asked &= ((mine.first | mine.last | theirs.first | theirs.last) & BLANK) == 0
    asked &= ~_may_be_alike(mine, theirs)
    # No number differs where there is none, nor where more than one stands against marks.
    asked &= ((some & NUMERAL) == 0) | (((mine.some & theirs.some & WORD) == 0) & ((some & NO_UNIT) > 0))
    alone = (mine.size == 0) | (theirs.size == 0)
    before, after = beside(leader, spans[:, 0], spans[:, 1])
    near_title, in_place = titled(before, after), ((after & PLACE_END) > 0) & ~alone
    named = np.ones(len(spans), np.bool_)
    wording = np.zeros(len(spans), np.bool_)
    for side in (mine, theirs):
        there = side.size > 0
        known, never = _by_itself(side, alone)
        given = ((before & SURNAME) > 0) & (side.size <= 2)
        may_be = known | (in_place & (side.size >= 2)) | ((side.surname | given) & near_title)
        wording |= there & (never | ~may_be)
        named &= known | ~there
    return np.where(asked & wording, WORDING, np.where(asked & named, NAME, _UNTOLD))


@lru_cache(maxsize=1 << 15)
def _short(leader: str, witness: str) -> int:
    """The class of a variant from its two readings; _UNTOLD where what stands round them may tell."""
    told = by_themselves(leader, witness)
    return _UNTOLD if told is None else VARIANT_CLASSES.index(told)


_SHORT = 32
"""Characters of two readings that are likely to be met again."""


def _of_characters(leader: Text, witness: Text, spans: Ints) -> Ints:
    """The classes of variants of one character at most on either side, from the two alone; _UNTOLD as by `_short`."""
    pairs = np.zeros(len(spans), np.int64)
    for text, start, end in ((leader, spans[:, 0], spans[:, 1]), (witness, spans[:, 2], spans[:, 3])):
        there = np.flatnonzero(start < end)
        pairs <<= 32
        pairs[there] += text.raw[start[there]].astype(np.int64) + 1
    met, place = np.unique(pairs, return_inverse=True)
    chars = (("" if code == 0 else chr(code - 1) for code in (pair >> 32, pair & 0xFFFFFFFF)) for pair in met.tolist())
    told: Ints = np.array([_short(*both) for both in chars], np.int64)[place]
    return told


def classes(leader: Text, witness: Text, spans: Ints) -> Ints:
    """The classes of variants (places in VARIANT_CLASSES), from both readings and what stands round the leader's."""
    result = np.full(len(spans), _UNTOLD)
    single = (spans[:, 1] - spans[:, 0] <= 1) & (spans[:, 3] - spans[:, 2] <= 1)
    result[single] = _of_characters(leader, witness, spans[single])
    rest = np.flatnonzero(result == _UNTOLD)
    result[rest] = _told(leader, witness, spans[rest])
    rest = np.flatnonzero(result == _UNTOLD)
    mine, theirs = leader.printed, witness.printed
    told = []
    for start, end, other, other_end in spans[rest].tolist():
        both = mine[start:end], theirs[other:other_end]
        place = (_short if end - start + other_end - other <= _SHORT else _short.__wrapped__)(*both)
        if place == _UNTOLD:
            place = VARIANT_CLASSES.index(by_place(*both, *leader.around(start, end, CONTEXT)))
        told.append(place)
    result[rest] = told
    return result
