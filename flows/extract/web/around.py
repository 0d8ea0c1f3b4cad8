"""The blocks around an article: its headline, its credits, its tail."""

from __future__ import annotations

from collections import Counter

import numpy as np

from flows.extract.metadata import Page
from flows.extract.web import kinds, marks
from flows.extract.web.blocks import Cut
from flows.extract.web.credits import is_alone, is_person
from flows.extract.web.features import Features
from flows.extract.web.headline import ABOVE, visible_headline
from flows.extract.web.vote import Mask

BODY = 40
"""A block of the article with as many characters is running text."""

FAR = 12
"""A headline as many blocks above the article's first paragraph may be no more than the site's name."""


def find_visible(page: Cut, features: Features, kept: Mask) -> bool:
    """Look for the headline by its place, where the page's title names none or one far above.

    Where it is found, `features.headline` is moved and the block leaves `kept`; the answer tells whether it is.
    """
    long = np.flatnonzero(kept & (features.chars >= BODY))
    begins = int(long[0]) if len(long) else -1
    far = features.headline >= 0 and begins - features.headline > FAR and not features.headed[features.headline]
    if begins < 0 or (features.headline >= 0 and not far):
        return False
    barred = marks.MENU | marks.COMMENTS | marks.FOOTER | marks.CONTROL
    plain = (features.linked < 0.5) & ~features.dated & (features.marks & barred == 0)
    for i in range(max(begins - ABOVE, 0), begins):
        plain[i] &= not kinds.is_credit(page.texts[i]) and not is_alone(page.texts[i])
    found = visible_headline(page.texts, features.headed, plain, begins, marked_only=far)
    if found >= 0:
        features.headline = found
        kept[found] = False
    return found >= 0


def told(page: Cut, features: Features, kept: Mask, visible: bool) -> Page:
    """What the blocks of a page tell of its metadata."""
    headline, count = features.headline, len(page.texts)
    inside = [i for i in np.flatnonzero(kept).tolist() if i != headline]
    long = [i for i in inside if features.chars[i] >= BODY]
    begins, ends = (long[0], long[-1]) if long else (inside[0], inside[-1]) if inside else (headline, headline)
    near = [
        i for i in range(max(headline - 3, 0), headline + 10) if headline >= 0 and (i < begins or begins < headline)
    ]
    near += [i for i in range(max(begins - 6, 0), begins + 2) if begins >= 0]
    near = sorted({i for i in near if i < count}, key=lambda i: (not features.dated[i], i < headline, i))
    tail = list(range(max(ends, 0), ends + 6)) + list(range(max(headline - 12, 0), max(headline - 3, 0)))
    between = range(headline + 1, min(begins, headline + 8)) if headline >= 0 else range(0)
    once = Counter(page.texts)
    lone = [
        page.texts[i]
        for i in between
        if is_person(page.texts[i])
        and (once[page.texts[i]] > 1 or features.marks[i] & marks.BYLINE or page.texts[i - 1].lower() in ("by", "by:"))
    ]
    return Page(
        headline=page.texts[headline] if headline >= 0 else None,
        heading=headline >= 0 and bool(page.frames[headline].bits & marks.HEADING),
        visible=visible,
        near=[page.texts[i] for i in near if i != headline and (features.linked[i] < 0.9 or i > headline)],
        tail=[page.texts[i] for i in tail if i < count and i != headline and features.linked[i] < 0.9],
        body=[page.texts[i] for i in inside],
        lone=lone[:1],
    )
