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
    """STEP + BAND letters from `at` on in direction `step`; beyond the room what equals nothing."""
    reach = np.arange(STEP + BAND)
    index = at[:, None] + step * reach
    inside = reach < room[:, None]
    window = codes[np.where(inside, index, 0)]
    return np.where(inside & (window < MASKED), window, np.uint32(_END - other))


def _best(left: NDArray[np.uint32], right: NDArray[np.uint32]) -> tuple[Ints, Ints]:
    """Per row how many letters of each side the best-scoring common beginning has."""
    rows, width = len(left), 2 * BAND + 1
    low = np.int16(-10000)
    ramp = (DIFFER * np.arange(width)).astype(np.int16)
    score = np.full((rows, width), low, np.int16)
    score[:, BAND:] = -ramp[: BAND + 1]
    best, best_left, best_right = np.zeros(rows, np.int16), np.zeros(rows, np.int64), np.zeros(rows, np.int64)
    padded = np.concatenate([np.full((rows, BAND), _END - np.uint32(2)), right], axis=1)
    row = np.arange(rows)
    for place in range(STEP):
        agree = padded[:, place : place + width] == left[:, place : place + 1]
        fresh = score + np.where(agree, np.int16(MATCH), np.int16(-DIFFER))
        np.maximum(fresh[:, :-1], score[:, 1:] - np.int16(DIFFER), out=fresh[:, :-1])
        # Letters that the right alone has: the best of the cells before, less the way from there.
        score = np.maximum.accumulate(fresh + ramp, axis=1) - ramp
        if place < BAND:
            score[:, : BAND - place - 1] = low
        top = score.max(axis=1)
        better = np.flatnonzero(top > best[row])
        if len(better):
            best[row[better]] = top[better]
            best_left[row[better]] = place + 1
            best_right[row[better]] = place + 1 + score[better].argmax(axis=1) - BAND
        # Given up for good, so that no row depends on how long its neighbours go on.
        lost = top < best[row] - DROP
        if lost.any():
            kept = ~lost
            row, score, left, padded = row[kept], score[kept], left[kept], padded[kept]
            if len(row) == 0:
                break
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
    active = np.arange(len(left))
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
