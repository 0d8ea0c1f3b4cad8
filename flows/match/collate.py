"""Where a witness of a story reads differently from its leader.

The folded letters are aligned first (Levenshtein, per aligned span); between two letters that agree everything printed
is compared, so that a comma or a character in another script is a variant too. Every variant is the smallest run of
whole tokens that differs (`tokens`): a word, a number, an ideograph, a mark. White space alone is layout, no reading.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from rapidfuzz.distance import Levenshtein

from flows.match.candidates import Ints
from flows.match.chain import ranges
from flows.match.parting import Span, parted
from flows.match.pieces import pieces
from flows.match.plain import plain_readings
from flows.match.printed import WHITE, Text
from flows.match.readings import reading
from flows.match.tokens import Flags
from flows.match.widen import Places, joined, shortened, stripped, whole_part, widened
from schemas.tables.variants import VARIANT_CLASSES, VARIANT_KINDS

MOVED = 40
"""Letters between a deletion and an insertion of the same text that make a transposition of them."""
LEFT_OUT = 8
"""Letters of the leader beyond a witness's text that count as left out."""

CONTEXT = 48
"""Characters round a reading that help to tell what it is."""
SUBSTITUTION, INSERTION, DELETION, TRANSPOSITION = (
    VARIANT_KINDS.index(kind) for kind in ("substitution", "insertion", "deletion", "transposition")
)
PUNCTUATION, ORTHOGRAPHY, WORDING = (VARIANT_CLASSES.index(name) for name in ("punctuation", "orthography", "wording"))


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
    kinds = np.full(len(spans), SUBSTITUTION)
    return Differences(spans, kinds, np.where(same, ORTHOGRAPHY, PUNCTUATION)[place])


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


def _read(leader: Text, witness: Text, found: list[tuple[Span, int]], plain: Collection[Span] = ()) -> Differences:
    """Variants with their classes; those in `plain` are wording."""
    mine, theirs = leader.printed, witness.printed
    classes = [
        WORDING
        if (start, end, other, other_end) in plain
        else VARIANT_CLASSES.index(
            reading(
                mine[start:end],
                theirs[other:other_end],
                mine[max(0, start - CONTEXT) : start],
                mine[end : end + CONTEXT],
            )
        )
        for (start, end, other, other_end), _ in found
    ]
    spans = np.array([span for span, _ in found], np.int64).reshape(-1, 4)
    return Differences(spans, np.array([kind for _, kind in found], np.int64), np.array(classes, np.int64))


def _other_letters(leader: Text, witness: Text, one: Ints, two: Ints, inner: Flags) -> tuple[Ints, Ints, Flags]:
    """Runs of letters that agree in another form: first and last letter of each, and whether it is part of a token or
    of a character that folds to several letters."""
    other = leader.raw[one] != witness.raw[two]
    if not other.any():
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.bool_)
    held = leader.held[one] | witness.held[two]
    several = (np.diff(one) == 0) | (np.diff(two) == 0)
    held[1:] |= several
    held[:-1] |= several
    # A run is one variant where nothing stands between its letters.
    close = inner & (np.diff(one) <= 1) & (np.diff(two) <= 1) & (held[1:] == held[:-1])
    opens = np.flatnonzero(other & np.concatenate([[True], ~(other[:-1] & close)]))
    closes = np.flatnonzero(other & np.concatenate([~(other[1:] & close), [True]]))
    return opens, closes, held[opens]


def _gaps(one: Ints, two: Ints, gap: Ints) -> Ints:
    """What stands after the letters `gap` and before the next; the characters themselves where both are of one."""
    spans = _spans(one[gap] + 1, one[gap + 1], two[gap] + 1, two[gap + 1])
    same = (spans[:, 0] > spans[:, 1]) | (spans[:, 2] > spans[:, 3])
    spans[same] += np.array([-1, 1, -1, 1])
    return spans


def collate(leader: Text, witness: Text, found: list[Block]) -> list[Differences]:
    """The variants of a witness, from the letters that agree, in order."""
    table = np.array(found, np.int64)
    sizes = table[:, 2]
    mine, theirs = ranges(table[:, 0], sizes), ranges(table[:, 1], sizes)
    one, two = leader.origin[mine].astype(np.int64), witness.origin[theirs].astype(np.int64)
    inner = np.ones(len(mine), np.bool_)
    inner[np.cumsum(sizes) - 1] = False
    first, last = whole_part(leader, witness, one, two)
    if last - first < 1:
        return []
    mine, theirs, one, two = (each[first:last] for each in (mine, theirs, one, two))
    inner = inner[first : last - 1]
    result = []
    opens, closes, held = _other_letters(leader, witness, one, two, inner)
    letters = _spans(one[opens], one[closes] + 1, two[opens], two[closes] + 1)
    if not held.all():
        alone = letters[~held]
        result.append(Differences(alone, np.full(len(alone), SUBSTITUTION), np.full(len(alone), ORTHOGRAPHY)))
    # What stands between two letters, and is not the same.
    gap = np.flatnonzero(~inner | (leader.between[mine[:-1]] != witness.between[theirs[:-1]]))
    spans = _gaps(one, two, gap)
    single = inner[gap] & (spans[:, 1] - spans[:, 0] == 1) & (spans[:, 3] - spans[:, 2] == 1)
    single[single] &= ~(WHITE[leader.raw[spans[single, 0]]] | WHITE[witness.raw[spans[single, 2]]])
    single[single] &= ~(leader.held[spans[single, 0]] | witness.held[spans[single, 2]])
    if single.any():
        result.append(_other_marks(leader, witness, spans[single]))
    # Letters and signs that differ, in the smallest runs, and then in whole tokens.
    rest: list[Span] = []
    where: list[int] = []
    easy = plain_readings(leader, witness, spans[~single])
    plain = {(a, b, c, d) for a, b, c, d in spans[~single][easy].tolist()}
    for place, span in zip(gap[~single].tolist(), spans[~single].tolist(), strict=True):
        place_of = tuple(span)
        runs = [place_of] if place_of in plain else parted(leader.printed, witness.printed, place_of)
        rest += runs
        where += [place + 1] * len(runs)
    places = Places(
        np.concatenate([letters[held], np.array(rest, np.int64).reshape(-1, 4)]),
        np.concatenate([opens[held], np.array(where, np.int64)]),
        np.concatenate([closes[held] + 1, np.array(where, np.int64)]),
    )
    whole = [(a, b, c, d) for a, b, c, d in widened(leader, witness, one, two, places).tolist()]
    kinds = []
    for span in joined(leader, witness, whole):
        if span not in plain:
            span = stripped(leader, witness, shortened(leader, witness, span))
        kinds.append((span, _kind(leader.printed, witness.printed, span)))
    result.append(_read(leader, witness, _with_moves(leader.printed, witness.printed, kinds), plain))
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
