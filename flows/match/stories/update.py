"""The stories of the archive, brought up to date with the links that changed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from flows.match.align.candidates import Ints
from flows.match.archive import Archive, same_outlet
from flows.match.arrays import distinct
from flows.match.rows import EXCERPT, QUOTE, REPRINT, Rows, apart
from flows.match.stories.cluster import Spans, gather_stories, renumbered
from flows.match.stories.fuse import fused, whole
from flows.match.stories.quotations import quotations

CARRIED_BY = (REPRINT, EXCERPT)
"""The relations that make stories. A quotation shares a phrase with a text: it tells of it, and does not carry it."""
CARRIED = 0.5
"""Levenshtein similarity of the spans of an excerpt or a quotation, below which it carries the text no longer: more
stands between the letters in common than there are of them, as between a speech and its report."""


def links_of(rows: Rows) -> Rows:
    """The rows that make stories."""
    return carried(rows[np.isin(rows["relation"], CARRIED_BY) & (rows["left"] != rows["right"])])


def carried(rows: Rows) -> Rows:
    """The rows whose spans are near enough to one another to be one text."""
    longer = np.maximum(rows["left_end"] - rows["left_start"], rows["right_end"] - rows["right_start"])
    near: Rows = rows[(rows["distance"] <= (1 - CARRIED) * longer) | (rows["relation"] == REPRINT)]
    return near


def changed_links(old: Rows, new: Rows) -> Rows:
    """Links that are in one of the two and not in the other."""
    if len(old) == 0 or len(new) == 0:
        return np.concatenate([old, new])
    lost, found = apart(old, new)
    return np.concatenate([old[lost], new[found]])


def update_spans(old: Spans, links: Rows, changed: Rows, archive: Archive, ranks: Ints) -> Spans:
    """The spans that carry stories, given those before and the links that came, went or moved since."""
    return renumbered(
        gather_stories(links, same_outlet(archive, links["left"], links["right"]), ranks, old, changed), ranks
    )


def witnesses(spans: Spans, rows: Rows, archive: Archive, ranks: Ints) -> tuple[Spans, NDArray[np.bool_]]:
    """The witnesses of each story by story, time and place, and which of them is its leader.

    A story has two articles at least that carry it; those that quote it come beside them. Its leader is a span of the
    earliest article that carries it: of those of one date the one that has most of it, so that there is most to
    collate against; of that article the longest span. Of parts that were fused, one that only others than the leader
    share with an article makes a story beside it, so that this article has a story whose leader's text it carries.
    """
    joined = spans.copy()
    joined["story"] = fused(spans, archive)[spans["story"]]
    result, leader = _led(whole(joined, ranks), archive, ranks)
    beside = _beside(spans, joined, result[leader])
    if len(beside):
        result, leader = _led(whole(np.concatenate([joined, beside]), ranks), archive, ranks)
    quoting = quotations(result, carried(rows[rows["relation"] == QUOTE]), ranks)
    if len(quoting):
        result, leader = _led(whole(np.concatenate([result, quoting]), ranks), archive, ranks)
    return result, leader


def _beside(spans: Spans, joined: Spans, leaders: Spans) -> Spans:
    """The spans of those parts of fused stories that some article carries without any part that the leader has."""
    if len(spans) == 0:
        return spans
    base = int(spans["article"].max()) + 1
    leading = np.full(int(joined["story"].max()) + 1, -1, np.int64)
    leading[leaders["story"]] = leaders["article"]
    parts = distinct(spans["story"][spans["article"] == leading[joined["story"]]])
    led = np.zeros(int(spans["story"].max()) + 1, np.bool_)
    led[parts] = True
    member = joined["story"] * base + joined["article"]
    _, group = np.unique(member, return_inverse=True)
    stray = np.bincount(group, led[spans["story"]])[group] == 0
    stray &= leading[joined["story"]] >= 0
    return spans[np.isin(spans["story"], spans["story"][stray])]


def _led(spans: Spans, archive: Archive, ranks: Ints) -> tuple[Spans, NDArray[np.bool_]]:
    """The spans of stories that two articles carry other than by quotation, and which of them are leaders."""
    if len(spans) == 0:
        return spans, np.zeros(0, np.bool_)
    story, article = spans["story"], spans["article"]
    first = np.ones(len(spans), np.bool_)
    first[1:] = (story[1:] != story[:-1]) | (article[1:] != article[:-1])
    several = np.bincount(story, first & ~spans["quote"])[story] >= 2
    result, first = spans[several], first[several]
    if len(result) == 0:
        return result, np.zeros(0, np.bool_)
    story, article = result["story"], result["article"]
    length = result["end"].astype(np.int64) - result["start"]
    group = np.cumsum(first) - 1
    had = np.bincount(group, length)[group]
    order = np.lexsort((result["start"], -length, ranks[article], -had, archive.date[article], result["quote"], story))
    heads = order[np.concatenate([[True], story[order][1:] != story[order][:-1]])]
    leader = np.zeros(len(result), np.bool_)
    leader[heads] = True
    return result, leader
