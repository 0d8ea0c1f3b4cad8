"""Spans that differ, without what both sides begin or end with alike, and without white space at their ends."""

from __future__ import annotations

import numpy as np

from flows.match.align.candidates import Ints
from flows.match.collate.parting import Span
from flows.match.collate.printed import WHITE, Text
from flows.match.collate.tokens import Flags

_TRIED = 6
"""Characters of tokens that are compared on arrays, before whole tokens are one by one."""


def has_words(leader: Text, witness: Text, spans: Ints) -> Flags:
    """Which spans have characters of words or of numbers in digits on either side."""
    start, end, other, other_end = spans.T
    result: Flags = (leader.words[end] > leader.words[start]) | (witness.words[other_end] > witness.words[other])
    return result


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
    alike[alike] = has_words(leader, witness, spans[alike])
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
