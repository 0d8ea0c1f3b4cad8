"""Where a shared span really ends: banded alignment beyond its first and last fingerprint.

A fingerprint lies up to WINDOW + GRAM letters inside the passage, further where the copies differ. From each end the
two texts are aligned onwards (Needleman-Wunsch in a band, as in the gapped extension of BLAST, Altschul et al. 1997),
all ends of a batch at once, and the prefix that scores best is added.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from flows.match.align.candidates import Ints

STEP = 48
"""Letters looked at beyond an end at a time."""
STEPS = 8
"""Times that an end is moved at most: beyond so many letters that agree there are fingerprints, unless a text
is nothing but a repetition."""
BAND = 8
"""Letters that the two sides may drift apart within a step."""
MATCH, DIFFER, DROP = 2, 3, 24
"""Score of a letter that agrees, cost of one that does not, and the loss after which an end is given up."""

LAP = 12
"""Letters after which ends that are given up are left out."""
_NARROW = 256
"""Columns below which numpy's own way along them is the faster one."""

MASKED = np.uint32(0xFFFF0000)
"""The code of a letter that must not be part of a match."""
_END = np.uint32(0xFFFFFFFF)


def _window(codes: NDArray[np.uint32], at: Ints, room: Ints, step: Ints, other: int) -> NDArray[np.uint32]:
    """STEP + BAND letters from `at` on in direction `step`, a column each; beyond the room what equals nothing."""
    reach = np.arange(STEP + BAND)[:, None]
    index = at + step * reach
    inside = reach < room
    window = codes[np.where(inside, index, 0)]
    return np.where(inside & (window < MASKED), window, np.uint32(_END - other))


def _prefix_maxima(rows: NDArray[np.int16]) -> None:
    """Set each row to the largest of it and those before it."""
    if rows.shape[1] < _NARROW:
        np.maximum.accumulate(rows, axis=0, out=rows)
        return
    for reach in (1, 2, 4, 8, 16):
        np.maximum(rows[reach:], rows[:-reach], out=rows[reach:])


def _best(left: NDArray[np.uint32], right: NDArray[np.uint32]) -> tuple[Ints, Ints]:
    """Per column how many letters of each side the best-scoring common beginning has.

    Columns are independent; they lie side by side so that each step is a few operations on long rows. After each lap
    those that have lost are left out, for good, so that none depends on how long its neighbours go on.
    """
    columns, width = left.shape[1], 2 * BAND + 1
    low = np.int16(-10000)
    ramp = (DIFFER * np.arange(width)).astype(np.int16)[:, None]
    back = ramp + np.int16(DIFFER)
    score = np.full((width, columns), low, np.int16)
    score[BAND:] = -ramp[: BAND + 1]
    best, best_left, best_right = np.zeros(columns, np.int16), np.zeros(columns, np.int64), np.zeros(columns, np.int64)
    padded = np.concatenate([np.full((BAND, columns), _END - np.uint32(2)), right])
    column = np.arange(columns)
    for begin in range(0, STEP, LAP):
        scores = np.empty((LAP, width, len(column)), np.int16)
        for place, fresh in enumerate(scores, begin):
            np.multiply(padded[place : place + width] == left[place], np.int16(MATCH + DIFFER), out=fresh)
            fresh += score
            np.maximum(fresh[:-1], score[1:], out=fresh[:-1])
            # Letters that the right alone has: the best of the cells before, less the way from there.
            fresh += ramp
            _prefix_maxima(fresh)
            fresh -= back
            if place < BAND:
                fresh[: BAND - place - 1] = low
            score = fresh
        top, so_far = scores.max(axis=1), best[column]
        reached = np.maximum(np.maximum.accumulate(top, axis=0), so_far)
        lost = np.logical_or.accumulate(top < reached - DROP, axis=0)
        top[lost] = low
        place = top.argmax(axis=0)
        better = np.flatnonzero(top[place, np.arange(len(place))] > so_far)
        place, here = place[better], column[better]
        best[here] = top[place, better]
        best_left[here] = begin + place + 1
        best_right[here] = begin + place + 1 + scores[place, :, better].argmax(axis=1) - BAND
        kept = np.flatnonzero(~lost[-1])
        if len(kept) == 0:
            break
        if len(kept) < len(column):
            column, score, left, padded = column[kept], score[:, kept], left[:, kept], padded[:, kept]
    return best_left, best_right


def _moved(
    codes: NDArray[np.uint32], left: Ints, left_room: Ints, right: Ints, right_room: Ints, step: Ints
) -> tuple[Ints, Ints]:
    """Letters by which ends move, on the left and on the right side, each in its direction `step` (1 or -1).

    `left[i]` and `right[i]` are the indices in `codes` of the first letters beyond an end, and the rooms how many
    letters there are in that direction.
    """
    grown_left, grown_right = np.zeros(len(left), np.int64), np.zeros(len(left), np.int64)
    active = np.flatnonzero((left_room > 0) & (right_room > 0))
    for _ in range(STEPS):
        if len(active) == 0:
            break
        moved_left, moved_right, way = grown_left[active], grown_right[active], step[active]
        rest_left, rest_right = left_room[active] - moved_left, right_room[active] - moved_right
        mine = _window(codes, left[active] + way * moved_left, rest_left, way, 0)
        theirs = _window(codes, right[active] + way * moved_right, rest_right, way, 1)
        alike = np.zeros((STEP + 1, len(active)), np.bool_)
        np.equal(mine[:STEP], theirs[:STEP], out=alike[:STEP])
        more_left = alike.argmin(axis=0)
        more_right = more_left.copy()
        # Where all agree to the end of a side there is nothing better.
        differ = np.flatnonzero(more_left < np.minimum(np.minimum(rest_left, rest_right), STEP))
        if len(differ):
            more_left[differ], more_right[differ] = _best(mine[:, differ], theirs[:, differ])
        grown_left[active] += more_left
        grown_right[active] += more_right
        active = active[more_left >= STEP - BAND]
    return grown_left, grown_right


@dataclass(frozen=True)
class Sides:
    """Spans of articles: where they start and end in their articles, and the indices of the articles' letters."""

    start: Ints
    end: Ints
    first: Ints
    last: Ints


def extend(codes: NDArray[np.uint32], left: Sides, right: Sides) -> tuple[Sides, Sides]:
    """Spans of one passage grown at both ends to where the two sides really part.

    Letters that must not be part of a match carry the code MASKED.
    """
    count = len(left.start)
    (left_at, left_room), (right_at, right_room) = (
        (
            np.concatenate([side.first + side.end, side.first + side.start - 1]),
            np.concatenate([side.last - side.first - side.end, side.start]),
        )
        for side in (left, right)
    )
    moved = _moved(codes, left_at, left_room, right_at, right_room, np.repeat(np.array([1, -1]), count))
    grown = [
        replace(side, start=side.start - by[count:], end=side.end + by[:count])
        for side, by in zip((left, right), moved, strict=True)
    ]
    return grown[0], grown[1]
