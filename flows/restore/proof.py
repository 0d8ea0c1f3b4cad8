"""What a witness proves about a page: which fragments belong together, in which order, and what is missing.

A witness is proof only within a run, a stretch that it prints without a break. What the page itself prints in one run
stands as it is printed, unless it is scattered over the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flows.restore.claims import TOUCHING, Belongings, Part
from flows.restore.locate import Location, may_stand
from flows.restore.page import Fragment, Page, Witness

_SEAMLESS = 2
"""Letters of the witness between two fragments that go on in one another: a slip of OCR."""
_EDGE = 3
"""Letters of a fragment at a seam that the witness may lack."""


class Hearing(Belongings):
    """A page while witnesses are heard. `parts` are the articles as they are proven so far."""

    def hear(self, pairs: Sequence[tuple[str, Witness]]) -> None:
        """Put right what witnesses prove of articles, the best witness first: what belongs to them, then its order."""
        for article, witness in pairs:
            if any(may_stand(each.letters, witness.letters) for each in self.foreign(article)):
                places = witness.locations(self.page)
                if own := self.own(article, witness, places):
                    self.claim(article, witness, places, own)
        for article, witness in pairs:
            if self._is_news(article, witness) and (own := self.own(article, witness, witness.locations(self.page))):
                self._reorder(article, witness, own)
                self._seams(article, witness, own)
                self._edges(article, witness, own)

    def _is_news(self, article: str, witness: Witness) -> bool:
        """Whether a witness can say anything of an article that those before it have not said."""
        silent = (part.number for part in self.parts[article] if part.witness is None and part.number is not None)
        return article in self.scattered or any(
            may_stand(self.fragment(number).letters, witness.letters) for number in silent
        )

    def changed(self, article: str) -> bool:
        """Whether an article is other than the page alone showed it."""
        parts = self.parts[article]
        before = [(number, number in self.page.joined) for number in self.page.reading[article]]
        return [(part.number, part.joined) for part in parts] != before

    # ------------------------------------------------------------ in which order

    def _reorder(self, article: str, witness: Witness, own: dict[int, Location]) -> None:
        """Put the fragments of a scattered article in the witness's order; what it lacks goes with its neighbour.

        Fragments that an earlier witness placed stay.
        """
        if article not in self.scattered:
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
        self.forget(article)
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
        upper, lower = self.fragment(before.number), self.fragment(part.number)
        if not (upper.running and lower.running) or one.tail > _EDGE or two.head > _EDGE:
            return None
        apart = two.start - one.end
        printed_together = before.number not in self.moved and part.number not in self.moved
        printed_together = printed_together and self.page.follows(before.number, part.number)
        if -_SEAMLESS <= apart <= _SEAMLESS:
            runs_on = witness.one_paragraph(one.end - 1, two.start)
            if runs_on and (part.joined or _goes_on(upper) or not printed_together):
                part.joined = True
                part.proves.add("join")
            return None
        if apart <= TOUCHING or not (part.joined or _goes_on(upper)):
            return None
        gap = Part(None, witness.one_paragraph(one.end - 1, one.end), {"gap"}, witness, (one.end, two.start))
        part.joined = witness.one_paragraph(two.start - 1, two.start)
        return gap

    def _edges(self, article: str, witness: Witness, own: dict[int, Location]) -> None:
        """What stands in the witness before an article that begins elsewhere, or after one that goes on elsewhere."""
        parts = self.parts[article]
        running = [p for p, part in enumerate(parts) if part.number is not None and self.fragment(part.number).running]
        if not running:
            return
        jumps = [each for each in self.page.fragments if each.kind == "jump" and each.article_id == article]
        last, first = parts[running[-1]], parts[running[0]]
        assert first.number is not None
        assert last.number is not None
        if last.number in own and last.witness is witness and all(p.number is not None for p in parts[running[-1] :]):
            at, fragment = own[last.number], self.fragment(last.number)
            end = witness.closing(at.end - 1)
            told = fragment.cut or any(each.jumps_out and each.number > fragment.number for each in jumps)
            if told and at.tail <= TOUCHING and end - at.end > TOUCHING:
                joined = witness.one_paragraph(at.end - 1, at.end)
                parts.insert(running[-1] + 1, Part(None, joined, {"gap"}, witness, (at.end, end), article))
        if first.number in own and first.witness is witness and all(p.number is not None for p in parts[: running[0]]):
            at, fragment = own[first.number], self.fragment(first.number)
            start = witness.opening(at.start)
            told = fragment.jumps_in or any(each.jumps_in and each.number < fragment.number for each in jumps)
            if told and at.head <= TOUCHING and at.start - start > TOUCHING:
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
