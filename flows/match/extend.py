"""Where a shared span really ends: banded alignment beyond its first and last fingerprint.

A fingerprint lies up to WINDOW + GRAM letters inside the passage, further where the copies differ. From each end the
two texts are aligned onwards (Needleman-Wunsch in a band, as in the gapped extension of BLAST, Altschul et al. 1997),
all ends of a batch at once, and the prefix that scores best is added.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from flows.match.candidates import Ints

STEP = 48
"""Letters looked at beyond an end at a time."""
STEPS = 8
"""Times that an end is moved at most: beyond so many letters that agree there are fingerprints, unless a text
is nothing but a repetition."""
BAND = 8
"""Letters that the two sides may drift apart within a step."""
MATCH, DIFFER, DROP = 2, 3, 24
"""Score of a letter that agrees, cost of one that does not, and the loss after which an end is given up."""

MASKED = np.uint32(0xFFFF0000)
"""The code of a letter that must not be part of a match."""
_END = np.uint32(0xFFFFFFFF)


def _window(codes: NDArray[np.uint32], at: Ints, room: Ints, step: int, other: int) -> NDArray[np.uint32]:
    """STEP + BAND letters from `at` on in direction `step`, a column each; beyond the room what equals nothing."""
    reach = np.arange(STEP + BAND)[:, None]
    index = at + step * reach
    inside = reach < room
    window = codes[np.where(inside, index, 0)]
    return np.where(inside & (window < MASKED), window, np.uint32(_END - other))


def _best(left: NDArray[np.uint32], right: NDArray[np.uint32]) -> tuple[Ints, Ints]:
    """Per column how many letters of each side the best-scoring common beginning has.

    Columns are independent; they lie side by side so that each step is a few operations on long rows.
    """
    columns, width = left.shape[1], 2 * BAND + 1
    low = np.int16(-10000)
    ramp = (DIFFER * np.arange(width)).astype(np.int16)[:, None]
    score = np.full((width, columns), low, np.int16)
    score[BAND:] = -ramp[: BAND + 1]
    best, best_left, best_right = np.zeros(columns, np.int16), np.zeros(columns, np.int64), np.zeros(columns, np.int64)
    padded = np.concatenate([np.full((BAND, columns), _END - np.uint32(2)), right])
    column = np.arange(columns)
    for place in range(STEP):
        fresh = (padded[place : place + width] == left[place]) * np.int16(MATCH + DIFFER)
        fresh += score
        np.maximum(fresh[:-1], score[1:], out=fresh[:-1])
        # Letters that the right alone has: the best of the cells before, less the way from there.
        fresh += ramp
        for reach in (1, 2, 4, 8, 16):
            np.maximum(fresh[reach:], fresh[:-reach], out=fresh[reach:])
        score = fresh - (ramp + np.int16(DIFFER))
        if place < BAND:
            score[: BAND - place - 1] = low
        top = score.max(axis=0)
        so_far = best[column]
        better = np.flatnonzero(top > so_far)
        if len(better):
            so_far[better] = top[better]
            best[column[better]] = top[better]
            best_left[column[better]] = place + 1
            best_right[column[better]] = place + 1 + score[:, better].argmax(axis=0) - BAND
        # Given up for good, so that no column depends on how long its neighbours go on.
        lost = top < so_far - DROP
        going = len(lost) - int(np.count_nonzero(lost))
        if going == 0:
            break
        if 2 * going < len(lost):
            kept = np.flatnonzero(~lost)
            column, score, left, padded = column[kept], score[:, kept], left[:, kept], padded[:, kept]
        elif going < len(lost):
            score[:, lost] = low
    return best_left, best_right


def extend(
    codes: NDArray[np.uint32], left: Ints, left_room: Ints, right: Ints, right_room: Ints, step: int
) -> tuple[Ints, Ints]:
    """Letters by which spans grow beyond their ends, on the left and on the right side.

    `left[i]` and `right[i]` are the indices in `codes` of the first letters beyond the two spans in direction
    `step` (1 or -1), and the rooms how many letters there are in that direction. Letters that must not be part of a
    match carry the code MASKED.
    """
    grown_left, grown_right = np.zeros(len(left), np.int64), np.zeros(len(left), np.int64)
    active = np.flatnonzero((left_room > 0) & (right_room > 0))
    for _ in range(STEPS):
        if len(active) == 0:
            break
        moved_left, moved_right = grown_left[active], grown_right[active]
        more_left, more_right = _best(
            _window(codes, left[active] + step * moved_left, left_room[active] - moved_left, step, 0),
            _window(codes, right[active] + step * moved_right, right_room[active] - moved_right, step, 1),
        )
        grown_left[active] += more_left
        grown_right[active] += more_right
        active = active[more_left >= STEP - BAND]
    return grown_left, grown_right
