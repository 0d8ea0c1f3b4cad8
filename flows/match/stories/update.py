"""The stories of the archive, brought up to date with the links that changed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from flows.match.align.candidates import Ints
from flows.match.archive import Archive
from flows.match.rows import REPRINT, REUSE, Rows, apart
from flows.match.stories.cluster import Spans, gather_stories, renumbered
from flows.match.stories.fuse import fused, whole

CARRIED = 0.5
"""Levenshtein similarity of the spans of an excerpt or a quotation, below which it carries the text no longer: more
stands between the letters in common than there are of them, as between a speech and its report."""


def links_of(rows: Rows) -> Rows:
    """The rows that make stories."""
    longer = np.maximum(rows["left_end"] - rows["left_start"], rows["right_end"] - rows["right_start"])
    carried = (rows["distance"] <= (1 - CARRIED) * longer) | (rows["relation"] == REPRINT)
    links: Rows = rows[np.isin(rows["relation"], REUSE) & (rows["left"] != rows["right"]) & carried]
    return links


def changed_links(old: Rows, new: Rows) -> Rows:
    """Links that are in one of the two and not in the other."""
    if len(old) == 0 or len(new) == 0:
        return np.concatenate([old, new])
    lost, found = apart(old, new)
    return np.concatenate([old[lost], new[found]])


def _same_outlet(archive: Archive, links: Rows) -> NDArray[np.bool_]:
    """Which links are between articles that one outlet alone has."""
    left, right = links["left"], links["right"]
    alone = (archive.outlet_count[left] == 1) & (archive.outlet_count[right] == 1)
    result: NDArray[np.bool_] = alone.copy()
    result[alone] = (
        archive.outlet[archive.outlet_start[left[alone]]] == archive.outlet[archive.outlet_start[right[alone]]]
    )
    return result


def update_spans(old: Spans, links: Rows, changed: Rows, archive: Archive, ranks: Ints) -> Spans:
    """The spans that carry stories, given those before and the links that came, went or moved since."""
    return renumbered(gather_stories(links, _same_outlet(archive, links), ranks, old, changed), ranks)


def witnesses(spans: Spans, archive: Archive, ranks: Ints) -> tuple[Spans, NDArray[np.bool_]]:
    """The witnesses of each story by story, time and place, and which of them is its leader.

    A story has two articles at least. Its leader is a span of the earliest article that carries it other than by
    quotation: of those of one date the one that has most of it, so that there is most to collate against; of that
    article the longest span.
    """
    result = spans.copy()
    result["story"] = fused(spans, archive)[spans["story"]]
    result = whole(result, ranks)
    if len(result) == 0:
        return result, np.zeros(0, np.bool_)
    story, article = result["story"], result["article"]
    first = np.ones(len(result), np.bool_)
    first[1:] = (story[1:] != story[:-1]) | (article[1:] != article[:-1])
    several = np.bincount(story, first)[story] >= 2
    result = result[several]
    story = result["story"]
    length = result["end"].astype(np.int64) - result["start"]
    group = np.cumsum(first[several]) - 1
    had = np.bincount(group, length)[group] if len(group) else length
    article = result["article"]
    order = np.lexsort((result["start"], -length, ranks[article], -had, archive.date[article], result["quote"], story))
    heads = order[np.concatenate([[True], story[order][1:] != story[order][:-1]])] if len(order) else order
    leader = np.zeros(len(result), np.bool_)
    leader[heads] = True
    return result, leader
