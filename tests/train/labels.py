"""Which blocks of a page are in its gold text: the order of both, and letters without white space, decide."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import pairwise

import numpy as np

GRAM = 4
LONG = 8
"""Shorter blocks are looked for only in the gaps between longer ones."""
PLACES = 8
"""A block found in more places than this is too common to tell where it is."""
REACH = 400
"""Candidates that may stand before one in the chain."""

_DROPPED = re.compile("[\\s\ufffd\u200b\u00ad]+")
_QUOTES = str.maketrans("‘’“”–—‐‑", "''\"\"----")


def bare(text: str) -> str:
    """A text without white space, its quotes and dashes plain."""
    return _DROPPED.sub("", text).translate(_QUOTES).replace("…", "...")


def _candidates(blocks: list[str], gold: str) -> list[tuple[int, int, int, float]]:
    """(block, place in the gold, letters, share found) of the longer blocks that are in the gold, wholly or in part."""
    places: dict[str, list[int]] = defaultdict(list)
    for i in range(len(gold) - GRAM + 1):
        places[gold[i : i + GRAM]].append(i)
    found: list[tuple[int, int, int, float]] = []
    for number, block in enumerate(blocks):
        if len(block) < LONG:
            continue
        at, whole = gold.find(block), []
        while at >= 0 and len(whole) <= PLACES:
            whole.append((number, at, len(block), 1.0))
            at = gold.find(block, at + 1)
        if whole:
            found += whole
            continue
        grams = [block[i : i + GRAM] for i in range(len(block) - GRAM + 1)]
        share = sum(gram in places for gram in grams) / len(grams)
        if share >= (0.75 if len(block) < 60 else 0.4) and len(block) >= 12:
            offsets = [places[g][0] - i for i, g in enumerate(grams) if len(places.get(g, ())) == 1] or [0]
            found.append((number, max(0, sorted(offsets)[len(offsets) // 2]), int(len(block) * share), share))
    return sorted(found)


def _chain(found: list[tuple[int, int, int, float]]) -> list[tuple[int, int, int, float]]:
    """The heaviest run of candidates that keeps the order of the page and of the gold."""
    weight: list[float] = []
    before: list[int] = []
    for k, (number, at, letters, share) in enumerate(found):
        best, link = 0.0, -1
        for j in range(k - 1, max(-1, k - REACH), -1):
            other = found[j]
            if other[0] < number and other[1] + 0.6 * other[2] <= at and weight[j] > best:
                best, link = weight[j], j
        weight.append(best + letters * share)
        before.append(link)
    out = []
    k = int(np.argmax(weight)) if weight else -1
    while k >= 0:
        out.append(found[k])
        k = before[k]
    return out[::-1]


def label(texts: list[str], gold: str) -> np.ndarray:
    """For each block the share of it that is gold, 0 to 1."""
    gold = bare(gold)
    blocks = [bare(text) for text in texts]
    chain = _chain(_candidates(blocks, gold))
    out = np.zeros(len(blocks))
    for number, _, _, share in chain:
        out[number] = share
    fixed = [(-1, 0, 0), *((n, at, letters) for n, at, letters, _ in chain), (len(blocks), len(gold), 0)]
    for (left, at, letters), (right, stop, _) in pairwise(fixed):
        gap = [i for i in range(left + 1, right) if 0 < len(blocks[i]) < LONG]
        if left < 0:  # upwards from the first block that is known
            end = stop + 1
            for i in reversed(gap):
                place = gold.rfind(blocks[i], 0, end)
                if place >= 0 and end - place - len(blocks[i]) <= 3:
                    out[i], end = 1.0, place
            continue
        start = max(0, at + letters - 2)
        for i in gap:
            place = gold.find(blocks[i], start, stop + 2)
            if 0 <= place - start <= 6:
                out[i], start = 1.0, place + len(blocks[i])
    return out
