"""Forms: bulletins that say the same words of other facts.

Similarity cannot tell a form filled in twice from a reprint; what differs can. In a form the differences are slots: a
number against another number, a name against another name, in most of the sentences, and little else. In a reprint or
an OCR reading they are single letters anywhere.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq, Levenshtein
from rapidfuzz.process import cpdist

from flows.match.candidates import Ints
from flows.match.pieces import pieces

FEW_NUMBERS = 3
"""Below so many numbers in a passage, the count of differing ones says nothing."""
NUMBER_SHARE = 0.06
"""Differing numbers per letter of edit distance, below which a pair is no form: 95 % of noisy reprints have less."""
SLOT_RATIO = 0.5
"""Share of the differences that are slots, at least."""
SENTENCE_SHARE = 0.4
"""Share of the sentences that have a slot, at least."""
LEAST_WORDS = 3
"""Slots of a form that leaves no number open, at least."""
LEAST_SENTENCES = 3
"""Sentences of such a form at least: an editor changes three words in two of them."""
LEAST_SENTENCE = 8
"""Letters of a sentence that are inside the passage, for the sentence to count."""

_DIGITS = re.compile(r"\d+")
_TOKEN_BASE = 0x10000
_TOKEN_RANGE = 0xFFFFF


@dataclass(frozen=True)
class Passage:
    """Two aligned spans of one pair of articles, as folded letters, and where the left one's sentences end."""

    left: str
    right: str
    sentence_ends: Sequence[int]


def numbers(codes: NDArray[np.uint32]) -> tuple[Ints, str]:
    """Where the numbers in folded letters start, and a string with one character for each, its value's hash."""
    digit = (codes >= ord("0")) & (codes <= ord("9"))
    edges = np.flatnonzero(np.diff(np.concatenate([[False], digit, [False]]).astype(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    if len(starts) == 0:
        return starts, ""
    length = ends - starts
    place = np.arange(int(length.sum())) - np.repeat(np.cumsum(length) - length, length)
    digits = codes[digit].astype(np.uint64) - 47
    with np.errstate(over="ignore"):
        weights = np.uint64(0x9E3779B97F4A7C15) * (2 * place.astype(np.uint64) + 1)
        weights ^= weights >> np.uint64(29)
        value = np.add.reduceat(digits * weights, np.cumsum(length) - length)
        value ^= value >> np.uint64(32)
    token = (value % np.uint64(_TOKEN_RANGE)).astype(np.uint32) + np.uint32(_TOKEN_BASE)
    return starts, token.tobytes().decode("utf-32-le")


def numbers_differ(lefts: list[str], rights: list[str]) -> Ints:
    """How many numbers the longer of two strings of numbers has that the other has not in its order."""
    common = cpdist(lefts, rights, scorer=LCSseq.similarity, dtype=np.int64)
    longer = [max(len(left), len(right)) for left, right in zip(lefts, rights, strict=True)]
    differ: Ints = np.array(longer, np.int64) - common
    return differ


def _widened(text: str, start: int, end: int) -> list[str]:
    """The numbers that a run of letters touches, whole."""
    while start > 0 and text[start - 1].isdigit():
        start -= 1
    while end < len(text) and text[end].isdigit():
        end += 1
    return _DIGITS.findall(text[start:end])


def _differences(left: str, right: str) -> list[tuple[int, int, int, int]]:
    """Runs that differ, those with a single equal letter between them as one."""
    found: list[tuple[int, int, int, int]] = []
    for left_at, left_end, right_at, right_end in pieces(left, right):
        mine, theirs = left[left_at:left_end], right[right_at:right_end]
        if mine == theirs:
            continue
        edits = cast("list[tuple[str, int, int, int, int]]", Levenshtein.opcodes(mine, theirs).as_list())
        for tag, start, end, other, other_end in edits:
            if tag == "equal":
                continue
            start, end = left_at + start, left_at + end
            other, other_end = right_at + other, right_at + other_end
            if found and start - found[-1][1] <= 1 and other - found[-1][3] <= 1:
                found[-1] = (found[-1][0], end, found[-1][2], other_end)
            else:
                found.append((start, end, other, other_end))
    return found


def _slot(left: str, right: str, difference: tuple[int, int, int, int]) -> int:
    """2 for a number against another, 1 for a word against another (a name may be), 0 for any other difference."""
    start, end, other_start, other_end = difference
    mine, theirs = left[start:end], right[other_start:other_end]
    if len(mine) <= 1 and len(theirs) <= 1 and not mine.isdecimal() and not theirs.isdecimal():
        # One letter for another, as most differences are.
        return 0
    if _DIGITS.search(mine) or _DIGITS.search(theirs):
        before, after = _widened(left, start, end), _widened(right, other_start, other_end)
        return 2 if before and after and "".join(before) != "".join(after) else 0
    return 1 if min(len(mine), len(theirs)) >= 1 and max(len(mine), len(theirs)) >= 2 else 0


def is_form(passages: Sequence[Passage]) -> bool:
    """Whether what differs between two articles in their common passages is what a form leaves open."""
    sentences = with_slot = numeric = words = others = 0
    for passage in passages:
        edges = [0, *(end for end in passage.sentence_ends if 0 < end < len(passage.left)), len(passage.left)]
        marked = [False] * (len(edges) - 1)
        for difference in _differences(passage.left, passage.right):
            kind = _slot(passage.left, passage.right, difference)
            numeric += kind == 2
            words += kind == 1
            others += kind == 0
            if kind:
                marked[min(bisect_right(edges, difference[0]), len(marked)) - 1] = True
        for mark, start, end in zip(marked, edges, edges[1:], strict=False):
            if end - start >= LEAST_SENTENCE:
                sentences += 1
                with_slot += mark
    slots = numeric + words
    if slots < 2 or slots < SLOT_RATIO * (slots + others):
        return False
    if numeric == 0:
        # Words alone may as well be an editor's: only where nothing else was touched.
        enough = words >= LEAST_WORDS and sentences >= LEAST_SENTENCES
        return enough and words >= 0.8 * (words + others) and with_slot >= 0.5 * sentences
    if slots >= 3 and slots >= 0.75 * (slots + others):
        return with_slot >= 0.3 * sentences
    return with_slot >= SENTENCE_SHARE * sentences
