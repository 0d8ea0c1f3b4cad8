"""Runs that differ, widened to whole tokens: words and numbers are not cut in two."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz

from flows.match.candidates import Ints
from flows.match.parting import Span
from flows.match.printed import WHITE, Text
from flows.match.tokens import NUMERALS

ALIKE = 50.0
"""Likeness (Indel ratio, in percent) of two words side by side that makes them a reading by themselves."""


@dataclass(frozen=True)
class Places:
    """Runs that differ, a row each of `spans` (start and end in the leader's print, start and end in the witness's).

    `after` is the number of letters that agree before a run starts, `before` of those before it ends.
    """

    spans: Ints
    after: Ints
    before: Ints


def _reached(text: Text, places: Ints, to_end: bool) -> Ints:
    """The places moved to where the tokens that stand across them start, or end."""
    inside = text.glue[places]
    if not inside.any():
        return places
    moved = places.copy()
    moved[inside] = text.tokens[int(to_end)][places[inside]]
    return moved


def widened(leader: Text, witness: Text, one: Ints, two: Ints, places: Places) -> Ints:
    """The runs as whole tokens on both sides, those that meet as one; in order.

    `one` and `two` are the characters of the letters that agree, in order: what a run takes in of one side answers to
    what it takes in of the other.
    """
    start, end, other, other_end = (places.spans[:, column].copy() for column in range(4))
    first, last = places.after.copy(), places.before.copy()
    while True:
        back = np.minimum(
            np.searchsorted(one, _reached(leader, start, False)), np.searchsorted(two, _reached(witness, other, False))
        )
        on = np.maximum(
            np.searchsorted(one, _reached(leader, end, True)), np.searchsorted(two, _reached(witness, other_end, True))
        )
        earlier, later = back < first, on > last
        if not (earlier.any() or later.any()):
            break
        first[earlier], last[later] = back[earlier], on[later]
        start[earlier], other[earlier] = one[back[earlier]], two[back[earlier]]
        end[later], other_end[later] = one[on[later] - 1] + 1, two[on[later] - 1] + 1
    # A token may begin or end with what is no letter, as a sign or an accent: then all that stands there is taken in.
    cut = np.flatnonzero((leader.glue[start] | witness.glue[other]) & (first > 0))
    start[cut] = np.minimum(start[cut], one[first[cut] - 1] + 1)
    other[cut] = np.minimum(other[cut], two[first[cut] - 1] + 1)
    cut = np.flatnonzero((leader.glue[end] | witness.glue[other_end]) & (last < len(one)))
    end[cut] = np.maximum(end[cut], one[last[cut]])
    other_end[cut] = np.maximum(other_end[cut], two[last[cut]])
    order = np.lexsort((other_end, end, other, start))
    start, end, other, other_end = start[order], end[order], other[order], other_end[order]
    opens = np.ones(len(order), np.bool_)
    for text, first, last in ((leader, start, end), (witness, other, other_end)):
        reach = np.maximum.accumulate(last)[:-1]
        opens[1:] &= (first[1:] > reach) | ((first[1:] == reach) & ~text.glue[reach])
    head = np.flatnonzero(opens)
    if len(head) == 0:
        return np.zeros((0, 4), np.int64)
    return np.stack(
        [
            np.minimum.reduceat(start, head),
            np.maximum.reduceat(end, head),
            np.minimum.reduceat(other, head),
            np.maximum.reduceat(other_end, head),
        ],
        axis=1,
    )


def whole_part(leader: Text, witness: Text, one: Ints, two: Ints) -> tuple[int, int]:
    """The letters that agree without those of tokens that begin before the first or end behind the last of them.

    Where two texts part inside a word they agree in letters, not in a word. Returns the first and the end.
    """
    first, last = 0, len(one)
    while first < last and (leader.glue[one[first]] or witness.glue[two[first]]):
        mine, theirs = leader.tokens[1][one[first]], witness.tokens[1][two[first]]
        first = max(
            int(np.searchsorted(one, mine)) if leader.glue[one[first]] else first,
            int(np.searchsorted(two, theirs)) if witness.glue[two[first]] else first,
        )
    while last > first and (leader.glue[one[last - 1] + 1] or witness.glue[two[last - 1] + 1]):
        end, other = one[last - 1], two[last - 1]
        last = min(
            int(np.searchsorted(one, leader.tokens[0][end])) if leader.glue[end + 1] else last,
            int(np.searchsorted(two, witness.tokens[0][other])) if witness.glue[other + 1] else last,
        )
    return first, last


def _has_words(leader: Text, witness: Text, span: Span) -> bool:
    start, end, other, other_end = span
    return bool(leader.words[end] > leader.words[start] or witness.words[other_end] > witness.words[other])


def _stands(leader: Text, witness: Text, span: Span) -> bool:
    """Whether a run is one token against one like it: a number and a number, or two words much alike."""
    mine, theirs = leader.printed[span[0] : span[1]].strip(), witness.printed[span[2] : span[3]].strip()
    if not mine or not theirs or len(mine.split()) > 1 or len(theirs.split()) > 1:
        return False
    if all(any(char.isdigit() or char in NUMERALS for char in each) for each in (mine, theirs)):
        return True
    return fuzz.ratio(mine.casefold(), theirs.casefold()) >= ALIKE


def joined(leader: Text, witness: Text, spans: list[Span]) -> list[Span]:
    """The runs, those of words side by side as one, unless one of them stands by itself."""
    result: list[Span] = []
    for span in spans:
        if result:
            last = result[-1]
            near = not leader.printed[last[1] : span[0]].strip() and not witness.printed[last[3] : span[2]].strip()
            both = (last, span)
            if near and all(_has_words(leader, witness, e) and not _stands(leader, witness, e) for e in both):
                result[-1] = (last[0], span[1], last[2], span[3])
                continue
        result.append(span)
    return result


def _alike(leader: Text, witness: Text, span: Span, backwards: bool) -> int:
    """How many characters both sides have alike from an end on, white space of any kind being alike."""
    start, end, other, other_end = span
    size = min(end - start, other_end - other)
    step = -1 if backwards else 1
    mine, theirs = leader.raw[start:end][::step][:size], witness.raw[other:other_end][::step][:size]
    differ = (mine != theirs) & ~(WHITE[mine] & WHITE[theirs])
    return int(differ.argmax()) if differ.any() else size


def shortened(leader: Text, witness: Text, span: Span) -> Span:
    """A run without the whole tokens that both sides begin or end with."""
    start, end, other, other_end = span
    if start == end or other == other_end or not _has_words(leader, witness, span):
        return span
    size = _alike(leader, witness, span, backwards=False)
    while size > 0 and (leader.glue[start + size] or witness.glue[other + size]):
        mine = int(leader.tokens[0][start + size]) - start if leader.glue[start + size] else size
        theirs = int(witness.tokens[0][other + size]) - other if witness.glue[other + size] else size
        size = max(0, min(mine, theirs))
    start, other = start + size, other + size
    size = _alike(leader, witness, (start, end, other, other_end), backwards=True)
    while size > 0 and (leader.glue[end - size] or witness.glue[other_end - size]):
        mine = end - int(leader.tokens[1][end - size]) if leader.glue[end - size] else size
        theirs = other_end - int(witness.tokens[1][other_end - size]) if witness.glue[other_end - size] else size
        size = max(0, min(mine, theirs))
    return start, end - size, other, other_end - size


def stripped(leader: Text, witness: Text, span: Span) -> Span:
    """A run without the white space that it begins or ends with."""
    start, end, other, other_end = span
    mine, theirs = leader.printed[start:end], witness.printed[other:other_end]
    start += len(mine) - len(mine.lstrip())
    other += len(theirs) - len(theirs.lstrip())
    return start, start + len(mine.strip()), other, other + len(theirs.strip())
