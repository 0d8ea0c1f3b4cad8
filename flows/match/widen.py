"""Runs of characters that differ, widened to whole tokens: words and numbers are not cut in two."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from flows.match.candidates import Ints
from flows.match.parting import Span
from flows.match.printed import WHITE, Text
from flows.match.tokens import NUMERALS, Flags

ALIKE = 50.0
"""Likeness (Indel ratio, in percent) of two words side by side that makes them a reading by themselves."""


def key(run: Ints, place: Ints | NDArray[np.int32]) -> Ints:
    """A place of a run in one word."""
    word: Ints = (run << 32) | place
    return word


_PLACE = (1 << 32) - 1
_TRIED = 6
"""Characters of tokens that are compared on arrays, before whole tokens are one by one."""


@dataclass(frozen=True)
class Letters:
    """The letters that agree, run by run: their places among the letters of leader and witness, their characters (`one`
    and `two`), and their run. `inner[i]` says that letters i and i + 1 are of one block.

    Of run r those from `head[r]` to before `tail[r]` count; see `whole_part`.
    """

    mine: Ints
    theirs: Ints
    one: Ints
    two: Ints
    run: Ints
    inner: Flags
    head: Ints
    tail: Ints

    @cached_property
    def keys(self) -> tuple[Ints, Ints]:
        """The characters with their runs before them, ascending: what `key` gives."""
        return key(self.run, self.one), key(self.run, self.two)

    def counted(self, place: Ints) -> Ints:
        """Those of some letters that count."""
        run = self.run[place]
        return place[(place >= self.head[run]) & (place < self.tail[run])]


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

    def take(self, index: Ints | NDArray[np.bool_]) -> Places:
        return Places(self.spans[index], self.after[index], self.before[index], self.run[index])


def _reached(text: Text, places: Ints, to_end: bool) -> Ints:
    """The places moved to where the tokens that stand across them start, or end."""
    inside = text.glue[places]
    if not inside.any():
        return places
    moved = places.copy()
    moved[inside] = text.tokens[int(to_end)][places[inside]]
    return moved


def _first(letters: Letters, run: Ints, mine: Ints, theirs: Ints, which: np.ufunc) -> Ints:
    """The first letters of runs at or behind places of the leader, and of the witness: the earlier or later of both."""
    one, two = letters.keys
    found: Ints = which(np.searchsorted(one, key(run, mine)), np.searchsorted(two, key(run, theirs)))
    return found


def whole_part(leader: Text, witness: Text, letters: Letters) -> Letters:
    """The letters of each run without those of tokens that begin before the first or end behind the last of them.

    Where two texts part inside a word they agree in letters, not in a word.
    """
    one, two = letters.one, letters.two
    first, last = letters.head.copy(), letters.tail.copy()
    run = np.arange(len(first))
    at = np.flatnonzero(first < last)
    while len(at):
        mine, theirs = _reached(leader, one[first[at]], True), _reached(witness, two[first[at]], True)
        on = _first(letters, run[at], mine, theirs, np.maximum)
        moved = on > first[at]
        at = at[moved]
        first[at] = on[moved]
        at = at[first[at] < last[at]]
    at = np.flatnonzero(first < last)
    while len(at):
        mine, theirs = _reached(leader, one[last[at] - 1] + 1, False), _reached(witness, two[last[at] - 1] + 1, False)
        back = _first(letters, run[at], mine, theirs, np.minimum)
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
        reach, across = _reached(leader, start[at], False), _reached(witness, other[at], False)
        nearest = first[at] - 1
        earlier = (first[at] > head[at]) & ((one[nearest] >= reach) | (two[nearest] >= across))
        where = at[earlier]
        back = np.maximum(head[where], _first(letters, run[where], reach[earlier], across[earlier], np.minimum))
        reach, across = _reached(leader, end[at], True), _reached(witness, other_end[at], True)
        nearest = np.minimum(last[at], len(one) - 1)
        later = (last[at] < tail[at]) & ((one[nearest] < reach) | (two[nearest] < across))
        behind = at[later]
        on = np.minimum(tail[behind], _first(letters, run[behind], reach[later], across[later], np.maximum))
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
        begin, reach = key(run, begins)[1:], furthest & _PLACE
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


def _has_words(leader: Text, witness: Text, spans: Ints) -> Flags:
    start, end, other, other_end = spans.T
    result: Flags = (leader.words[end] > leader.words[start]) | (witness.words[other_end] > witness.words[other])
    return result


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
    words = _has_words(leader, witness, spans)
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


def _alike(leader: Text, witness: Text, span: Span, backwards: bool) -> int:
    """How many characters both sides have alike from an end on, white space of any kind being alike."""
    start, end, other, other_end = span
    size = min(end - start, other_end - other)
    step = -1 if backwards else 1
    mine, theirs = leader.raw[start:end][::step][:size], witness.raw[other:other_end][::step][:size]
    differ = (mine != theirs) & ~(WHITE[mine] & WHITE[theirs])
    return int(differ.argmax()) if differ.any() else size


def _shortened(leader: Text, witness: Text, span: Span) -> Span:
    """A span without the whole tokens that both sides begin or end with."""
    start, end, other, other_end = span
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


def _stripped(leader: Text, witness: Text, span: Span) -> Span:
    """A span without the white space that it begins or ends with."""
    start, end, other, other_end = span
    mine, theirs = leader.printed[start:end], witness.printed[other:other_end]
    start += len(mine) - len(mine.lstrip())
    other += len(theirs) - len(theirs.lstrip())
    return start, start + len(mine.strip()), other, other + len(theirs.strip())


def _share(leader: Text, witness: Text, spans: Ints, backwards: bool) -> Flags:
    """Which spans may have a whole token alike on both sides at an end; both sides have something there."""
    start, end, other, other_end = spans.T
    most = np.minimum(end - start, other_end - other)
    result = np.ones(len(spans), np.bool_)
    for text, first, last in ((leader, start, end), (witness, other, other_end)):
        # The first characters of the token that stands there, the middle one of the rest and the last.
        size = (last - text.tokens[0][last - 1] if backwards else text.tokens[1][first] - first).astype(np.int64)
        result &= size <= most
        size = np.minimum(size, most)
        tried = [np.minimum(size, count) for count in range(1, _TRIED + 1)]
        for part in (*tried, (size + tried[-1]) // 2, size):
            mine = leader.raw[end - part if backwards else start + part - 1]
            theirs = witness.raw[other_end - part if backwards else other + part - 1]
            result &= (mine == theirs) | (WHITE[mine] & WHITE[theirs])
    return result


def trimmed(leader: Text, witness: Text, spans: Ints) -> Ints:
    """The spans without the whole tokens that both sides begin or end with, and without white space at either end."""
    start, end, other, other_end = spans.T
    alike = (start < end) & (other < other_end)
    alike[alike] = _has_words(leader, witness, spans[alike])
    alike[alike] = _share(leader, witness, spans[alike], False) | _share(leader, witness, spans[alike], True)
    white = alike.copy()
    for text, first, last in ((leader, start, end), (witness, other, other_end)):
        head, tail = text.raw[np.minimum(first, len(text.raw) - 1)], text.raw[last - 1]
        white |= (first < last) & (WHITE[head] | WHITE[tail])
    result = spans.copy()
    for place in np.flatnonzero(white).tolist():
        span: Span = tuple(spans[place].tolist())
        result[place] = _stripped(leader, witness, _shortened(leader, witness, span) if alike[place] else span)
    return result
