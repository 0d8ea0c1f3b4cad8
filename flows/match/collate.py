"""Where a witness of a story reads differently from its leader.

The folded letters are aligned first (Levenshtein, per aligned span); between two letters that agree everything printed
is compared, so that a comma or a character in another script is a variant too. Every variant is the smallest run of
unfolded characters that differs. White space alone is layout, not a reading.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from flows.match.candidates import Ints
from flows.match.chain import ranges
from flows.match.fold import Codes, fold
from flows.match.pieces import pieces
from flows.match.readings import classify, form
from schemas.tables.variants import VARIANT_CLASSES, VARIANT_KINDS

MOVED = 40
"""Letters between a deletion and an insertion of the same text that make a transposition of them."""
LEFT_OUT = 8
"""Letters of the leader beyond a witness's text that count as left out."""


CONTEXT = 8
"""Characters round a reading that help to tell what it is."""
SUBSTITUTION, INSERTION, DELETION, TRANSPOSITION = (
    VARIANT_KINDS.index(kind) for kind in ("substitution", "insertion", "deletion", "transposition")
)
PUNCTUATION, ORTHOGRAPHY = (VARIANT_CLASSES.index(reading) for reading in ("punctuation", "orthography"))

_WHITE = np.zeros(0x110000, np.bool_)
_WHITE[[code for code in range(0x3001) if chr(code).isspace()]] = True


