"""Runs of characters that differ, widened to whole tokens: words and numbers are not cut in two."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from rapidfuzz import fuzz

from flows.match.align.candidates import Ints
from flows.match.collate.letters import PLACE, Letters, first_at, key, reached
from flows.match.collate.printed import WHITE, Text
from flows.match.collate.tokens import NUMERALS, Flags
from flows.match.collate.trim import has_words

ALIKE = 50.0
"""Likeness (Indel ratio, in percent) of two words side by side that makes them a reading by themselves."""


@dataclass(frozen=True)
class Places:
    """Runs that differ, a row each of `spans` (start and end in the leader's print, start and end in the witness's).

    `after` is the number of the first letter that agrees at or behind the start of one, `before` of that at or behind
    its end; `run` is the run of letters that it is in.
    """

    spans: Ints
    after: Ints
    before: Ints
    run: Ints


def whole_part(leader: Text, witness: Text, letters: Letters) -> Letters:
    """The letters of each run without those of tokens that begin before the first or end behind the last of them.

    Where two texts part inside a word they agree in letters, not in a word.
    """
    one, two = letters.one, letters.two
    first, last = letters.head.copy(), letters.tail.copy()
    run = np.arange(len(first))
    at = np.flatnonzero(first < last)
    while len(at):
        mine, theirs = reached(leader, one[first[at]], True), reached(witness, two[first[at]], True)
        on = first_at(letters, run[at], mine, theirs, np.maximum)
        moved = on > first[at]
        at = at[moved]
        first[at] = on[moved]
        at = at[first[at] < last[at]]
    at = np.flatnonzero(first < last)
    while len(at):
        mine, theirs = reached(leader, one[last[at] - 1] + 1, False), reached(witness, two[last[at] - 1] + 1, False)
        back = first_at(letters, run[at], mine, theirs, np.minimum)
        moved = back < last[at]
        at = at[moved]
        last[at] = back[moved]
        at = at[last[at] > first[at]]
    return replace(letters, head=first, tail=last)


def widened(leader: Text, witness: Text, letters: Letters, places: Places) -> tuple[Ints, Ints]:
    """The spans as whole tokens on both sides, those that meet as one; in order. Returns them and their runs.

    What a span takes in of one side answers to what it takes in of the other.
    """
    if len(places.run) == 0:
        return places.spans, places.run
    one, two, run = letters.one, letters.two, places.run
    start, end, other, other_end = (places.spans[:, column].copy() for column in range(4))
    first, last = places.after.copy(), places.before.copy()
    head, tail = letters.head[run], letters.tail[run]
    at = np.arange(len(run))
    while True:
        reach, across = reached(leader, start[at], False), reached(witness, other[at], False)
        nearest = first[at] - 1
        earlier = (first[at] > head[at]) & ((one[nearest] >= reach) | (two[nearest] >= across))
        where = at[earlier]
        back = np.maximum(head[where], first_at(letters, run[where], reach[earlier], across[earlier], np.minimum))
        reach, across = reached(leader, end[at], True), reached(witness, other_end[at], True)
        nearest = np.minimum(last[at], len(one) - 1)
        later = (last[at] < tail[at]) & ((one[nearest] < reach) | (two[nearest] < across))
        behind = at[later]
        on = np.minimum(tail[behind], first_at(letters, run[behind], reach[later], across[later], np.maximum))
        first[where], start[where], other[where] = back, one[back], two[back]
        last[behind], end[behind], other_end[behind] = on, one[on - 1] + 1, two[on - 1] + 1
        at = at[earlier | later]
        if len(at) == 0:
            break
    # A token may begin or end with what is no letter, as a sign or an accent: then all that stands there is taken in.
    cut = np.flatnonzero((leader.glue[start] | witness.glue[other]) & (first > head))
    start[cut] = np.minimum(start[cut], one[first[cut] - 1] + 1)
    other[cut] = np.minimum(other[cut], two[first[cut] - 1] + 1)
    cut = np.flatnonzero((leader.glue[end] | witness.glue[other_end]) & (last < tail))
    end[cut] = np.maximum(end[cut], one[last[cut]])
    other_end[cut] = np.maximum(other_end[cut], two[last[cut]])
    order = np.lexsort((other_end, end, other, key(run, start)))
    start, end, other, other_end, run = (each[order] for each in (start, end, other, other_end, run))
    opens = np.ones(len(order), np.bool_)
    for text, begins, ends in ((leader, start, end), (witness, other, other_end)):
        furthest = np.maximum.accumulate(key(run, ends))[:-1]
        begin, reach = key(run, begins)[1:], furthest & PLACE
        opens[1:] &= (begin > furthest) | ((begin == furthest) & ~text.glue[reach])
    opens[1:] |= run[1:] != run[:-1]
    head = np.flatnonzero(opens)
    columns = (
        np.minimum.reduceat(start, head),
        np.maximum.reduceat(end, head),
        np.minimum.reduceat(other, head),
        np.maximum.reduceat(other_end, head),
    )
    return np.stack(columns, axis=1), run[head]


def _stands(mine: str, theirs: str) -> bool:
    """Whether a run is one token against one like it: a number and a number, or two words much alike."""
    if not mine or not theirs or len(mine.split()) > 1 or len(theirs.split()) > 1:
        return False
    if all(any(char.isdigit() or char in NUMERALS for char in each) for each in (mine, theirs)):
        return True
    return fuzz.ratio(mine.casefold(), theirs.casefold()) >= ALIKE


def _blank(text: Text, start: Ints, end: Ints) -> Flags:
    """Which stretches are white space at most; they start at places that do not fall."""
    result = (start >= end) | (WHITE[text.raw[np.minimum(start, len(text.raw) - 1)]] & WHITE[text.raw[end - 1]])
    for place in np.flatnonzero(result & (end - start > 2)).tolist():
        result[place] = not text.printed[int(start[place]) : int(end[place])].strip()
    return result


def joined(leader: Text, witness: Text, spans: Ints, run: Ints) -> tuple[Ints, Ints]:
    """The spans, those of words side by side as one, unless one of them stands by itself; and their runs."""
    if len(spans) == 0:
        return spans, run
    words = has_words(leader, witness, spans)
    beside = 1 + np.flatnonzero(words[1:] & words[:-1] & (run[1:] == run[:-1]))
    beside = beside[
        _blank(leader, spans[beside - 1, 1], spans[beside, 0]) & _blank(witness, spans[beside - 1, 3], spans[beside, 2])
    ]
    if len(beside) == 0:
        return spans, run
    spans, kept = spans.copy(), np.ones(len(spans), np.bool_)
    several = -1
    holder = -1
    for place in beside.tolist():
        before = holder if holder >= 0 and not kept[place - 1] else place - 1
        rows = (before, place)
        if any(each != several and _stands(*_sides(leader, witness, spans[each])) for each in rows):
            continue
        spans[before, 1], spans[before, 3] = spans[place, 1], spans[place, 3]
        kept[place] = False
        holder = before
        # What has several words on a side keeps them.
        mine, theirs = _sides(leader, witness, spans[before]) if several != before else ("", "")
        if len(mine.split()) > 1 or len(theirs.split()) > 1:
            several = before
    return spans[kept], run[kept]


def _sides(leader: Text, witness: Text, span: Ints) -> tuple[str, str]:
    """Both readings of a span, without the white space round them."""
    start, end, other, other_end = span.tolist()
    return leader.printed[start:end].strip(), witness.printed[other:other_end].strip()
