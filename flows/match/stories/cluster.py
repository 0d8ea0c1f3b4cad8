"""Stories: passages gathered round the earliest article that carries them.

Articles are taken in order of time. A span that is aligned with an earlier article joins the stories which that
article carries there; where it carries none, its span becomes a story and it the first witness. So a page that holds
two stories is a witness of both and joins them to nothing. Where the first witness had only a part, the rest makes a
story of its own; `fuse` joins those.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flows.match.align.candidates import Ints
from flows.match.align.chain import ranges, sorted_by
from flows.match.arrays import distinct
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


@dataclass(slots=True)
class _Span:
    start: int
    end: int
    story: int
    quote: bool
    founder: bool


def _add(spans: list[_Span], start: int, end: int, story: int, quote: bool) -> None:
    """Give an article a span of a story, where it has no other story there yet."""
    if end - start < LEAST_JOINED:
        return
    taken = 0
    for span in spans:
        if span.story != story and span.start < end and start < span.end:
            taken += min(end, span.end) - max(start, span.start)
    if 2 * taken > end - start:
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


_LINK = ("left_start", "right_start", "left_end", "right_end", "left")


class _Grouped:
    """Rows of several columns that come by a key, as tuples; those of many keys are made ready at once."""

    def __init__(self, key: Ints, columns: Sequence[NDArray[Any]]) -> None:
        self._key, self._columns = key, columns
        self._ready: dict[int, list[tuple[Any, ...]]] = {}

    def prepare(self, keys: Ints) -> None:
        """Have the rows of these keys, each given once, ready."""
        first, last = np.searchsorted(self._key, keys), np.searchsorted(self._key, keys, "right")
        index = ranges(first, last - first)
        rows = list(zip(*(column[index].tolist() for column in self._columns), strict=True))
        ends = np.cumsum(last - first)
        bounds = zip(keys.tolist(), (ends - last + first).tolist(), ends.tolist(), strict=True)
        self._ready |= {key: rows[start:end] for key, start, end in bounds}

    def of(self, key: int) -> list[tuple[Any, ...]]:
        if key not in self._ready:
            self.prepare(np.array([key]))
        return self._ready[key]


class _Gathering:
    """The spans of articles, found in order of time: those of the articles that are dirty, and of those which differ
    thereby. All others are as in `old`, which is by article."""

    def __init__(self, links: Rows, same_outlet: NDArray[np.bool_], ranks: Ints, old: Spans) -> None:
        self._ranks, self._links, self._old = ranks, links, old
        right_rank, left_rank = ranks[links["right"]], ranks[links["left"]]
        order = sorted_by(left_rank)
        quote = links["relation"] == QUOTE
        self._into = _Grouped(right_rank, [left_rank, *(links[name] for name in _LINK), quote])
        out = [links[name][order] for name in ("right", "left_start", "left_end")]
        self._out = _Grouped(left_rank[order], [*out, same_outlet[order], quote[order]])
        names = ("start", "end", "story", "quote", "founder")
        self._known = _Grouped(old["article"], [old[name] for name in names])
        self._carried: dict[int, list[_Span]] = {}
        self._stories = int(old["story"].max(initial=-1)) + 1

    def run(self, left: Ints, right: Ints) -> Spans:
        """All spans, given the earlier and the later articles of the links that changed."""
        dirty = distinct(np.concatenate([left, right]))
        living = dirty[self._ranks[dirty] >= 0]
        self._out.prepare(self._ranks[living])
        later = np.zeros(len(self._ranks), np.bool_)
        later[right] = True
        self._into.prepare(self._ranks[living[later[living]]])
        self._known.prepare(distinct(np.concatenate([living, self._links["left"][later[self._links["right"]]]])))
        queue = list(zip(self._ranks[living].tolist(), living.tolist(), strict=True))
        queued, anew = set(living.tolist()), set(right.tolist())
        heapify(queue)
        while queue:
            rank, article = heappop(queue)
            before = self._before(article)
            # Where only its links to later articles changed, what it has of earlier ones stays.
            kept = self._taken(rank) if article in anew else [span for span in before if not span.founder]
            self._carried[article], linked = self._founded(rank, kept, before)
            if self._carried[article] != before:
                anew |= linked
                for other in linked - queued:
                    heappush(queue, (int(self._ranks[other]), other))
                queued |= linked
        return self._joined(dirty)

    def _before(self, article: int) -> list[_Span]:
        return [_Span(*row) for row in self._known.of(article)]

    def _spans(self, article: int) -> list[_Span]:
        if article not in self._carried:
            self._carried[article] = self._before(article)
        return self._carried[article]

    def _taken(self, rank: int) -> list[_Span]:
        """The spans that an article has of the earlier ones that it is linked with, all of which are known."""
        spans: list[_Span] = []
        # In order of time and place.
        for _, left_start, right_start, left_end, right_end, left, quote in sorted(self._into.of(rank)):
            scale = (right_end - right_start) / (left_end - left_start)
            for span in self._spans(left):
                start = span.start if span.start > left_start else left_start
                end = span.end if span.end < left_end else left_end
                if end - start >= LEAST_JOINED:
                    # The later article's letters that answer to these, by proportion.
                    mapped_start = right_start + round((start - left_start) * scale)
                    mapped_end = right_end - round((left_end - end) * scale)
                    _add(spans, mapped_start, mapped_end, span.story, quote)
        return spans

    def _founded(self, rank: int, taken: list[_Span], before: Sequence[_Span]) -> tuple[list[_Span], set[int]]:
        """The spans of an article with the stories that it founds, and the later articles it is linked with.

        Links to other outlets come first, the longest of them first: a text that ran whole founds one story, not one
        for each part that was quoted before; and two editions of one page join no two stories that others carry apart.
        """
        spans = list(taken)
        out = self._out.of(rank)
        openings = sorted({(same, start - end, start, end) for _, start, end, same, quote in out if not quote})
        known = {(span.start, span.end): span.story for span in before if span.founder}
        opened: list[tuple[int, int]] = []
        for _, _, first, last in openings:
            if any(low <= first and last <= high for low, high in opened):
                # Too little was left open there.
                continue
            opened.append((first, last))
            for start, end in _gaps(first, last, spans):
                story = known.get((start, end), self._stories)
                self._stories += story == self._stories
                spans.append(_Span(start, end, story, False, True))
        return spans, {right for right, *_ in out}

    def _joined(self, dirty: Ints) -> Spans:
        rows = [
            (span.story, article, span.start, span.end, span.quote, span.founder)
            for article, spans in self._carried.items()
            for span in spans
        ]
        replaced = np.zeros(len(self._ranks), np.bool_)
        replaced[dirty] = True
        replaced[list(self._carried)] = True
        joined = np.concatenate([self._old[~replaced[self._old["article"]]], np.array(rows, SPAN)])
        result: Spans = joined[sorted_by(joined["article"])]
        return result


def gather_stories(links: Rows, same_outlet: NDArray[np.bool_], ranks: Ints, old: Spans, changed: Rows) -> Spans:
    """The spans that carry stories, by article, from links between articles (rows of reuse, in order of time).

    `same_outlet` says of each link that one outlet alone has both articles. `old` are the spans before, and `changed`
    the links that came, went or moved since. What an article carries follows from what the earlier ones carry that it
    is linked with, and from its links; so it is found anew only where one of these has changed.
    """
    return _Gathering(links, same_outlet, ranks, old).run(changed["left"], changed["right"])


def renumbered(spans: Spans, ranks: Ints) -> Spans:
    """The spans with their stories numbered by founder, in order of time and place."""
    founders = spans[spans["founder"]]
    founders = founders[np.lexsort((founders["start"], ranks[founders["article"]]))]
    number = np.full(int(spans["story"].max(initial=-1)) + 1, -1, np.int64)
    number[founders["story"]] = np.arange(len(founders))
    result = spans.copy()
    result["story"] = number[spans["story"]]
    return result
