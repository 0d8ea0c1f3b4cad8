"""Forms: bulletins that say the same words of other facts.

Similarity cannot tell a form filled in twice from a reprint; what differs can. In a form the differences are slots: a
number against another number, a name against another name, in most of the sentences, and little else. In a reprint or
an OCR reading they are single letters anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Editop, LCSseq, Levenshtein
from rapidfuzz.process import cpdist

from flows.match.align.candidates import Ints
from flows.match.align.chain import ranges
from flows.match.align.pieces import divided, pieces, sliced
from flows.match.rows import FILLED, FORM, REWRITTEN

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

PHRASE = 4
"""Letters on both sides of a difference that make it a phrase against another: OCR misreads so many in a row seldom."""
REWRITTEN_SHARE = 0.1
"""Share of the common passages that such phrases are, from which on the text between the common words is another."""

FILLED_LETTERS = 150
"""Letters of common passages for each number that differs, above which it may be a correction or a misreading."""

TOGETHER = 1024
"""Pieces that are compared at a time."""

_TOKEN_BASE = 0x10000
_TOKEN_RANGE = 0xFFFFF
_SOURCE, _TARGET = itemgetter(1), itemgetter(2)
"""The places of an edit on both sides."""


HAN_NUMERALS = "〇零一二三四五六七八九十百千万亿两廿卅"
"""Ideographs that write numbers, as folding leaves them."""
_HAN = np.array(sorted(map(ord, HAN_NUMERALS)), np.uint32)


def numerals(codes: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Which folded letters write numbers: digits, and the ideographs that do."""
    found: NDArray[np.bool_] = (codes >= ord("0")) & (codes <= ord("9"))
    ideographs = np.flatnonzero(codes >= _HAN[0])
    found[ideographs[np.isin(codes[ideographs], _HAN)]] = True
    return found


class Digits:
    """The numerals among letters: what numbers a span touches."""

    def __init__(self, codes: NDArray[np.uint32]) -> None:
        digit = numerals(codes)
        edges = np.flatnonzero(np.diff(np.concatenate([[False], digit, [False]]).astype(np.int8)))
        self._starts, self._ends = edges[::2], edges[1::2]
        self._before = np.concatenate([[0], np.cumsum(digit)])
        self._digits = codes[digit]
        self._ideographs = np.concatenate([[0], np.cumsum(self._digits >= _HAN[0])])

    def any(self, start: Ints, end: Ints) -> NDArray[np.bool_]:
        """Whether there is a digit in each span."""
        return self._before[end] > self._before[start]

    def touched(self, start: Ints, end: Ints, low: Ints, high: Ints) -> tuple[Ints, Ints]:
        """The digits of the numbers that spans touch, as far as they lie between `low` and `high`: first and last."""
        if len(self._starts) == 0:
            return self._before[start], self._before[end]
        at = np.maximum(np.searchsorted(self._starts, start, "left") - 1, 0)
        inside = (self._starts[at] < start) & (self._ends[at] >= start)
        first = np.where(inside, np.maximum(self._starts[at], low), start)
        at = np.minimum(np.searchsorted(self._ends, end, "right"), len(self._ends) - 1)
        inside = (self._starts[at] <= end) & (self._ends[at] > end)
        last = np.where(inside, np.minimum(self._ends[at], high), end)
        return self._before[first], self._before[last]

    def equal(self, first: Ints, last: Ints, other: Ints, other_last: Ints) -> NDArray[np.bool_]:
        """Whether two runs of digits are the same."""
        same = last - first == other_last - other
        count = np.where(same, last - first, 0)
        unlike = self._digits[ranges(first, count)] != self._digits[ranges(other, count)]
        owner = np.repeat(np.arange(len(first)), count)
        result: NDArray[np.bool_] = same & (np.bincount(owner, unlike, len(first)) == 0)
        # 10 for 十 is another way to write a number, and no other number.
        ideographs, others = self._written(first, last), self._written(other, other_last)
        for row in np.flatnonzero(~result & (ideographs != others) & (ideographs * others == 0)).tolist():
            mine, theirs = self._digits[first[row] : last[row]], self._digits[other[row] : other_last[row]]
            result[row] = _value(mine) == _value(theirs)
        return result

    def _written(self, first: Ints, last: Ints) -> Ints:
        """How many ideographs are in runs of digits."""
        count: Ints = self._ideographs[last] - self._ideographs[first]
        return count