@dataclass(frozen=True)
class Text:
    """An article: what was printed, its folded letters, and for each of them the index of its character."""

    printed: str
    letters: str
    origin: NDArray[np.int32]
    raw: Codes
    """The code points of what was printed."""

    @cached_property
    def between(self) -> NDArray[np.uint64]:
        """For each letter a hash of what is printed between it and the next, white space apart."""
        other = np.ones(len(self.raw), np.bool_)
        other[self.origin] = False
        other &= ~_WHITE[self.raw]
        place = np.flatnonzero(other)
        owner = np.searchsorted(self.origin, place, "right") - 1
        place, owner = place[owner >= 0], owner[owner >= 0]
        ordinal = np.arange(len(owner)) - np.searchsorted(owner, owner)
        with np.errstate(over="ignore"):
            value = (self.raw[place].astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
            value = (value ^ (value >> np.uint64(29))) * (2 * ordinal.astype(np.uint64) + np.uint64(3))
        result = np.zeros(len(self.origin), np.uint64)
        np.add.at(result, owner, value)
        return result


@dataclass(frozen=True)
class Differences:
    """Variants: a row each of `spans` (start and end in the leader's print, start and end in the witness's), and the
    places of kind and class in VARIANT_KINDS and VARIANT_CLASSES."""

    spans: Ints
    kind: Ints
    reading: Ints


Block = tuple[int, int, int]
"""Letters that agree: where they start in the leader and in the witness, and how many."""


def blocks(left: str, right: str, left_at: int, right_at: int) -> list[Block]:
    """The letters of two spans that agree, in order; the spans start at the places given."""
    found: list[Block] = []
    for start, end, other, other_end in pieces(left, right):
        if left[start:end] == right[other:other_end]:
            found.append((left_at + start, right_at + other, end - start))
            continue
        matching = Levenshtein.editops(left[start:end], right[other:other_end]).as_matching_blocks()
        found += [(left_at + start + b.a, right_at + other + b.b, b.size) for b in matching if b.size]
    return found


def clipped(found: list[Block], leader: tuple[int, int], witness: tuple[int, int]) -> list[Block]:
    """The parts of blocks that lie inside both spans."""
    result = []
    for a, b, size in found:
        skip = max(0, leader[0] - a, witness[0] - b)
        size = min(size, leader[1] - a, witness[1] - b)
        if size > skip:
            result.append((a + skip, b + skip, size - skip))
    return result


Span = tuple[int, int, int, int]
"""A place that differs: start and end in the leader's print, start and end in the witness's."""


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


def _kind(mine: str, theirs: str, span: Span) -> int:
    if not mine[span[0] : span[1]].strip():
        return INSERTION
    return SUBSTITUTION if theirs[span[2] : span[3]].strip() else DELETION


def _spans(*columns: Ints) -> Ints:
    return np.stack(columns, axis=1)


@lru_cache(maxsize=4096)
def _same_mark(mine: int, theirs: int) -> bool:
    return unicodedata.normalize("NFKC", chr(mine)) == unicodedata.normalize("NFKC", chr(theirs))


def _other_marks(leader: Text, witness: Text, spans: Ints) -> Differences:
    """Variants of one punctuation mark against one other."""
    pairs = (leader.raw[spans[:, 0]].astype(np.int64) << 32) | witness.raw[spans[:, 2]]
    distinct, place = np.unique(pairs, return_inverse=True)
    same = np.array([_same_mark(pair >> 32, pair & 0xFFFFFFFF) for pair in distinct.tolist()], np.bool_)
    reading = np.where(same, ORTHOGRAPHY, PUNCTUATION)[place]
    return Differences(spans, np.full(len(spans), SUBSTITUTION), reading)


def _with_moves(mine: str, theirs: str, found: list[tuple[Span, int]]) -> list[tuple[Span, int]]:
    """Make one transposition of a deletion and an insertion of the same text close by."""
    result: list[tuple[Span, int]] = []
    for span, kind in found:
        if result and {result[-1][1], kind} == {DELETION, INSERTION} and span[0] - result[-1][0][1] <= MOVED:
            last, _ = result[-1]
            gone, come = (last, span) if kind == INSERTION else (span, last)
            moved = mine[gone[0] : gone[1]].strip()
            if len(moved) >= 2 and moved == theirs[come[2] : come[3]].strip():
                result[-1] = ((last[0], span[1], last[2], span[3]), TRANSPOSITION)
                continue
        result.append((span, kind))
    return result


def _reading(mine: str, theirs: str, span: Span) -> int:
    start, end, other, other_end = span
    leader, witness = mine[start:end], theirs[other:other_end]
    if fold(leader) == fold(witness):
        return VARIANT_CLASSES.index(form(leader, witness))
    before, after = mine[max(0, start - CONTEXT) : start], mine[end : end + CONTEXT]
    return VARIANT_CLASSES.index(classify(leader, witness, before, after))


def _read(leader: Text, witness: Text, found: list[tuple[Span, int]]) -> Differences:
    """Variants with their classes."""
    reading = [_reading(leader.printed, witness.printed, span) for span, _ in found]
    spans = np.array([span for span, _ in found], np.int64).reshape(-1, 4)
    return Differences(spans, np.array([kind for _, kind in found], np.int64), np.array(reading, np.int64))


def collate(leader: Text, witness: Text, found: list[Block]) -> list[Differences]:
    """The variants of a witness, from the letters that agree, in order."""
    table = np.array(found, np.int64)
    sizes = table[:, 2]
    mine, theirs = ranges(table[:, 0], sizes), ranges(table[:, 1], sizes)
    one, two = leader.origin[mine].astype(np.int64), witness.origin[theirs].astype(np.int64)
    ends = np.cumsum(sizes) - 1
    inner = np.ones(len(mine), np.bool_)
    inner[ends] = False
    inner = inner[:-1]
    result = []
    # Letters in another form; a run of them is one variant where nothing stands between.
    other = leader.raw[one] != witness.raw[two]
    if other.any():
        close = inner & (np.diff(one) <= 1) & (np.diff(two) <= 1)
        opens = other & np.concatenate([[True], ~(other[:-1] & close)])
        closes = other & np.concatenate([~(other[1:] & close), [True]])
        spans = _spans(one[opens], one[closes] + 1, two[opens], two[closes] + 1)
        result.append(Differences(spans, np.full(len(spans), SUBSTITUTION), np.full(len(spans), ORTHOGRAPHY)))
    # What stands between two letters, and is not the same.
    gap = np.flatnonzero(inner & (leader.between[mine[:-1]] != witness.between[theirs[:-1]]))
    spans = _spans(one[gap] + 1, one[gap + 1], two[gap] + 1, two[gap + 1])
    single = (spans[:, 1] - spans[:, 0] == 1) & (spans[:, 3] - spans[:, 2] == 1)
    single[single] &= ~(_WHITE[leader.raw[spans[single, 0]]] | _WHITE[witness.raw[spans[single, 2]]])
    if single.any():
        result.append(_other_marks(leader, witness, spans[single]))
    # Letters that differ, with what stands round them.
    last, first = ends[:-1], ends[:-1] + 1
    rest = np.concatenate([spans[~single], _spans(one[last] + 1, one[first], two[last] + 1, two[first])])
    smallest = [
        (each, _kind(leader.printed, witness.printed, each))
        for span in rest[np.argsort(rest[:, 0], kind="stable")].tolist()
        for each in sorted(_trimmed(leader.printed, witness.printed, tuple(span)))
    ]
    result.append(_read(leader, witness, _with_moves(leader.printed, witness.printed, smallest)))
    return result


def left_out(leader: Text, witness: Text, found: list[Block], leader_span: tuple[int, int]) -> Differences:
    """What a witness lacks of the leader's beginning and end."""
    first_a, first_b, _ = found[0]
    last_a, last_b, size = found[-1]
    lost: list[tuple[Span, int]] = []
    if first_a - leader_span[0] >= LEFT_OUT:
        at = int(witness.origin[first_b])
        lost.append(((int(leader.origin[leader_span[0]]), int(leader.origin[first_a - 1]) + 1, at, at), DELETION))
    if leader_span[1] - (last_a + size) >= LEFT_OUT:
        at = int(witness.origin[last_b + size - 1]) + 1
        start, end = int(leader.origin[last_a + size]), int(leader.origin[leader_span[1] - 1]) + 1
        lost.append(((start, end, at, at), DELETION))
    return _read(leader, witness, lost)


def ordered(spans: Ints) -> list[int]:
    """Which aligned spans (leader start, leader end, start, end, matched) can be read in one order, longest first.

    Returns their numbers in order of place; a span that crosses or overlaps a longer one is left out.
    """
    chosen: list[int] = []
    rows = spans.tolist()
    for number in sorted(range(len(rows)), key=lambda n: (-rows[n][4], rows[n])):
        a, b, c, d, _ = rows[number]
        if all((b <= rows[o][0] and d <= rows[o][2]) or (a >= rows[o][1] and c >= rows[o][3]) for o in chosen):
            chosen.append(number)
    return sorted(chosen, key=lambda n: rows[n][0])
