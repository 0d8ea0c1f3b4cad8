"""Which article each line of a newspaper page belongs to, and in what order: a beam search over readings of the page.

Lines are taken as printed: each opens an article, goes on in the one before it, or goes back to one that was left open.
A reading's score is a sum of log odds: how well cut paragraphs go on, which article a line has most in common with,
how headlines look, and how often pages do each of these things.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from flows.segment import readings
from flows.segment.affinity import Affinity, Scene, depth, goes_on, headline_form, opens, runs_on, subhead_style
from flows.segment.duplicates import closings
from flows.segment.lines import Line
from flows.segment.profiles import JUMP_LEAD, JUMP_TAIL, LEAD
from flows.segment.readings import Article, Reading, Thread
from flows.segment.words import in_words

_BEAM = 12
_NARROW_BEAM = 3
_NARROW_FROM = 600
"""Lines from which a page is searched with the narrow beam."""
_LONGEST = 1500
"""Lines that are read together; a longer text is read in stretches."""
_MARGIN = 16.0
"""A reading this much worse than the best is dropped."""
_OPEN_KEPT = 6
"""Articles left open that a line may go back to."""
_LIMIT = 6.0
"""Log odds of coherence are trusted up to here."""
_JOIN_FLOOR = -2.9
_JOIN_FLOOR_TOGETHER = -5.0
"""Log odds below which a join that a reading needs is not made; of joins a column apart those of a rest of
`_REST_LENGTH` code points. The rest of a paragraph is shorter than most paragraphs, and what is longer less likely one.
"""
_REST_LENGTH, _REST_SHORTER = 60, 1.1
_CERTAIN = 20.0
_QUOTED_FORM, _ASKING_FORM, _ENDED_FORM = 1.5, 0.5, 3.0
"""Log odds that a short line is a headline which stands in quotation marks, asks or exclaims, or ends otherwise."""
_RUN_ON = 5.0
"""Log odds against a headline above text that begins within a sentence."""
_TIED, _TIED_MOST, _TIED_WEIGHT = -2.5, 4.0, 0.5
"""Log odds from which, and up to which, it speaks against a headline that the text below goes on in it."""


def threaded(lines: list[Line], twice: dict[int, int]) -> list[Thread]:
    """The articles of a page, in the order in which they open. `twice` names second printings, which are left out."""
    kept = [line for line in lines if line.number not in twice and line.kind not in ("masthead", "advert")]
    ends = closings(lines, twice)
    threads: list[Thread] = []
    for start, end in _stretches(kept):
        numbers = [line.number for line in kept[start:end]]
        places = {number: place for place, number in enumerate(numbers)}
        part = [replace(line, number=place) for place, line in enumerate(kept[start:end])]
        closed = {places[after]: places[last] for after, last in ends.items() if after in places and last in places}
        threads += [article.thread(numbers) for article in _Search(part, closed).run().articles]
    return threads


def _stretches(kept: list[Line]) -> Iterator[tuple[int, int]]:
    """Start and end of the parts in which a very long text is read: from a headline to one, where there is one."""
    start = 0
    while len(kept) - start > _LONGEST:
        heads = [at for at in range(start + _LONGEST // 2, start + _LONGEST) if kept[at].kind == "headline"]
        end = heads[-1] if heads else start + _LONGEST
        yield start, end
        start = end
    yield start, len(kept)


@dataclass(frozen=True, slots=True)
class _Ahead:
    """What follows from a headline on: its lines, whether a byline or caption goes with it, the text below."""

    group: tuple[str, ...]
    companions: bool
    after: Line | None
    bodies: tuple[int, ...]


class _Step(NamedTuple):
    """A reading with one more line, not made yet: most are dropped for their score alone.

    The line goes to article `place`, which is `article` before it (or with it, where `line` is None).
    """

    score: float
    reading: Reading
    place: int
    article: Article
    gain: float
    line: Line | None = None
    headline: bool = False
    glue: bool = False
    gap: bool = False
    heading: bool = False

    def taken(self) -> Reading:
        """The reading."""
        article = self.article
        if self.line is not None:
            article = article.plus(self.line, headline=self.headline, glue=self.glue, gap=self.gap)
        return self.reading.put(self.place, article, self.gain, heading=self.heading)


class _Search:
    """The search over one page, whose lines are numbered from 0. `closed` has the tails of `closings`."""

    def __init__(self, lines: list[Line], closed: dict[int, int]) -> None:
        self.lines = lines
        self.closed = closed
        self.weights = readings.WEIGHTS
        self.affinity = Affinity([line.text for line in lines])
        around = zip([None, *lines], lines, [*lines[1:], None], strict=False)
        self.forms = [self._form(before, line, after) for before, line, after in around]
        self.ahead = [_look_ahead(lines, place) for place in range(len(lines))]
        self.ends = [line.ends for line in lines]
        self.jumps = [bool(JUMP_LEAD.match(line.text)) for line in lines]
        self.leads = [bool(LEAD.match(line.text)) for line in lines]
        self.width = _BEAM if len(lines) < _NARROW_FROM else _NARROW_BEAM

    def _form(self, before: Line | None, line: Line, after: Line | None) -> float | None:
        """Log odds that a line is a headline by its form and by the text below; None where it cannot be."""
        odds = _form(before, line, after)
        if odds is None or odds == _CERTAIN or after is None or after.kind != "body":
            return odds
        told = min(_TIED_MOST, max(0.0, self.affinity.joins(line.number, after.number) - _TIED))
        return odds - _RUN_ON * runs_on(after.text) - _TIED_WEIGHT * told

    def run(self) -> Reading:
        """The best reading of the whole page."""
        beam = [Reading()]
        for place in range(len(self.lines)):
            last = self.closed.get(place)
            if last is not None:
                beam = [self._tail(reading, last) for reading in beam]
            grown = [step for reading in beam for step in self._grow(reading, place)]
            ranked = sorted(grown, key=lambda step: -step.score)[: self.width]
            beam = [step.taken() for step in ranked if step.score > ranked[0].score - _MARGIN]
        return max((self._finished(r) for r in beam), key=lambda r: r.score)

    def _tail(self, reading: Reading, last: int) -> Reading:
        """The reading after the second printing of a tail, of which `last` is the last line: its article ends here."""
        owner = next((index for index, article in enumerate(reading.articles) if last in article.lines), None)
        if owner is None:
            return reading
        gain = 0.0 if owner == reading.current else self._switch(reading.articles[reading.current])
        return reading.put(owner, replace(reading.articles[owner], closed=True), gain)

    def _grow(self, reading: Reading, place: int) -> Iterator[_Step]:
        """What a reading can become with the line at a place."""
        line, form = self.lines[place], self.forms[place]
        if line.kind in ("headline", "body"):
            price = 0.0 if form is None else self.weights.form * form / 2
            if form is not None:
                yield from self._headline(reading, place, price)
            if reading.articles:
                yield from self._body(reading, line, -price)
            if form is None:
                yield self._headless(reading, line)
            return
        article = reading.articles[reading.current] if reading.articles else Article()
        article = replace(article, lines=(*article.lines, line.number))
        gain = 0.0
        if line.kind == "dateline" and article.bodies:
            gain = 0.0 if self._ends(article) else self.weights.closed_cut
            article = replace(article, closed=True)
        yield _Step(reading.score + gain, reading, max(reading.current, 0), article, gain, heading=reading.heading)

    def _headline(self, reading: Reading, place: int, gain: float) -> Iterator[_Step]:
        """The line as a headline: one more of a headline that has begun, the first of an article, or a subhead."""
        line, w = self.lines[place], self.weights
        if reading.heading:
            yield self._headed(reading, reading.current, reading.articles[reading.current], line, gain)
            return
        if not reading.articles:
            yield self._headed(reading, 0, Article(), line, gain)
            return
        current = reading.articles[reading.current]
        for index in self._candidates(reading):
            article = reading.articles[index]
            cut = index == reading.current and not self._ends(article)
            odds = w.opening * self._opens(article, self.ahead[place], cut=cut)
            if index == reading.current:
                yield self._headed(reading, len(reading.articles), Article(), line, gain + _log_share(odds))
            if not article.closed and article.bodies:
                away = 0.0 if index == reading.current else self._switch(current) + w.subhead_away
                gap = 0.0 if self._ends(article) else w.gap
                style = w.style * self._alike(line.number, article)
                yield self._headed(reading, index, article, line, gain + _log_share(-odds) + away + gap + style)

    @staticmethod
    def _headed(reading: Reading, index: int, article: Article, line: Line, gain: float) -> _Step:
        return _Step(reading.score + gain, reading, index, article, gain, line, headline=True, heading=True)

    def _opens(self, article: Article, ahead: _Ahead, *, cut: bool) -> float:
        """Log odds that a headline opens an article, rather than a part of the given one."""
        after = ahead.after
        sure = ahead.companions or (after is not None and (self.leads[after.number] or self.jumps[after.number]))
        near = [self._coherence(number, replace(article, last=None)) for number in ahead.bodies[:2]]
        mean = sum(near) / len(near) if near else 0.0
        return opens(Scene(ahead.group, mean, article.bodies, sure, article.closed, cut, bool(ahead.bodies)))

    def _body(self, reading: Reading, line: Line, prior: float) -> Iterator[_Step]:
        """The line as body text of each article that it may belong to."""
        number, w = line.number, self.weights
        starts = w.start * max(-4.0, min(4.0, self.affinity.starts(number)))
        current = reading.articles[reading.current]
        candidates = [(index, reading.articles[index]) for index in self._candidates(reading)]
        odds = {index: w.coherence * self._coherence(number, a) for index, a in candidates if a.last is not None}
        total = math.log(math.exp(w.stranger) + sum([math.exp(o) for o in odds.values()]))
        for index, article in candidates:
            gain = prior
            if index != reading.current:
                gain += self._switch(current)
            elif current.closed:
                gain += w.after_close
            if article.last is None:
                gain += starts
                yield _Step(reading.score + gain, reading, index, article, gain, line)
                continue
            gain += odds[index] - total + w.jump * (self.jumps[number] or self.leads[number])
            if self._ends(article) and not goes_on(self.lines[article.last].text, line.text):
                gain += starts
                yield _Step(reading.score + gain, reading, index, article, gain, line)
                continue
            joins = w.join * self.affinity.joins(article.last, number) + w.joined + w.back * (index != reading.current)
            on, off = gain + joins, gain + starts + w.gap
            yield _Step(reading.score + on, reading, index, article, on, line, glue=True)
            yield _Step(reading.score + off, reading, index, article, off, line, gap=True)

    def _switch(self, current: Article) -> float:
        """What it costs to leave the current article for another."""
        if current.bodies == 0:
            return self.weights.away_first
        if current.closed:
            return self.weights.switch_closed
        return self.weights.switch if self._ends(current) else self.weights.switch_cut

    def _headless(self, reading: Reading, line: Line) -> _Step:
        """The line as the first of an article without a headline."""
        w = self.weights
        gain = w.start * max(-4.0, min(4.0, self.affinity.starts(line.number)))
        gain += w.headless if reading.articles else 0.0
        gain += w.lead * self.leads[line.number] - w.jump / 2 * self.jumps[line.number]
        return _Step(reading.score + gain, reading, len(reading.articles), Article(), gain, line)

    def _candidates(self, reading: Reading) -> list[int]:
        """The articles last left open, and the current one."""
        kept = [i for i, a in enumerate(reading.articles) if not a.closed and i != reading.current]
        return [*kept[-_OPEN_KEPT:], reading.current]

    def _coherence(self, number: int, article: Article) -> float:
        last = 0 if article.last is None else 1 << article.last
        odds = self.affinity.coherence(number, article.text, last, article.headline, article.size)
        return max(-_LIMIT, min(_LIMIT, odds))

    def _ends(self, article: Article) -> bool:
        """Whether the article's text so far may end where it does."""
        return article.last is None or self.ends[article.last]

    def _finished(self, reading: Reading) -> Reading:
        """The reading with the price, and the record, of what is left cut at the end.

        Two lines that had to go together, though the letters hardly say that one goes on in the other, are no join:
        there the text is taken to break off.
        """
        out = reading
        for index, article in enumerate(reading.articles):
            doubtful = [pair for pair in article.glued if self._doubtful(*pair)]
            if doubtful:
                glued = tuple(pair for pair in article.glued if pair not in doubtful)
                article = replace(article, glued=glued, breaks=(*article.breaks, *(before for before, _ in doubtful)))
                out = out.put(index, article, 0.0)
            if article.last is not None and not self._ends(article):
                told = JUMP_TAIL.search(self.lines[article.last].text)
                broken = replace(article, breaks=(*article.breaks, article.last))
                out = out.put(index, broken, 0.0 if told else self.weights.gap)
        return out

    def _doubtful(self, before: int, number: int) -> bool:
        """Whether a join is too weak to be made; lines that stand together need less to speak for it."""
        joins = self.affinity.joins(before, number)
        if not any(line.kind in ("headline", "body") for line in self.lines[before + 1 : number]):
            return joins < _JOIN_FLOOR_TOGETHER
        return joins - _REST_SHORTER * math.log(len(self.lines[number].text) / _REST_LENGTH) < _JOIN_FLOOR

    def _alike(self, number: int, article: Article) -> bool:
        """Whether a subhead is set like one that the article has: in quotation marks, numbered, with a dash."""
        mine = subhead_style(self.lines[number].text)
        return mine is not None and any(
            article.headline >> n & 1 and subhead_style(self.lines[n].text) == mine for n in article.lines
        )


