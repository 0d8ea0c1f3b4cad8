"""Witnesses beside their leader: which place of one answers to which of the other, and rows that read across.

The variants of a witness say where it differs; between two of them both go on letter by letter.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

MOST_IN_A_ROW = 160
"""Characters after which a row ends at the next sentence's end."""


@dataclass(frozen=True)
class Run:
    """A piece of a text; `kind` is the class of the variant that it is, None where both agree."""

    text: str
    kind: str | None = None


class Witness:
    """A witness of a story, read by places of its leader's text."""

    def __init__(self, told: dict[str, Any], leader: dict[str, Any]) -> None:
        self.told = told
        self.text = str(told["text"])
        self._at = int(told["span_start"])
        self.variants = sorted(told["variants"], key=lambda each: (each["leader_start"], each["span_start"]))
        self.first = min([int(leader["span_start"]), *(each["leader_start"] for each in self.variants)])
        anchors = [(int(leader["span_start"]), self._at)] if not self.variants else []
        for each in self.variants:
            anchors += [(each["leader_start"], each["span_start"]), (each["leader_end"], each["span_end"])]
        self._anchors = anchors
        self._places = [place for place, _ in anchors]

    def place(self, leader: int) -> int:
        """The place in the witness's article that answers to one in the leader's: before what is added there."""
        end = self._at + len(self.text)
        number = bisect_left(self._places, leader)
        if number < len(self._places) and self._places[number] == leader:
            return max(self._at, min(self._anchors[number][1], end))
        number -= 1
        if number < 0:
            place, mine = self._anchors[0]
            return max(self._at, min(end, mine - (place - leader)))
        place, mine = self._anchors[number]
        stop = self._anchors[number + 1][1] if number + 1 < len(self._anchors) else end
        return max(self._at, min(mine + leader - place, stop, end))

    def runs(self, start: int, stop: int, *, final: bool = False) -> list[Run]:
        """What the witness has for a stretch of the leader's text, its variants marked.

        What is added at the very end of a stretch belongs to the next one, but for the `final` one.
        """
        here = [each for each in self.variants if start <= each["leader_start"] < stop + final]
        at = self.place(start)
        end = self._at + len(self.text) if final else max(at, self.place(stop))
        out = []
        for each in here:
            first, last = max(at, int(each["span_start"])), max(at, int(each["span_end"]))
            out += [Run(self._slice(at, first)), Run(self._slice(first, last) or "", each["class"])]
            at = last
        out.append(Run(self._slice(at, max(at, end))))
        return [run for run in out if run.text or run.kind]

    def reading(self, start: int, stop: int) -> str:
        """The text that the witness has for a stretch of the leader's, which may be empty: then what it adds there."""
        if start == stop:
            return next((v["text"] for v in self.variants if v["leader_start"] == start == v["leader_end"]), "")
        first = next((v["span_start"] for v in self.variants if v["leader_start"] == start), self.place(start))
        return self._slice(first, max(first, self.place(stop)))

    def _slice(self, start: int, stop: int) -> str:
        return self.text[max(0, start - self._at) : max(0, stop - self._at)]


def rows(leader: dict[str, Any], others: Sequence[Witness]) -> list[tuple[list[Run], list[list[Run]]]]:
    """The leader's text by sentences, each beside what every witness has for it."""
    start = min([int(leader["span_start"]), *(each.first for each in others)])
    stop = max([int(leader["span_end"]), *(v["leader_end"] for each in others for v in each.variants)])
    text = str(leader["article"])
    edges = _edges(text, start, stop, others)
    out = []
    for first, last in itertools.pairwise(edges):
        places = sorted(
            (max(first, v["leader_start"]), min(last, v["leader_end"]), v["class"])
            for each in others
            for v in each.variants
            if v["leader_start"] < last and v["leader_end"] > first
        )
        final = last == stop
        out.append((_marked(text, first, last, places), [each.runs(first, last, final=final) for each in others]))
    return out


def _marked(text: str, start: int, stop: int, places: list[tuple[int, int, str]]) -> list[Run]:
    out, at = [], start
    for first, last, kind in places:
        first = max(first, at)
        if last > first:
            out += [Run(text[at:first]), Run(text[first:last], kind)]
            at = last
    out.append(Run(text[at:stop]))
    return [run for run in out if run.text]


def _edges(text: str, start: int, stop: int, others: Sequence[Witness]) -> list[int]:
    """Where rows begin and end: at the ends of sentences that no variant goes over."""
    barred = sorted((v["leader_start"], v["leader_end"]) for each in others for v in each.variants)
    edges, at = [start], start
    for found in re.finditer(r"[。！？!?]+[”』」\"’]*|\n+|\.(?=\s)", text[start:stop]):
        place = start + found.end()
        if place - at >= MOST_IN_A_ROW or "\n" in found[0]:
            if any(low < place < high for low, high in barred) or place - at < 8:
                continue
            edges.append(place)
            at = place
    return [*edges, stop] if edges[-1] < stop else edges


def gaps(witness: Witness, leader: dict[str, Any], least: int = 8) -> list[tuple[float, float, str]]:
    """What a witness has of the leader's span, as parts of it: (from, to, what).

    What is `has`, `left out` for stretches of `least` characters or more, or the class of the variant that is there.
    """
    start, stop = int(leader["span_start"]), int(leader["span_end"])
    whole = max(1, stop - start)
    out: list[tuple[float, float, str]] = []
    at = start
    for each in witness.variants:
        first, last = max(at, each["leader_start"]), min(stop, each["leader_end"])
        if last <= first:  # what is added takes nothing away
            continue
        gone = not each["text"].strip() and last - first >= least
        if not gone and each["class"] in ("punctuation", "orthography"):
            continue
        if first > at:
            out.append(((at - start) / whole, (first - start) / whole, "has"))
        out.append(((first - start) / whole, (last - start) / whole, "left-out" if gone else each["class"]))
        at = last
    if at < stop:
        out.append(((at - start) / whole, 1.0, "has"))
    return out
