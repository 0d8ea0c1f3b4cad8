"""What stands between two letters that agree, on either side, in the smallest runs that differ."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from flows.match.candidates import Ints
from flows.match.chain import ranges
from flows.match.fold import fold, fold_table
from flows.match.printed import WHITE, Text
from flows.match.tokens import Flags

_MARK, _LETTER, _NEITHER = (np.uint8(kind) for kind in range(3))

Span = tuple[int, int, int, int]
"""A place that differs: start and end in the leader's print, start and end in the witness's."""

_RUNS = re.compile(r"\w(?:[\w\s]*\w)?|[^\w\s](?:[^\w]*[^\w\s])?")
"""Letters or marks, with the white space inside them."""


@lru_cache(maxsize=4096)
def _mark(char: str) -> str:
    """A punctuation mark whatever its width; empty for letters and numbers."""
    return "" if fold(char) else unicodedata.normalize("NFKC", char)


def _trimmed(mine: str, theirs: str, span: Span) -> list[Span]:
    """The smallest runs that differ in a place; none where they differ in white space alone.

    What both sides begin and end with alike is no part of it, and a mark there in another width is a variant apart.
    """
    start, end, other, other_end = span
    apart: list[Span] = []
    while start < end and other < other_end:
        if mine[start] != theirs[other]:
            mark = _mark(mine[start])
            if not mark or mark != _mark(theirs[other]):
                break
            apart.append((start, start + 1, other, other + 1))
        start, other = start + 1, other + 1
    while start < end and other < other_end:
        if mine[end - 1] != theirs[other_end - 1]:
            mark = _mark(mine[end - 1])
            if not mark or mark != _mark(theirs[other_end - 1]):
                break
            apart.append((end - 1, end, other_end - 1, other_end))
        end, other_end = end - 1, other_end - 1
    if "".join(mine[start:end].split()) != "".join(theirs[other:other_end].split()):
        apart.append((start, end, other, other_end))
    return apart


def _runs(text: str, most: int) -> list[tuple[bool, int, int]]:
    """Runs of letters and of marks by turns, so many at most: whether letters, start and end."""
    return [(text[m.start()].isalnum(), m.start(), m.end()) for m in islice(_RUNS.finditer(text), most)]


@cache
def _kinds() -> NDArray[np.uint8]:
    """What each code point is: a mark, a letter or number, or neither for certain, as beyond the first plane."""
    known = 1 << 16
    result = np.full(0x110000, _NEITHER)
    result[:known] = np.fromiter(map(str.isalnum, map(chr, range(known))), np.bool_, known)
    result[WHITE] = _NEITHER
    # A letter that folds to nothing is trimmed as a mark is.
    result[(result == _LETTER) & (fold_table().single == 0)] = _NEITHER
    result[ord("_")] = _NEITHER
    return result


def _solid(text: Text, start: Ints, end: Ints) -> Flags:
    """Which stretches are letters and numbers alone."""
    size = end - start
    other = _kinds()[text.raw[ranges(start, size)]] != _LETTER
    result: Flags = np.bincount(np.repeat(np.arange(len(size)), size)[other], minlength=len(size)) == 0
    return result


def _in_two(leader: Text, witness: Text, spans: Ints) -> tuple[Flags, Ints]:
    """Which places have a letter and a mark on one side, and both in this order or one of them on the other.

    Returns for these also where they part: the place in the leader's print and in the witness's.
    """
    sizes = spans[:, 1::2] - spans[:, ::2]
    fit = (sizes >= 1).all(axis=1) & (sizes <= 2).all(axis=1) & (sizes.sum(axis=1) > 2)
    here = np.flatnonzero(fit)
    two, kinds = sizes[here] == 2, _kinds()
    good = np.ones(len(here), np.bool_)
    heads = []
    for text, side in ((leader, 0), (witness, 1)):
        head = kinds[text.raw[spans[here, 2 * side]]]
        tail = kinds[text.raw[spans[here, 2 * side + 1] - 1]]
        good &= (head != _NEITHER) & (tail != _NEITHER) & (two[:, side] == (head != tail))
        heads.append(head)
    first = heads[0] == heads[1]
    good &= first | ~two.all(axis=1)
    fit[here] = good
    here, two, first = here[good], two[good], first[good]
    # One of them alone answers to the first or to the last of both.
    alone = np.where(first[:, None], spans[here][:, 1::2], spans[here][:, ::2])
    return fit, np.where(two, spans[here][:, ::2] + 1, alone)


def parted(leader: Text, witness: Text, spans: Ints) -> tuple[Ints, Ints]:
    """The runs that differ in places: letters against letters and marks against marks, where they answer so.

    `spans` are rows of start and end in the leader's print, start and end in the witness's, in order. Returns such
    rows, and for each the number of its place.
    """
    start, end, other, other_end = spans.T
    sizes = spans[:, 1::2] - spans[:, ::2]
    both = np.flatnonzero(sizes.min(axis=1) > 0)
    head, other_head = leader.raw[start[both]], witness.raw[other[both]]
    # Letters on both sides that begin and end otherwise are a run as they stand; so is what one side alone has.
    whole = np.zeros(len(spans), np.bool_)
    whole[both] = (head != other_head) & (leader.raw[end[both] - 1] != witness.raw[other_end[both] - 1])
    single = (sizes == 1).all(axis=1)
    single[both] &= ~(WHITE[head] | WHITE[other_head])
    whole &= single | (_solid(leader, start, end) & _solid(witness, other, other_end))
    for text, first, last in ((leader, start, end), (witness, other, other_end)):
        only = np.flatnonzero((first < last) & (sizes.min(axis=1) == 0))
        whole[only] = ~WHITE[text.raw[first[only]]]
    two, middle = _in_two(leader, witness, spans)
    halves = np.concatenate(
        [
            np.stack([start[two], middle[:, 0], other[two], middle[:, 1]], axis=1),
            np.stack([middle[:, 0], end[two], middle[:, 1], other_end[two]], axis=1),
        ]
    )
    differ = (halves[:, 0] == halves[:, 1]) | (halves[:, 2] == halves[:, 3])
    differ[~differ] = leader.raw[halves[~differ, 0]] != witness.raw[halves[~differ, 2]]
    found: list[Span] = []
    owner: list[int] = []
    mine, theirs = leader.printed, witness.printed
    rest = np.flatnonzero(~(whole | two))
    for place, (a, b, c, d) in zip(rest.tolist(), spans[rest].tolist(), strict=True):
        runs = (_short if b - a + d - c <= _SHORT else _parted)(mine[a:b], theirs[c:d])
        for at, to, over, up in runs:
            found.append((a + at, a + to, c + over, c + up))
            owner.append(place)
    owners = (np.flatnonzero(whole), np.tile(np.flatnonzero(two), 2)[differ], np.array(owner, np.int64))
    return np.concatenate([spans[whole], halves[differ], np.array(found, np.int64).reshape(-1, 4)]), np.concatenate(
        owners
    )


def _parted(one: str, two: str) -> list[Span]:
    """The same for two readings, the places counted from their beginnings."""
    whole = (0, len(one), 0, len(two))
    if (one.isalnum() or not one) and (two.isalnum() or not two):
        # At most one run of letters on either side, as mostly.
        return sorted(_trimmed(one, two, whole))
    # One side has a run more at most, or they do not answer to one another.
    left = _runs(one, min(len(one), len(two)) + 2)
    right = _runs(two, len(left) + 2)
    kinds, others = [run[0] for run in left], [run[0] for run in right]
    if len(kinds) + len(others) == 3 and kinds and others:
        # One side has letters or marks more, before what answers to the other side's, or after it.
        longer, shorter = (left, right) if len(left) == 2 else (right, left)
        first = longer[0][0] == shorter[0][0]
        at = shorter[0][2] if first else shorter[0][1]
        shorter.insert(1 if first else 0, (not shorter[0][0], at, at))
    elif kinds != others or len(kinds) < 2:
        return sorted(_trimmed(one, two, whole))
    found: list[Span] = []
    for (_, start, end), (_, other, other_end) in zip(left, right, strict=True):
        found += _trimmed(one, two, (start, end, other, other_end))
    return sorted(found)


_SHORT = 8
"""Characters of two readings that are likely to be met again."""
_short = lru_cache(maxsize=1 << 15)(_parted)