def _log_share(odds: float) -> float:
    """Log of the probability that has these log odds."""
    return -math.log1p(math.exp(-odds))


def _look_ahead(lines: list[Line], place: int) -> _Ahead:
    group = [lines[place].text]
    companions = False
    at = place + 1
    while at < len(lines) and lines[at].kind in ("headline", "byline", "caption", "jump"):
        if lines[at].kind != "headline":
            companions = True
        elif companions:
            break
        else:
            group.append(lines[at].text)
        at += 1
    after = lines[at] if at < len(lines) else None
    bodies: list[int] = []
    while at < len(lines) and lines[at].kind == "body" and len(bodies) < 2:
        bodies.append(lines[at].number)
        at += 1
    return _Ahead(tuple(group), companions, after, tuple(bodies))


def _form(before: Line | None, line: Line, after: Line | None) -> float | None:
    """Log odds that a line is a headline by its form; None where it cannot be."""
    text = line.text
    if line.kind not in ("headline", "body") or not line.short:
        return None
    beside = (before if line.close else None, after if after is not None and after.close else None)
    if line.kind == "headline" and any(other is not None and other.kind == "headline" for other in beside):
        return _CERTAIN
    if line.ends or text[-1] in "，,、；;。":
        if line.kind == "headline":
            if in_words(text):
                return headline_form(text)
            return _ASKING_FORM if text[-1] in "？！?!" else _ENDED_FORM
        return _QUOTED_FORM if subhead_style(text) == "quoted" else None
    if depth(text) or JUMP_LEAD.match(text) or LEAD.match(text):
        return None
    return headline_form(text)
