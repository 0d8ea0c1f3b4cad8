"""A segment as it is kept: each text once, compressed, and each fingerprint in six and a half bytes.

Letters, the ways back to what is printed, and the fingerprints of one article are made from its text again when they
are asked for, which few articles are in a run that brings little.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from flows.match import checks
from flows.match.align.candidates import Ints
from flows.match.align.chain import ranges
from flows.match.arrays import distinct
from flows.match.fold import Codes, FoldedColumn, fold_columns
from flows.match.segment import INDEX_BITS, Array, Arrays, Origins, Segment, bounds_of, mapped, shifted, winnowed
from flows.match.shelf import Shelf
from flows.match.winnow import HASH_BITS, Hashes, Positions

ARRAYS = ("text", "blocks", "rows", "low", "high", "number", "number_high", "step")
"""The files of a segment that is packed."""
_CODEC = pa.Codec("zstd", compression_level=3)
"""At level 6 a tenth less is kept, for three times the time."""
_BLOCK = 1 << 16
"""Bytes of texts that are compressed together, about. Of blocks twice as large a fifteenth less is kept, and a text in
one costs twice as much to read."""
_CACHED = 128
"""Blocks of a segment that are held unpacked, some 8 MB."""
_MANY = 1 << 18
"""Fingerprints of a segment above which a table of the first two bytes of each takes less than the second of them."""
_FOLDED = 1 << 20
"""Letters that are folded at a time to tell where they are printed."""
_COLUMNS = ("bytes", "raw", "letters", "postings")
"""What `rows` tells of each text."""


@dataclass(frozen=True)
class Packed:
    """A segment as it is kept.

    `text` are blocks of texts in UTF-8, `blocks` where each ends, in `text` and unpacked. Of postings in the order of
    their fingerprints `low` are the last bits of each, `number` its place in the order of the texts, and `high` where
    each value of the first bits begins, and where all end. In the order of the texts `step` is how far each lies behind
    the one before, the first of a text behind its beginning: every window of letters has a fingerprint, so that none is
    above WINDOW. `number` holds the last 16 bits, `number_high` the others: two in a byte where all are below 16, as
    steps are.
    """

    folder: Path
    first: int
    rows: int

    @cached_property
    def _arrays(self) -> Arrays:
        return {name: mapped(self.folder, name) for name in ARRAYS}

    @property
    def _told(self) -> NDArray[np.uint32]:
        return self._arrays["rows"]

    @cached_property
    def raw_lengths(self) -> Ints:
        return self._told[:, _COLUMNS.index("raw")].astype(np.int64)

    @cached_property
    def lengths(self) -> Ints:
        return self._told[:, _COLUMNS.index("letters")].astype(np.int64)

    @cached_property
    def _posting_bounds(self) -> Ints:
        return bounds_of(self._told[:, _COLUMNS.index("postings")])

    @cached_property
    def _text_bounds(self) -> Ints:
        return bounds_of(self._told[:, _COLUMNS.index("bytes")])

    @property
    def postings(self) -> int:
        return len(self._arrays["low"])

    @cached_property
    def _unpacked(self) -> dict[int, bytes]:
        """Blocks that were asked for last, as others of their texts are often asked for next."""
        return {}

    def _block(self, number: int) -> bytes:
        found = self._unpacked.get(number)
        if found is None:
            begins = self._arrays["blocks"][number - 1] if number else (0, 0)
            packed, unpacked = (int(end) for end in self._arrays["blocks"][number])
            kept = self._arrays["text"][int(begins[0]) : packed].tobytes()
            found = _CODEC.decompress(kept, unpacked - int(begins[1]), asbytes=True)
            if len(self._unpacked) >= _CACHED:
                self._unpacked.pop(next(iter(self._unpacked)), None)  # another thread may have been quicker
            self._unpacked[number] = found
        return found

    def texts(self, rows: Ints) -> list[bytes]:
        starts, ends = self._text_bounds[rows], self._text_bounds[rows + 1]
        unpacked = self._arrays["blocks"][:, 1]
        block = np.searchsorted(unpacked, starts, "right")
        base = np.append(0, unpacked)[block]
        result = [b""] * len(rows)
        order = np.argsort(block, kind="stable")
        order = order[(ends > starts)[order]]
        told = (order, block[order], (starts - base)[order], (ends - base)[order])
        for place, number, start, end in zip(*(each.tolist() for each in told), strict=True):
            result[place] = self._block(number)[start:end]
        return result

    @cached_property
    def _last(self) -> list[tuple[Ints, FoldedColumn]]:
        """The rows that were folded last, as one asks for letters, then for fingerprints or origins."""
        return []

    def _folded(self, rows: Ints) -> FoldedColumn:
        for asked, folded in self._last[:1]:
            if np.array_equal(asked, rows):
                return folded
        texts = pa.array(self.texts(rows), pa.large_binary()).cast(pa.large_string())
        folded = _end_to_end(list(fold_columns(texts)))
        # One assignment, as threads share the segment.
        self._last[:] = [(rows.copy(), folded)]
        return folded

    def raw(self, rows: Ints) -> Codes:
        return np.frombuffer(b"".join(self.texts(rows)).decode().encode("utf-32-le"), np.uint32)

    def codes(self, rows: Ints) -> Codes:
        return self._folded(rows).codes

    def origin(self, rows: Ints) -> Origins:
        return self._folded(rows).origin

    def printed(self, rows: Ints, letters: Ints) -> Ints:
        result = np.zeros(len(rows), np.int64)
        asked, at = np.unique(rows, return_inverse=True)
        size = np.cumsum(self.lengths[asked])
        start = 0
        while start < len(asked):
            base = int(size[start - 1]) if start else 0
            stop = max(start + 1, int(np.searchsorted(size, base + _FOLDED, "right")))
            folded = self._folded(asked[start:stop])
            here = np.flatnonzero((at >= start) & (at < stop))
            result[here] = folded.origin[folded.bounds[at[here] - start] + letters[here]]
            start = stop
        return result

    def fingerprints(self, rows: Ints) -> tuple[Hashes, Positions, Ints]:
        folded = self._folded(rows)
        hashes, position, bounds = winnowed(folded.codes, folded.bounds)
        return hashes, position, np.diff(bounds)

    @cached_property
    def _shift(self) -> int:
        """Bits of a fingerprint that `low` tells."""
        return 8 * int(self._arrays["low"].shape[1])

    def _places(self, hashes: Hashes) -> Ints:
        """Where in the index the first fingerprint is that is not less than each of those given."""
        high, low = self._arrays["high"].astype(np.int64), self._arrays["low"]
        top = (hashes >> np.uint64(self._shift)).astype(np.int64)
        left, right = high[top], high[np.minimum(top + 1, len(high) - 1)]
        wanted = hashes & np.uint64((1 << self._shift) - 1)
        while (open_ := left < right).any():
            middle = (left + right) // 2
            less = np.zeros(len(hashes), np.bool_)
            less[open_] = _number(low[middle[open_]]) < wanted[open_]
            left, right = np.where(open_ & less, middle + 1, left), np.where(open_ & ~less, middle, right)
        return left

    def found(self, hashes: Hashes) -> tuple[Ints, Ints]:
        first = self._places(hashes)
        return first, self._places(hashes + np.uint64(1)) - first

    def between(self, start: int, stop: int) -> tuple[int, int]:
        first, last = self._places(np.array([start, min(stop, 1 << HASH_BITS)], np.uint64))
        return int(first), int(last)

    def _hash(self, places: Ints | slice) -> Hashes:
        high = self._arrays["high"].astype(np.int64)
        index = np.arange(self.postings)[places] if isinstance(places, slice) else places
        top = np.searchsorted(high, index, "right") - 1
        return (top.astype(np.uint64) << np.uint64(self._shift)) | _number(self._arrays["low"][places])

    def indexed(self, places: Ints | None) -> tuple[Ints, Positions, Hashes]:
        hashes = self._hash(slice(None) if places is None else places)
        number = self._numbers(places)
        order = np.argsort(number)
        number = number[order]
        bounds = self._posting_bounds
        row = np.searchsorted(bounds, number, "right") - 1
        # Places of all fingerprints of the rows that are asked for, and of these the ones that are.
        asked = distinct(row)
        count = bounds[asked + 1] - bounds[asked]
        steps = np.cumsum(_halves(self._arrays["step"], ranges(bounds[asked], count)), dtype=np.int64)
        begin = np.cumsum(count) - count
        before = np.where(begin > 0, steps[begin - 1], 0) if len(begin) else begin
        at = np.searchsorted(asked, row)
        position = steps[begin[at] + number - bounds[row]] - before[at]
        return row, position.astype(np.int32), hashes[order]

    def _numbers(self, places: Ints | None) -> Ints:
        """Which of the fingerprints in the order of the texts the postings at places are."""
        low, high = self._arrays["number"], self._arrays["number_high"]
        index = np.arange(len(low)) if places is None else places
        top = high[index] if len(high) == len(low) > 1 else _halves(high, index)
        return low[index].astype(np.int64) | top.astype(np.int64) << 16

    def sample(self, step: int) -> Hashes:
        return self._hash(slice(None, None, step))


def _halved(values: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Numbers below 16, two in a byte, the first in its last bits."""
    even = np.append(values, np.uint8(0)) if len(values) % 2 else values
    return (even[::2] | even[1::2] << 4).astype(np.uint8)