_VALUES = {ord(mark): value for value, mark in enumerate("零一二三四五六七八九")} | {ord("〇"): 0, ord("两"): 2}
_VALUES |= {ord(mark): value for value, mark in enumerate("0123456789")}
_TENS = {ord("廿"): 20, ord("卅"): 30}
_POWERS = {ord("十"): 10, ord("百"): 100, ord("千"): 1000, ord("万"): 10_000, ord("亿"): 100_000_000}


def _value(codes: NDArray[np.uint32]) -> int:
    """The number that numerals write, in digits or in ideographs, place by place or with their powers of ten."""
    total = section = digit = 0
    for code in codes.tolist():
        if code in _VALUES:
            digit = digit * 10 + _VALUES[code]
        elif code in _TENS:
            section += _TENS[code]
        elif _POWERS[code] < 10_000:
            section, digit = section + (digit or 1) * _POWERS[code], 0
        else:
            # 一亿二千万 adds, 一万亿 multiplies.
            power, part = _POWERS[code], section + digit
            total = total + part * power if total >= power else (total + part) * power
            section = digit = 0
    return total + section + digit


@dataclass(frozen=True)
class Passages:
    """Aligned spans of pairs of articles, by pair: places in folded letters that are laid end to end.

    `text` are the letters by names that rapidfuzz compares faster, and `digits` the digits among them. Passage i is
    compared in pieces, cut at `cuts[i]` of the places `cut_left` and `cut_right`, which come passage by passage.
    """

    text: str
    digits: Digits
    pair: Ints
    left_start: Ints
    left_end: Ints
    right_start: Ints
    right_end: Ints
    cuts: Ints
    cut_left: Ints
    cut_right: Ints

    def __len__(self) -> int:
        return len(self.pair)


