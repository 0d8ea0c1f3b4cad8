"""Name what a block is, once it is known whether it belongs to the article."""

from __future__ import annotations

import re

import numpy as np

from flows.extract.web import marks
from flows.extract.web.blocks import Cut, Frame
from flows.extract.web.credited import is_credit
from flows.extract.web.features import Features
from flows.extract.web.phrases import LISTS
from flows.extract.web.vote import Mask

NEAR = 6
"""A line of credits stands at most this many blocks after the headline."""
LINE = 160
"""A caption is at most this long."""

PROSE_WORDS = 6
"""Words in a line of prose that is set in a fixed pitch, on average at least;"""
PROSE_SIGNS = 0.01
"""and the share of its characters that may be signs of code: as many as in a mail with an address."""

_LINKED = 0.5
_IDEOGRAPH = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff\uac00-\ud7a3]")
_SENTENCE_END = re.compile(r"[^\W\d_]{2}[.!?](?:\s|\Z)")
_SIGNS = re.compile(r"[={}<>\[\]\\|_*#$;@`~^]")


def of_element(frame: Frame, text: str) -> str:
    """Kind of a block of an article by its element alone."""
    if frame.bits & marks.HEADING:
        return "headline"
    if len(text) <= LINE and (frame.tag in ("figcaption", "caption") or "caption" in frame.name.casefold()):
        return "caption"
    if frame.tag == "tr":
        return "table"
    if frame.inherited & marks.QUOTE:
        return "quote"
    return "list" if frame.tag in ("li", "dd", "dt") else "body"


def of_kept(cut: Cut, features: Features, index: int) -> str:
    """Kind of a block of the article."""
    frame = cut.frame(index)
    text = cut.texts[index]
    headline = features.headline
    if index == headline:
        return "headline"
    kind = of_element(frame, text)
    if kind == "body" and headline >= 0 and 0 < index - headline <= NEAR and is_credit(text):
        return "byline"
    if kind == "body" and len(text) <= LINE and features.marks[index] & marks.CAPTION:
        inline = frame.tag not in ("p", "div")
        return "caption" if inline and features.says[index, LISTS["photo"]] else kind
    return kind


def is_listing(frame: Frame, text: str) -> bool:
    """Whether a block is code, or set like it, rather than prose in a fixed pitch."""
    if not frame.inherited & marks.PREFORMATTED:
        return False
    if len(_IDEOGRAPH.findall(text)) > 0.3 * len(text):
        return False
    lines = [line for line in text.splitlines() if line.strip()]
    words = len(text.split())
    sentences = _SENTENCE_END.search(text) is not None and words >= PROSE_WORDS * len(lines)
    return not sentences or len(_SIGNS.findall(text)) > PROSE_SIGNS * len(text)


def of_all(cut: Cut, features: Features, inside: Mask) -> list[str]:
    """Kinds of all blocks; `inside` marks those of the article."""
    headline = features.headline
    out = _of_rest(cut, features)
    for i in np.flatnonzero(inside).tolist():
        out[i] = of_kept(cut, features, i)
    for i in range(headline + 1, min(headline + NEAR + 1, len(out))) if headline >= 0 else ():
        if not inside[i] and features.linked[i] < _LINKED and is_credit(cut.texts[i]):
            out[i] = "byline"
    return out


def _of_rest(cut: Cut, features: Features) -> list[str]:
    """Kinds of blocks that are the page's own, by their marks and what they say."""
    bits, headline = features.marks, features.headline
    own = np.array(cut.all_frames.bits, dtype=np.int64)[cut.holders]
    size = np.fromiter(map(len, cut.texts), dtype=np.int64, count=len(cut.texts))
    advert, related, legal = (features.says[:, LISTS[name]] > 0 for name in ("advert", "related", "copyright"))
    above = np.full(len(size), headline < 0)
    above[: max(headline, 0)] = True
    of_advert = (bits & marks.ADVERT != 0) & (own & marks.HEADING == 0)
    of_menu = (bits & marks.MENU != 0) | (features.linked > _LINKED) | ((size <= 60) & related)
    of_list = (bits & (marks.RELATED | marks.LIST) != 0) & (size <= LINE)
    rules = (
        ("comment", bits & marks.COMMENTS != 0),
        ("advert", ((size <= 40) & advert) | of_advert),
        ("navigation", of_menu),
        ("boilerplate", (bits & marks.FOOTER != 0) | legal),
        ("masthead", (bits & marks.HEADER != 0) & above),
        ("navigation", of_list),
    )
    names = [*(name for name, _ in rules), "boilerplate"]
    first = np.array([*(holds for _, holds in rules), np.ones(len(size), dtype=bool)]).argmax(axis=0)
    return [names[place] for place in first.tolist()]
