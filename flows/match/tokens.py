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
    left, right = kinds[:-1], kinds[1:]
    inner = result[1:-1]
    inner |= (left & right & _WORD) > 0
    inner |= ((right & _MARK) > 0) & (codes[:-1] > 0x2F)
    counts = _DIGIT | _NUMERAL
    inner |= ((left & counts) > 0) & ((right & counts) > 0)
    if size < 3 or not (kinds & (_POINT | _PARTS_THOUSANDS | _JOINER | _SIGN | _NUMERAL)).any():
        return result
    before, here, after = kinds[:-2], kinds[1:-1], kinds[2:]
    digits = ((before & _DIGIT) > 0) & ((after & _DIGIT) > 0)
    held = digits & ((here & _POINT) > 0)
    three = np.zeros(size - 2, np.bool_)
    if size >= 5:
        digit = (kinds & _DIGIT) > 0
        three[: size - 4] = digit[2:-2] & digit[3:-1] & digit[4:]
        three[: max(0, size - 5)] &= ~digit[5:]
    held |= digits & three & ((here & _PARTS_THOUSANDS) > 0)
    held |= (
        ((before & _NUMERAL) > 0) & ((after & _NUMERAL) > 0) & ((codes[1:-1] == ord("点")) | (codes[1:-1] == ord("點")))
    )
    words = ((before & _WORD) > 0) & ((after & _WORD) > 0) & ~digits
    held |= words & ((here & _JOINER) > 0)
    result[1:-2] |= held
    result[2:-1] |= held
    signed = ((before & ~(_SIGN | _PARTS_THOUSANDS)) == 0) & ((here & _SIGN) > 0) & ((after & _DIGIT) > 0)
    result[2:-1] |= signed
    return result


def bounds(glue: Flags) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """For each character of a text the place where its token starts, and the one where it ends."""
    size = len(glue) - 1
    place = np.arange(size, dtype=np.int32)
    start = np.maximum.accumulate(np.where(glue[:size], np.int32(0), place))
    last = np.where(glue[1:], np.int32(size), place + 1)
    end = np.minimum.accumulate(last[::-1])[::-1]
    return start, end


def worded(kinds: Kinds) -> Flags:
    """Which characters of a text are of words or of numbers in digits."""
    result: Flags = (kinds & _WORD) > 0
    return result
