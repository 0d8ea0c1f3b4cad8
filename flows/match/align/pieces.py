"""Long spans in pieces, so that comparing them letter by letter costs in proportion to their length."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

import numpy as np

from flows.match.align.candidates import Ints

LONG = 4096
"""Letters of a span above which it is cut between letters that both sides have once."""
ANCHOR = 12
"""Letters of a run that both sides have once."""


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


def pieces(left: str, right: str) -> Iterator[tuple[int, int, int, int]]:
    """Two spans in pieces that answer to one another: start and end on the left and on the right, end to end.

    Short spans are one piece; long ones are cut at anchors about every quarter of LONG letters.
    """
    if max(len(left), len(right)) <= LONG:
        yield 0, len(left), 0, len(right)
        return
    left_at = right_at = 0
    for left_next, right_next in _anchors(left, right):
        if left_next - left_at >= LONG // 4 and right_next > right_at:
            yield left_at, left_next, right_at, right_next
            left_at, right_at = left_next, right_next
    yield left_at, len(left), right_at, len(right)


def divided(start: Ints, end: Ints, cuts: Ints, count: Ints) -> tuple[Ints, Ints, Ints]:
    """Spans cut at places inside them: the number of the span of each part, and where the part starts and ends.

    `cuts` are the places span by span, rising in each, and `count` says how many each span has.
    """
    head = np.cumsum(count + 1) - count - 1
    first = np.empty(len(start) + len(cuts), np.int64)
    inner = np.ones(len(first), np.bool_)
    inner[head] = False
    first[head], first[inner] = start, cuts
    last = np.append(first[1:], 0)
    last[head + count] = end
    return np.repeat(np.arange(len(start)), count + 1), first, last


def sliced(text: str, start: Ints, end: Ints) -> list[str]:
    """The letters of spans of a text."""
    return [text[first:last] for first, last in zip(start.tolist(), end.tolist(), strict=True)]
