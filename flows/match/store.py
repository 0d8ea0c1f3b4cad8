"""Texts on disk as the matcher needs them: letters, ways back, fingerprints and an index of them.

A segment holds the articles that arrived together, as flat arrays that are mapped, not read, and never change once
written. Articles are numbered in order of arrival; a number is an address, and no result depends on it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from flows.match import checks
from flows.match.align.candidates import Ints
from flows.match.align.chain import ranges
from flows.match.arrays import distinct
from flows.match.fold import Codes, fold_rows, slices
from flows.match.isolate import Culprit, halved
from flows.match.shelf import Shelf
from flows.match.winnow import HASH_BITS, Hashes, Positions, winnow

INDEX_BITS = 64 - HASH_BITS
"""Bits of a word of the index that number the posting; so many postings has a segment at most."""
MOST_LETTERS = 1 << 23
"""Letters of an article that are matched; what lies beyond, in an article of eight million letters, is not."""
_SAMPLES = 64
"""Fingerprints looked at for each bucket that they are parted into."""
ARRAYS = (
    "raw",
    "raw_bounds",
    "codes",
    "bounds",
    "origin",
    "hash",
    "position",
    "posting_bounds",
    "owner",
    "index",
)
"""The files of a segment."""

_TYPES: dict[str, Any] = {
    "raw": np.uint32,
    "codes": np.uint32,
    "origin": np.int32,
    "hash": np.uint64,
    "position": np.int32,
}


def _bounds(lengths: Sequence[Ints]) -> Ints:
    return np.concatenate([[0], np.cumsum(np.concatenate(lengths))]) if lengths else np.zeros(1, np.int64)


@dataclass(frozen=True)
class Segment:
    """A folder of arrays; row i is article `first + i`."""

    folder: Path
    first: int
    rows: int

    def _array(self, name: str) -> NDArray[np.generic]:
        path = self.folder / f"{name}.npy"
        # An empty array cannot be mapped. As a plain array it is sliced at a third of what a memmap object costs.
        return np.asarray(np.load(path, mmap_mode="r" if os.path.getsize(path) > 128 else None))

    @cached_property
    def raw(self) -> Codes:
        """The code points of the texts."""
        return self._array("raw")  # type: ignore[return-value]

    @cached_property
    def raw_bounds(self) -> Ints:
        return self._array("raw_bounds")  # type: ignore[return-value]

    @cached_property
    def codes(self) -> Codes:
        """The folded letters."""
        return self._array("codes")  # type: ignore[return-value]

    @cached_property
    def bounds(self) -> Ints:
        return self._array("bounds")  # type: ignore[return-value]

    @cached_property
    def origin(self) -> NDArray[np.int32]:
        """For each letter the code point of its text that it came from."""
        return self._array("origin")  # type: ignore[return-value]

    @cached_property
    def hash(self) -> Hashes:
        return self._array("hash")  # type: ignore[return-value]

    @cached_property
    def position(self) -> Positions:
        return self._array("position")  # type: ignore[return-value]

    @cached_property
    def posting_bounds(self) -> Ints:
        return self._array("posting_bounds")  # type: ignore[return-value]

    @cached_property
    def owner(self) -> NDArray[np.int32]:
        """The row of the article that holds each fingerprint."""
        return self._array("owner")  # type: ignore[return-value]

    @cached_property
    def index(self) -> Hashes:
        """Fingerprints packed with the numbers of their postings, ascending."""
        return self._array("index")  # type: ignore[return-value]

    def found(self, hashes: Hashes) -> tuple[Ints, Ints]:
        """Where the postings of fingerprints (ascending) start in the index, and how many there are of each."""
        shift = np.uint64(INDEX_BITS)
        first = np.searchsorted(self.index, hashes << shift)
        return first, np.searchsorted(self.index, (hashes + np.uint64(1)) << shift) - first

    def postings(self, starts: Ints, counts: Ints) -> Ints:
        """The numbers of the postings in runs of the index."""
        held = self.index[ranges(starts, counts)]
        return (held & np.uint64((1 << INDEX_BITS) - 1)).astype(np.int64)

    def article_of(self, posting: Ints) -> Ints:
        """The articles that hold postings."""
        return self.first + self.owner[posting].astype(np.int64)


def _write(folder: Path, arrays: dict[str, NDArray[np.generic]]) -> None:
    hashes = arrays["hash"].astype(np.uint64)
    packed = (hashes << np.uint64(INDEX_BITS)) | np.arange(len(hashes), dtype=np.uint64)
    arrays["index"] = np.sort(packed)
    bounds = arrays["posting_bounds"].astype(np.int64)
    arrays["owner"] = np.repeat(np.arange(len(bounds) - 1, dtype=np.int32), bounds[1:] - bounds[:-1])
    for name in ARRAYS:
        np.save(folder / f"{name}.npy", arrays[name])


def _place(shelf: Shelf, first: int, rows: int, arrays: dict[str, NDArray[np.generic]]) -> Segment:
    """Keep a segment under a name that its content gives."""
    digest = hashlib.sha256(f"{first} {rows}".encode())
    for name in ("raw", "raw_bounds", "bounds"):
        digest.update(np.ascontiguousarray(arrays[name]).data)
    name = f"segment-{digest.hexdigest()[:16]}"
    if not checks.intact(shelf.local(name)):
        shelf.delete(name)
        with shelf.making(name) as building:
            building.mkdir()
            _write(building, arrays)
            checks.note(building)
    return Segment(shelf.local(name), first, rows)


Parts = dict[str, NDArray[np.generic]]


def _prepared(rows: pa.Array) -> Parts:
    """Texts folded and fingerprinted; what bounds them is told as lengths."""
    folded = fold_rows(rows)
    chars = pc.utf8_length(rows).to_numpy(zero_copy_only=False).astype(np.int64)
    raw = np.frombuffer("".join(rows.to_pylist()).encode("utf-32-le"), np.uint32)
    bounds, position, hashes = winnow(folded.codes, folded.bounds)
    within = position < MOST_LETTERS
    bounds = np.concatenate([[0], np.cumsum(within)])[bounds]
    return {
        "raw": raw,
        "raw_bounds": chars,
        "codes": folded.codes,
        "bounds": np.diff(folded.bounds),
        "origin": folded.origin,
        "hash": hashes[within],
        "position": position[within],
        "posting_bounds": np.diff(bounds),
    }


def _isolated(rows: pa.Array, first: int, culprit: Culprit) -> Iterator[Parts]:
    """Texts prepared, those that raise as if they were empty."""
    good = np.ones(len(rows), np.bool_)

    def note(row: int, error: Exception) -> None:
        good[row] = False
        culprit(first + row, error)

    prepared = list(halved(lambda start, stop: _prepared(rows.slice(start, stop - start)), 0, len(rows), note))
    yield from prepared if good.all() else [_prepared(pc.if_else(pa.array(good), rows, ""))]


def write_segments(
    shelf: Shelf, first: int, texts: Iterable[pa.Array], limit: int, culprit: Culprit
) -> Iterator[Segment]:
    """Fold and fingerprint texts, numbered from `first` on; a new segment after every `limit` letters.

    `culprit` is told of each text that cannot be; it is kept as if it were empty.
    """
    parts: dict[str, list[NDArray[np.generic]]] = {}
    rows = letters = 0
    start = first

    def finish() -> Segment:
        arrays = {name: np.concatenate(values) for name, values in parts.items()}
        for name in ("raw_bounds", "bounds", "posting_bounds"):
            arrays[name] = np.concatenate([[0], np.cumsum(arrays[name])])
        return _place(shelf, start, rows, arrays)

    for column in texts:
        for some in slices(column):
            for new in _isolated(some, start + rows - first, culprit):
                for name, value in new.items():
                    parts.setdefault(name, []).append(value)
                letters += len(new["codes"])
            rows += len(some)
            if letters >= limit:
                yield finish()
                parts, start, rows, letters = {}, start + rows, 0, 0
    if rows:
        yield finish()


def merge(shelf: Shelf, left: Segment, right: Segment) -> Segment:
    """One segment of two that follow one another."""
    arrays: dict[str, NDArray[np.generic]] = {}
    for name in ("raw", "codes", "origin", "hash", "position"):
        arrays[name] = np.concatenate([getattr(left, name), getattr(right, name)])
    for name in ("raw_bounds", "bounds", "posting_bounds"):
        one, two = getattr(left, name), getattr(right, name)
        arrays[name] = np.concatenate([one, two[1:] + one[-1]])
    return _place(shelf, left.first, left.rows + right.rows, arrays)


def without(shelf: Shelf, segment: Segment, kept: NDArray[np.bool_], first: int) -> Segment:
    """A segment of those articles of another that are kept, numbered from `first` on."""
    row = np.flatnonzero(kept)
    arrays: dict[str, NDArray[np.generic]] = {}
    for bounds, names in (
        ("raw_bounds", ("raw",)),
        ("bounds", ("codes", "origin")),
        ("posting_bounds", ("hash", "position")),
    ):
        edges = getattr(segment, bounds)
        size = edges[row + 1] - edges[row]
        index = ranges(edges[row], size)
        arrays |= {name: getattr(segment, name)[index] for name in names}
        arrays[bounds] = _bounds([size])
    return _place(shelf, first, len(row), arrays)


class Store:
    """All segments as one sequence of articles."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.segments = list(segments)
        self._asked: Hashes | None = None
        self._answer: list[tuple[Ints, Ints]] = []
        self.starts = np.array([segment.first for segment in segments], np.int64)
        self.size = segments[-1].first + segments[-1].rows if segments else 0

    def _where(self, article: int) -> tuple[Segment, int]:
        segment = self.segments[int(np.searchsorted(self.starts, article, "right")) - 1]
        return segment, article - segment.first

    def lengths(self) -> Ints:
        """Letters of every article."""
        return np.concatenate([np.diff(segment.bounds) for segment in self.segments] or [np.zeros(0, np.int64)])

    def codes(self, article: int) -> Codes:
        segment, row = self._where(article)
        return segment.codes[segment.bounds[row] : segment.bounds[row + 1]]

    def origin(self, article: int) -> NDArray[np.int32]:
        segment, row = self._where(article)
        return segment.origin[segment.bounds[row] : segment.bounds[row + 1]]

    def raw(self, article: int) -> Codes:
        """The code points of an article's text."""
        segment, row = self._where(article)
        return segment.raw[segment.raw_bounds[row] : segment.raw_bounds[row + 1]]

    def printed(self, articles: Ints, letters: Ints) -> Ints:
        """The code point that each letter came from: letter `letters[i]` of article `articles[i]`."""
        result = np.zeros(len(articles), np.int64)
        number = np.searchsorted(self.starts, articles, "right") - 1
        for place in distinct(number).tolist():
            segment = self.segments[place]
            here = np.flatnonzero(number == place)
            result[here] = segment.origin[segment.bounds[articles[here] - segment.first] + letters[here]]
        return result

    def _gathered(self, articles: Ints, bounds: str, names: Sequence[str]) -> tuple[list[NDArray[np.generic]], Ints]:
        """What the arrays `names` hold of articles, end to end, and the bounds."""
        number = np.searchsorted(self.starts, articles, "right") - 1
        step = np.flatnonzero(np.diff(number)) + 1
        runs = zip([0, *step.tolist()], [*step.tolist(), len(articles)], strict=True) if len(articles) else ()
        parts: list[list[NDArray[np.generic]]] = [[] for _ in names]
        lengths = [np.zeros(0, np.int64)]
        for start, stop in runs:
            segment = self.segments[int(number[start])]
            row, edges = articles[start:stop] - segment.first, getattr(segment, bounds)
            first, count = edges[row], edges[row + 1] - edges[row]
            lengths.append(count)
            together = int(row[-1]) - int(row[0]) == len(row) - 1 and bool((row[1:] > row[:-1]).all())
            index = slice(int(first[0]), int(edges[row[-1] + 1])) if together else ranges(first, count)
            for part, name in zip(parts, names, strict=True):
                part.append(getattr(segment, name)[index])
        empty = [np.zeros(0, _TYPES[name]) for name in names]
        return [np.concatenate([none, *part]) for none, part in zip(empty, parts, strict=True)], _bounds(lengths)

    def _joined(self, articles: Ints, bounds: str, name: str) -> tuple[NDArray[Any], Ints]:
        """An array's parts for articles, slice by slice: long ones are faster copied than gathered."""
        number = np.searchsorted(self.starts, articles, "right") - 1
        edges = [getattr(segment, bounds) for segment in self.segments]
        values = [getattr(segment, name) for segment in self.segments]
        parts = [np.zeros(0, _TYPES[name])]
        for place, row in zip(number.tolist(), (articles - self.starts[number]).tolist(), strict=True):
            parts.append(values[place][edges[place][row] : edges[place][row + 1]])
        return np.concatenate(parts), _bounds([np.array([len(part) for part in parts[1:]], np.int64)])

    def letters(self, articles: Ints) -> tuple[Codes, Ints]:
        """The letters of articles end to end, and their bounds."""
        return self._joined(articles, "bounds", "codes")

    def texts(self, articles: Ints) -> tuple[Codes, Ints]:
        """The code points of the texts of articles end to end, and their bounds."""
        return self._joined(articles, "raw_bounds", "raw")

    def origins(self, articles: Ints) -> tuple[NDArray[np.int32], Ints]:
        """For each letter of articles the code point of its text that it came from, and the bounds of the letters."""
        return self._joined(articles, "bounds", "origin")

    def fingerprints(self, articles: Ints) -> tuple[Hashes, Positions, Ints]:
        """The fingerprints of articles end to end, their places, and their bounds."""
        (hashes, positions), bounds = self._gathered(articles, "posting_bounds", ("hash", "position"))
        return hashes, positions, bounds  # type: ignore[return-value]

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
        return sum(len(segment.hash) for segment in self.segments)

    def edges(self, buckets: int) -> Hashes:
        """The fingerprints that part all postings into about so many buckets of about a size, ascending.

        Fingerprints are the smallest of their windows, so most are small: the edges are told from a sample of them.
        """
        shift = np.uint64(INDEX_BITS)
        step = max(1, self.postings // (_SAMPLES * buckets))
        sample = np.sort(
            np.concatenate([np.zeros(0, np.uint64), *(each.index[::step] >> shift for each in self.segments)])
        )
        return distinct(sample[np.arange(1, buckets) * len(sample) // buckets]) if len(sample) else sample

    def bucket(self, start: int, stop: int) -> tuple[Ints, Positions, Hashes]:
        """Article, place and fingerprint of the postings of fingerprints from `start` to before `stop`, in order."""
        articles, positions, values = [np.zeros(0, np.int64)], [np.zeros(0, np.int32)], [np.zeros(0, np.uint64)]
        for segment in self.segments:
            # The last bucket ends where the bits of a fingerprint do: its end would not fit in a word.
            first = int(np.searchsorted(segment.index, np.uint64(start << INDEX_BITS)))
            last = len(segment.index)
            if stop < 1 << HASH_BITS:
                last = int(np.searchsorted(segment.index, np.uint64(stop << INDEX_BITS)))
            posting = np.sort(segment.postings(np.array([first]), np.array([last - first])))
            articles.append(segment.article_of(posting))
            positions.append(segment.position[posting])
            values.append(segment.hash[posting])
        return np.concatenate(articles), np.concatenate(positions), np.concatenate(values)

    def holders(self, hashes: Hashes | None, least: int = 1) -> tuple[Ints, Positions, Hashes]:
        """Article, place and fingerprint of all postings of the fingerprints given (ascending); of all, for None.

        Of the fingerprints given those with less than `least` postings are left out.
        """
        runs = self._runs(hashes) if hashes is not None else []
        often = sum((count for _, count in runs), np.zeros(0 if hashes is None else len(hashes), np.int64)) >= least
        articles, positions, values = [np.zeros(0, np.int64)], [np.zeros(0, np.int32)], [np.zeros(0, np.uint64)]
        for number, segment in enumerate(self.segments):
            if hashes is None:
                rows = np.arange(segment.first, segment.first + segment.rows)
                articles.append(np.repeat(rows, np.diff(segment.posting_bounds)))
                positions.append(segment.position)
                values.append(segment.hash)
            else:
                start, count = runs[number]
                posting = np.sort(segment.postings(start[often], count[often]))
                articles.append(segment.article_of(posting))
                positions.append(segment.position[posting])
                values.append(segment.hash[posting])
        return np.concatenate(articles), np.concatenate(positions), np.concatenate(values)
