"""Lines of a text, and what each is by its own form and its neighbours: furniture, headline, caption or body."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from flows.segment.profiles import CAPTION, CUE, FURNITURE, JUMP_LEAD, LEAD, SHORT
from flows.segment.words import in_words

_CLOSED = re.compile(r"[。！？!?…；;][”’」』》）)\]\"'】]*$|\.[\"')]*$|[：:]$|——$")
_NO_HEADLINE = re.compile(r"[。；;，,、]|[?？].*[?？]|^[(（]|[.．…][\"'”’)]*$|[：:]$|^[，。、；：）」』》”’,;:)]")
_LETTERS = re.compile(r"[\u3400-\u9fff]{2}|[\uac00-\ud7af]{2}|[^\W\d_]{3}.*[^\W\d_]{3}")
_CUT_WORD = re.compile(r"[^\W\d_]-$|,[\"”’']$")
"""How a line ends that goes on, whatever else it ends with: a hyphen, a comma before a quotation mark."""
_HEADLINE_LONGEST = 60
_REACH = 4
"""Lines between two lines of furniture that are taken for furniture as well."""


@dataclass(slots=True)
class Line:
    """One line of a document. `close` says that no blank line parts it from the one before."""

    number: int
    text: str
    close: bool
    kind: str = "body"

    @property
    def short(self) -> bool:
        return len(self.text) <= SHORT

    @property
    def ends(self) -> bool:
        """A paragraph may end with it."""
        closed = bool(_CLOSED.search(self.text)) or self.text[-1] in "”」』’)）"
        return closed and not _CUT_WORD.search(self.text)


def typed(texts: list[str], gaps: list[int]) -> list[Line]:
    """Lines with their kinds. `gaps[i]` is the number of code points between line i and the one before."""
    adjacent = min((gap for gap in gaps[1:]), default=1)
    close = [i > 0 and gap <= adjacent <= 2 for i, gap in enumerate(gaps)]
    parted = sum(close) <= len(texts) / 2  # where no line is parted from the next, closeness says nothing
    lines = [Line(i, text, parted and close[i]) for i, text in enumerate(texts)]
    for line in lines:
        line.kind = _own_kind(line)
    _second_lines(lines)
    _captions(lines)
    _adverts(lines)
    _mastheads(lines)
    return lines


def _own_kind(line: Line) -> str:
    """The kind that a line's own form shows; `credit` stands for a photographer's line until captions are known."""
    # Of furniture, only captions end like a sentence: most lines are not looked at further.
    if line.short and line.text[-1] not in "。；;":
        found = FURNITURE.fullmatch(line.text) if CUE.search(line.text) else None
        if found:
            return str(found.lastgroup)
        if len(line.text) <= _HEADLINE_LONGEST and _may_head(line.text) and _LETTERS.search(line.text):
            running = line.text[0].islower() or _CUT_WORD.search(line.text)
            return "body" if running or JUMP_LEAD.match(line.text) or LEAD.match(line.text) else "headline"
        return "body"
    return "caption" if CAPTION.match(line.text) else "body"


def _may_head(text: str) -> bool:
    """Whether the punctuation of a line may be that of a headline. Those in words have commas."""
    found = _NO_HEADLINE.search(text)
    if found is not None and found[0] == "," and text[-1] != "," and in_words(text):
        found = _NO_HEADLINE.search(text.replace(",", ""))
    return found is None


def _second_lines(lines: list[Line]) -> None:
    """A headline in words may go on in a line of its own, with a small letter, if nothing parts the two."""
    for before, line in pairwise(lines):
        below = line.close and before.kind == "headline" and line.kind == "body"
        short = len(line.text) <= _HEADLINE_LONGEST and not line.ends
        if below and short and line.text[0].islower() and _may_head(line.text):
            line.kind = "headline"


def _captions(lines: list[Line]) -> None:
    """A photographer's credit makes the line above it a caption, if nothing parts them."""
    for before, line in zip([None, *lines], lines, strict=False):
        if line.kind != "credit":
            continue
        line.kind = "caption"
        if before and line.close and before.kind in ("body", "headline"):
            before.kind = "caption"


def _adverts(lines: list[Line]) -> None:
    """Short lines among adverts, or between one and a masthead or the head of the page, are the advert's words."""
    marked = [line.number for line in lines if line.kind == "advert"]
    edges = [-1, *(line.number for line in lines if line.kind in ("advert", "masthead"))]
    for start, end in pairwise(edges):
        if start in marked or end in marked:
            _fill(lines[start + 1 : end], "advert")


def _mastheads(lines: list[Line]) -> None:
    """Short lines between two lines of a masthead, or between the head of the page and one, belong to it."""
    edges = [-1, *(line.number for line in lines if line.kind in ("advert", "masthead"))]
    for start, end in pairwise(edges):
        if lines[end].kind == "masthead" and (start < 0 or lines[start].kind == "masthead"):
            _fill(lines[start + 1 : end], "masthead")


def _fill(inner: list[Line], kind: str) -> None:
    """Give a few short lines without an end a kind, if there is no other line among them."""
    plain = all(line.kind in ("headline", "body") and line.short and not line.ends for line in inner)
    if plain and len(inner) <= _REACH:
        for line in inner:
            line.kind = kind
