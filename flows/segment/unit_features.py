"""Features of the pieces of a printed page: what of their form, place and text tells where an article begins.

A unit is a piece that the page's maker or its white space has set apart; units come in reading order. All sizes are in
terms of the page's own: its commonest type, its commonest column.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

_WORD = re.compile(r"[^\W\d_]{4,}")
_ENDS = re.compile(r"[.!?。！？…»”\"')）」』】:：]\s*\Z")
_PLACE = re.compile(r"\W{0,3}[A-ZÀ-Ý][^\W\d_]+(?:[ -][A-ZÀ-Ý]?[^\W\d_]+)?,? (?:le )?\d{1,2}(?:er)?\b")
_JOIN = re.compile(r"[^\W\d_][-\u00ad\u00ac=]\Z")
_LINE_BREAK = 1.0


@dataclass(slots=True)
class Unit:
    """A piece of a page: its lines' texts, boxes (x0, y0, x1, y1 in fractions of the page) and sizes of type."""

    texts: Sequence[str]
    boxes: NDArray[np.float64]
    sizes: NDArray[np.float64]
    page: int = 1


NAMES = (
    "size", "lines", "letters", "capitals", "digits", "width", "fill", "centred", "left", "right", "top", "bottom",
    "ends", "small", "big", "place", "stops", "wordy", "first_size", "first_capitals", "first_fill", "first_centred",
    "indent", "gap_above", "gap_below", "overlap", "falls", "jump", "size_before", "width_before", "size_after",
    "before_ends", "before_cut", "before_lines", "before_size", "before_capitals", "before_fill", "before_centred",
    "after_lines", "after_size", "after_capitals", "after_fill", "after_small", "above_size", "above_width",
    "above_is_before", "shared", "shared_after", "rank", "units", "page_sizes", "last_fill", "before_last_fill",
    "before_indent", "two_before_size", "two_before_lines", "wide_above", "since_head",
)  # fmt: skip
"""Names of the rows of `measure`."""


def measure(units: Sequence[Unit]) -> Matrix:
    """A column of NAMES for each unit of one page, which come in reading order."""
    n = len(units)
    box = np.array([_around(unit.boxes) for unit in units]).reshape(n, 4)
    lines = np.array([len(unit.texts) for unit in units], float)
    heights = np.concatenate([unit.sizes for unit in units])
    counts = np.concatenate([[len(text) for text in unit.texts] for unit in units]).astype(float)
    type_size = _median(heights, counts)
    widths = np.concatenate([unit.boxes[:, 2] - unit.boxes[:, 0] for unit in units])
    column = max(_median(widths, counts), 1e-6)
    size = np.array([np.median(unit.sizes) for unit in units]) / type_size
    joined = [" ".join(unit.texts) for unit in units]
    letters = np.array([sum(c.isalpha() for c in text) for text in joined], float)
    width = (box[:, 2] - box[:, 0]) / column
    out: dict[str, NDArray[np.float64]] = {
        "size": size,
        "lines": lines,
        "letters": letters,
        "capitals": np.array([_capitals(text) for text in joined]),
        "digits": np.array([sum(c.isdigit() for c in text) / max(1, len(text)) for text in joined]),
        "width": width,
        "fill": np.array([_fill(unit, box[i], column) for i, unit in enumerate(units)]),
        "centred": np.array([_centred(unit.boxes, box[i], column) for i, unit in enumerate(units)]),
        "left": box[:, 0],
        "right": box[:, 2],
        "top": box[:, 1],
        "bottom": box[:, 3],
        "ends": np.array([bool(_ENDS.search(text)) for text in joined], float),
        "small": np.array([text.lstrip("\"«“'( ")[:1].islower() for text in joined], float),
        "big": np.array([text.lstrip("\"«“'( ")[:1].isupper() for text in joined], float),
        "place": np.array([bool(_PLACE.match(text)) for text in joined], float),
        "stops": np.array([sum(c in ".,;:。，、；" for c in text) / max(1, len(text)) for text in joined]),
        "wordy": np.array([len(_WORD.findall(text)) / max(1.0, len(text) / 6) for text in joined]),
        "first_size": np.array([unit.sizes[0] for unit in units]) / type_size,
        "first_capitals": np.array([_capitals(unit.texts[0]) for unit in units]),
        "first_fill": np.array([(unit.boxes[0, 2] - unit.boxes[0, 0]) / column for unit in units]),
        "first_centred": np.array([_centred(unit.boxes[:1], box[i], column) for i, unit in enumerate(units)]),
        "indent": np.array([(unit.boxes[0, 0] - box[i, 0]) / column for i, unit in enumerate(units)]),
        "last_fill": np.array([(unit.boxes[-1, 2] - unit.boxes[-1, 0]) / column for unit in units]),
    }
    unit_line = type_size
    above, below = neighbours(box)
    gap_above = np.array([(box[i, 1] - box[j, 3]) / unit_line if j >= 0 else 20.0 for i, j in enumerate(above)])
    gap_below = np.array([(box[j, 1] - box[i, 3]) / unit_line if j >= 0 else 20.0 for i, j in enumerate(below)])
    out["gap_above"], out["gap_below"] = np.clip(gap_above, -5, 20), np.clip(gap_below, -5, 20)
    before = np.concatenate([[-1], np.arange(n - 1)]).astype(int)
    after = np.concatenate([np.arange(1, n), [-1]]).astype(int)
    two = np.concatenate([[-1], before[:-1]]).astype(int)
    overlap = np.minimum(box[:, 2], box[before, 2]) - np.maximum(box[:, 0], box[before, 0])
    narrower = np.minimum(box[:, 2] - box[:, 0], box[before, 2] - box[before, 0])
    out["overlap"] = np.where(before >= 0, np.clip(overlap / np.maximum(narrower, 1e-6), -1, 1), -1)
    out["falls"] = np.where(before >= 0, np.clip((box[:, 1] - box[before, 3]) / unit_line, -40, 20), 20)
    out["jump"] = ((out["overlap"] <= 0) & (before >= 0)).astype(float)
    out["size_before"] = np.where(before >= 0, np.log(size / size[before]), 0)
    out["size_after"] = np.where(after >= 0, np.log(size[after] / size), 0)
    out["width_before"] = np.where(before >= 0, np.log(np.maximum(width, 0.01) / np.maximum(width[before], 0.01)), 0)
    for prefix, index in (("before", before), ("after", after)):
        for name in ("lines", "size", "capitals", "fill", "small", "centred", "ends", "last_fill", "indent"):
            if f"{prefix}_{name}" in NAMES:
                out[f"{prefix}_{name}"] = np.where(index >= 0, out[name][index], -1)
    out["before_cut"] = np.array([j >= 0 and bool(_JOIN.search(units[j].texts[-1])) for j in before], float)
    out["two_before_size"] = np.where(two >= 0, size[two], -1)
    out["two_before_lines"] = np.where(two >= 0, lines[two], -1)
    out["above_size"] = np.where(above >= 0, size[above], -1)
    out["above_width"] = np.where(above >= 0, width[above], -1)
    out["wide_above"] = np.where(above >= 0, (width[above] > 1.5 * width).astype(float), 0)
    out["above_is_before"] = (above == before).astype(float)
    words = [set(_WORD.findall(text.lower())) for text in joined]
    out["shared"] = np.array([_shared(words[i], words[j]) if j >= 0 else 0.0 for i, j in enumerate(before)])
    out["shared_after"] = np.array([_shared(words[i], words[j]) if j >= 0 else 0.0 for i, j in enumerate(after)])
    out["rank"] = np.arange(n) / max(1, n - 1)
    out["units"] = np.full(n, float(n))
    out["page_sizes"] = np.full(n, float(np.std(size)))
    out["since_head"] = _since(size, out["capitals"], lines)
    return np.array([out[name] for name in NAMES], dtype=np.float32)


