"""Boxes that a site sets among an article's paragraphs: consent, letters to subscribe to, walls to pay at."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from flows.extract.web import marks
from flows.extract.web.blocks import Cut
from flows.extract.web.features import Features

SHARE = 0.3
"""A box holds at most this share of a page's unlinked text."""
LONGEST = 700
"""And at most as many characters."""

_NAME = re.compile(
    r"cookie|consent|gdpr|dsgvo|onetrust|didomi|newsletter|subscri|abonn|suscri|paywall|regwall(?!ed)|piano-|meter-?wall"
    r"|mailchimp|login-?(?:box|wall|prompt)",
    re.I,
)
_SECTIONS = frozenset(("div", "section", "aside", "form", "dialog", "fieldset"))


@lru_cache(maxsize=65_536)
def _says_so(name: str) -> bool:
    return _NAME.search(name) is not None


def in_boxes(cut: Cut, features: Features) -> NDArray[np.bool_]:
    """The blocks of boxes: elements with a little text that are named so, and hold no listing."""
    out = np.zeros(len(cut.texts), dtype=bool)
    frames = cut.all_frames
    text = np.append(0.0, np.cumsum(features.chars * (1 - features.linked)))
    most = min(SHARE * float(text[-1]), float(LONGEST))
    first, last = frames.first.tolist(), frames.last.tolist()
    for frame, (tag, name) in enumerate(zip(frames.tags, frames.names, strict=True)):
        if name and tag in _SECTIONS and last[frame] > first[frame] and _says_so(name):
            inside = slice(first[frame], last[frame])
            if text[last[frame]] - text[first[frame]] <= most and not _holds_listing(features, inside):
                out[inside] = True
    if features.headline >= 0:
        out[features.headline] = False
    return out


def _holds_listing(features: Features, inside: slice) -> bool:
    return bool((features.marks[inside] & marks.PREFORMATTED).any())
