"""Name what a block is, once it is known whether it belongs to the article."""

from __future__ import annotations

import re

from flows.extract.web import marks
from flows.extract.web.blocks import Cut, Frame
from flows.extract.web.features import Features
from flows.extract.web.phrases import DATE, LISTS, has
from flows.extract.web.vote import Mask

NEAR = 6
"""A line of credits stands at most this many blocks after the headline."""
LINE = 160
"""A line of credits or a caption is at most this long."""

_LINKED = 0.5
_ABOUT = re.compile(
    r"^\W*(本报|本刊|新华社|中新社)?\s*(特约|实习|见习)?(记者|通讯员|作者|编辑|责任编辑|责编|来源|文|图)\s*[:：/／ ]"
    r"|^\W*by\s+\w",
    re.I,
)


def is_credit(text: str) -> bool:
    """Whether a short line says who wrote or sent out the text, or when."""
    if len(text) > LINE:
        return False
    lower = text.casefold()
    found = has("credit", lower) or _ABOUT.search(text) is not None
    return found or DATE.search(lower) is not None


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
    if kind == "body" and headline >= 0 and 0 < index - headline <= NEAR and len(text) <= 80 and is_credit(text):
        return "byline"
    if kind == "body" and len(text) <= LINE and features.marks[index] & marks.CAPTION:
        inline = frame.tag not in ("p", "div")
        return "caption" if inline and features.says[index, LISTS["photo"]] else kind
    return kind


def of_all(cut: Cut, features: Features, inside: Mask) -> list[str]:
    """Kinds of all blocks; `inside` marks those of the article."""
    bits = features.marks.tolist()
    linked = features.linked.tolist()
    own = [cut.all_frames.bits[holder] for holder in cut.holders.tolist()]
    advert, related, legal = (features.says[:, LISTS[name]].tolist() for name in ("advert", "related", "copyright"))
    headline = features.headline
    out: list[str] = []
    for i, kept in enumerate(inside.tolist()):
        if kept:
            out.append(of_kept(cut, features, i))
            continue
        after = i - headline if headline >= 0 else 0
        if 0 < after <= NEAR and linked[i] < _LINKED and is_credit(cut.texts[i]):
            out.append("byline")
            continue
        size = len(cut.texts[i])
        says_advert = size <= 40 and advert[i] > 0
        says_menu = linked[i] > _LINKED or (size <= 60 and related[i] > 0)
        heads = headline < 0 or after < 0
        out.append(_of_rest(bits[i], own[i], size, says_advert, says_menu, legal[i] > 0, heads))
    return out


def _of_rest(
    bits: int, own: int, size: int, says_advert: bool, says_menu: bool, says_legal: bool, before_headline: bool
) -> str:
    """Kind of a block that is the page's own, by its marks and what it says."""
    if bits & marks.COMMENTS:
        return "comment"
    if says_advert or (bits & marks.ADVERT and not own & marks.HEADING):
        return "advert"
    if bits & marks.MENU or says_menu:
        return "navigation"
    if bits & marks.FOOTER or says_legal:
        return "boilerplate"
    if bits & marks.HEADER and before_headline:
        return "masthead"
    if bits & (marks.RELATED | marks.LIST) and size <= LINE:
        return "navigation"
    return "boilerplate"
