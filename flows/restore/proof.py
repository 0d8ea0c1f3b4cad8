"""What a witness proves about a page: which fragments belong together, in which order, and what is missing.

A witness is proof only within a run, a stretch that it prints without a break. What the page itself prints in one run
stands as it is printed, unless it is scattered over the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from flows.restore.locate import Location
from flows.restore.page import Fragment, Page, Witness

_OWN_ALIKE, _OWN_SHARE = 0.7, 0.5
"""Likeness to the witness, and share of its letters, from which a fragment of the article counts as found there."""
_FOREIGN_ALIKE, _FOREIGN_SHARE = 0.85, 0.85
"""The same for a fragment that stands elsewhere on the page."""
_FOREIGN_LETTERS, _FOREIGN_LETTERS_ALPHABETIC = 12, 30
"""Letters below which a fragment that stands elsewhere may be found by chance."""
_TOUCHING = 12
"""Letters of the witness between two fragments that are next to each other."""
_SEAMLESS = 2
"""Letters of the witness between two fragments that go on in one another: a slip of OCR."""
_EDGE = 3
"""Letters of a fragment at a seam that the witness may lack."""
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


class Hearing:
    """A page while witnesses are heard. `parts` are the articles as they are proven so far."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.parts = {
            article: [Part(number, number in page.joined) for number in numbers]
            for article, numbers in page.reading.items()
        }
        self._scattered = {article for article, numbers in page.reading.items() if not page.in_one_run(numbers)}
        self._moved: set[int] = set()

    def hear(self, pairs: Sequence[tuple[str, Witness]]) -> None:
        """Put right what witnesses prove of articles, the best witness first: what belongs to them, then its order."""
        for article, witness in pairs:
            places = witness.locations(self.page)
            if own := self._own(article, witness, places):
                self._claim(article, witness, places, own)
        for article, witness in pairs:
            if own := self._own(article, witness, witness.locations(self.page)):
                self._reorder(article, witness, own)
                self._seams(article, witness, own)
                self._edges(article, witness, own)

    def changed(self, article: str) -> bool:
        """Whether an article is other than the page alone showed it."""
        parts = self.parts[article]
        before = [(number, number in self.page.joined) for number in self.page.reading[article]]
        return [(part.number, part.joined) for part in parts] != before

    # ------------------------------------------------------------ which fragments

    def _fragment(self, number: int) -> Fragment:
        return self.page.fragments[number]

    def _own(self, article: str, witness: Witness, places: dict[int, Location]) -> dict[int, Location]:
        """The article's fragments that stand in the witness, without those on a place that a longer one holds."""
        found = []
        for part in self.parts[article]:
            if part.number is not None and (place := places.get(part.number)):
                share = 1 - (place.head + place.tail) / max(1, len(self._fragment(part.number).letters))
                if place.alike >= _OWN_ALIKE and share >= _OWN_SHARE:
                    found.append((part.number, place))
        own: dict[int, Location] = {}
        for number, place in sorted(found, key=lambda each: (-each[1].length, each[0])):
            if all(place.overlap(other) <= _COVERED * place.length for other in own.values()):
                own[number] = place
        self._fit(article, witness, own)
        return own

    def _fit(self, article: str, witness: Witness, own: dict[int, Location]) -> None:
        """Add fragments too short, or too common, to be looked up, that stand letter for letter next to a neighbour."""
        numbers = [part.number for part in self.parts[article] if part.number is not None]
        for before, number in pairwise(numbers):
            if number not in own and before in own:
                self._fit_at(number, own[before].end, witness, own)
        for number, after in reversed(list(pairwise(numbers))):
            if number not in own and after in own:
                self._fit_at(number, own[after].start - len(self._fragment(number).letters), witness, own)

    def _fit_at(self, number: int, start: int, witness: Witness, own: dict[int, Location]) -> None:
        letters = self._fragment(number).letters
        place = Location(start, start + len(letters), 0, 0, 1.0)
        free = letters and start >= 0 and not any(place.overlap(other) for other in own.values())
        if free and witness.letters.startswith(letters, start):
            own[number] = place

    def _claim(self, article: str, witness: Witness, places: dict[int, Location], own: dict[int, Location]) -> None:
        """Move fragments here that stand elsewhere on the page and in the witness next to those of the article.

        Only the article that carries most of the witness claims, of those that begin with it. A fragment is moved where
        something is broken: it is the page's own, or it is printed next to the one that it follows on, or the text is
        cut at the place, or it does not stand alone: a sidebar quotes a paragraph, and a column goes on with several.
        """
        if max(self.page.articles, key=lambda other: self._carries(other, witness, places)) != article:
            return
        wanted = [each for each in self.page.fragments if self._may_be_claimed(each, article, places)]
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
        own = self._own(article, witness, places)
        running = (part.number for part in self.parts[article] if part.number is not None)
        first = next((number for number in running if self._fragment(number).running), None)
        letters = sum(place.length for place in own.values())
        return first in own, letters, -self.page.articles.index(article)

    def _may_be_claimed(self, each: Fragment, article: str, places: dict[int, Location]) -> bool:
        place = places.get(each.number)
        if place is None or each.duplicate or each.number in self._moved or each.kind in ("headline", "caption"):
            return False
        if any(part.number == each.number for part in self.parts[article]):
            return False
        share = 1 - (place.head + place.tail) / len(each.letters)
        least = _FOREIGN_LETTERS_ALPHABETIC if each.alphabetic else _FOREIGN_LETTERS
        return len(each.letters) >= least and place.alike >= _FOREIGN_ALIKE and share >= _FOREIGN_SHARE

    def _is_broken(self, each: Fragment, before: int | None, after: int | None) -> bool:
        """Whether the page gives reason to move a fragment between two others of which one may be None."""
        if each.article_id is None:
            return True
        if before is not None and (self.page.follows(before, each.number) or self._fragment(before).cut):
            return True
        if after is not None and (self.page.follows(each.number, after) or each.cut):
            return True
        numbers = [part.number for part in self.parts[each.article_id]]
        at = numbers.index(each.number)
        above = numbers[at - 1] if at else None
        return above is not None and self._fragment(above).cut

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
                if witness.same_run(one, two) and abs(two.start - one.end) <= _TOUCHING and place in (one, two):
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
        self._moved.add(each.number)
        self._scattered.add(article)

    def _leave(self, article: str, number: int) -> None:
        """Take a fragment out of the article that the page alone put it in."""
        parts = self.parts[article]
        at = next(place for place, part in enumerate(parts) if part.number == number)
        del parts[at]
        if at < len(parts):
            parts[at].joined = False

    # ------------------------------------------------------------ in which order

    def _reorder(self, article: str, witness: Witness, own: dict[int, Location]) -> None:
        """Put the fragments of a scattered article in the witness's order; what it lacks goes with its neighbour.

        Fragments that an earlier witness placed stay.
        """
        if article not in self._scattered:
            return
        parts = self.parts[article]
        groups = _groups(self.page, parts, own)
        free = [
            (place, group)
            for place, group in enumerate(groups)
            if group.place is not None and group.main.witness in (None, witness)
        ]
        by_run: dict[int, list[tuple[int, _Group]]] = {}
        for place, group in free:
            assert group.place is not None
            if witness.run(group.place.start) == witness.run(group.place.end - 1):
                by_run.setdefault(witness.run(group.place.start), []).append((place, group))
        for members in by_run.values():
            ordered = sorted(members, key=lambda each: (each[1].place.start if each[1].place else 0, each[0]))
            for (place, _), (_, group) in zip(members, ordered, strict=True):
                groups[place] = group
        before = {part.number: number for number, part in _followed(parts)}
        self.parts[article] = parts = [part for group in groups for part in group.parts]
        for number, part in _followed(parts):
            if part.number is not None and before.get(part.number) != number:
                part.joined = False

    # ------------------------------------------------------------ seams and gaps

    def _seams(self, article: str, witness: Witness, own: dict[int, Location]) -> None:
        """Between two fragments: whether they are one paragraph, and what is missing where the text is cut."""
        parts = self.parts[article]
        place = 0
        while place < len(parts):
            part = parts[place]
            number = part.number
            if number is not None and number in own:
                at = own[number]
                part.attest(witness, (at.start, at.end), article)
                before = parts[place - 1] if place else None
                if before is not None and before.number is not None and before.number in own:
                    gap = self._seam(before, part, witness, own)
                    if gap is not None:
                        gap.claimant = article
                        parts.insert(place, gap)
                        place += 1
            place += 1

    def _seam(self, before: Part, part: Part, witness: Witness, own: dict[int, Location]) -> Part | None:
        """What one witness proves of two fragments that follow on each other; the gap between them, if there is one."""
        assert before.number is not None
        assert part.number is not None
        one, two = own[before.number], own[part.number]
        if not witness.same_run(one, two) or two.start < one.start or part.witness is not witness:
            return None
        part.proves.add("order")
        upper, lower = self._fragment(before.number), self._fragment(part.number)
        if not (upper.running and lower.running) or one.tail > _EDGE or two.head > _EDGE:
            return None
        apart = two.start - one.end
        printed_together = before.number not in self._moved and part.number not in self._moved
        printed_together = printed_together and self.page.follows(before.number, part.number)
        if -_SEAMLESS <= apart <= _SEAMLESS:
            runs_on = witness.one_paragraph(one.end - 1, two.start)
            if runs_on and (part.joined or _goes_on(upper) or not printed_together):
                part.joined = True
                part.proves.add("join")
            return None
        if apart <= _TOUCHING or not (part.joined or _goes_on(upper)):
            return None
        gap = Part(None, witness.one_paragraph(one.end - 1, one.end), {"gap"}, witness, (one.end, two.start))
        part.joined = witness.one_paragraph(two.start - 1, two.start)
        return gap

    def _edges(self, article: str, witness: Witness, own: dict[int, Location]) -> None:
        """What stands in the witness before an article that begins elsewhere, or after one that goes on elsewhere."""
        parts = self.parts[article]
        running = [p for p, part in enumerate(parts) if part.number is not None and self._fragment(part.number).running]
        if not running:
            return
        jumps = [each for each in self.page.fragments if each.kind == "jump" and each.article_id == article]
        last, first = parts[running[-1]], parts[running[0]]
        assert first.number is not None
        assert last.number is not None
        if last.number in own and last.witness is witness and all(p.number is not None for p in parts[running[-1] :]):
            at, fragment = own[last.number], self._fragment(last.number)
            end = witness.closing(at.end - 1)
            told = fragment.cut or any(each.jumps_out and each.number > fragment.number for each in jumps)
            if told and at.tail <= _TOUCHING and end - at.end > _TOUCHING:
                joined = witness.one_paragraph(at.end - 1, at.end)
                parts.insert(running[-1] + 1, Part(None, joined, {"gap"}, witness, (at.end, end), article))
        if first.number in own and first.witness is witness and all(p.number is not None for p in parts[: running[0]]):
            at, fragment = own[first.number], self._fragment(first.number)
            start = witness.opening(at.start)
            told = fragment.jumps_in or any(each.jumps_in and each.number < fragment.number for each in jumps)
            if told and at.head <= _TOUCHING and at.start - start > _TOUCHING:
                first.joined = witness.one_paragraph(at.start - 1, at.start)
                parts.insert(running[0], Part(None, False, {"gap"}, witness, (start, at.start), article))


