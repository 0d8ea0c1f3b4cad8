"""Pieces of a page out of single lines: lines under one another, in one column and one size of type."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ALIKE = 1.18
"""Ratio of sizes up to which lines are of one piece; a heading is set larger by more."""
LEADING = 2.1
"""Sizes of type from the top of a line to that of the next, beyond which white parts pieces."""
_OVER = 0.5
"""Share of the narrower of two lines that must stand under the other."""


def pieces_of(boxes: NDArray[np.float64], sizes: NDArray[np.float64]) -> list[int]:
    """The number of the piece of each line. `boxes` are x0, y0, x1, y1 in fractions of the page, `sizes` of its height.

    Two lines hang together where each is the other's next, and no other line stands beside the upper over the lower.
    """
    n = len(boxes)
    if n == 0:
        return []
    order = np.lexsort((boxes[:, 0], boxes[:, 1]))
    below = _next(boxes, sizes, order, down=True)
    above = _next(boxes, sizes, order, down=False)
    piece = np.full(n, -1)
    number = 0
    for line in order.tolist():
        up = above[line]
        if up >= 0 and below[up] == line and piece[up] >= 0:
            piece[line] = piece[up]
        else:
            piece[line] = number
            number += 1
    out: list[int] = piece.tolist()
    return out


def _next(
    boxes: NDArray[np.float64], sizes: NDArray[np.float64], order: NDArray[np.int64], *, down: bool
) -> NDArray[np.int64]:
    """The line that each goes on in below, or above; -1 where there is none, or more than one."""
    out = np.full(len(boxes), -1, np.int64)
    y0 = boxes[:, 1]
    ranked = y0[order]
    wide = boxes[:, 2] - boxes[:, 0]
    for line in range(len(boxes)):
        reach = LEADING * sizes[line]
        low, high = (
            (y0[line] + 0.4 * sizes[line], y0[line] + reach)
            if down
            else (y0[line] - reach, y0[line] - 0.4 * sizes[line])
        )
        some = order[np.searchsorted(ranked, low, "left") : np.searchsorted(ranked, high, "right")]
        over = np.minimum(boxes[some, 2], boxes[line, 2]) - np.maximum(boxes[some, 0], boxes[line, 0])
        touched = some[over > 0.02 * np.minimum(wide[some], wide[line])]
        if not len(touched):
            continue
        distance = np.abs(y0[touched] - y0[line])
        nearest = touched[np.abs(distance - distance.min()) < 0.4 * sizes[line]]
        if len(nearest) != 1:
            continue  # a wide line over or under several columns
        other = int(nearest[0])
        shared = min(boxes[other, 2], boxes[line, 2]) - max(boxes[other, 0], boxes[line, 0])
        ratio = sizes[other] / max(sizes[line], 1e-9)
        if shared >= _OVER * min(wide[other], wide[line]) and 1 / ALIKE < ratio < ALIKE:
            out[line] = other
    return out


def columns(boxes: NDArray[np.float64], lines: NDArray[np.int64]) -> int:
    """How many columns a page has: pieces of four lines or more that stand side by side at a quarter of its heights."""
    long = boxes[lines >= 4]
    if not len(long):
        return 0
    levels = np.linspace(long[:, 1].min(), long[:, 3].max(), 41)
    beside = ((long[:, 1][:, None] <= levels) & (levels <= long[:, 3][:, None])).sum(0)
    return int(np.quantile(beside, 0.75))
