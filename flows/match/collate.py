"""Where a witness of a story reads differently from its leader.

The folded letters are aligned first (Levenshtein, per aligned span); between two letters that agree everything printed
is compared, so that a comma or a character in another script is a variant too. Every variant is the smallest run of
unfolded characters that differs. White space alone is layout, not a reading.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from flows.match.candidates import Ints
from flows.match.chain import ranges
from flows.match.fold import Codes, fold

LONG = 4096
"""Letters of a span above which it is compared piece by piece between letters that both sides have once."""
ANCHOR = 24
"""Letters of a run that both sides have once."""
MOVED = 40
"""Letters between a deletion and an insertion of the same text that make a transposition of them."""
LEFT_OUT = 8
"""Letters of the leader beyond a witness's text that count as left out."""


_WHITE = np.array(sorted(code for code in range(0x3001) if chr(code).isspace()), np.uint32)


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
        other &= ~np.isin(self.raw, _WHITE)
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
class Difference:
    """A variant: half-open spans in the printed texts of leader and witness, and what the witness did."""

    leader_start: int
    leader_end: int
    start: int
    end: int
    kind: str


Block = tuple[int, int, int]
"""Letters that agree: where they start in the leader and in the witness, and how many."""


def _anchors(left: str, right: str) -> list[tuple[int, int]]:
    """Places where a run of ANCHOR letters stands that each side has once, rising on both sides."""
    places: dict[str, int] = {}
    for start in range(0, len(left) - ANCHOR, ANCHOR):
        run = left[start : start + ANCHOR]
        places[run] = -1 if run in places else start
    met: dict[str, int] = {}
    for start in range(len(right) - ANCHOR):
        run = right[start : start + ANCHOR]
        if run in places:
            met[run] = -1 if run in met else start
    found = sorted((places[run], start) for run, start in met.items() if start >= 0 and places[run] >= 0)
    # The longest rising run of right places (patience sorting).
    tails: list[int] = []
    tail_index: list[int] = []
    previous = [-1] * len(found)
    for number, (_, start) in enumerate(found):
        pile = bisect_right(tails, start)
        previous[number] = tail_index[pile - 1] if pile else -1
        tails[pile : pile + 1] = [start]
        tail_index[pile : pile + 1] = [number]
    result, at = [], tail_index[-1] if tail_index else -1
    while at >= 0:
        result.append(found[at])
        at = previous[at]
    return result[::-1]


def _pieces(left: str, right: str) -> Iterator[tuple[int, int, int, int]]:
    """Cut two long spans at anchors about every LONG letters."""
    if max(len(left), len(right)) <= LONG:
        yield 0, len(left), 0, len(right)
        return
    left_at = right_at = 0
    for left_next, right_next in _anchors(left, right):
        if left_next - left_at >= LONG // 4 and right_next > right_at:
            yield left_at, left_next, right_at, right_next
            left_at, right_at = left_next, right_next
    yield left_at, len(left), right_at, len(right)


def blocks(left: str, right: str, left_at: int, right_at: int) -> list[Block]:
    """The letters of two spans that agree, in order; the spans start at the places given."""
    found: list[Block] = []
    for start, end, other, other_end in _pieces(left, right):
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


def _kind(span: Span, leader: Text, witness: Text) -> str:
    if not leader.printed[span[0] : span[1]].strip():
        return "insertion"
    return "deletion" if not witness.printed[span[2] : span[3]].strip() else "substitution"


def _differing(leader: Text, witness: Text, found: list[Block]) -> list[Span]:
    """Printed spans, inside and between blocks, that may differ: (start, end) in the leader and in the witness."""
    table = np.array(found, np.int64)
    starts, sizes = table[:, 0], table[:, 2]
    mine = ranges(starts, sizes)
    theirs = ranges(table[:, 1], sizes)
    one, two = leader.origin[mine].astype(np.int64), witness.origin[theirs].astype(np.int64)
    spans = []
    # Letters in another form; a run of them is one variant where nothing stands between.
    other = leader.raw[one] != witness.raw[two]
    ends = np.cumsum(sizes) - 1
    inner = np.ones(len(mine), np.bool_)
    inner[ends] = False
    inner = inner[:-1]
    if other.any():
        close = inner & (np.diff(one) <= 1) & (np.diff(two) <= 1)
        opens = other & np.concatenate([[True], ~(other[:-1] & close)])
        closes = other & np.concatenate([~(other[1:] & close), [True]])
        spans.append(np.stack([one[opens], one[closes] + 1, two[opens], two[closes] + 1], axis=1))
    gap = np.flatnonzero(inner & (leader.between[mine[:-1]] != witness.between[theirs[:-1]]))
    spans.append(np.stack([one[gap] + 1, one[gap + 1], two[gap] + 1, two[gap + 1]], axis=1))
    last, first = ends[:-1], ends[:-1] + 1
    spans.append(np.stack([one[last] + 1, one[first], two[last] + 1, two[first]], axis=1))
    return sorted(map(tuple, np.concatenate(spans).tolist()))


def _with_moves(leader: Text, witness: Text, found: list[Difference]) -> list[Difference]:
    """Make one transposition of a deletion and an insertion of the same text close by."""
    result: list[Difference] = []
    for each in found:
        last = result[-1] if result else None
        if (
            last is not None
            and {last.kind, each.kind} == {"deletion", "insertion"}
            and each.leader_start - last.leader_end <= MOVED
        ):
            gone, come = (last, each) if last.kind == "deletion" else (each, last)
            moved = leader.printed[gone.leader_start : gone.leader_end].strip()
            if len(moved) >= 2 and moved == witness.printed[come.start : come.end].strip():
                result[-1] = Difference(last.leader_start, each.leader_end, last.start, each.end, "transposition")
                continue
        result.append(each)
    return result


def collate(leader: Text, witness: Text, found: list[Block]) -> list[Difference]:
    """The variants of a witness, from the letters that agree, in order."""
    spans = [
        each for span in _differing(leader, witness, found) for each in _trimmed(leader.printed, witness.printed, span)
    ]
    return _with_moves(leader, witness, [Difference(*span, _kind(span, leader, witness)) for span in sorted(spans)])


def left_out(leader: Text, witness: Text, found: list[Block], leader_span: tuple[int, int]) -> list[Difference]:
    """What a witness lacks of the leader's beginning and end."""
    first_a, first_b, _ = found[0]
    last_a, last_b, size = found[-1]
    result = []
    if first_a - leader_span[0] >= LEFT_OUT:
        at = int(witness.origin[first_b])
        result.append(
            Difference(int(leader.origin[leader_span[0]]), int(leader.origin[first_a - 1]) + 1, at, at, "deletion")
        )
    if leader_span[1] - (last_a + size) >= LEFT_OUT:
        at = int(witness.origin[last_b + size - 1]) + 1
        start = int(leader.origin[last_a + size])
        result.append(Difference(start, int(leader.origin[leader_span[1] - 1]) + 1, at, at, "deletion"))
    return result


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
