"""How far an article goes about one of its stories: to the next span of another, or to its own end."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from flows.match.align.candidates import Ints
from flows.match.stories.cluster import Spans

REACH = np.dtype([("low", np.int32), ("high", np.int32)])
"""Letters of the article, half-open."""


def reach(spans: Spans, lengths: Ints) -> NDArray[np.void]:
    """For each span the stretch around it that no other span of the article is in (REACH).

    `lengths` are the letters of each article.
    """
    result = np.zeros(len(spans), REACH)
    if len(spans) == 0:
        return result
    article = spans["article"].astype(np.int64) << 32
    start, end = spans["start"].astype(np.int64), spans["end"].astype(np.int64)
    ends, starts = np.sort(article + end), np.sort(article + start)
    before = np.searchsorted(ends, article + start, "right") - 1
    last = ends[np.maximum(before, 0)]
    result["low"] = np.where((before >= 0) & (last >= article), last - article, 0)
    after = np.searchsorted(starts, article + end)
    following = starts[np.minimum(after, len(starts) - 1)]
    mine = (after < len(starts)) & (following >> 32 == article >> 32)
    result["high"] = np.where(mine, following - article, lengths[spans["article"]])
    return result
