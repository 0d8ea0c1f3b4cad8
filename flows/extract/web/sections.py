"""What a page's own signposts say against its blocks.

They stand under a heading of comments, are a notice of rights or a call to follow and share at the end, one of many
bare addresses, or a list's link under a heading of related stories.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from flows.extract.web import marks
from flows.extract.web.features import Features
from flows.extract.web.phrases import LISTS

Array = NDArray[np.float64]

ARTICLE = 150
"""A heading of comments stands below at least as much text."""
HEADING = 30
"""And is at most this long,"""
PLAIN = 20
"""or this, where it is not set like a heading."""
SOON = 3
"""The first dated line then comes within as many blocks."""
DATED = 80
"""A comment's line of name and date is at most this long."""
COMMENTS = 2
"""As many dated lines follow it: a link to the comments that stands above an article has none below."""
AGAINST_COMMENTS = 5.0
END = 0.7
"""A notice of rights comes after this share of the text."""
NOTICE = 240
AGAINST_NOTICE = 2.0
CALLS = 2
"""A block at the end that calls to share, subscribe or comment has as many phrases of such lists."""
ADDRESSES = 4
"""As many blocks that are an address and nothing else are a list of links, linked or not."""
AGAINST_ADDRESSES = 3.0
AGAINST_RELATED = 3.0
"""Links of a list that stands under a heading of related stories."""

_CALLS = [LISTS[name] for name in ("share", "login", "related", "comments", "advert")]
_ADDRESS = ("http://", "https://", "www.")


def weigh(texts: list[str], features: Features, odds: Array) -> Array:
    """The model's log odds of each block (`texts`), lowered where a signpost speaks against it.

    The blocks of a comment section are marked as such in `features`.
    """
    text = _text_before(features, odds)
    notice = features.says[:, LISTS["copyright"]] > 0
    begins = comments_begin(features, text)
    if begins >= 0:
        odds = odds.copy()
        odds[begins:] -= AGAINST_COMMENTS
        features.marks[begins:] |= marks.BELOW
        features.marks[begins:] |= marks.COMMENTS * ((features.linked < 0.5) & ~notice)[begins:]
        text = _text_before(features, odds)
    notice |= features.says[:, _CALLS].sum(axis=1) >= CALLS
    notice &= (features.chars <= NOTICE) & (text[:-1] >= END * text[-1])
    addresses = np.array([text.startswith(_ADDRESS) and " " not in text for text in texts], dtype=bool)
    if addresses.sum() < ADDRESSES:
        addresses[:] = False
    return odds - AGAINST_NOTICE * notice - AGAINST_ADDRESSES * addresses - AGAINST_RELATED * _related_links(features)


def comments_begin(features: Features, text: Array) -> int:
    """The block that heads the readers' comments, or -1; `text` counts the article's likely characters before each."""
    dated = features.dated & (features.chars <= DATED)
    counted = np.concatenate([[0], np.cumsum(dated)])
    here = np.arange(len(dated)) + 1
    soon = counted[np.minimum(here + SOON, len(dated))] > counted[here]
    heads = (features.headed & (features.chars <= HEADING)) | (soon & (features.chars <= PLAIN))
    heads &= (features.says[:, LISTS["comments"]] > 0) & (text[:-1] > ARTICLE)
    heads[: max(features.headline, 0) + 1] = False
    later = counted[-1] - counted[here]
    found = np.flatnonzero(heads & (later >= COMMENTS))
    return int(found[0]) if len(found) else -1


def _related_links(features: Features) -> NDArray[np.bool_]:
    """The links in lists whose nearest heading above is one of related stories, and that heading."""
    heads = features.headed & (features.chars <= HEADING) & (features.says[:, LISTS["related"]] > 0)
    nearest = np.maximum.accumulate(np.where(features.headed, np.arange(len(heads)), -1))
    under = (nearest >= 0) & heads[np.maximum(nearest, 0)] & ~features.headed
    out: NDArray[np.bool_] = under & (features.linked > 0.5) & (features.marks & marks.LIST != 0)
    out[:-1] |= heads[:-1] & out[1:]
    return out


def _text_before(features: Features, odds: Array) -> Array:
    """Unlinked characters, of blocks that are rather the article's, before each block and in all."""
    likely = features.chars * (1 - features.linked) * (odds > 0)
    return np.concatenate([np.zeros(1), np.cumsum(likely)])