@dataclass(slots=True)
class _Group:
    """A fragment that the witness has, at `place`, with those beside it that go where it goes."""

    parts: list[Part]
    main: Part
    place: Location | None


def _groups(page: Page, parts: list[Part], own: dict[int, Location]) -> list[_Group]:
    """The parts in groups: headlines go with the text below them, all else with the text above. What stands before
    the first fragment that the witness has, as the article's own headline, keeps its place."""
    groups: list[_Group] = []
    waiting: list[Part] = []
    for part in parts:
        place = own.get(part.number) if part.number is not None else None
        if place is not None:
            if not groups and waiting:
                groups.append(_Group(waiting, waiting[0], None))
                waiting = []
            groups.append(_Group([*waiting, part], part, place))
            waiting = []
        elif waiting or not groups or (part.number is not None and page.fragments[part.number].kind == "headline"):
            waiting.append(part)
        else:
            groups[-1].parts.append(part)
    if waiting:
        groups.append(_Group(waiting, waiting[0], None))
    return groups


def _followed(parts: list[Part]) -> Iterator[tuple[int | None, Part]]:
    """Each part with the number of the one before it."""
    before: int | None = None
    for part in parts:
        yield before, part
        before = part.number


def _goes_on(upper: Fragment) -> bool:
    return upper.cut and not upper.jumps_out


def _neighbours(place: Location, own: dict[int, Location], witness: Witness) -> tuple[int | None, int | None]:
    """The fragments that end and begin next to a place of the witness, in the same run."""
    before = after = None
    for number, other in sorted(own.items()):
        if witness.same_run(place, other):
            if abs(place.start - other.end) <= _TOUCHING:
                before = number
            if abs(other.start - place.end) <= _TOUCHING:
                after = number
    return before, after