def numbers(codes: NDArray[np.uint32]) -> tuple[Ints, str]:
    """Where the numbers in folded letters start, and a string with one character for each, its value's hash."""
    digit = numerals(codes)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], digit, [False]]).astype(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    if len(starts) == 0:
        return starts, ""
    length = ends - starts
    place = np.arange(int(length.sum())) - np.repeat(np.cumsum(length) - length, length)
    digits = codes[digit].astype(np.uint64) + 1
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


@dataclass(frozen=True)
class _Differences:
    """Runs of letters that differ: their passage, and their places on both sides, by passage and place."""

    passage: Ints
    left_start: Ints
    left_end: Ints
    right_start: Ints
    right_end: Ints


def _edits(text: str, start: Ints, end: Ints, other: Ints, other_end: Ints) -> tuple[Ints, ...]:
    """The edits between pairs of spans of a text.

    Returns of each part that is compared how many edits it has, the number of its pair, where it starts in the spans
    and how much longer its right side is; and of each edit its places in the two sides of its part.
    """
    told: list[tuple[int, int, int, int, int]] = []
    sources, targets = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    # Few at a time, so that the same memory holds them again and again.
    for first in range(0, len(start), TOGETHER):
        here = slice(first, first + TOGETHER)
        edits: list[Editop] = []
        lefts, rights = sliced(text, start[here], end[here]), sliced(text, other[here], other_end[here])
        for number, (left, right) in enumerate(zip(lefts, rights, strict=True), first):
            if left == right:
                continue
            for a, b, c, d in pieces(left, right):
                found = Levenshtein.editops(left[a:b], right[c:d]).as_list()
                edits += found
                told.append((len(found), number, a, c, d - c - b + a))
        sources.append(np.fromiter(map(_SOURCE, edits), np.int64, len(edits)))
        targets.append(np.fromiter(map(_TARGET, edits), np.int64, len(edits)))
    return (*np.array(told, np.int64).reshape(-1, 5).T, np.concatenate(sources), np.concatenate(targets))


def _differences(passages: Passages) -> _Differences:
    """Runs that differ, those with a single equal letter between them as one."""
    passage, left_start, left_end = divided(passages.left_start, passages.left_end, passages.cut_left, passages.cuts)
    _, right_start, right_end = divided(passages.right_start, passages.right_end, passages.cut_right, passages.cuts)
    counts, piece, left_at, right_at, longer, source, target = _edits(
        passages.text, left_start, left_end, right_start, right_end
    )
    # How far the right side is ahead before each edit, and behind it: one more is an insertion, one less a deletion.
    ahead = target - source
    behind = np.append(ahead[1:], 0)
    behind[np.cumsum(counts)[counts > 0] - 1] = longer[counts > 0]
    start = source + np.repeat(left_start[piece] + left_at, counts)
    other = target + np.repeat(right_start[piece] + right_at, counts)
    end, other_end, owner = start + (behind <= ahead), other + (behind >= ahead), np.repeat(passage[piece], counts)
    opens = np.ones(len(start), np.bool_)
    opens[1:] = (owner[1:] != owner[:-1]) | (start[1:] - end[:-1] > 1) | (other[1:] - other_end[:-1] > 1)
    closes = np.ones(len(start), np.bool_)
    closes[:-1] = opens[1:]
    return _Differences(owner[opens], start[opens], end[closes], other[opens], other_end[closes])


def _slots(passages: Passages, found: _Differences) -> Ints:
    """2 for a number against another, 1 for a word against another (a name may be), 0 for any other difference."""
    mine, theirs = found.left_end - found.left_start, found.right_end - found.right_start
    digits = passages.digits
    numeric = digits.any(found.left_start, found.left_end) | digits.any(found.right_start, found.right_end)
    # One letter for another, as most differences are, is no word.
    kind: Ints = ((np.minimum(mine, theirs) >= 1) & (np.maximum(mine, theirs) >= 2) & ~numeric).astype(np.int64)
    here = np.flatnonzero(numeric)
    own = found.passage[here]
    first, last = digits.touched(
        found.left_start[here], found.left_end[here], passages.left_start[own], passages.left_end[own]
    )
    other, other_last = digits.touched(
        found.right_start[here], found.right_end[here], passages.right_start[own], passages.right_end[own]
    )
    kind[here[(last > first) & (other_last > other) & ~digits.equal(first, last, other, other_last)]] = 2
    return kind


def _sentences(passages: Passages, ends: Ints, marks: _Differences, pairs: int) -> tuple[Ints, Ints]:
    """Of each pair how many sentences lie in the left passages, and how many of them have a mark."""
    first = np.searchsorted(ends, passages.left_start, "right")
    count = np.maximum(np.searchsorted(ends, passages.left_end) - first, 0)
    of, start, end = divided(passages.left_start, passages.left_end, ends[ranges(first, count)], count)
    own = marks.passage
    at = np.minimum(np.searchsorted(ends, marks.left_start, "right") - first[own], count[own])
    marked = np.zeros(len(start), np.bool_)
    marked[(np.cumsum(count + 1) - count - 1)[own] + at] = True
    long = end - start >= LEAST_SENTENCE
    pair = passages.pair[of]
    return np.bincount(pair[long], minlength=pairs), np.bincount(pair[long & marked], minlength=pairs)


def are_forms(passages: Passages, ends: Ints, pairs: int) -> NDArray[np.uint8]:
    """Of each pair of articles what its common passages show of a form: FORM where what differs is what a form leaves
    open, FILLED where a number stands against another, REWRITTEN where phrases stand against other ones.

    `ends` are the places in the letters where sentences of the left articles end, ascending, each once; `pairs` is how
    many pairs there are.
    """
    if len(passages) == 0:
        return np.zeros(pairs, np.uint8)
    found = _differences(passages)
    kind = _slots(passages, found)
    numeric, words, others = (
        np.bincount(passages.pair[found.passage[kind == each]], minlength=pairs) for each in (2, 1, 0)
    )
    slot = kind > 0
    marks = _Differences(*(values[slot] for values in vars(found).values()))
    sentences, with_slot = _sentences(passages, ends, marks, pairs)
    slots = numeric + words
    enough = (slots >= 2) & (slots >= SLOT_RATIO * (slots + others))
    # Words alone may as well be an editor's: only where nothing else was touched.
    worded = (words >= LEAST_WORDS) & (sentences >= LEAST_SENTENCES)
    worded &= (words >= 0.8 * (words + others)) & (with_slot >= 0.5 * sentences)
    many = (slots >= 3) & (slots >= 0.75 * (slots + others))
    filled = with_slot >= np.where(many, 0.3, SENTENCE_SHARE) * sentences
    form = enough & np.where(numeric == 0, worded, filled)
    replaced = np.minimum(found.left_end - found.left_start, found.right_end - found.right_start)
    phrases = np.bincount(passages.pair[found.passage], np.where(replaced >= PHRASE, replaced, 0), pairs)
    shorter = np.minimum(passages.left_end - passages.left_start, passages.right_end - passages.right_start)
    rewritten = (phrases > 0) & (phrases >= REWRITTEN_SHARE * np.bincount(passages.pair, shorter, pairs))
    filled = numeric * FILLED_LETTERS > np.bincount(passages.pair, shorter, pairs)
    result: NDArray[np.uint8] = form * FORM | filled * FILLED | rewritten * REWRITTEN
    return result
