"""Mend an article that was chosen block by block: lists that were cut in half, gaps, headings of its own sections."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from flows.extract.web import marks
from flows.extract.web.blocks import Cut
from flows.extract.web.credited import is_credit
from flows.extract.web.features import Features
from flows.extract.web.phrases import LISTS

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

PARAGRAPH = 60
"""A paragraph that stands for how an article sets its text has as many characters;"""
LEADS = 10
"""it stands at most as many blocks below the headline."""
SENTENCE = 8
"""A sentence has as many characters."""
SIBLINGS = 3
"""As many entries of a list, or rows of a table, stand or fall together,"""
LIST_LINKED = 0.25
"""unless so much of them is linked."""
COPIED = 30
"""A shorter block is no copy of another: it may be a name, or a line that comes again."""
GAP = 2
"""As many blocks between two paragraphs of one element are of the article too,"""
LINE_LINKED = 0.3
"""those that are no links,"""
UNLIKELY = -2.0
"""and no worse than this by their log odds."""
HEADINGS = 2
"""As many headings may stand above one another. One that is a link heads a teaser."""
FAR_FROM = -2.5
"""The same for a heading above a paragraph of the article."""

_SENTENCE = re.compile(r"[.!?…。！？।؟۔։](?:[\"”»’')\]」』）]|\s)*\Z")
_ENTRIES = ("li", "tr")
_OTHERS = [LISTS[name] for name in ("related", "share", "comments", "login", "letter", "advert")]
"""What the heading of another part of the page says."""


def mend(cut: Cut, features: Features, kept: Mask, odds: Array) -> Mask:
    """The chosen blocks with what belongs to them, without what does not; `odds` are the model's log odds."""
    barred = features.marks & (marks.CONTROL | marks.BELOW) != 0
    if features.headline >= 0:
        barred[features.headline] = True
    kept = _siblings(cut, features, kept) & ~barred
    places = np.flatnonzero(kept)
    if not len(places):
        return kept
    parents = cut.all_frames.above[cut.holders]
    for start in np.flatnonzero((np.diff(places) > 1) & (np.diff(places) <= GAP + 1)).tolist():
        left, right = int(places[start]), int(places[start + 1])
        if parents[left] == parents[right]:
            gap = slice(left + 1, right)
            fits = (parents[gap] == parents[left]) & (features.linked[gap] < LINE_LINKED) & (odds[gap] > UNLIKELY)
            kept[gap] |= fits & ~barred[gap]
    kept |= _leads(cut, features, kept, barred)
    heads = np.array(cut.all_frames.bits, dtype=np.int64)[cut.holders] & marks.HEADING != 0
    own = heads & (features.linked < LINE_LINKED) & ~features.says[:, _OTHERS].any(axis=1)
    for i in np.flatnonzero(own & ~kept & ~barred & (odds > FAR_FROM)).tolist():
        below = i + 1
        while below < len(kept) and heads[below] and below <= i + HEADINGS:
            below += 1
        if i > places[0] and below < len(kept) and kept[below]:
            kept[i] = True
    return kept


def _leads(cut: Cut, features: Features, kept: Mask, barred: Mask) -> Mask:
    """Sentences between the headline and the first paragraph, set as it is: short leads look much like credits."""
    out: Mask = np.zeros(len(kept), dtype=bool)
    inside = np.flatnonzero(kept & (features.chars >= PARAGRAPH) & (features.linked < LINE_LINKED))
    if features.headline < 0 or not len(inside) or not 0 < inside[0] - features.headline <= LEADS:
        return out
    tags, above = cut.all_frames.tags, cut.all_frames.above
    first = int(cut.holders[inside[0]])
    for i in range(features.headline + 1, int(inside[0])):
        holder, text = int(cut.holders[i]), cut.texts[i]
        alike = tags[holder] == tags[first] and above[holder] == above[first]
        if alike and not barred[i] and features.linked[i] < LINE_LINKED and _SENTENCE.search(text):
            out[i] = len(text) >= SENTENCE and not is_credit(text)
    return out


def copies(cut: Cut, features: Features) -> Mask:
    """The blocks that are out of sight and say again what another block says: copies for printing, for readers without
    scripts, to be taken along.

    Of two copies out of sight the first one stands. Where most of an element's text out of sight is a copy, all of it
    is.
    """
    frames = cut.all_frames
    unseen = (features.marks & (marks.CONCEALED | marks.HIDDEN) != 0) | (
        np.array(frames.inherited, dtype=np.int64)[cut.holders] & marks.CONCEALED != 0
    )
    out: Mask = np.zeros(len(unseen), dtype=bool)
    if not (unseen & (features.chars >= COPIED)).any():
        return out
    folded = [
        "".join(text.split()) if size >= COPIED else ""
        for text, size in zip(cut.texts, features.chars.tolist(), strict=True)
    ]
    known = {text for text, hidden in zip(folded, unseen.tolist(), strict=True) if text and not hidden}
    for i in np.flatnonzero(unseen).tolist():
        out[i] = folded[i] in known
        if folded[i]:
            known.add(folded[i])
    if not out.any():
        return out
    own = np.array(frames.bits, dtype=np.int64) & (marks.CONCEALED | marks.HIDDEN) != 0
    first, last = frames.first.tolist(), frames.last.tolist()
    for frame in np.flatnonzero(own).tolist():
        inside = slice(first[frame], last[frame])
        hidden = features.chars[inside] * unseen[inside]
        if 2 * float((hidden * out[inside]).sum()) > float(hidden.sum()) > 0:
            out[inside] |= unseen[inside]
    return out


def _siblings(cut: Cut, features: Features, kept: Mask) -> Mask:
    """Lists and tables whole where most of their text is kept, else not at all."""
    owners = np.full(len(kept), -1, dtype=np.int64)
    tags, above = cut.all_frames.tags, cut.all_frames.above.tolist()
    for i, frame in enumerate(cut.holders.tolist()):
        entry = above[frame] if tags[frame] == "p" and above[frame] >= 0 else frame
        if tags[entry] in _ENTRIES:
            owners[i] = above[entry]
    entries = owners >= 0
    if not entries.any():
        return kept
    owner = np.where(entries, owners, len(cut.all_frames))
    chars, size = features.chars, len(cut.all_frames) + 1
    whole = np.bincount(owner, weights=chars, minlength=size)
    chosen = np.bincount(owner, weights=chars * kept, minlength=size)
    linked = np.bincount(owner, weights=chars * features.linked, minlength=size)
    count = np.bincount(owner, minlength=size)
    split = (chosen > 0) & (chosen < whole) & (count >= SIBLINGS) & (linked < LIST_LINKED * whole)
    most = 2 * chosen >= whole
    out: Mask = np.where(entries & split[owner], most[owner], kept)
    return out