def _halves(kept: NDArray[np.uint8], places: Ints) -> NDArray[np.uint8]:
    """Numbers at some places, of those that `_halved` was given."""
    result: NDArray[np.uint8] = (kept[places >> 1] >> (places & 1) * 4 & 15).astype(np.uint8)
    return result


def _number(values: Array) -> NDArray[np.uint64]:
    """Numbers from their bytes, a row each, the last first."""
    result = np.zeros(len(values), np.uint64)
    for place in range(values.shape[1]):
        result |= values[:, place].astype(np.uint64) << np.uint64(8 * place)
    return result


def _bytes(numbers: NDArray[np.uint64], width: int) -> NDArray[np.uint8]:
    """The reverse of `_number`."""
    return np.ascontiguousarray(numbers.astype("<u8")).view(np.uint8).reshape(-1, 8)[:, :width].copy()


@dataclass(frozen=True)
class _Kept:
    """What is kept of articles: texts in UTF-8; of each its code points, letters and fingerprints; and all of these, in
    order, with their places."""

    texts: list[bytes]
    raw_lengths: Ints
    lengths: Ints
    counts: Ints
    hash: Hashes
    position: Positions


def _kept(segment: Segment, rows: Ints | None = None) -> _Kept:
    """What a segment holds of some rows, ascending, or of all."""
    row, position, hashes = segment.indexed(None)
    chosen = np.arange(segment.rows) if rows is None else rows
    counts = np.bincount(row, minlength=segment.rows)[chosen]
    if rows is not None:
        some = np.zeros(segment.rows, np.bool_)
        some[rows] = True
        position, hashes = position[some[row]], hashes[some[row]]
    lengths, raw_lengths = segment.lengths[chosen], segment.raw_lengths[chosen]
    return _Kept(segment.texts(chosen), raw_lengths, lengths, counts, hashes, position)


