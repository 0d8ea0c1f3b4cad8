"""Fingerprints by winnowing.

Schleimer, Wilkerson and Aiken, "Winnowing: Local Algorithms for Document Fingerprinting" (SIGMOD 2003): of every
window of WINDOW consecutive k-grams the smallest hash is kept, so any run of WINDOW + GRAM - 1 letters that two
texts share has a fingerprint in common. Where hashes tie, all smallest ones are kept: what is kept depends on the
text inside the window alone, never on its place in the article, the article's neighbours or the batch.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from flows.match.fold import Codes, Offsets

GRAM = 9
"""Letters in a fingerprint."""
WINDOW = 8
"""Consecutive k-grams of which the smallest is kept."""

Hashes = NDArray[np.uint64]
Positions = NDArray[np.int32]

HASH_BITS = 40
"""Width of a fingerprint: narrow enough to be sorted packed with a 24-bit number in one word."""

_MULTIPLIER = 0x9E3779B97F4A7C15
_MIX = 0xD6E8FEB86659FD93
_NONE = np.uint64(0xFFFFFFFFFFFFFFFF)
_PADDING = GRAM + WINDOW - 2


def _grams(codes: NDArray[np.uint64]) -> Hashes:
    """A hash of the GRAM codes from each place on, by doubling; one per place, the last GRAM - 1 meaningless."""
    with np.errstate(over="ignore"):
        power = [np.uint64(pow(_MULTIPLIER, n, 1 << 64)) for n in range(9)]
        two = codes * power[1]
        two[:-1] += codes[1:]
        four = two * power[2]
        four[:-2] += two[2:]
        eight = four * power[4]
        eight[:-4] += four[4:]
        nine = eight * power[1]
        nine[:-8] += codes[8:]
        nine ^= nine >> np.uint64(32)
        nine *= np.uint64(_MIX)
        nine ^= nine >> np.uint64(29)
        nine *= np.uint64(_MULTIPLIER)
    return nine >> np.uint64(64 - HASH_BITS)


def _slide(values: Hashes, smallest: bool) -> Hashes:
    """Extreme of each run of eight neighbours; shorter than the input by seven."""
    extreme = np.minimum if smallest else np.maximum
    for step in (1, 2, 4):
        values = extreme(values[:-step], values[step:])
    return values


def winnow(codes: Codes, bounds: Offsets) -> tuple[Offsets, Positions, Hashes]:
    """Fingerprints of texts laid end to end.

    `bounds[i]:bounds[i + 1]` are the folded letters of row i. Returned are the bounds of each row's fingerprints,
    and for each fingerprint its letter's place in the row and its hash, by row and place.
    """
    rows = len(bounds) - 1
    lengths = np.diff(bounds)
    # Padding parts the rows, so that no k-gram and no window reaches into a neighbour.
    shift = np.arange(1, rows + 1, dtype=np.int64) * _PADDING
    padded = np.zeros(len(codes) + (rows + 1) * _PADDING, np.uint64)
    padded[np.arange(len(codes)) + np.repeat(shift, lengths)] = codes
    starts = bounds[:-1] + shift
    grams = _grams(padded)
    count = np.maximum(lengths - GRAM + 1, 0)
    edges = np.zeros(len(padded) + 1, np.int8)
    edges[starts] += 1
    edges[starts + count] -= 1
    grams[np.cumsum(edges[:-1], dtype=np.int8) == 0] = _NONE
    smallest = _slide(grams, smallest=True)
    # A gram is kept where it is the smallest of some window that holds it.
    largest = _slide(smallest, smallest=False)
    middle = grams[WINDOW - 1 : len(grams) - WINDOW + 1]
    place = np.flatnonzero((middle == largest) & (middle != _NONE)) + (WINDOW - 1)
    kept = np.searchsorted(place, np.append(starts, len(padded)))
    position = (place - np.repeat(starts, np.diff(kept))).astype(np.int32)
    return kept.astype(np.int64), position, grams[place]
