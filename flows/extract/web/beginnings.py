"""Tell where words may begin in a long text: numpy looks up the first few letters at every place at once."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

import numpy as np
from numpy.typing import NDArray

Letters = NDArray[np.uint16]
Table = NDArray[np.bool_]

CHUNK = 8_192
"""Bytes looked at at once, to stay in the processor's cache."""


def points(text: str) -> NDArray[np.uint32]:
    """The code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def mixed(letters: Letters, following: Letters) -> Letters:
    """A number for each letter and that which follows it, or for the number of some letters and that."""
    return letters * np.uint16(31) + following


def beginnings(words: Iterable[str], letters: int) -> Table:
    """Which numbers the first so many letters of words have."""
    table = np.zeros(65_536, dtype=bool)
    for word in words:
        table[reduce(mixed, points(word[:letters]).astype(np.uint16)[:, None])] = True
    return table


def places(data: bytes, table: Table) -> list[int]:
    """Where a word may begin in ASCII text, by the table of the first three letters of the words."""
    out: list[int] = []
    for start in range(0, len(data), CHUNK):
        letters = np.frombuffer(data[start : start + CHUNK + 2], dtype=np.uint8).astype(np.uint16)
        begins = table.take(mixed(mixed(letters[:-2], letters[1:-1]), letters[2:]))
        out += (np.flatnonzero(begins) + start).tolist()
    return out