def _around(boxes: NDArray[np.float64]) -> list[float]:
    return [*boxes[:, :2].min(0), *boxes[:, 2:].max(0)]


def _median(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """The weighted median of some values."""
    order = np.argsort(values, kind="stable")
    reach = np.cumsum(np.maximum(weights[order], 1.0))
    return float(max(values[order][np.searchsorted(reach, reach[-1] / 2)], 1e-6))


def _capitals(text: str) -> float:
    letters = [c for c in text if c.isalpha()]
    return sum(c.isupper() for c in letters) / len(letters) if letters else 0.0


def _fill(unit: Unit, box: NDArray[np.float64], column: float) -> float:
    """Mean width of the lines in columns."""
    return float((unit.boxes[:, 2] - unit.boxes[:, 0]).mean() / column)


def _centred(boxes: NDArray[np.float64], around: NDArray[np.float64], column: float) -> float:
    """How much more room the lines leave at both sides of their column than on one of them."""
    left, right = boxes[:, 0] - around[0], around[2] - boxes[:, 2]
    spare = max(column - (around[2] - around[0]), 0.0) / 2
    return float((np.minimum(left, right) + spare).mean() / column)


def neighbours(box: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The nearest unit above and below each, of those that stand over or under at least a third of the narrower."""
    n = len(box)
    wide = box[:, 2] - box[:, 0]
    over = np.minimum(box[:, None, 2], box[None, :, 2]) - np.maximum(box[:, None, 0], box[None, :, 0])
    over = over > np.minimum(wide[:, None], wide[None, :]) / 3
    middle = (box[:, 1] + box[:, 3]) / 2
    np.fill_diagonal(over, False)
    higher = over & (middle[None, :] < middle[:, None])
    lower = over & (middle[None, :] > middle[:, None])
    above = np.where(higher, box[None, :, 3], -np.inf)
    below = np.where(lower, box[None, :, 1], np.inf)
    if n == 0:
        return np.zeros(0, int), np.zeros(0, int)
    return (
        np.where(higher.any(1), above.argmax(1), -1),
        np.where(lower.any(1), below.argmin(1), -1),
    )


def _shared(one: set[str], other: set[str]) -> float:
    return len(one & other) / (1 + min(len(one), len(other)))


def _since(size: NDArray[np.float64], capitals: NDArray[np.float64], lines: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lines since the last unit that looks like a heading."""
    out = np.zeros(len(size))
    total = 0.0
    for i in range(len(size)):
        out[i] = min(total, 300.0)
        total = 0.0 if (size[i] > 1.25 or capitals[i] > 0.6) and lines[i] <= 4 else total + lines[i]
    return out
