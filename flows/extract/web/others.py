"""Readers that others wrote, asked where our own disagree: which blocks they keep."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]

GRAM = 5
"""A block is in a reader's text where most of its runs of this many letters are."""
SHORT = 12
"""A block with fewer letters has to be there whole."""
LARGEST = 1_000_000
"""Larger pages are not given to them,"""
MOST_BLOCKS = 4_000
"""nor pages of more blocks,"""
DEEPEST = 500
"""nor pages with deeper elements: their time grows faster than the page."""

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


def by_resiliparse(markup: str) -> str:
    """Main text by resiliparse's rules."""
    from resiliparse.extract.html2text import extract_plain_text

    text: str = extract_plain_text(markup, main_content=True, alt_texts=False, links=False)
    return text


READERS: tuple[Callable[[str], str], ...] = (by_resiliparse,)
"""Trafilatura was one of them. Asked for the same pages under tables that were trained without them, its voice raised
the reading no more than resiliparse's does, and it takes sixteen times as long."""


def _grams(text: str) -> NDArray[np.uint64]:
    """A number for each run of GRAM letters that may begin at each letter, fewer at the end.

    Unlike runs with one number are as rare as with any hash of 64 bits: a block is not kept for one of them.
    """
    letters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    runs = max(len(letters) - GRAM + 1, 0)
    out = np.zeros(runs, dtype=np.uint64)
    for i in range(GRAM):
        out = out * _MULTIPLIER + letters[i : i + runs]
    return out


def blocks_of(read: Callable[[str], str], markup: str, texts: list[str]) -> Mask:
    """Which of a page's blocks a reader keeps; none where it fails."""
    try:
        kept = "".join(read(markup).split())
    except Exception:  # whatever another's reader trips over, the vote goes on without it
        kept = ""
    bare = ["".join(text.split()) for text in texts]
    size = np.fromiter(map(len, bare), dtype=np.int64, count=len(bare))
    begins = size.cumsum() - size
    grams, known = _grams("".join(bare)), np.sort(_grams(kept))
    shared = known.take(np.searchsorted(known, grams), mode="clip") == grams if len(known) else np.zeros(len(grams))
    before = np.append(0, np.cumsum(shared))
    long = size >= SHORT
    runs = size[long] - GRAM + 1
    out = np.zeros(len(texts), dtype=bool)
    out[long] = 2 * (before[begins[long] + runs] - before[begins[long]]) > runs
    for i in np.flatnonzero(~long & (size > 3)).tolist():
        out[i] = bare[i] in kept
    return out
