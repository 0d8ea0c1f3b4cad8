"""Stories: passages gathered round the earliest article that carries them.

Articles are taken in order of time. A span that is aligned with an earlier article joins the stories which that
article carries there; where it carries none, its span becomes a story and it the first witness. So a page that holds
two stories is a witness of both and joins them to nothing. Where the first witness had only a part, the rest makes a
story of its own; `fuse` joins those.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flows.match.candidates import Ints
from flows.match.chain import ranges
from flows.match.rows import QUOTE, Rows

LEAST_NEW = 60
"""Letters of a passage that start a story."""
LEAST_JOINED = 30
"""Letters of a story that a span must carry to be its witness."""

SPAN = np.dtype(
    [
        ("story", np.int64),
        ("article", np.int64),
        ("start", np.int32),
        ("end", np.int32),
        ("quote", np.bool_),
        ("founder", np.bool_),
    ]
)
"""A span of an article that carries a story. `quote`: by quotation only. `founder`: the story began with it."""

Spans = NDArray[np.void]


@dataclass
class _Span:
    start: int
    end: int
    story: int
    quote: bool
    founder: bool


@dataclass(frozen=True)
class Regions:
    """Parts of articles, by article and start, that do not touch one another; `group` says which belong together."""

    article: Ints
    start: Ints
    end: Ints
    group: Ints

    def touching(self, article: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints]:
        """Pairs of (place in the arguments, region) where a span touches a region."""
        if len(self.article) == 0 or len(article) == 0:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        base = 1 + max(int(self.end.max()), int(end.max()))
        first = np.searchsorted(self.article * base + self.end, article * base + start)
        last = np.searchsorted(self.article * base + self.start, article * base + end, "right")
        count = np.maximum(last - first, 0)
        return np.repeat(np.arange(len(article)), count), ranges(first, count)


def regions(article: Ints, start: Ints, end: Ints) -> tuple[Regions, Ints]:
    """The unions of spans that touch, and the region of each span."""
    order = np.lexsort((end, start, article))
    base = 1 + (int(end.max()) if len(end) else 0)
    reach = np.maximum.accumulate(article[order] * base + end[order])
    opens = np.ones(len(order), np.bool_)
    opens[1:] = article[order][1:] * base + start[order][1:] > reach[:-1]
    number = np.cumsum(opens) - 1
    first = np.flatnonzero(opens)
    last = np.append(first[1:], len(order)) - 1
    of_span = np.empty(len(order), np.int64)
    of_span[order] = number
    found = Regions(
        article[order][first], start[order][first], reach[last] - article[order][last] * base, np.arange(len(first))
    )
    return found, of_span


def connected(nodes: int, left: Ints, right: Ints) -> Ints:
    """The smallest node that each node is connected with."""
    label = np.arange(nodes)
    while True:
        low = np.minimum(label[left], label[right])
        fresh = label.copy()
        np.minimum.at(fresh, left, low)
        np.minimum.at(fresh, right, low)
        np.minimum.at(fresh, label[left], low)
        np.minimum.at(fresh, label[right], low)
        fresh = fresh[fresh]
        if np.array_equal(fresh, label):
            return label
        label = fresh


def link_regions(links: Rows) -> tuple[Regions, Ints]:
    """The parts of articles that the links touch, grouped by what the links join; and the group of each link."""
    count = len(links)
    found, of_end = regions(
        np.concatenate([links["left"], links["right"]]),
        np.concatenate([links["left_start"], links["right_start"]]).astype(np.int64),
        np.concatenate([links["left_end"], links["right_end"]]).astype(np.int64),
    )
    group = connected(len(found.article), of_end[:count], of_end[count:])
    return Regions(found.article, found.start, found.end, group), group[of_end[:count]]


def _add(spans: list[_Span], start: int, end: int, story: int, quote: bool) -> None:
    """Give an article a span of a story, where it has no other story there yet."""
    taken = 0
    for span in spans:
        if span.story != story:
            taken += max(0, min(end, span.end) - max(start, span.start))
    if 2 * taken > end - start or end - start < LEAST_JOINED:
        return
    for span in spans:
        if span.story == story and start <= span.end and span.start <= end:
            span.start, span.end = min(span.start, start), max(span.end, end)
            span.quote &= quote
            return
    spans.append(_Span(start, end, story, quote, False))


def _gaps(start: int, end: int, spans: Iterable[_Span]) -> list[tuple[int, int]]:
    """The parts of a span that none of the spans covers, long enough to be a story."""
    found, at = [], start
    for span in sorted(spans, key=lambda s: (s.start, s.end)):
        if span.end <= at or span.start >= end:
            continue
        if span.start - at >= LEAST_NEW:
            found.append((at, span.start))
        at = max(at, span.end)
    if end - at >= LEAST_NEW:
        found.append((at, end))
    return found


def _openings(links: Rows, same_outlet: NDArray[np.bool_]) -> dict[int, list[tuple[int, int]]]:
    """Per earlier article the spans that may found stories, in the order in which they do.

    Links to other outlets come first, the longest of them first: a text that ran whole founds one story, not one for
    each part that was quoted before; and two editions of one page join no two stories that others carry apart.
    """
    founding = np.flatnonzero(links["relation"] != QUOTE)
    start, end = links["left_start"][founding], links["left_end"][founding]
    order = np.lexsort((end, start, start.astype(np.int64) - end, same_outlet[founding], links["left"][founding]))
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for article, first, last in zip(
        links["left"][founding][order].tolist(), start[order].tolist(), end[order].tolist(), strict=True
    ):
        found[article].append((first, last))
    return found


def gather_stories(links: Rows, same_outlet: NDArray[np.bool_], ranks: Ints) -> Spans:
    """The spans that carry stories, from links between articles (rows of reuse), in order of time.

    `same_outlet` says of each link that one outlet alone has both articles. What comes of a link depends on the links
    that touch it, directly or through others, alone; not on the order of the rows.
    """
    carried: dict[int, list[_Span]] = defaultdict(list)
    openings = _openings(links, same_outlet)
    stories = 0
    order = np.lexsort(
        (
            links["right_end"],
            links["left_end"],
            links["right_start"],
            links["left_start"],
            ranks[links["left"]],
            ranks[links["right"]],
        )
    )
    fields = ("left", "left_start", "left_end", "right", "right_start", "right_end")
    columns = [links[name][order].tolist() for name in fields]
    quotes = (links["relation"][order] == QUOTE).tolist()
    for left, left_start, left_end, right, right_start, right_end, quote in zip(*columns, quotes, strict=True):
        spans = carried[left]
        # All that came before the earlier article is known by now: what is its own founds stories.
        for first, last in openings.pop(left, ()):
            for start, end in _gaps(first, last, spans):
                spans.append(_Span(start, end, stories, False, True))
                stories += 1
        later = carried[right]
        scale = (right_end - right_start) / (left_end - left_start)
        for span in spans:
            start, end = max(span.start, left_start), min(span.end, left_end)
            if end - start >= LEAST_JOINED:
                # The later article's letters that answer to these, by proportion.
                mapped_start = right_start + round((start - left_start) * scale)
                mapped_end = right_end - round((left_end - end) * scale)
                _add(later, mapped_start, mapped_end, span.story, quote)
    return _as_array(carried)


def _as_array(carried: dict[int, list[_Span]]) -> Spans:
    rows = [
        (span.story, article, span.start, span.end, span.quote, span.founder)
        for article, spans in carried.items()
        for span in spans
    ]
    return np.array(rows, SPAN)


def renumbered(spans: Spans, ranks: Ints) -> tuple[Spans, Ints]:
    """The spans with their stories numbered by founder, in order of time and place; and the old number of each.

    A story that only one article carries is no story, and goes.
    """
    founders = spans[spans["founder"]]
    founders = founders[np.lexsort((founders["start"], ranks[founders["article"]]))]
    old = founders["story"]
    number = np.full(int(spans["story"].max(initial=-1)) + 1, -1, np.int64)
    number[old] = np.arange(len(old))
    result = spans.copy()
    result["story"] = number[spans["story"]]
    return result, old


def joined(parts: Sequence[Spans]) -> Spans:
    """Spans of several runs as one array, the numbers of their stories kept apart."""
    base, shifted = 0, []
    for part in parts:
        copy = part.copy()
        copy["story"] += base
        base = int(copy["story"].max(initial=base - 1)) + 1
        shifted.append(copy)
    return np.concatenate(shifted) if shifted else np.zeros(0, SPAN)
