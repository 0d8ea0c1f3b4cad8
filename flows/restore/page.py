"""Pages as they were read, and witnesses as they are proof: fragments, runs, letters."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from flows.restore.grams import Grams
from flows.restore.locate import Fragments, Location, alphabetic
from flows.segment.lines import Line
from flows.segment.profiles import JUMP_LEAD, JUMP_TAIL

_MOVABLE_LETTERS, _MOVABLE_LETTERS_ALPHABETIC = 12, 30
"""Letters below which a fragment that stands elsewhere may be found by chance."""
_RUNNING = ("body", "list", "quote")
"""Kinds of running text."""
_OPENING = "“‘（(《「『【〔[\"'"


@dataclass
class Fragment:
    """A passage of a page. `start` and `end` are its span in its article's text; None for one that has no place.

    `letters` is its text, folded; only pages that witnesses are asked about have it.
    """

    number: int
    passage_id: str
    article_id: str | None
    kind: str
    text: str
    start: int | None
    end: int | None
    duplicate: bool
    broken: bool
    letters: str = ""

    @property
    def running(self) -> bool:
        return self.kind in _RUNNING

    @property
    def placed(self) -> bool:
        return self.start is not None

    @cached_property
    def movable(self) -> bool:
        """Whether it may be moved to another article: that of a headline or caption is the one it stands at."""
        if self.duplicate or self.kind in ("headline", "caption") or len(self.letters) < _MOVABLE_LETTERS:
            return False
        return len(self.letters) >= _MOVABLE_LETTERS_ALPHABETIC or not alphabetic([self.letters])[0]

    @property
    def jumps_in(self) -> bool:
        """Whether it begins with a jump line: what stands before it is on another page."""
        return bool(JUMP_LEAD.match(self.text))

    @property
    def jumps_out(self) -> bool:
        return bool(JUMP_TAIL.search(self.text[-60:]))

    @cached_property
    def cut(self) -> bool:
        """Whether the text goes on elsewhere after it."""
        text = self.text.rstrip()
        return self.running and bool(text) and (self.broken or not Line(0, text, False).ends or self.jumps_out)


@dataclass
class Page:
    """One document: its fragments in the order printed, and its articles by their ordinals."""

    document_id: str
    fragments: list[Fragment]
    articles: list[str]
    reading: dict[str, list[int]] = field(default_factory=dict)
    """The fragments of each article's text in reading order."""
    joined: set[int] = field(default_factory=set)
    """Fragments that go on in the paragraph of the one before them."""

    def __post_init__(self) -> None:
        placed: dict[str | None, list[Fragment]] = defaultdict(list)
        for each in self.fragments:
            if each.placed:
                placed[each.article_id].append(each)
        for article in self.articles:
            mine = sorted(placed[article], key=lambda each: (each.start or 0, each.number))
            self.reading[article] = [each.number for each in mine]
            self.joined.update(each.number for before, each in pairwise(mine) if before.end == each.start)

    def in_one_run(self, numbers: Sequence[int]) -> bool:
        """Whether fragments stand in the order printed with no text of other articles among them."""
        if any(before > after for before, after in pairwise(numbers)):
            return False
        between = self.fragments[numbers[0] : numbers[-1] + 1] if numbers else []
        inside = set(numbers)
        return not any(each.placed and each.number not in inside for each in between)

    @cached_property
    def scattered(self) -> frozenset[str]:
        """Articles that are not printed in one run."""
        return frozenset(article for article, numbers in self.reading.items() if not self.in_one_run(numbers))

    def follows(self, before: int, after: int) -> bool:
        """Whether one fragment is printed right after another, but for headlines and what is no text."""
        if after <= before:
            return False
        return not any(each.placed and each.kind != "headline" for each in self.fragments[before + 1 : after])

    def may_be_broken(self) -> bool:
        """Whether there is anything that a witness could put right."""
        if len(self.articles) > 1 or self.scattered:
            return True
        return any(each.cut or each.jumps_in or (each.kind == "jump") for each in self.fragments)

    @cached_property
    def sought(self) -> list[Fragment]:
        """The fragments that may belong to an article, to be looked up in witnesses."""
        return [each for each in self.fragments if each.placed or each.article_id is None]

    @cached_property
    def lookup(self) -> Fragments:
        return Fragments([each.number for each in self.sought], [each.letters for each in self.sought])


class Witness(Grams):
    """An article as a witness: its letters, and the runs in which it is printed without a break.

    `letters` is its text, folded, and `origin` gives for each letter the character that it came from.
    """

    def __init__(self, article_id: str, text: str, letters: str, origin: NDArray[np.int32], page: Page) -> None:
        super().__init__(letters)
        self.article_id = article_id
        self.text = text
        self._origin = origin
        self._found: dict[str, dict[int, Location]] = {}
        self._run_starts: list[int] = []
        """First letter of each run."""
        self._bodies: list[tuple[int, int]] = []
        """Spans of running text, in letters."""
        last: Fragment | None = None
        mine: list[Fragment] = []
        begins: list[bool] = []
        for each in page.fragments:
            if not each.placed:
                continue
            if each.article_id == article_id:
                mine.append(each)
                begins.append(last is None or last.article_id != article_id or (last.end or 0) > (each.start or 0))
            last = each
        starts = np.searchsorted(origin, [each.start or 0 for each in mine]).tolist()
        ends = np.searchsorted(origin, [each.end or 0 for each in mine]).tolist()
        self._run_starts = sorted(start for start, first in zip(starts, begins, strict=True) if first)
        self._bodies = sorted((start, end) for start, end, each in zip(starts, ends, mine, strict=True) if each.running)

    def run(self, letter: int) -> int:
        """Which run a letter stands in."""
        return bisect_right(self._run_starts, letter)

    def same_run(self, one: Location, other: Location) -> bool:
        return self.run(one.start) == self.run(one.end - 1) == self.run(other.start) == self.run(other.end - 1)

    def one_paragraph(self, before: int, after: int) -> bool:
        """Whether no line feed stands between two letters."""
        start, end = int(self._origin[before]), int(self._origin[after])
        return "\n" not in self.text[start:end]

    def opening(self, letter: int) -> int:
        """The first letter of running text in the run of a letter."""
        mine = [start for start, _ in self._bodies if self.run(start) == self.run(letter)]
        return min(mine, default=letter)

    def closing(self, letter: int) -> int:
        """The letter after the last of running text in the run of a letter."""
        mine = [end for start, end in self._bodies if self.run(start) == self.run(letter)]
        return max(mine, default=letter + 1)

    def printed(self, start: int, end: int) -> tuple[int, int]:
        """A span of letters as a span of the text."""
        return int(self._origin[start]), int(self._origin[end - 1]) + 1

    def missing(self, start: int, end: int) -> tuple[int, int]:
        """A span of letters as a span of the text, with what opens it and the punctuation that closes it."""
        above = int(self._origin[start - 1]) + 1 if start else 0
        stop = int(self._origin[end]) if end < len(self._origin) else len(self.text)
        first = int(self._origin[start])
        first = above + len(self.text[above:first].rstrip(_OPENING))
        return first, first + len(self.text[first:stop].rstrip().rstrip(_OPENING).rstrip())

    def locations(self, page: Page) -> dict[int, Location]:
        """Where the fragments of a page stand in it, by their numbers."""
        if page.document_id not in self._found:
            self._found[page.document_id] = page.lookup.places(self)
        return self._found[page.document_id]
