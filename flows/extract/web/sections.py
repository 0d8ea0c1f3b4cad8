"""What a page's own signposts say against its blocks.

They stand above the headline, in a form, or under a heading of comments, are a notice of rights or a call to follow and
share at the end, one of many bare addresses, a link that says it leads to more, or one of a list under such a heading.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from flows.extract.web import marks
from flows.extract.web.features import Features
from flows.extract.web.phrases import LISTS, opens

Array = NDArray[np.float64]

ARTICLE = 150
"""A heading of comments stands below at least as much text."""
HEADING = 30
"""And is at most this long, a link in it not counted;"""
SOON = 3
"""where it is not set like a heading, with a dated line within as many blocks."""
DATED = 80
"""A comment's line of name and date is at most this long."""
COMMENTS = 2
"""As many dated lines follow it: a link to the comments that stands above an article has none below."""
NAME = 40
"""A line that counts the comments, and names no date of one, has a commenter's name or a form below it: as short."""
AGAINST_COMMENTS = 5.0
END = 0.7
"""A notice of rights comes after this share of the other text."""
NOTICE = 240
AGAINST_NOTICE = 3.0
CALLS = 2
"""A block at the end that calls to share, subscribe or comment has as many phrases of such lists."""
ADDRESSES = 4
"""As many blocks that are an address and nothing else are a list of links, linked or not."""
AGAINST_ADDRESSES = 3.0
TEASER = (15, 100)
"""A link among the paragraphs that opens with words such as "Read also", and has as many characters, names a story."""
AGAINST_RELATED = 3.0
"""Such a link, and those of a list that stands under a heading of related stories."""
AGAINST_ABOVE = 2.0
"""What stands above the headline,"""
AGAINST_FORM = 3.0
"""and what stands in a form that is not most of the page."""
LETTER = 160
AGAINST_LETTER = 3.0
"""A line that asks for an address, to send letters to; it is at most as long."""

_CALLS = [LISTS[name] for name in ("share", "login", "letter", "related", "comments", "advert")]
_COUNT = re.compile(
    r"[\W_]*(?:[^\W\d_]{1,14}[\W_]*0*[1-9][\d.,]{0,6}|0*[1-9][\d.,]{0,6}[\W_]*[^\W\d_]{1,14}(?:[\W_]*s)?)"
    r"[\W_]*(?:[条條則则个個篇件][^\W\d_]{0,2})?[\W_]*"
)
"""A word and a number, as in "Comments (12)", "12 Comment(s)", "共12条评论"."""
_ADDRESS = ("http://", "https://", "www.")


def weigh(texts: list[str], features: Features, odds: Array) -> Array:
    """The model's log odds of each block (`texts`), lowered where a signpost speaks against it.

    The blocks of a comment section are marked as such in `features`.
    """
    text = _text_before(features, odds)
    rights = features.says[:, LISTS["copyright"]] > 0
    begins = comments_begin(texts, features, text)
    if begins >= 0:
        odds = odds.copy()
        odds[begins:] -= AGAINST_COMMENTS
        features.marks[begins:] |= marks.BELOW
        features.marks[begins:] |= marks.COMMENTS * ((features.linked < 0.5) & ~rights)[begins:]
    notice = (rights | (features.says[:, _CALLS].sum(axis=1) >= CALLS)) & (features.chars <= NOTICE)
    text = _text_before(features, np.where(notice, 0.0, odds))  # a short article may be no longer than the notice
    notice &= (text[:-1] >= END * text[-1]) & (text[-1] > 0)
    addresses = np.array([text.startswith(_ADDRESS) and " " not in text for text in texts], dtype=bool)
    if addresses.sum() < ADDRESSES:
        addresses[:] = False
    related = _related_links(features) | _leading_on(texts, features)
    odds = odds - AGAINST_NOTICE * notice - AGAINST_ADDRESSES * addresses - AGAINST_RELATED * related
    odds -= AGAINST_FORM * (features.marks & marks.FORM != 0)
    letter = (features.says[:, LISTS["login"]] > 0) & (features.says[:, LISTS["letter"]] > 0)
    odds -= AGAINST_LETTER * (letter & (features.chars <= LETTER))
    odds[: max(features.headline, 0)] -= AGAINST_ABOVE
    return odds


def comments_begin(texts: list[str], features: Features, text: Array) -> int:
    """The block that heads the readers' comments, or -1; `text` counts the article's likely characters before each."""
    says = features.says[:, LISTS["comments"]] > 0
    dated = features.dated & (features.chars <= DATED)
    counted = np.concatenate([[0], np.cumsum(dated)])
    here = np.arange(len(dated)) + 1
    soon = counted[np.minimum(here + SOON, len(dated))] > counted[here]
    heads = (features.headed | soon) & (features.chars <= 2 * HEADING)
    heads &= features.chars * (1 - features.linked) <= HEADING
    later = counted[-1] - counted[here]
    heads &= (later >= COMMENTS) & (text[:-1] > ARTICLE)
    counts = (features.chars <= HEADING) & (features.linked < 0.5) & (text[:-1] > 2 * ARTICLE)
    counts[:-1] &= features.chars[1:] <= NAME
    for i in np.flatnonzero(says & counts & ~heads).tolist():
        heads[i] = _COUNT.fullmatch(texts[i]) is not None
    found = np.flatnonzero(heads & says & (here > max(features.headline, 0) + 1))
    return int(found[0]) if len(found) else -1


def _related_links(features: Features) -> NDArray[np.bool_]:
    """The links in lists whose nearest heading above is one of related stories, and that heading."""
    heads = (features.headed | (features.linked < 0.5)) & (features.chars <= HEADING)
    heads &= features.says[:, LISTS["related"]] > 0
    headed = features.headed | heads
    nearest = np.maximum.accumulate(np.where(headed, np.arange(len(heads)), -1))
    under = (nearest >= 0) & heads[np.maximum(nearest, 0)] & ~headed
    out: NDArray[np.bool_] = under & (features.linked > 0.5) & (features.marks & marks.LIST != 0)
    out[:-1] |= heads[:-1] & out[1:]
    return out


def _leading_on(texts: list[str], features: Features) -> NDArray[np.bool_]:
    """The links that open as one to a related story does."""
    out: NDArray[np.bool_] = features.says[:, LISTS["related"]] > 0
    out &= (features.linked > 0.5) & (features.chars >= TEASER[0]) & (features.chars <= TEASER[1])
    for i in np.flatnonzero(out).tolist():
        out[i] = opens("related", texts[i].casefold())
    return out


def _text_before(features: Features, odds: Array) -> Array:
    """Unlinked characters, of blocks that are rather the article's, before each block and in all."""
    likely = features.chars * (1 - features.linked) * (odds > 0)
    return np.concatenate([np.zeros(1), np.cumsum(likely)])
