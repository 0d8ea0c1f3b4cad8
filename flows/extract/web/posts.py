"""Tell the first of several posts that stand whole on one page, as on the front page of a blog or in a thread."""

from __future__ import annotations

import numpy as np

from flows.extract.web import marks
from flows.extract.web.blocks import Cut
from flows.extract.web.features import Features, family
from flows.extract.web.vote import Mask

SOON = 2
"""A post's date comes within as many blocks of its heading."""
DATED = 80
"""The line with it is at most this long."""
POST = 100
"""A post has at least as many characters."""


def first_post(page: Cut, features: Features, kept: Mask) -> Mask:
    """What of an article is its first post.

    Posts are headed alike: by blocks of one element and class, each with a date close below it. The page's headline, if
    it has one, heads the first of them; an article with dated sections has its own above theirs.
    """
    dated = features.dated & (features.chars <= DATED)
    heads = features.headed & ~features.dated & (features.marks & marks.COMMENTS == 0)
    soon = np.zeros(len(kept), dtype=bool)
    for step in range(1, SOON + 1):
        soon[:-step] |= dated[step:]
    heads &= soon
    if heads.sum() < 2 or (features.headline >= 0 and not heads[features.headline]):
        return kept
    alike: dict[tuple[str, str, str], list[int]] = {}
    tags, names, above = page.all_frames.tags, page.all_frames.names, page.all_frames.above
    for i in np.flatnonzero(heads).tolist():
        holder = int(page.holders[i])
        name = (tags[holder], family(names[holder]), tags[max(int(above[holder]), 0)])
        alike.setdefault(name, []).append(i)
    text = np.append(0, np.cumsum(features.chars * kept))
    for posts in alike.values():
        if features.headline >= 0 and features.headline != posts[0]:
            continue
        sizes = np.diff(text[[*posts, len(kept)]])
        if sizes[0] >= POST and (sizes[1:] >= POST).any():
            first = kept.copy()
            first[posts[1] :] = False
            return first
    return kept
