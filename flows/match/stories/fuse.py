"""Stories that are parts of one: fused where articles of different outlets carry both side by side.

When the earliest witness had only a part of a text, the rest of it makes stories of its own. Two stories are one when
at least FUSED_ARTICLES articles, not all of one outlet, carry both side by side, and these are at least FUSED_SHARE of
the carriers of either. A page that happens to hold two stories, or a speech quoted in a comment, fuses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flows.match.align.candidates import Ints
from flows.match.archive import Archive, Flags
from flows.match.arrays import distinct
from flows.match.stories.cluster import Spans

NEIGHBOURS = 4
"""How many spans further an article's spans are looked at."""
FUSED_SHARE = 0.3
FUSED_ARTICLES = 2
NEAR = 400
"""Letters between two spans of one article and story that are still one span."""


@dataclass(frozen=True)
class Together:
    """Pairs of stories that articles carry side by side: two stories and an article, each once, by stories."""

    left: Ints
    right: Ints
    article: Ints


def _together(spans: Spans) -> Together:
    order = np.lexsort((spans["story"], spans["end"], spans["start"], spans["article"]))
    story, article = spans["story"][order], spans["article"][order]
    lows, highs, articles = [], [], []
    for step in range(1, NEIGHBOURS + 1):
        here, there = story[step:], story[:-step]
        side_by_side = (article[step:] == article[:-step]) & (here != there)
        lows.append(np.minimum(here, there)[side_by_side])
        highs.append(np.maximum(here, there)[side_by_side])
        articles.append(article[step:][side_by_side])
    low, high, where = np.concatenate(lows), np.concatenate(highs), np.concatenate(articles)
    order = np.lexsort((where, high, low))
    low, high, where = low[order], high[order], where[order]
    first = np.ones(len(low), np.bool_)
    first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1]) | (where[1:] != where[:-1])
    return Together(low[first], high[first], where[first])


def fused(spans: Spans, archive: Archive) -> Ints:
    """For each story (numbered as `cluster.renumbered` does) the first story of those that are one with it."""
    stories = int(spans["story"].max(initial=-1)) + 1
    into = np.arange(stories)
    both = _together(spans) if len(spans) > NEIGHBOURS else Together(*(np.zeros(0, np.int64) for _ in range(3)))
    if len(both.left) == 0:
        return into
    carrier = distinct(spans["story"] * len(archive) + spans["article"])
    carriers = np.bincount(carrier // len(archive), minlength=stories)
    first = np.flatnonzero(
        np.concatenate([[True], (both.left[1:] != both.left[:-1]) | (both.right[1:] != both.right[:-1])])
    )
    count = np.diff(np.append(first, len(both.left)))
    left, right = both.left[first], both.right[first]
    either = carriers[left] + carriers[right] - count
    several = _of_several_outlets(archive, both.article, np.repeat(np.arange(len(first)), count))
    good = several & (count >= FUSED_ARTICLES) & (count >= FUSED_SHARE * either)
    for pair in np.flatnonzero(good).tolist():
        low, high = sorted((_root(into, int(left[pair])), _root(into, int(right[pair]))))
        into[high] = low
    while True:
        further = into[into]
        if np.array_equal(further, into):
            return into
        into = further


def _of_several_outlets(archive: Archive, articles: Ints, group: Ints) -> Flags:
    """Which groups of articles (numbered from 0 on, ascending) more than one outlet has."""
    place, outlet, _ = archive.members(articles)
    owner = group[place]
    least, most = np.full(int(group[-1]) + 1, len(archive.outlets)), np.full(int(group[-1]) + 1, -1)
    np.minimum.at(least, owner, outlet)
    np.maximum.at(most, owner, outlet)
    result: Flags = least < most
    return result


def _root(into: Ints, story: int) -> int:
    while into[story] != story:
        story = int(into[story])
    return story


def whole(spans: Spans, ranks: Ints) -> Spans:
    """The spans of each article and story, those less than NEAR apart as one; by story, time and place."""
    spans = spans[np.lexsort((spans["end"], spans["start"], ranks[spans["article"]], spans["story"]))]
    if len(spans) == 0:
        return spans
    group = np.ones(len(spans), np.bool_)
    group[1:] = (spans["story"][1:] != spans["story"][:-1]) | (spans["article"][1:] != spans["article"][:-1])
    number = np.cumsum(group) - 1
    base = int(spans["end"].max()) + NEAR + 1
    reach = np.maximum.accumulate(number * base + spans["end"])
    opens = group.copy()
    opens[1:] |= number[1:] * base + spans["start"][1:] > reach[:-1] + NEAR
    first = np.flatnonzero(opens)
    result = spans[first].copy()
    result["end"] = np.append(reach[first[1:] - 1], reach[-1]) - number[first] * base
    result["quote"] = np.logical_and.reduceat(spans["quote"], first)
    result["founder"] = np.logical_or.reduceat(spans["founder"], first)
    return result
