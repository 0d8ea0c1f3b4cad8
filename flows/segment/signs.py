"""Whether a text shows itself to be a newspaper page: what newspapers print round their articles, and nobody else.

A headline, a date or a paragraph that breaks off stands in every other plain text, and so does a single byline. What
tells a page of a newspaper is how its parts begin and end: a block of mastheads or adverts at its head, a dateline that
closes a text above another one, jump lines within the page, headlines with bylines or datelines below other text. Each
counts by how seldom other texts have it; a page has some of them.
"""

from __future__ import annotations

import re

from flows.segment.lines import Line
from flows.segment.profiles import FURNITURE, JUMP_LEAD, JUMP_TAIL, LEAD, STAFF
from flows.segment.words import in_words

ENOUGH = 1.5
"""Weight of the signs from which on a text is a newspaper page."""
SURE, LIKELY, FAINT = 2.0, 1.0, 0.5
"""A sign that other texts never have; one that few of them have once; and one that goes with others."""

_FURNITURE = ("masthead", "advert")
_BLOCK = 2
"""Lines of a block of mastheads or adverts, at least, that are such by their own form."""
_ALIKE = 3
"""Code points by which lines of such a block are told apart."""
_DATE = re.compile(r"(?i)\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b")
_ADDRESS = re.compile(r"https?:|www\.")
_DATED = re.compile(r"\d|\([A-Z]")
"""What the dateline of an agency's report has besides its place, and other lines that begin in capitals have not."""
_REACH = 6
"""Lines below a headline among which its text begins."""
_TEXT = 20
"""Code points of a line that is text rather than a label or a link."""


def is_newspaper(lines: list[Line]) -> bool:
    """Whether lines, with their kinds, are those of a newspaper page."""
    return weight(lines) >= ENOUGH


def weight(lines: list[Line]) -> float:
    """The weight of the signs of a newspaper page; those of one kind add up where they stand in several places."""
    text = [place for place, line in enumerate(lines) if line.kind == "body" and len(line.text) >= _TEXT]
    if not text:
        return 0.0
    found = _head(lines, text[0])
    heads = [place for place, line in enumerate(lines[: text[0]]) if line.kind == "headline"]
    if heads:
        found += _opening(lines, heads[-1], below=False)
    for place, line in enumerate(lines):
        inside = text[0] < place < text[-1]
        if JUMP_LEAD.match(line.text) or (line.kind == "body" and JUMP_TAIL.search(line.text[-40:])):
            # The pages of an article on the web begin and end with the way to the others.
            found += SURE if inside or (place == text[-1] and JUMP_LEAD.match(line.text)) else _told(line.text)
        elif not inside:
            continue
        elif line.kind == "dateline":
            found += SURE
        elif line.kind == "jump":
            found += _told(line.text)
        elif line.kind == "body" and lines[place - 1].kind == "body" and _dated(line.text):
            found += FAINT
        elif (line.kind == "headline" and lines[place - 1].kind != "headline") or _under_text(lines, place):
            found += _opening(lines, place, below=True)
    return found


def _told(text: str) -> float:
    """The weight of a form of words. In Han letters such forms name newspapers and pages; those of alphabets are only
    shapes, which many other texts have once."""
    return LIKELY if in_words(text) else SURE


def _signed(byline: str) -> float:
    """The weight of a byline below a headline: chapters and poems have authors, too, but no staff."""
    if STAFF.search(byline):
        return SURE
    return LIKELY if in_words(byline) else 0.0


def _head(lines: list[Line], first: int) -> float:
    """The weight of a block of mastheads or adverts above the first line of text."""
    for kind in _FURNITURE:
        # Lines that begin alike say one thing twice.
        own = {
            line.text[:_ALIKE].casefold()
            for line in lines[:first]
            if line.kind == kind
            and FURNITURE.fullmatch(line.text)
            and not (_DATE.search(line.text) or _ADDRESS.search(line.text))
        }
        if len(own) >= _BLOCK:
            return SURE
    return 0.0


def _opening(lines: list[Line], place: int, *, below: bool) -> float:
    """The weight of what follows a headline: bylines and captions, and a dateline before its text.

    `below` says that there is text above. The first headline of any text may have them.
    """
    found = 0.0
    byline: Line | None = None
    for line in lines[place + 1 : place + 1 + _REACH]:
        if line.kind == "byline":
            byline = byline or line
        if line.kind == "headline" and byline:
            return 0.0  # a list of what others wrote
        if line.kind in ("byline", "caption", "headline"):
            continue
        if byline:
            found += _signed(byline.text) if below else FAINT
        if _dated(line.text):
            found += _told(line.text) if below else FAINT
        break
    return found


def _under_text(lines: list[Line], place: int) -> bool:
    """Whether a line is one of text right above a byline: a headline that has not the form of one."""
    line, after = lines[place], lines[place + 1]
    return line.kind == "body" and not line.ends and line.short and after.kind == "byline"


def _dated(text: str) -> bool:
    """Whether a text begins with the dateline of a report, rather than with a name in capitals and a dash."""
    lead = LEAD.match(text)
    return lead is not None and (not in_words(lead[0]) or bool(_DATED.search(lead[0])))
