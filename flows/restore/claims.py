"""Which fragments of a page belong to which article, as its witnesses prove."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from flows.restore.locate import Location
from flows.restore.page import Fragment, Page, Witness

_OWN_ALIKE, _OWN_SHARE = 0.7, 0.5
"""Likeness to the witness, and share of its letters, from which a fragment of the article counts as found there."""
_FOREIGN_ALIKE, _FOREIGN_SHARE = 0.85, 0.85
"""The same for a fragment that stands elsewhere on the page."""
TOUCHING = 12
"""Letters of the witness between two fragments that are next to each other."""
_COVERED = 0.3
"""Share of a fragment from which what another holds of the same place is no accident."""


@dataclass(slots=True)
class Part:
    """A fragment of a restored article, or a gap (`number` is None).

    `witness` and `span`, in letters, are the evidence; `claimant` is the article whose alignment says so.
    """

    number: int | None
    joined: bool = False
    proves: set[str] = field(default_factory=set)
    witness: Witness | None = None
    span: tuple[int, int] | None = None
    claimant: str = ""

    def attest(self, witness: Witness, span: tuple[int, int], claimant: str, *proven: str) -> None:
        """Note what a witness proves; the first witness of a fragment stays its evidence."""
        if self.witness is None:
            self.witness, self.span, self.claimant = witness, span, claimant
        if self.witness is witness:
            self.proves.update(proven)


class _Taken:
    """The places of a witness that fragments stand on."""

    def __init__(self, places: Iterable[Location] = ()) -> None:
        self._spans: list[tuple[int, int]] = sorted((place.start, place.end) for place in places)
        self._longest = max((end - start for start, end in self._spans), default=0)

    def add(self, place: Location) -> None:
        insort(self._spans, (place.start, place.end))
        self._longest = max(self._longest, place.length)

    def overlap(self, place: Location) -> int:
        """The most letters that one fragment holds of a place."""
        most = 0
        at = bisect_left(self._spans, (place.end, 0)) - 1
        while at >= 0 and self._spans[at][0] > place.start - self._longest:
            start, end = self._spans[at]
            most = max(most, min(end, place.end) - max(start, place.start))
            at -= 1
        return most


class Belongings:
    """The fragments of each article of a page, as far as witnesses have been heard, in `parts`."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.parts = {
            article: [Part(number, number in page.joined) for number in numbers]
            for article, numbers in page.reading.items()
        }
        self.scattered = set(page.scattered)
        self.moved: set[int] = set()
        self._owned: dict[tuple[str, str], dict[int, Location]] = {}

    def fragment(self, number: int) -> Fragment:
        return self.page.fragments[number]

    def own(self, article: str, witness: Witness, places: dict[int, Location]) -> dict[int, Location]:
        """The article's fragments that stand in the witness, without those on a place that a longer one holds."""
        key = (article, witness.article_id)
        if key not in self._owned:
            self._owned[key] = self._found(article, witness, places)
        return self._owned[key]

    def _found(self, article: str, witness: Witness, places: dict[int, Location]) -> dict[int, Location]:
        found = []
        for part in self.parts[article]:
            if part.number is not None and (place := places.get(part.number)):
                share = 1 - (place.head + place.tail) / len(self.page.fragments[part.number].letters)
                if place.alike >= _OWN_ALIKE and share >= _OWN_SHARE:
                    found.append((part.number, place))
        own = dict(found)
        if not _apart(own.values()):
            own = {}
            taken = _Taken()
            for number, place in sorted(found, key=lambda each: (-each[1].length, each[0])):
                if taken.overlap(place) <= _COVERED * place.length:
                    own[number] = place
                    taken.add(place)
        self._fit(article, witness, own)
        return own

    def _fit(self, article: str, witness: Witness, own: dict[int, Location]) -> None:
        """Add fragments too short, or too common, to be looked up, that stand letter for letter next to a neighbour."""
        numbers = [part.number for part in self.parts[article] if part.number is not None]
        if len(own) in (0, len(numbers)):
            return
        taken = _Taken(own.values())
        for before, number in pairwise(numbers):
            if number not in own and before in own:
                self._fit_at(number, own[before].end, witness, own, taken)
        for number, after in reversed(list(pairwise(numbers))):
            if number not in own and after in own:
                self._fit_at(number, own[after].start - len(self.fragment(number).letters), witness, own, taken)

    def _fit_at(self, number: int, start: int, witness: Witness, own: dict[int, Location], taken: _Taken) -> None:
        letters = self.fragment(number).letters
        if letters and start >= 0 and witness.letters.startswith(letters, start):
            place = Location(start, start + len(letters), 0, 0, 1.0)
            if taken.overlap(place) <= 0:
                own[number] = place
                taken.add(place)

    def claim(self, article: str, witness: Witness, places: dict[int, Location], own: dict[int, Location]) -> None:
        """Move fragments here that stand elsewhere on the page and in the witness next to those of the article.

        Only the article that carries most of the witness claims, of those that begin with it. A fragment is moved where
        something is broken: it is the page's own, or it is printed next to the one that it follows on, or the text is
        cut at the place, or it does not stand alone: a sidebar quotes a paragraph, and a column goes on with several.
        """
        wanted = [each for each in self.foreign(article) if self._stands(each, places.get(each.number))]
        if not wanted or max(self.page.articles, key=lambda other: self._carries(other, witness, places)) != article:
            return
        own = dict(own)
        wanted.sort(key=lambda each: (places[each.number].start, each.number))
        again = True
        while again:
            again = False
            for each in wanted:
                place = places[each.number]
                if each.number in own or any(place.overlap(p) > _COVERED * place.length for p in own.values()):
                    continue
                before, after = _neighbours(place, own, witness)
                if before is None and after is None:
                    continue
                if not self._is_broken(each, before, after) and not self._in_company(each, wanted, places, witness):
                    continue
                self._move(each, article, before, after)
                own[each.number] = place
                part = next(part for part in self.parts[article] if part.number == each.number)
                part.attest(witness, (place.start, place.end), article, "article")
                again = True

    def _carries(self, article: str, witness: Witness, places: dict[int, Location]) -> tuple[bool, int, int]:
        """How much of a witness an article carries: whether it begins with it, the letters, and then its place."""
        own = self.own(article, witness, places)
        running = (part.number for part in self.parts[article] if part.number is not None)
        first = next((number for number in running if self.fragment(number).running), None)
        letters = sum(place.length for place in own.values())
        return first in own, letters, -self.page.articles.index(article)

    def foreign(self, article: str) -> list[Fragment]:
        """The fragments elsewhere on the page that an article may claim."""
        here = {part.number for part in self.parts[article]}
        taken = here | self.moved
        return [each for each in self.page.sought if each.number not in taken and each.movable]

    def _stands(self, each: Fragment, place: Location | None) -> bool:
        """Whether a fragment that stands elsewhere on the page is found in a witness beyond doubt."""
        if place is None:
            return False
        share = 1 - (place.head + place.tail) / len(each.letters)
        return place.alike >= _FOREIGN_ALIKE and share >= _FOREIGN_SHARE

    def _is_broken(self, each: Fragment, before: int | None, after: int | None) -> bool:
        """Whether the page gives reason to move a fragment between two others of which one may be None."""
        if each.article_id is None:
            return True
        if before is not None and (self.page.follows(before, each.number) or self.fragment(before).cut):
            return True
        if after is not None and (self.page.follows(each.number, after) or each.cut):
            return True
        numbers = [part.number for part in self.parts[each.article_id]]
        at = numbers.index(each.number)
        above = numbers[at - 1] if at else None
        return above is not None and self.fragment(above).cut

    def _in_company(
        self, each: Fragment, wanted: list[Fragment], places: dict[int, Location], witness: Witness
    ) -> bool:
        """Whether the fragment above or below in its article stands next to it in the witness too."""
        assert each.article_id is not None
        numbers = [part.number for part in self.parts[each.article_id]]
        at = numbers.index(each.number)
        others = {other.number for other in wanted}
        place = places[each.number]
        for above, below in pairwise(numbers[max(0, at - 1) : at + 2]):
            if above in others and below in others and above is not None and below is not None:
                one, two = places[above], places[below]
                if witness.same_run(one, two) and abs(two.start - one.end) <= TOUCHING and place in (one, two):
                    return True
        return False

    def _move(self, each: Fragment, article: str, before: int | None, after: int | None) -> None:
        if each.article_id is not None:
            self._leave(each.article_id, each.number)
        mine = self.parts[article]
        numbers = [part.number for part in mine]
        at = numbers.index(before) + 1 if before is not None else numbers.index(after)
        mine.insert(at, Part(each.number))
        if at + 1 < len(mine):
            mine[at + 1].joined = False
        self.moved.add(each.number)
        self.scattered.add(article)
        self._owned.clear()

    def forget(self, article: str) -> None:
        """Look anew at what stands in which witness, now that the parts of an article stand otherwise."""
        self._owned = {key: own for key, own in self._owned.items() if key[0] != article}

    def _leave(self, article: str, number: int) -> None:
        """Take a fragment out of the article that the page alone put it in."""
        parts = self.parts[article]
        at = next(place for place, part in enumerate(parts) if part.number == number)
        del parts[at]
        if at < len(parts):
            parts[at].joined = False


def _apart(places: Iterable[Location]) -> bool:
    """Whether no two places overlap."""
    return all(one.end <= other.start for one, other in pairwise(sorted(places)))


def _neighbours(place: Location, own: dict[int, Location], witness: Witness) -> tuple[int | None, int | None]:
    """The fragments that end and begin next to a place of the witness, in the same run."""
    before = after = None
    for number, other in sorted(own.items()):
        if witness.same_run(place, other):
            if abs(place.start - other.end) <= TOUCHING:
                before = number
            if abs(other.start - place.end) <= TOUCHING:
                after = number
    return before, after
