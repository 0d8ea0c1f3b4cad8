"""The blocks around an article: its headline, its credits, its tail."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np

from flows.extract.metadata import Page
from flows.extract.names import AGENCIES, is_alone, is_person, split_names
from flows.extract.web import marks
from flows.extract.web.blocks import Cut
from flows.extract.web.credited import is_credit
from flows.extract.web.credits import read_credits
from flows.extract.web.features import Features
from flows.extract.web.headline import ABOVE, fold, title_parts, visible_headline
from flows.extract.web.phrases import LISTS
from flows.extract.web.vote import Mask

BODY = 40
"""A block of the article with as many characters is running text."""

WRAPPED = 30
"""So is a line of the article with as many Chinese characters: text that is broken into lines may have none longer."""

LONG = 120
"""A line as long is a paragraph, however it ends."""

GAP = 40
"""So many blocks part a sentence that greets the reader, or tells of the site, from the article."""

FAR = 12
"""A headline as many blocks above the article's first paragraph may be no more than the site's name."""
IMPRINT = 300
"""A page's imprint is at most this long."""
DECK = 2
"""A paragraph as many blocks below the headline, with something else below it, may stand above the credits."""
POST = 80
"""The line under a post that says who put it up is at most this long."""

_HAN = re.compile(r"[\u4e00-\u9fff]")
_ENDED = re.compile(r"[.。！？!?…;；:：\"'”’»」』)）\]】]\s*\Z")


def find_visible(page: Cut, features: Features, kept: Mask, titles: list[str]) -> bool:
    """Look for the headline by its place, where the page's `titles` name none, or one that may be no headline.

    Doubtful are a line far above the article's first paragraph, one in a menu or a footer, a link, or a line below the
    article, unless it is a heading in its place; and a title that the imprint has too, which is the site's name. A
    first-level heading that is the first part of a title comes before any line that is no heading. Where it is found,
    `features.headline` is moved and the block leaves `kept`; the answer tells whether it is.
    """
    begins, ends = _extent(page, features, kept)
    named = features.headline
    if (heading := _heading_of(page, features, titles, begins)) >= 0:
        features.headline = heading
        kept[heading] = False
        return False
    if begins < 0 or (named >= 0 and not _doubtful(page, features, begins, ends)):
        return False
    barred = marks.MENU | marks.COMMENTS | marks.FOOTER | marks.CONTROL
    headings = np.array([tag in ("h1", "h2", "h3") for tag in page.tags()], dtype=bool)
    plain = (features.marks & barred == 0) & ((features.linked < 0.5) | (features.headed & (features.chars >= 8)))
    for i in range(max(begins - ABOVE, 0), begins):
        text = page.texts[i]
        plain[i] &= i != named and not is_credit(text) and not is_alone(text) and not _says_other(features, i)
        plain[i] &= not read_credits([text], labelled=True).authors
    nowhere = named < 0 or named > ends or _in_imprint(page, features, named)
    close = not nowhere and max(begins - ABOVE, 0) <= named < begins
    set_as = (headings,) if close else (headings, features.headed)
    found = visible_headline(page.texts, set_as, plain, begins, any_line=nowhere)
    if found >= 0:
        features.headline = found
        kept[found] = False
    return found >= 0


def _heading_of(page: Cut, features: Features, titles: list[str], begins: int) -> int:
    """A first-level heading above the article that is the first of a title's parts and no link, or -1."""
    if features.headline >= 0 and features.headed[features.headline]:
        return -1
    parts = {fold(parts[0]) for title in titles if len(parts := title_parts(title)) > 1}
    tops = (i for i in range(begins) if page.frame(i).tag == "h1" and features.linked[i] < 0.5)
    return next((i for i in tops if fold(page.texts[i]) in parts), -1)


def _extent(page: Cut, features: Features, kept: Mask) -> tuple[int, int]:
    """The first and the last paragraph of the article, or -1 twice.

    A line that is no sentence may be a headline, unless it is long. Text broken into lines has hardly a long one:
    there, a line as long as no headline in its script begins it. A sentence far above the rest is the page's own.
    """
    places = np.flatnonzero(kept & ~features.headed & (features.linked < 0.5) & (features.chars >= WRAPPED)).tolist()
    starts = [page.texts[i][: 4 * WRAPPED] for i in places]
    long = [
        i
        for i, start in zip(places, starts, strict=True)
        if features.chars[i] >= LONG
        or len(_HAN.findall(start)) >= WRAPPED
        or (features.chars[i] >= BODY and _ENDED.search(page.texts[i]))
    ]
    while len(long) > 1 and long[1] - long[0] > GAP:
        long.pop(0)
    return (long[0], long[-1]) if long else (-1, -1)