def merged(shelf: Shelf, *segments: Segment) -> Packed:
    """One packed segment of some that follow one another."""
    parts = [_kept(segment) for segment in segments]
    texts = [text for part in parts for text in part.texts]
    names = ("raw_lengths", "lengths", "counts", "hash", "position")
    return _pack(
        shelf,
        segments[0].first,
        _Kept(texts, *(np.concatenate([getattr(part, name) for part in parts]) for name in names)),
    )


def without(shelf: Shelf, segment: Segment, kept: NDArray[np.bool_], first: int) -> Packed:
    """A segment of those articles of another that are kept, numbered from `first` on."""
    return _pack(shelf, first, _kept(segment, np.flatnonzero(kept)))


def _pack(shelf: Shelf, first: int, kept: _Kept) -> Packed:
    """Keep a segment under a name that its content gives."""
    digest = hashlib.sha256(f"{first} {len(kept.texts)}".encode())
    sizes = np.array([len(text) for text in kept.texts], np.int64)
    digest.update(sizes.tobytes())
    for text in kept.texts:
        digest.update(text)
    digest.update(kept.lengths.tobytes())
    name = f"segment-{digest.hexdigest()[:16]}"
    if not checks.intact(shelf.local(name)):
        shelf.delete(name)
        with shelf.making(name) as building:
            building.mkdir()
            for each, array in _packed(kept, sizes).items():
                np.save(building / f"{each}.npy", array)
            checks.note(building)
    return Packed(shelf.local(name), first, len(kept.texts))


