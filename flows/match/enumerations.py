"""Passages that enumerate: names and offices of those who came, in their fixed order.

Whoever reports of the same bodies names them so, and takes nothing from anybody: it is no quotation.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from flows.match.align.candidates import Ints
from flows.match.align.pair import Articles
from flows.match.arrays import distinct
from flows.match.store import Store

ITEM = 20
"""Letters that an item of an enumeration has at most: the longest names of offices have as many ideographs."""
ENUMERATED = 0.4
"""Share of a passage's letters that stand between two marks of a list, from which on it enumerates. Of 400 quotations
of five years of Chinese news 15 are above it, and 14 of them are lists of bodies, channels and offices. The first and
the last item, which one mark only bounds, do not count."""

_LIST = np.array([ord(mark) for mark in "、､،"], np.uint32)
"""Marks that part nothing but the items of lists."""
_COMMAS = np.array([ord(mark) for mark in ",，"], np.uint32)
_STOPS = np.array([ord(mark) for mark in "。！？!?؟।;；：:\n"], np.uint32)
_CAPITAL_AFTER = 2
"""Where the next item begins, behind a comma and a space."""


def enumerations(
    store: Store, articles: Articles, number: Ints, rows: Ints, start: Ints, end: Ints
) -> NDArray[np.bool_]:
    """Which spans of articles enumerate, by the marks that were printed between their letters.

    `rows` are rows of `articles`, `number[row]` is the article's number in the store, `start` and `end` are places in
    its folded letters. A comma counts as a mark of a list where a capital follows it, as before a name.
    """
    if len(rows) == 0:
        return np.zeros(0, np.bool_)
    asked = distinct(rows)
    raw, raw_bounds = store.texts(number[asked])
    origin, bounds = store.origins(number[asked])
    place = np.flatnonzero(np.isin(raw, np.concatenate([_LIST, _COMMAS, _STOPS])))
    listed = np.isin(raw[place], _LIST)
    commas = np.flatnonzero(np.isin(raw[place], _COMMAS))
    listed[commas] = _capitals(raw, place[commas] + _CAPITAL_AFTER)
    # Letters before each mark, those of all the articles counted on.
    printed = origin + np.repeat(raw_bounds[:-1], np.diff(bounds))
    at = np.searchsorted(printed, place)
    owner = np.searchsorted(raw_bounds, place, "right") - 1
    item = np.diff(at)
    between = listed[:-1] & listed[1:] & (owner[:-1] == owner[1:]) & (item <= ITEM)
    first, last, item = at[:-1][between], at[1:][between], item[between]
    before = np.concatenate([[0], np.cumsum(item)])
    offset = bounds[np.searchsorted(asked, rows)]
    inside = before[np.searchsorted(last, offset + end, "right")] - before[np.searchsorted(first, offset + start)]
    result: NDArray[np.bool_] = inside >= ENUMERATED * np.maximum(end - start, 1)
    return result


def _capitals(raw: NDArray[np.uint32], places: Ints) -> NDArray[np.bool_]:
    """Which code points at some places are capitals; none is where there is no such place."""
    codes = np.append(raw, 0)[np.minimum(places, len(raw))]
    capital = np.array([code for code in distinct(codes).tolist() if chr(code).isupper()], np.uint32)
    found: NDArray[np.bool_] = np.isin(codes, capital)
    return found
