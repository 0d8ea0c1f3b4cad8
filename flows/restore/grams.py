"""Some letters in a row, by their hash: where a text has what it has once."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

SEVERAL = -2
"""In the place of a place: the text has the letters more than once. It is -1 where it has them nowhere."""

_BASE = 0x9E3779B97F4A7C15
_LAST = np.uint64(2**64 - 1)


def hashed(text: str, size: int) -> NDArray[np.uint64]:
    """Hashes of `size` letters, a power of two, from each place of a text on: polynomials modulo 2**64."""
    hashes = np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.uint64) * np.uint64(_BASE)
    reach, base = 1, _BASE
    while reach < size:
        hashes = hashes[:-reach] * np.uint64(base) + hashes[reach:]
        reach, base = 2 * reach, base * base % 2**64
    return hashes


class Grams:
    """A folded text in which letters are looked up."""

    def __init__(self, letters: str) -> None:
        self.letters = letters
        self._sorted: dict[int, tuple[NDArray[np.uint64], NDArray[np.int64]]] = {}

    @cached_property
    def backwards(self) -> str:
        return self.letters[::-1]

    def find(self, size: int, hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Where the text has what each hash of `size` letters is of; -1 or SEVERAL if there is no one place."""
        if size not in self._sorted:
            own = hashed(self.letters, size)
            order = np.argsort(own)
            self._sorted[size] = np.append(own[order], [_LAST, _LAST]), np.append(order, [SEVERAL, SEVERAL])
        own, places = self._sorted[size]
        first = np.searchsorted(own, hashes)
        found = places[first]
        found[own[first + 1] == hashes] = SEVERAL
        found[own[first] != hashes] = -1
        return found
