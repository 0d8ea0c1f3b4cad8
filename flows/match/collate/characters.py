"""What single characters say of a reading, as bits by code point: so that readings are told by thousands at once."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from flows.match.align.candidates import Ints
from flows.match.collate.names import NO_PLACE, PLACE_ENDS, SURNAMES, TITLES
from flows.match.collate.numerals import BESIDE
from flows.match.collate.printed import Text
from flows.match.collate.tokens import NUMERALS, Flags
from flows.match.fold import fold_table

Bits = NDArray[np.uint16]

(
    UNKNOWN,
    IDEOGRAPH,
    NUMERAL,
    FOLDED,
    WORD,
    NO_UNIT,
    BLANK,
    PLACE_END,
    NEVER_PLACE,
    SURNAME,
    OPENS_TITLE,
    ENDS_TITLE,
) = (np.uint16(1 << bit) for bit in range(12))
"""UNKNOWN: it takes more than these bits to tell. NUMERAL: a digit, or an ideograph for a number. FOLDED: it folds to
one letter. NO_UNIT: what has it is more than a number with its unit. The others are sets of `names`."""

_IDEOGRAPHS = slice(0x3400, 0xA000)
_BESIDE = (*range(0xC0), *range(0x2010, 0x2060), *range(0x3000, 0x30A0), *range(0xFF00, 0xFF66))
"""Where marks and syllables stand that are printed among ideographs. Letters of scripts with capitals are UNKNOWN."""


@cache
def bits() -> Bits:
    """The table."""
    single = fold_table().single
    result = np.full(len(single), UNKNOWN)
    result[_IDEOGRAPHS] = np.where(single[_IDEOGRAPHS] > 0, IDEOGRAPH | FOLDED | WORD | NO_UNIT, UNKNOWN)
    for code in _BESIDE:
        char = chr(code)
        syllable, digit = 0x3000 <= code < 0x30A0, char.isdecimal()
        if single[code] < len(single) and (syllable or digit or not char.isalnum()):
            result[code] = FOLDED if single[code] else 0
            result[code] |= WORD if char.isalnum() or char == "_" else 0
            result[code] |= NO_UNIT if code > 0x3040 and char.isalnum() and not digit else 0
            result[code] |= NUMERAL if digit else 0
            result[code] |= BLANK if char.isspace() else 0
    for chars, bit in (
        (NUMERALS, NUMERAL),
        (PLACE_ENDS, PLACE_END),
        (NO_PLACE, NEVER_PLACE),
        (SURNAMES, SURNAME),
        ({title[0] for title in TITLES}, OPENS_TITLE),
        ({title[-1] for title in TITLES}, ENDS_TITLE),
    ):
        result[[ord(char) for char in chars]] |= bit
    result[[ord(char) for char in {*NUMERALS, *BESIDE}]] &= ~NO_UNIT
    return result


def beside(text: Text, start: Ints, end: Ints) -> tuple[Bits, Bits]:
    """The bits of the characters before and after places of a text; at its ends those of its first or last one."""
    before, after = np.maximum(start - 1, 0), np.minimum(end, len(text.raw) - 1)
    return bits()[text.raw[before]], bits()[text.raw[after]]


def titled(before: Bits, after: Bits) -> Flags:
    """Whether a title may stand before or after something, given the characters next to it."""
    result: Flags = ((before & ENDS_TITLE) | (after & OPENS_TITLE)) > 0
    return result