def _doubtful(page: Cut, features: Features, begins: int, ends: int) -> bool:
    """Whether the line that repeats the page's title may be no headline."""
    headline = features.headline
    if headline > ends:
        return True
    if features.headed[headline]:
        return False
    if _in_imprint(page, features, headline):
        return True
    elsewhere = bool(features.marks[headline] & (marks.MENU | marks.FOOTER)) or features.linked[headline] > 0.5
    return begins - headline > FAR or elsewhere


def _in_imprint(page: Cut, features: Features, headline: int) -> bool:
    """Whether a line is said again in the page's imprint, and no heading."""
    name = fold(page.texts[headline])
    if len(name) < 2 or page.frame(headline).bits & marks.HEADING:
        return False
    legal = np.flatnonzero(features.says[:, LISTS["copyright"]] > 0).tolist()
    return any(i > headline and len(page.texts[i]) <= IMPRINT and name in fold(page.texts[i]) for i in legal)


def _says_other(features: Features, i: int) -> bool:
    """Whether a short line has the set phrases of menus, toolbars and lists."""
    return features.chars[i] <= BODY and any(
        features.says[i, LISTS[name]] for name in ("related", "share", "login", "place", "copyright")
    )


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
    # Lines below the headline first, from there down; then those above it, from there up.
    text = {i for i in near if i < count and kept[i] and not is_credit(page.texts[i])}
    near = sorted(
        {i for i in near if i < count} - text, key=lambda i: (not features.dated[i], i < headline, abs(i - headline))
    )
    tail = list(range(max(ends, 0), ends + 6)) + list(range(max(headline - 12, 0), max(headline - 3, 0)))
    outside = marks.MENU | marks.RELATED | marks.SIDE | marks.FOOTER | marks.COMMENTS
    dated = features.dated & (features.chars <= POST) & kept
    apart = (features.marks & outside == 0) & ~kept
    below = range(headline + 1, min(headline + 10, count)) if headline >= 0 else range(0)
    beside = [i for i in below if i not in near and (dated[i] or apart[i])]
    under = long[1] if len(long) > 1 and 0 < begins - headline <= DECK and not kept[begins + 1] else begins
    between = range(headline + 1, min(under, headline + 8)) if headline >= 0 else range(0)
    posts = range(headline + 1, min(ends + 6, count)) if headline >= 0 else range(0)
    remarks = features.marks & marks.COMMENTS != 0
    return Page(
        headline=page.texts[headline] if headline >= 0 else None,
        heading=headline >= 0 and bool(page.frame(headline).bits & marks.HEADING),
        visible=visible,
        near=[page.texts[i] for i in near if i != headline and (features.linked[i] < 0.9 or i > headline)],
        beside=[page.texts[i] for i in beside],
        tail=[page.texts[i] for i in tail if i < count and i != headline and features.linked[i] < 0.9],
        posts=[page.texts[i] for i in posts if not remarks[i] and len(page.texts[i]) <= POST],
        body=[page.texts[i] for i in inside],
        lone=_lone(page, features, between),
    )


def last_of(kept: Mask) -> int:
    """The last block of the article, or -1."""
    places = np.flatnonzero(kept)
    return int(places[-1]) if len(places) else -1


def _lone(page: Cut, features: Features, between: range) -> list[str]:
    """The first name that stands alone under the headline: after a "By", in an element named so, or said twice."""
    once = Counter(page.texts)
    for i in between:
        text = page.texts[i]
        after_by = page.texts[i - 1].lower().rstrip(":") in ("by", "written by", "author", "posted by")
        if after_by and len(text) <= 60 and len(text.split()) <= 6 and text[:1].isupper():
            return split_names(text)
        if (is_person(text) or text in AGENCIES) and (once[text] > 1 or features.marks[i] & marks.BYLINE):
            return [text]
    return []
