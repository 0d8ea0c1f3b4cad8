"""What stands between two letters that agree, on either side, in the smallest runs that differ."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

import numpy as np

from flows.match.candidates import Ints
from flows.match.chain import ranges
from flows.match.fold import fold, fold_table
from flows.match.printed import Text
from flows.match.tokens import Flags

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


def _runs(text: str) -> list[tuple[bool, int, int]]:
    """Runs of letters and of marks by turns: whether letters, start and end."""
    return [(text[m.start()].isalnum(), m.start(), m.end()) for m in _RUNS.finditer(text)]


@cache
def _letters() -> Flags:
    """Which code points are letters or numbers that fold to something."""
    kept = np.flatnonzero(fold_table().single)
    result = np.zeros(0x110000, np.bool_)
    result[kept] = np.fromiter(map(str.isalnum, map(chr, kept.tolist())), np.bool_, len(kept))
    return result


def _solid(text: Text, start: Ints, end: Ints) -> Flags:
    """Which stretches are letters and numbers alone."""
    size = end - start
    other = ~_letters()[text.raw[ranges(start, size)]]
    result: Flags = np.bincount(np.repeat(np.arange(len(size)), size)[other], minlength=len(size)) == 0
    return result


def parted(leader: Text, witness: Text, spans: Ints) -> tuple[Ints, Ints]:
    """The runs that differ in places: letters against letters and marks against marks, where they answer so.

    `spans` are rows of start and end in the leader's print, start and end in the witness's, in order. Returns such
    rows, and for each the number of its place.
    """
    start, end, other, other_end = spans.T
    one_sided = (start == end) != (other == other_end)
    differ = one_sided.copy()
    both = np.flatnonzero((start < end) & (other < other_end))
    differ[both] = (leader.raw[start[both]] != witness.raw[other[both]]) & (
        leader.raw[end[both] - 1] != witness.raw[other_end[both] - 1]
    )
    # Letters on both sides that begin and end otherwise are a run as they stand.
    whole = differ & _solid(leader, start, end) & _solid(witness, other, other_end)
    found: list[Span] = []
    owner: list[int] = []
    mine, theirs = leader.printed, witness.printed
    rest = np.flatnonzero(~whole)
    for place, (a, b, c, d) in zip(rest.tolist(), spans[rest].tolist(), strict=True):
        runs = (_short if b - a + d - c <= _SHORT else _parted)(mine[a:b], theirs[c:d])
        for at, to, over, up in runs:
            found.append((a + at, a + to, c + over, c + up))
            owner.append(place)
    places = np.concatenate([np.flatnonzero(whole), np.array(owner, np.int64)])
    return np.concatenate([spans[whole], np.array(found, np.int64).reshape(-1, 4)]), places


def _parted(one: str, two: str) -> list[Span]:
    """The same for two readings, the places counted from their beginnings."""
    whole = (0, len(one), 0, len(two))
    if (one.isalnum() or not one) and (two.isalnum() or not two):
        # At most one run of letters on either side, as mostly.
        return sorted(_trimmed(one, two, whole))
    left, right = _runs(one), _runs(two)
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
