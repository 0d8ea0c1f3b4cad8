"""Readings of a newspaper page: hypotheses about which article each line so far belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field

from flows.segment.lines import Line

_REMEMBERED = 10
"""Lines by which it is judged what an article is about: its last ones. A longer memory would make everything fit."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Prices, in natural log odds, of what a page may do; found by search over made pages."""

    switch: float = -3.83  # to another open article, at the end of a paragraph
    switch_cut: float = -1.8  # within a paragraph: the edge of a column
    switch_closed: float = -1.5  # after a closing dateline
    away_first: float = -9.2  # away from an article that has only its headline yet
    subhead_away: float = -3.2  # to a part of another article, besides the switch
    back: float = 1.6  # to an article that was left cut
    gap: float = -4.5  # a cut paragraph whose rest is not on the page
    closed_cut: float = -2.0  # a closing dateline after a cut paragraph
    after_close: float = -1.8  # more text after the closing dateline
    headless: float = -11.7  # an article without a headline
    lead: float = 7.76  # a dateline where an article begins
    jump: float = -6.0  # a jump line in the middle of an article
    coherence: float = 1.0
    stranger: float = -0.5  # how coherent a line is with an article that is not on the page
    start: float = 0.4
    join: float = 1.0
    joined: float = 3.2
    form: float = 1.93
    opening: float = 1.32
    style: float = 4.0  # a subhead set like an earlier one of its article


WEIGHTS = Weights()


@dataclass(slots=True)
class Thread:
    """One article of a page: its lines in reading order, which of them are headlines, which go on where the one before
    was cut, and after which the text breaks off."""

    lines: list[int] = field(default_factory=list)
    headlines: set[int] = field(default_factory=set)
    glued: set[int] = field(default_factory=set)
    breaks: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Article:
    """An article of a reading. `headline` and `text` are bit masks of lines, the second of those it is judged by, which
    have `size` code points; `last` is its last body line, `bodies` their number."""

    lines: tuple[int, ...] = ()
    recent: tuple[tuple[int, int], ...] = ()
    headline: int = 0
    last: int | None = None
    bodies: int = 0
    closed: bool = False
    glued: tuple[tuple[int, int], ...] = ()
    breaks: tuple[int, ...] = ()
    text: int = 0
    size: int = 0

    def plus(self, line: Line, *, headline: bool = False, glue: bool = False, gap: bool = False) -> Article:
        """The article with one more line of its text, which may go on in a cut paragraph, or stand after a gap."""
        bit = 1 << line.number
        recent = (*self.recent, (bit, len(line.text)))[-_REMEMBERED:]
        heads = self.headline | bit if headline else self.headline
        return Article(
            (*self.lines, line.number),
            recent,
            heads,
            self.last if headline else line.number,
            self.bodies + (not headline),
            self.closed,
            (*self.glued, (self.last, line.number)) if glue and self.last is not None else self.glued,
            (*self.breaks, self.last) if gap and self.last is not None else self.breaks,
            sum([b for b, _ in recent]) | heads,
            sum([size for _, size in recent]),
        )

    def thread(self, numbers: list[int]) -> Thread:
        """The article as it is reported; `numbers` are the names that its lines have outside the search."""
        return Thread(
            [numbers[n] for n in self.lines],
            {numbers[n] for n in self.lines if self.headline >> n & 1},
            {numbers[n] for _, n in self.glued},
            {numbers[n] for n in self.breaks},
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading of the page so far. `heading` says that the line before was a headline of the current article."""

    score: float = 0.0
    articles: tuple[Article, ...] = ()
    current: int = -1
    heading: bool = False

    def put(self, index: int, article: Article, gain: float, *, heading: bool = False) -> Reading:
        """The reading with one article changed or added, and now current."""
        articles = (*self.articles[:index], article, *self.articles[index + 1 :])
        return Reading(self.score + gain, articles, index, heading)
