"""What stands between two letters that agree, on either side, in the smallest runs that differ."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from flows.match.align.candidates import Ints
from flows.match.align.chain import ranges
from flows.match.collate.printed import WHITE, Text
from flows.match.collate.tokens import Flags
from flows.match.fold import Codes, fold_table

Span = tuple[int, int, int, int]
"""A place that differs: start and end in the leader's print, start and end in the witness's."""

_BLANK, _MARK, _LETTER, _LOW_LINE = (np.uint8(kind) for kind in range(4))
_LISTED = 1 << 16


@cache
def _listed() -> NDArray[np.uint8]:
    """What each code point of the first plane is."""
    result = np.full(_LISTED, _MARK)
    result[np.fromiter(map(str.isalnum, map(chr, range(_LISTED))), np.bool_, _LISTED)] = _LETTER
    result[WHITE[:_LISTED]] = _BLANK
    result[ord("_")] = _LOW_LINE
    return result


def _kinds(codes: Codes) -> NDArray[np.uint8]:
    """What characters are: white space, letters and numbers, or marks."""
    result = _listed()[np.minimum(codes, _LISTED - 1)]
    far = np.flatnonzero(codes >= _LISTED)
    result[far] = [_LETTER if chr(code).isalnum() else _MARK for code in codes[far].tolist()]
    return result


@lru_cache(maxsize=4096)
def _same_width(mine: int, theirs: int) -> bool:
    return unicodedata.normalize("NFKC", chr(mine)) == unicodedata.normalize("NFKC", chr(theirs))


def same_but_for_width(mine: Codes, theirs: Codes) -> Flags:
    """Which characters are the same ones, whatever their width."""
    pairs, place = np.unique((mine.astype(np.int64) << 32) | theirs, return_inverse=True)
    result: Flags = np.array([_same_width(pair >> 32, pair & 0xFFFFFFFF) for pair in pairs.tolist()], np.bool_)[place]
    return result


@dataclass(frozen=True)
class _Runs:
    """Runs of letters and of marks by turns, with the white space inside them, place by place.

    The runs of place i are those from `head[i]` to before `head[i + 1]`; `letters` says what they begin with.
    """

    start: Ints
    end: Ints
    letters: Flags
    head: Ints

    @property
    def count(self) -> Ints:
        return np.diff(self.head)


def _runs(text: Text, start: Ints, end: Ints) -> _Runs:
    size = end - start
    at, place = ranges(start, size), np.repeat(np.arange(len(size)), size)
    kinds = _kinds(text.raw[at])
    black = kinds != _BLANK
    at, place, kinds = at[black], place[black], kinds[black]
    words = kinds >= _LETTER
    opens = np.ones(len(at), np.bool_)
    opens[1:] = (place[1:] != place[:-1]) | (words[1:] != words[:-1])
    closes = np.append(opens[1:], True)[: len(at)]
    head = np.searchsorted(place[opens], np.arange(len(size) + 1))
    return _Runs(at[opens], at[closes] + 1, kinds[opens] == _LETTER, head)


def _answering(leader: Text, witness: Text, spans: Ints) -> tuple[Ints, Ints]:
    """Places cut where letters answer to letters and marks to marks, run by run; the others whole.

    Returns rows as `spans` are, and for each the number of its place.
    """
    mine, theirs = _runs(leader, spans[:, 0], spans[:, 1]), _runs(witness, spans[:, 2], spans[:, 3])
    count, other_count = mine.count, theirs.count
    alike = (count == other_count) & (count >= 2)
    here = np.flatnonzero(alike)
    run = ranges(mine.head[here], count[here])
    other_run = ranges(theirs.head[here], count[here])
    owner = np.repeat(here, count[here])
    alike[owner[mine.letters[run] != theirs.letters[other_run]]] = False
    kept = alike[owner]
    run, other_run, owner = run[kept], other_run[kept], owner[kept]
    cut = np.stack([mine.start[run], mine.end[run], theirs.start[other_run], theirs.end[other_run]], axis=1)
    result, owners = [cut], [owner]
    # One side has letters or marks more, before what answers to the other side's, or after it.
    more = np.zeros(len(spans), np.bool_)
    for longer, shorter, columns in ((mine, theirs, [0, 1, 2, 3]), (theirs, mine, [2, 3, 0, 1])):
        here = np.flatnonzero((longer.count == 2) & (shorter.count == 1))
        more[here] = True
        first, only = longer.head[here], shorter.head[here]
        before = longer.letters[first] == shorter.letters[only]
        start, end = shorter.start[only], shorter.end[only]
        at = np.where(before, end, start)
        halves = (
            (longer.start[first], longer.end[first], np.where(before, start, at), np.where(before, end, at)),
            (longer.start[first + 1], longer.end[first + 1], np.where(before, at, start), np.where(before, at, end)),
        )
        for half in halves:
            result.append(np.stack(half, axis=1)[:, columns])
            owners.append(here)
    whole = np.flatnonzero(~(alike | more))
    return np.concatenate([spans[whole], *result]), np.concatenate([whole, *owners])


def _alike(leader: Text, witness: Text, spans: Ints, backwards: bool) -> tuple[Ints, Ints, Ints]:
    """How many characters both sides of places have alike from an end on, or in another width if they are marks.

    Returns also those of another width: the places, and their spans.
    """
    start, end, other, other_end = spans.T
    size = np.minimum(end - start, other_end - other)
    place, ordinal = np.repeat(np.arange(len(size)), size), ranges(np.zeros(len(size), np.int64), size)
    if backwards:
        at, over = end[place] - 1 - ordinal, other_end[place] - 1 - ordinal
    else:
        at, over = start[place] + ordinal, other[place] + ordinal
    mine, theirs = leader.raw[at], witness.raw[over]
    unlike = np.flatnonzero(mine != theirs)
    single = fold_table().single
    marks = unlike[(single[mine[unlike]] | single[theirs[unlike]]) == 0]
    marks = marks[same_but_for_width(mine[marks], theirs[marks])]
    unequal = np.zeros(len(place), np.bool_)
    unequal[unlike] = True
    unequal[marks] = False
    # The first that differs counts: of several values for a place the last one stays.
    differ = np.flatnonzero(unequal)[::-1]
    result = size.copy()
    result[place[differ]] = ordinal[differ]
    marks = marks[ordinal[marks] < result[place[marks]]]
    # White space of another width is layout: alike, and no variant.
    marks = marks[~(WHITE[mine[marks]] & WHITE[theirs[marks]])]
    return result, place[marks], np.stack([at[marks], at[marks] + 1, over[marks], over[marks] + 1], axis=1)


def _trimmed(leader: Text, witness: Text, spans: Ints) -> tuple[Ints, Ints]:
    """The smallest runs that differ in places; none where they differ in white space alone. And their places.

    What both sides begin and end with alike is no part of it, and a mark there in another width is a variant apart.
    """
    spans = spans.copy()
    size, place, apart = _alike(leader, witness, spans, backwards=False)
    spans[:, ::2] += size[:, None]
    size, other_place, other_apart = _alike(leader, witness, spans, backwards=True)
    spans[:, 1::2] -= size[:, None]
    rest = np.flatnonzero(leader.ink(spans[:, 0], spans[:, 1]) != witness.ink(spans[:, 2], spans[:, 3]))
    return np.concatenate([spans[rest], apart, other_apart]), np.concatenate([rest, place, other_place])


def parted(leader: Text, witness: Text, spans: Ints) -> tuple[Ints, Ints]:
    """The runs that differ in places: letters against letters and marks against marks, where they answer so.

    `spans` are rows of start and end in the leader's print, start and end in the witness's. Returns such rows, and for
    each the number of its place.
    """
    start, end, other, other_end = spans.T
    sizes = spans[:, 1::2] - spans[:, ::2]
    # One character against another is a run as it stands, and so is what one side alone has.
    whole = (sizes == 1).all(axis=1)
    head, other_head = leader.raw[start[whole]], witness.raw[other[whole]]
    whole[whole] = (head != other_head) & ~(WHITE[head] | WHITE[other_head])
    for text, first, last, none in (
        (leader, start, end, other == other_end),
        (witness, other, other_end, start == end),
    ):
        only = np.flatnonzero((first < last) & none)
        whole[only] = ~WHITE[text.raw[first[only]]]
    rest = np.flatnonzero(~whole)
    parts, owner = _answering(leader, witness, spans[rest])
    found, part = _trimmed(leader, witness, parts)
    return np.concatenate([spans[whole], found]), np.concatenate([np.flatnonzero(whole), rest[owner[part]]])
