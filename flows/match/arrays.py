"""Sets of whole numbers as arrays, by sorting: numpy's own go through a hash table, which is slower by far."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Whole = TypeVar("Whole", bound=np.integer[Any])

_FEW = 16
"""So many times as many values as there are in the table, and numpy's way of looking them up is the faster one."""


def distinct(values: NDArray[Whole]) -> NDArray[Whole]:
    """The values, each once, ascending."""
    ordered = np.sort(values)
    if len(ordered) == 0:
        return ordered
    once: NDArray[Whole] = ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])]
    return once


def among(values: NDArray[Whole], table: NDArray[Whole]) -> NDArray[np.bool_]:
    """Which values stand in a table, in whatever order."""
    if len(table) == 0 or len(values) == 0:
        return np.zeros(len(values), np.bool_)
    if len(values) > _FEW * len(table):
        return np.isin(values, table)
    ordered = np.sort(table)
    at = np.searchsorted(ordered, values)
    at[at == len(ordered)] = 0
    found: NDArray[np.bool_] = ordered[at] == values
    return found
