"""Quotations: articles that have a phrase of a story and no story of their own in that place.

A quotation founds no story and hands none on. A place that an article shares with the reprints of its own text belongs
to that text, whoever said the words first.
"""

from __future__ import annotations

import numpy as np

from flows.match.align.candidates import Ints
from flows.match.align.chain import ranges
from flows.match.rows import Rows
from flows.match.stories.cluster import LEAST_JOINED, SPAN, Spans


def _overlaps(spans: Spans, article: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints, Ints]:
    """For places in articles the spans (by article) that they meet: number of the place and of the span, letters."""
    first = np.searchsorted(spans["article"], article)
    count = np.searchsorted(spans["article"], article, "right") - first
    place, span = np.repeat(np.arange(len(article)), count), ranges(first, count)
    common = np.minimum(end[place], spans["end"][span]) - np.maximum(start[place], spans["start"][span])
    met = common > 0
    return place[met], span[met], common[met].astype(np.int64)


def quotations(spans: Spans, quotes: Rows, ranks: Ints) -> Spans:
    """The spans of articles that quote the carriers of stories, given the spans of these and rows of quotations."""
    if len(quotes) == 0 or len(spans) == 0:
        return np.zeros(0, SPAN)
    quotes = quotes[
        np.lexsort((quotes["left_start"], ranks[quotes["left"]], quotes["right_start"], ranks[quotes["right"]]))
    ]
    spans = spans[np.argsort(spans["article"], kind="stable")]
    sides = {name: quotes[name].astype(np.int64) for name in ("left_start", "left_end", "right_start", "right_end")}
    taken_by, _, common = _overlaps(spans, quotes["right"], sides["right_start"], sides["right_end"])
    taken = np.bincount(taken_by, common, len(quotes))
    free = 2 * taken <= sides["right_end"] - sides["right_start"]
    row, span, common = _overlaps(spans, quotes["left"], sides["left_start"], sides["left_end"])
    held = free[row] & (common >= LEAST_JOINED)
    row, span = row[held], span[held]
    # The letters of the quoting article that answer to the story's, by proportion.
    scale = (sides["right_end"] - sides["right_start"])[row] / (sides["left_end"] - sides["left_start"])[row]
    before = np.maximum(spans["start"][span] - sides["left_start"][row], 0)
    after = np.maximum(sides["left_end"][row] - spans["end"][span], 0)
    found = np.zeros(len(row), SPAN)
    found["story"], found["article"] = spans["story"][span], quotes["right"][row]
    found["start"] = sides["right_start"][row] + np.round(before * scale).astype(np.int64)
    found["end"] = sides["right_end"][row] - np.round(after * scale).astype(np.int64)
    found["quote"] = True
    return _one_story_each(found[found["end"] - found["start"] >= LEAST_JOINED])


def _one_story_each(found: Spans) -> Spans:
    """The spans joined where they meet in one story, each place of an article given to the earliest story alone."""
    kept: list[tuple[int, int, int, int]] = []
    order = np.lexsort((found["end"], found["start"], found["story"], found["article"]))
    here: list[list[int]] = []
    last = -1
    for story, article, start, end, *_ in found[order].tolist():
        if article != last:
            kept += [(span[0], last, span[1], span[2]) for span in here]
            here, last = [], article
        mine = next((span for span in here if span[0] == story and start <= span[2] and span[1] <= end), None)
        if mine is not None:
            mine[1], mine[2] = min(mine[1], start), max(mine[2], end)
        elif not any(start < span[2] and span[1] < end for span in here):
            here.append([story, start, end])
    kept += [(span[0], last, span[1], span[2]) for span in here]
    result = np.zeros(len(kept), SPAN)
    for name, values in zip(("story", "article", "start", "end"), zip(*kept, strict=True), strict=False):
        result[name] = values
    result["quote"] = True
    return result