def _packed(kept: _Kept, sizes: Ints) -> Arrays:
    number = np.arange(len(kept.hash), dtype=np.uint64)
    index = np.sort((kept.hash.astype(np.uint64) << np.uint64(INDEX_BITS)) | number)
    hashes, number = index >> np.uint64(INDEX_BITS), index & np.uint64((1 << INDEX_BITS) - 1)
    high = (number >> np.uint64(16)).astype(np.uint8)
    # A short segment would have more first bits than fingerprints.
    width = 3 if len(hashes) > _MANY else 4
    tops = np.arange((1 << (HASH_BITS - 8 * width)) + 1, dtype=np.uint64)
    step = np.diff(kept.position, prepend=np.int32(0))
    opens = (np.cumsum(kept.counts) - kept.counts)[kept.counts > 0]
    step[opens] = kept.position[opens]
    text, blocks = _blocks(kept.texts, sizes)
    return {
        "text": np.frombuffer(text, np.uint8),
        "blocks": blocks,
        "rows": np.column_stack([sizes, kept.raw_lengths, kept.lengths, kept.counts]).astype(np.uint32),
        "low": _bytes(hashes, width),
        "high": np.searchsorted(hashes, tops << np.uint64(8 * width)).astype(np.uint32),
        "number": (number & np.uint64(0xFFFF)).astype(np.uint16),
        "number_high": high if len(high) and high.max() > 15 else _halved(high),
        "step": _halved(step.astype(np.uint8)),
    }


def _blocks(texts: Sequence[bytes], sizes: Ints) -> tuple[bytes, Ints]:
    """Texts compressed, several together, and where each block ends: packed, and unpacked."""
    ends = np.cumsum(sizes)
    kept: list[bytes] = []
    told: list[tuple[int, int]] = []
    start = length = 0
    while start < len(texts):
        base = int(ends[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, base + _BLOCK, "right")))
        if int(ends[stop - 1]) > base:
            kept.append(_CODEC.compress(b"".join(texts[start:stop]), asbytes=True))
            length += len(kept[-1])
            told.append((length, int(ends[stop - 1])))
        start = stop
    return b"".join(kept), np.array(told, np.int64).reshape(-1, 2)


def _end_to_end(parts: Sequence[FoldedColumn]) -> FoldedColumn:
    nothing = FoldedColumn(np.zeros(0, np.uint32), np.zeros(1, np.int64), np.zeros(0, np.int32))
    every = [nothing, *parts]
    codes, origin = (np.concatenate([getattr(part, name) for part in every]) for name in ("codes", "origin"))
    return FoldedColumn(codes, shifted([part.bounds for part in every]), origin)
