"""Where a text may be parted into readings: words and numbers stay whole, ideographs and kana stand alone.

A token is a word of a script that parts words by spaces (Latin, Greek, Cyrillic, Arabic, Hangul and others), with the
hyphens and apostrophes inside it; a number with the signs that part its digits (217.4, 1,204) or in numerals
(二百一十七, 3千, 二点五); or one character of any other script with its combining marks. After UAX #29, word
boundaries, without its dictionaries.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from functools import cache

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Kinds = NDArray[np.uint8]

NUMERALS = "〇零一二三四五六七八九十百千万亿兆壹贰叁肆伍陆柒捌玖拾佰仟两廿卅萬億貳參陸兩壱弐参"
"""Ideographs that are numerals."""

_ALONE = (
    *((0x0E00, 0x1100), (0x1780, 0x1800), (0x1950, 0x1AB0), (0x2E80, 0x3130), (0x31A0, 0x3200), (0x3400, 0xA4D0)),
    *((0xA9E0, 0xAA80), (0xF900, 0xFB00), (0xFF65, 0xFFA0), (0x16FE0, 0x1B300), (0x20000, 0x32400)),
)
"""Code points of scripts that do not part words by spaces."""
_SPACED_WITHIN = ((0x10A0, 0x1100),)
"""Georgian, which lies among them."""

_WORD, _DIGIT, _MARK, _NUMERAL, _JOINER, _POINT, _PARTS_THOUSANDS, _SIGN = (np.uint8(1 << bit) for bit in range(8))


@cache
def _kinds() -> Kinds:
    """What each code point may be in a token."""
    kinds = np.zeros(0x110000, np.uint8)
    of_category = defaultdict(int, {"Nd": int(_WORD | _DIGIT)})
    of_category |= dict.fromkeys(("Lu", "Ll", "Lt", "Lm", "Lo"), int(_WORD))
    of_category |= dict.fromkeys(("Mn", "Mc", "Me"), int(_WORD | _MARK))
    # Beyond these there are ideographs, which stand alone, and no letters, digits or marks besides.
    for first, end in ((0, 0x20000), (0xE0100, 0xE01F0)):
        categories = map(unicodedata.category, map(chr, range(first, end)))
        kinds[first:end] = np.fromiter(map(of_category.__getitem__, categories), np.uint8, end - first)
    alone = np.zeros(0x110000, np.bool_)
    for first, end in _ALONE:
        alone[first:end] = True
    for first, end in _SPACED_WITHIN:
        alone[first:end] = False
    kinds[alone & (kinds & _DIGIT == 0)] &= ~_WORD
    for chars, kind in (
        (NUMERALS, _NUMERAL),
        ("-‐‑'’ʼ·", _JOINER),
        (".,．٫٬", _POINT),
        ("，'’\u00a0\u2009\u202f", _PARTS_THOUSANDS),
        ("-−－", _SIGN),
        ("\uff9e\uff9f\u200c\u200d\u00ad", _MARK),
    ):
        kinds[[ord(char) for char in chars]] |= kind
    kinds[[0x200C, 0x200D, 0x00AD]] |= _WORD
    return kinds


def kinds_of(codes: NDArray[np.uint32]) -> Kinds:
    """What each character of a text may be in a token."""
    return _kinds()[codes]


def glued(codes: NDArray[np.uint32], kinds: Kinds) -> Flags:
    """For each place in a text, its end included, whether the characters on both sides of it are of one token.

    `codes` are the code points of the text and `kinds` what `kinds_of` says of them.
    """
    size = len(codes)
    result = np.zeros(size + 1, np.bool_)
    if size < 2:
        return result
    inner = result[1:-1]
    word, count = (kinds & _WORD) > 0, (kinds & (_DIGIT | _NUMERAL)) > 0
    inner |= word[:-1] & word[1:]
    inner |= count[:-1] & count[1:]
    marks = np.flatnonzero(kinds[1:] & _MARK)
    inner[marks] |= codes[marks] > 0x2F
    # Signs hold together what stands beside them; they are few.
    point = (codes == ord("点")) | (codes == ord("點"))
    at = 1 + np.flatnonzero(point[1:-1] | ((kinds[1:-1] & (_POINT | _PARTS_THOUSANDS | _JOINER | _SIGN)) > 0))
    before, here, after = kinds[at - 1], kinds[at], kinds[at + 1]
    digits = (before & after & _DIGIT) > 0
    held = digits & ((here & _POINT) > 0)
    held |= (before & after & _NUMERAL).astype(np.bool_) & point[at]
    held |= ((before & after & _WORD) > 0) & ~digits & ((here & _JOINER) > 0)
    thousands = np.flatnonzero(digits & ((here & _PARTS_THOUSANDS) > 0))
    held[thousands] |= _three_digits(kinds, at[thousands] + 1)
    result[at[held]] = True
    result[at[held] + 1] = True
    signed = ((before & ~(_SIGN | _PARTS_THOUSANDS)) == 0) & ((here & _SIGN) > 0) & ((after & _DIGIT) > 0)
    result[at[signed] + 1] = True
    return result


def _three_digits(kinds: Kinds, start: NDArray[np.int64]) -> Flags:
    """At which places exactly three digits stand."""
    window = start[:, None] + np.arange(4)
    digit = (kinds[np.minimum(window, len(kinds) - 1)] & _DIGIT) > 0
    digit &= window < len(kinds)
    result: Flags = digit[:, :3].all(axis=1) & ~digit[:, 3]
    return result


class Edges:
    """For each character of a text the place where its token starts, or the one where it ends; found as it is asked."""

    def __init__(self, first: NDArray[np.int64], end: NDArray[np.int64], to_end: bool) -> None:
        """Given where the tokens of several characters start and end, in order."""
        self._first, self._end, self._to_end = first, end, to_end

    def __getitem__(self, place: NDArray[np.int64] | int) -> NDArray[np.int64]:
        place = np.asarray(place)
        alone = place + 1 if self._to_end else place
        if len(self._end) == 0:
            return alone
        token = np.minimum(np.searchsorted(self._end, place, "right"), len(self._end) - 1)
        inside = (self._first[token] <= place) & (place < self._end[token])
        result: NDArray[np.int64] = np.where(inside, (self._end if self._to_end else self._first)[token], alone)
        return result


def bounds(glue: Flags) -> tuple[Edges, Edges]:
    """Where the tokens of a text start and end, from what `glued` says."""
    turns = np.flatnonzero(glue[1:] != glue[:-1])
    first, end = turns[::2], turns[1::2] + 1
    return Edges(first, end, to_end=False), Edges(first, end, to_end=True)


def worded(kinds: Kinds) -> Flags:
    """Which characters of a text are of words or of numbers in digits."""
    result: Flags = (kinds & _WORD) > 0
    return result
