"""Readers that others wrote, asked where our own disagree: which blocks they keep."""

from __future__ import annotations

import re
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

_SPACE = re.compile(r"\s+")


def by_resiliparse(markup: str) -> str:
    """Main text by resiliparse's rules."""
    from resiliparse.extract.html2text import extract_plain_text

    text: str = extract_plain_text(markup, main_content=True, alt_texts=False, links=False)
    return text


READERS: tuple[Callable[[str], str], ...] = (by_resiliparse,)
"""Trafilatura was one of them. Asked for the same pages under tables that were trained without them, its voice raised
the reading no more than resiliparse's does, and it takes sixteen times as long."""


def blocks_of(read: Callable[[str], str], markup: str, texts: list[str]) -> Mask:
    """Which of a page's blocks a reader keeps; none where it fails."""
    try:
        kept = _SPACE.sub("", read(markup))
    except Exception:  # whatever another's reader trips over, the vote goes on without it
        kept = ""
    holds = {kept[i : i + GRAM] for i in range(len(kept) - GRAM + 1)}.__contains__
    out = np.zeros(len(texts), dtype=bool)
    for i, text in enumerate(texts):
        bare = _SPACE.sub("", text)
        if len(bare) < SHORT:
            out[i] = len(bare) > 3 and bare in kept
        else:
            runs = len(bare) - GRAM + 1
            out[i] = bare in kept or 2 * sum(map(holds, [bare[j : j + GRAM] for j in range(runs)])) > runs
    return out
