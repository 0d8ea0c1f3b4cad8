"""A run of articles on disk as the matcher needs them: what it is asked, and as the run that writes it has it.

That run asks for most of it, and often: it lies there wide, texts, letters, ways back, fingerprints and an index of
them, as flat arrays that are mapped and not read. What is kept for the runs to come is packed (`packed`).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from flows.match.align.candidates import Ints
from flows.match.align.chain import ranges
from flows.match.fold import Codes, fold_rows
from flows.match.winnow import HASH_BITS, Hashes, Positions, winnow

INDEX_BITS = 64 - HASH_BITS
"""Bits of a word of the index that number the posting; so many postings has a segment at most."""
MOST_LETTERS = 1 << 23
"""Letters of an article that are matched; what lies beyond, in an article of eight million letters, is not."""

Array = NDArray[Any]
Origins = NDArray[np.int32]
Arrays = dict[str, Array]


@dataclass(frozen=True)
class Held:
    """What a segment holds of some articles, end to end: code points of the texts, letters, the code point that each
    letter came from, and fingerprints with their places; and the bounds of each."""

    raw: Codes
    raw_bounds: Ints
    codes: Codes
    origin: Origins
    bounds: Ints
    hash: Hashes
    position: Positions
    posting_bounds: Ints


class Segment(Protocol):
    """Articles `first` to `first + rows`; row i is article `first + i`."""

    @property
    def first(self) -> int: ...

    @property
    def rows(self) -> int: ...

    @property
    def raw_lengths(self) -> Ints:
        """Code points of each text."""

    @property
    def lengths(self) -> Ints:
        """Letters of each text."""

    @property
    def postings(self) -> int:
        """How many fingerprints there are."""

    def texts(self, rows: Ints) -> list[bytes]:
        """The texts of some rows in UTF-8."""

    def raw(self, rows: Ints) -> Codes:
        """The code points of the texts of some rows, end to end."""

    def codes(self, rows: Ints) -> Codes:
        """The letters of some rows, end to end."""

    def origin(self, rows: Ints) -> Origins:
        """For each of these letters the code point of its text that it came from."""

    def printed(self, rows: Ints, letters: Ints) -> Ints:
        """The code point that each letter came from: letter `letters[i]` of row `rows[i]`."""

    def fingerprints(self, rows: Ints) -> tuple[Hashes, Positions, Ints]:
        """The fingerprints of some rows, end to end, their places, and how many each row has."""

    def found(self, hashes: Hashes) -> tuple[Ints, Ints]:
        """Where the postings of fingerprints (ascending) start in the index, and how many there are of each."""

    def between(self, start: int, stop: int) -> tuple[int, int]:
        """Where the postings of fingerprints from `start` to before `stop` begin and end in the index."""

    def indexed(self, places: Ints | None) -> tuple[Ints, Positions, Hashes]:
        """Row, place and fingerprint of the postings at places of the index, of all for None; by row and place."""

    def sample(self, step: int) -> Hashes:
        """Every so many fingerprints, ascending."""


def bounds_of(lengths: NDArray[Any]) -> Ints:
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])


def mapped(folder: Path, name: str) -> Array:
    path = folder / f"{name}.npy"
    # An empty array cannot be mapped. As a plain array it is sliced at a third of what a memmap object costs.
    return np.asarray(np.load(path, mmap_mode="r" if os.path.getsize(path) > 128 else None))


def winnowed(codes: Codes, bounds: Ints) -> tuple[Hashes, Positions, Ints]:
    """The fingerprints of letters end to end, their places, and their bounds."""
    edges, position, hashes = winnow(codes, bounds)
    within = position < MOST_LETTERS
    if within.all():
        return hashes, position, edges
    return hashes[within], position[within], np.concatenate([[0], np.cumsum(within)])[edges]


def prepared(rows: pa.Array) -> Held:
    """Texts folded and fingerprinted."""
    folded = fold_rows(rows)
    hashes, position, bounds = winnowed(folded.codes, folded.bounds)
    chars = pc.utf8_length(rows).to_numpy(zero_copy_only=False).astype(np.int64)
    raw = np.frombuffer("".join(rows.to_pylist()).encode("utf-32-le"), np.uint32)
    return Held(raw, bounds_of(chars), folded.codes, folded.origin, folded.bounds, hashes, position, bounds)


_WIDE = ("raw", "codes", "origin", "hash", "position")
_WIDE_BOUNDS = ("raw_bounds", "bounds", "posting_bounds")


def shifted(parts: Sequence[Ints]) -> Ints:
    """Bounds of what lies end to end, from those of its parts."""
    return bounds_of(np.concatenate([np.zeros(0, np.int64), *map(np.diff, parts)]))


def joined(parts: Sequence[Held]) -> Held:
    """What is held of several runs of rows, as one."""
    values: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in parts]) for name in _WIDE}
    values |= {name: shifted([getattr(part, name) for part in parts]) for name in _WIDE_BOUNDS}
    return Held(**values)


@dataclass(frozen=True)
class Wide:
    """A segment as a folder of flat arrays."""

    folder: Path
    first: int
    rows: int

    @staticmethod
    def write(folder: Path, first: int, held: Held) -> Wide:
        """Write a segment to a folder that is not there yet."""
        folder.mkdir(parents=True)
        arrays: Arrays = {name: getattr(held, name) for name in (*_WIDE, *_WIDE_BOUNDS)}
        packed = (held.hash.astype(np.uint64) << np.uint64(INDEX_BITS)) | np.arange(len(held.hash), dtype=np.uint64)
        arrays["index"] = np.sort(packed)
        rows = len(held.bounds) - 1
        arrays["owner"] = np.repeat(np.arange(rows, dtype=np.int32), np.diff(held.posting_bounds))
        for name, array in arrays.items():
            np.save(folder / f"{name}.npy", array)
        return Wide(folder, first, rows)

    @cached_property
    def _arrays(self) -> Arrays:
        return {name: mapped(self.folder, name) for name in (*_WIDE, *_WIDE_BOUNDS, "index", "owner")}

    @property
    def raw_lengths(self) -> Ints:
        return np.diff(self._arrays["raw_bounds"])

    @property
    def lengths(self) -> Ints:
        return np.diff(self._arrays["bounds"])

    @property
    def postings(self) -> int:
        return len(self._arrays["index"])

    def _taken(self, rows: Ints, bounds: str, name: str) -> Array:
        """An array's parts for rows, slice by slice: long ones are faster copied than gathered."""
        array, edges = self._arrays[name], self._arrays[bounds]
        slices = zip(edges[rows].tolist(), edges[rows + 1].tolist(), strict=True)
        return np.concatenate([array[:0], *(array[start:stop] for start, stop in slices)])

    def raw(self, rows: Ints) -> Codes:
        return self._taken(rows, "raw_bounds", "raw")

    def codes(self, rows: Ints) -> Codes:
        return self._taken(rows, "bounds", "codes")

    def origin(self, rows: Ints) -> Origins:
        return self._taken(rows, "bounds", "origin")

    def printed(self, rows: Ints, letters: Ints) -> Ints:
        return self._arrays["origin"][self._arrays["bounds"][rows] + letters].astype(np.int64)

    def fingerprints(self, rows: Ints) -> tuple[Hashes, Positions, Ints]:
        edges = self._arrays["posting_bounds"]
        first, count = edges[rows], edges[rows + 1] - edges[rows]
        together = len(rows) > 0 and int(rows[-1]) - int(rows[0]) == len(rows) - 1 and bool((np.diff(rows) > 0).all())
        index = slice(int(first[0]), int(edges[rows[-1] + 1])) if together else ranges(first, count)
        return self._arrays["hash"][index], self._arrays["position"][index], count

    def texts(self, rows: Ints) -> list[bytes]:
        raw, edges = self._arrays["raw"], self._arrays["raw_bounds"]
        return [raw[edges[row] : edges[row + 1]].tobytes().decode("utf-32-le").encode() for row in rows.tolist()]

    def found(self, hashes: Hashes) -> tuple[Ints, Ints]:
        index, shift = self._arrays["index"], np.uint64(INDEX_BITS)
        first = np.searchsorted(index, hashes << shift)
        last = np.uint64((1 << INDEX_BITS) - 1)
        return first, np.searchsorted(index, (hashes << shift) | last, "right") - first

    def between(self, start: int, stop: int) -> tuple[int, int]:
        index = self._arrays["index"]
        # The last bucket ends where the bits of a fingerprint do: its end would not fit in a word.
        last = len(index) if stop >= 1 << HASH_BITS else np.searchsorted(index, np.uint64(stop << INDEX_BITS))
        return int(np.searchsorted(index, np.uint64(start << INDEX_BITS))), int(last)

    def indexed(self, places: Ints | None) -> tuple[Ints, Positions, Hashes]:
        arrays = self._arrays
        if places is None:
            return arrays["owner"].astype(np.int64), arrays["position"], arrays["hash"]
        posting = np.sort((arrays["index"][places] & np.uint64((1 << INDEX_BITS) - 1)).astype(np.int64))
        return arrays["owner"][posting].astype(np.int64), arrays["position"][posting], arrays["hash"][posting]

    def sample(self, step: int) -> Hashes:
        return self._arrays["index"][::step] >> np.uint64(INDEX_BITS)
