"""Pages as they were read, and witnesses as they are proof: fragments, runs, letters."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from flows.match.fold import fold, fold_with_offsets
from flows.restore.locate import Location, is_alphabetic, locate
from flows.segment.lines import Line
from flows.segment.profiles import JUMP_LEAD, JUMP_TAIL

_RUNNING = ("body", "list", "quote")
"""Kinds of running text."""
_OPENING = "“‘（(《「『【〔[\"'"


@dataclass(slots=True)
class Fragment:
    """A passage of a page. `start` and `end` are its span in its article's text; None for one that has no place."""

    number: int
    passage_id: str
    article_id: str | None
    kind: str
    text: str
    start: int | None
    end: int | None
    duplicate: bool
    broken: bool
    _letters: str | None = None

    @property
    def letters(self) -> str:
        """Its text, folded; only pages that a witness is asked about need it."""
        if self._letters is None:
            self._letters = fold(self.text)
        return self._letters

    @property
    def running(self) -> bool:
        return self.kind in _RUNNING

    @property
    def placed(self) -> bool:
        return self.start is not None

    @property
    def alphabetic(self) -> bool:
        return is_alphabetic(self.letters)

    @property
    def jumps_in(self) -> bool:
        """Whether it begins with a jump line: what stands before it is on another page."""
        return bool(JUMP_LEAD.match(self.text))

    @property
    def jumps_out(self) -> bool:
        return bool(JUMP_TAIL.search(self.text[-60:]))

    @property
    def cut(self) -> bool:
        """Whether the text goes on elsewhere after it."""
        text = self.text.rstrip()
        return self.running and bool(text) and (self.broken or self.jumps_out or not Line(0, text, False).ends)


@dataclass(slots=True)
class Page:
    """One document: its fragments in the order printed, and its articles by their ordinals."""

    document_id: str
    fragments: list[Fragment]
    articles: list[str]
    reading: dict[str, list[int]] = field(default_factory=dict)
    """The fragments of each article's text in reading order."""
    joined: set[int] = field(default_factory=set)
    """Fragments that go on in the paragraph of the one before them."""

    @classmethod
    def of(cls, document_id: str, rows: Sequence[dict[str, Any]], articles: list[str]) -> Page:
        """A page from its rows of `passages` in order of ordinals."""
        fragments = [
            Fragment(
                number,
                row["passage_id"],
                row["article_id"],
                row["kind"],
                row["text"],
                row["article_start"],
                row["article_end"],
                "duplicate" in row["flags"],
                "gap" in row["flags"],
            )
            for number, row in enumerate(rows)
        ]
        page = cls(document_id, fragments, articles)
        for article in articles:
            mine = [each for each in fragments if each.placed and each.article_id == article]
            mine.sort(key=lambda each: (each.start or 0, each.number))
            page.reading[article] = [each.number for each in mine]
            page.joined.update(each.number for before, each in pairwise(mine) if before.end == each.start)
        return page

    def in_one_run(self, numbers: Sequence[int]) -> bool:
        """Whether fragments stand in the order printed with no text of other articles among them."""
        if any(before > after for before, after in pairwise(numbers)):
            return False
        between = self.fragments[numbers[0] : numbers[-1] + 1] if numbers else []
        inside = set(numbers)
        return not any(each.placed and each.number not in inside for each in between)

    def follows(self, before: int, after: int) -> bool:
        """Whether one fragment is printed right after another, but for headlines and what is no text."""
        if after <= before:
            return False
        return not any(each.placed and each.kind != "headline" for each in self.fragments[before + 1 : after])

    def may_be_broken(self) -> bool:
        """Whether there is anything that a witness could put right."""
        if len(self.articles) > 1 or any(not self.in_one_run(numbers) for numbers in self.reading.values()):
            return True
        return any(each.cut or each.jumps_in or (each.kind == "jump") for each in self.fragments)


class Witness:
    """An article as a witness: its letters, and the runs in which it is printed without a break."""

    def __init__(self, article_id: str, text: str, page: Page) -> None:
        self.article_id = article_id
        self.text = text
        self.letters, self._origin = fold_with_offsets(text)
        self._found: dict[str, dict[int, Location]] = {}
        self._run_starts: list[int] = []
        """First letter of each run."""
        self._bodies: list[tuple[int, int]] = []
        """Spans of running text, in letters."""
        last: Fragment | None = None
        for each in page.fragments:
            if not each.placed:
                continue
            if each.article_id == article_id:
                start = int(np.searchsorted(self._origin, each.start or 0))
                if last is None or last.article_id != article_id or (last.end or 0) > (each.start or 0):
                    self._run_starts.append(start)
                if each.running:
                    self._bodies.append((start, int(np.searchsorted(self._origin, each.end or 0))))
            last = each
        self._run_starts.sort()
        self._bodies.sort()

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
            places = {}
            for each in page.fragments:
                if each.placed or each.article_id is None:
                    place = locate(each.letters, self.letters)
                    if place is not None:
                        places[each.number] = place
            self._found[page.document_id] = places
        return self._found[page.document_id]
