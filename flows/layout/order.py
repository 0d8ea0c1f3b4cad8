"""Reading order of boxes on a page, by recursive cuts along the white between them.

After Nagy and Seth, "Hierarchical representation of optically scanned documents" (1984): a region is parted where a
line can be drawn through it without touching a box; columns before rows, since a newspaper is read down its columns.
Boxes are drawn in a little, for OCR draws them too large. Nothing depends on the order in which boxes are given.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.float64]
"""A row for each box: x0, y0, x1, y1, in fractions of the page."""

DRAWN_IN = 0.006
"""How far a box is drawn in at each side, in fractions of the page's width; less than half of a gutter."""
_MOST_DEPTH = 200


def reading_order(boxes: Boxes) -> list[int]:
    """The numbers of boxes in the order in which they are read."""
    if len(boxes) == 0:
        return []
    narrow = boxes.astype(np.float64).copy()
    for low, high in ((0, 2), (1, 3)):
        size = boxes[:, high] - boxes[:, low]
        by = np.minimum(DRAWN_IN if low == 0 else DRAWN_IN / 2, size * 0.3)
        narrow[:, low] += by
        narrow[:, high] -= by
    start = np.lexsort((boxes[:, 3], boxes[:, 2], boxes[:, 1], boxes[:, 0]))
    out: list[int] = []
    pending = [(start, 0)]
    while pending:
        region, depth = pending.pop()
        if len(region) == 1:
            out.append(int(region[0]))
            continue
        parts = _parts(narrow[region], region, 0) or _rows(narrow[region], region)
        if not parts or depth >= _MOST_DEPTH:
            parts = [np.array([number]) for number in _by_columns(narrow, region)]
        pending += [(part, depth + 1) for part in reversed(parts)]
    return out


def _gaps(boxes: Boxes, axis: int) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Boxes sorted along an axis, where the white before each begins, and how wide it is (0 or less: none)."""
    order = np.lexsort((boxes[:, 1 - axis], boxes[:, axis + 2], boxes[:, axis]))
    ends = np.maximum.accumulate(boxes[order, axis + 2])
    white = boxes[order[1:], axis] - ends[:-1]
    return order, ends[:-1], white


def _parts(boxes: Boxes, region: NDArray[np.int64], axis: int) -> list[NDArray[np.int64]]:
    """The region cut wherever it can be along an axis; empty where it cannot."""
    order, _, white = _gaps(boxes, axis)
    cuts = np.flatnonzero(white > 0) + 1
    return [region[part] for part in np.split(order, cuts)] if len(cuts) else []


def _rows(boxes: Boxes, region: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """The region cut once across, at the white where columns may begin or end: beside the widest box."""
    order, _, white = _gaps(boxes, 1)
    cuts = np.flatnonzero(white > 0) + 1
    if not len(cuts):
        return []
    width = boxes[:, 2] - boxes[:, 0]
    whole = boxes[:, 2].max() - boxes[:, 0].min()
    wide = width[order] >= 0.95 * width.max()
    # The first cut that parts what is wide from what is not; else the largest white.
    for cut in cuts:
        above = wide[:cut]
        if (above.all() or not above.any()) and width.max() > whole / 2:
            return [region[order[:cut]], region[order[cut:]]]
    widest = int(cuts[np.argmax(white[cuts - 1])])
    return [region[order[:widest]], region[order[widest:]]]


def _by_columns(boxes: Boxes, region: NDArray[np.int64]) -> list[int]:
    """Boxes that cannot be cut apart: by columns as wide as the commonest box, each from the top."""
    held = boxes[region]
    width = max(float(np.median(held[:, 2] - held[:, 0])), 1e-6)
    column = np.floor((held[:, 0] - held[:, 0].min()) / width + 0.5)
    return [int(each) for each in region[np.lexsort((held[:, 0], held[:, 1], column))]]
