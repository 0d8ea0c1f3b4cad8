"""Texts and fingerprints of all articles, as the matcher asks for them.

Articles are numbered in order of arrival; a number is an address, and no result depends on it. Those that arrived
together lie in a segment; segments that are kept are packed, those that the run writes are wide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from flows.match.align.candidates import Ints
from flows.match.align.chain import ranges
from flows.match.arrays import distinct
from flows.match.fold import Codes, slices
from flows.match.isolate import Culprit, halved
from flows.match.segment import Held, Origins, Segment, Wide, joined, prepared
from flows.match.winnow import Hashes, Positions

_SAMPLES = 64
"""Fingerprints looked at for each bucket that they are parted into."""


def _isolated(rows: pa.Array, first: int, culprit: Culprit) -> Iterator[Held]:
    """Texts prepared, those that raise as if they were empty."""
    good = np.ones(len(rows), np.bool_)

    def note(row: int, error: Exception) -> None:
        good[row] = False
        culprit(first + row, error)

    parts = list(halved(lambda start, stop: prepared(rows.slice(start, stop - start)), 0, len(rows), note))
    yield from parts if good.all() else [prepared(pc.if_else(pa.array(good), rows, ""))]


def write_segments(folder: Path, first: int, texts: Iterable[pa.Array], limit: int, culprit: Culprit) -> Iterator[Wide]:
    """Fold and fingerprint texts, numbered from `first` on, into folders in `folder`; a new segment after every `limit`
    letters.

    `culprit` is told of each text that cannot be; it is kept as if it were empty.
    """
    parts: list[Held] = []
    rows = letters = 0
    start = first

    def finish() -> Wide:
        return Wide.write(folder / str(start), start, joined(parts))

    for column in texts:
        for some in slices(column):
            for new in _isolated(some, start + rows - first, culprit):
                parts.append(new)
                letters += len(new.codes)
            rows += len(some)
            if letters >= limit:
                yield finish()
                parts, start, rows, letters = [], start + rows, 0, 0
    if rows:
        yield finish()


Part = TypeVar("Part")


class Store:
    """All segments as one sequence of articles."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.segments = list(segments)
        self._asked: Hashes | None = None
        self._answer: list[tuple[Ints, Ints]] = []
        self.starts = np.array([segment.first for segment in segments], np.int64)
        self.size = segments[-1].first + segments[-1].rows if segments else 0

    def lengths(self) -> Ints:
        """Letters of every article."""
        return np.concatenate([np.zeros(0, np.int64), *(segment.lengths for segment in self.segments)])

    def raw_lengths(self) -> Ints:
        """Code points of the text of every article."""
        return np.concatenate([np.zeros(0, np.int64), *(segment.raw_lengths for segment in self.segments)])

    def _runs_of(self, articles: Ints, take: Callable[[Segment, Ints], Part]) -> list[Part]:
        """What is taken of the segments for articles in a row that lie in one."""
        number = np.searchsorted(self.starts, articles, "right") - 1
        step = (np.flatnonzero(np.diff(number)) + 1).tolist()
        runs = zip([0, *step], [*step, len(articles)], strict=True) if len(articles) else ()
        segments = ((self.segments[int(number[start])], start, stop) for start, stop in runs)
        return [take(segment, articles[start:stop] - segment.first) for segment, start, stop in segments]

    def _joined(self, articles: Ints, take: Callable[[Segment, Ints], NDArray[Any]], kind: type) -> NDArray[Any]:
        return np.concatenate([np.zeros(0, kind), *self._runs_of(articles, take)])

    def text(self, article: int) -> bytes:
        """An article's text in UTF-8."""
        ((text,),) = self._runs_of(np.array([article]), lambda segment, rows: segment.texts(rows))
        return text

    def codes(self, article: int) -> Codes:
        """The letters of an article."""
        return self.letters(np.array([article]))[0]

    def printed(self, articles: Ints, letters: Ints) -> Ints:
        """The code point that each letter came from: letter `letters[i]` of article `articles[i]`."""
        result = np.zeros(len(articles), np.int64)
        number = np.searchsorted(self.starts, articles, "right") - 1
        for place in distinct(number).tolist():
            segment = self.segments[place]
            here = np.flatnonzero(number == place)
            result[here] = segment.printed(articles[here] - segment.first, letters[here])
        return result

    def letters(self, articles: Ints) -> tuple[Codes, Ints]:
        """The letters of articles end to end, and their bounds."""
        codes = self._joined(articles, lambda segment, rows: segment.codes(rows), np.uint32)
        return codes, _bounds(self._of(articles, "lengths"))

    def texts(self, articles: Ints) -> tuple[Codes, Ints]:
        """The code points of the texts of articles end to end, and their bounds."""
        raw = self._joined(articles, lambda segment, rows: segment.raw(rows), np.uint32)
        return raw, _bounds(self._of(articles, "raw_lengths"))

    def origins(self, articles: Ints) -> tuple[Origins, Ints]:
        """For each letter of articles the code point of its text that it came from, and the bounds of the letters."""
        origin = self._joined(articles, lambda segment, rows: segment.origin(rows), np.int32)
        return origin, _bounds(self._of(articles, "lengths"))

    def _of(self, articles: Ints, name: str) -> Ints:
        return self._joined(articles, lambda segment, rows: getattr(segment, name)[rows], np.int64)

    def fingerprints(self, articles: Ints) -> tuple[Hashes, Positions, Ints]:
        """The fingerprints of articles end to end, their places, and their bounds."""
        parts = self._runs_of(articles, lambda segment, rows: segment.fingerprints(rows))
        hashes = np.concatenate([np.zeros(0, np.uint64), *(part for part, _, _ in parts)])
        positions = np.concatenate([np.zeros(0, np.int32), *(part for _, part, _ in parts)])
        return hashes, positions, _bounds(np.concatenate([np.zeros(0, np.int64), *(part for _, _, part in parts)]))

    def frequencies(self, hashes: Hashes) -> Ints:
        """How many postings each of the fingerprints given (ascending) has."""
        return sum((count for _, count in self._runs(hashes)), np.zeros(len(hashes), np.int64))

    def _runs(self, hashes: Hashes) -> list[tuple[Ints, Ints]]:
        """Where fingerprints stand in the index of each segment; remembered, as they are counted, then read."""
        if self._asked is not hashes:
            self._asked, self._answer = hashes, [segment.found(hashes) for segment in self.segments]
        return self._answer

    @property
    def postings(self) -> int:
        """How many postings there are."""
        return sum(segment.postings for segment in self.segments)

    def edges(self, buckets: int) -> Hashes:
        """The fingerprints that part all postings into about so many buckets of about a size, ascending.

        Fingerprints are the smallest of their windows, so most are small: the edges are told from a sample of them.
        """
        step = max(1, self.postings // (_SAMPLES * buckets))
        sample = np.sort(np.concatenate([np.zeros(0, np.uint64), *(each.sample(step) for each in self.segments)]))
        return distinct(sample[np.arange(1, buckets) * len(sample) // buckets]) if len(sample) else sample

    def bucket(self, start: int, stop: int) -> tuple[Ints, Positions, Hashes]:
        """Article, place and fingerprint of the postings of fingerprints from `start` to before `stop`, in order."""
        return self._indexed([np.arange(*segment.between(start, stop)) for segment in self.segments])

    def holders(self, hashes: Hashes | None, least: int = 1) -> tuple[Ints, Positions, Hashes]:
        """Article, place and fingerprint of all postings of the fingerprints given (ascending); of all, for None.

        Of the fingerprints given those with less than `least` postings are left out.
        """
        if hashes is None:
            return self._indexed([None] * len(self.segments))
        runs = self._runs(hashes)
        often = sum((count for _, count in runs), np.zeros(len(hashes), np.int64)) >= least
        return self._indexed([ranges(start[often], count[often]) for start, count in runs])

    def _indexed(self, places: Sequence[Ints | None]) -> tuple[Ints, Positions, Hashes]:
        """Article, place and fingerprint of the postings at places of the index of each segment."""
        articles, positions, values = [np.zeros(0, np.int64)], [np.zeros(0, np.int32)], [np.zeros(0, np.uint64)]
        for segment, some in zip(self.segments, places, strict=True):
            if some is None or len(some):
                row, position, value = segment.indexed(some)
                articles.append(segment.first + row)
                positions.append(position)
                values.append(value)
        return np.concatenate(articles), np.concatenate(positions), np.concatenate(values)


def _bounds(lengths: Ints) -> Ints:
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
