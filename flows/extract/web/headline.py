"""Find the block that is the page's headline."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.fuzz import partial_ratio

ALIKE = 0.7
"""A heading this much like a part of the title is the headline."""
ABOVE = 6
"""A headline that only its place tells is at most as many blocks above the first paragraph."""
LONGEST = 300
"""Headlines are no longer than this."""

LINE, HEADING = 80, 240
"""A headline that only its place tells is at most as long: a line, and a heading element."""

_FOLD = re.compile(r"[\W_]+")
_UNFINISHED = re.compile(r"(?:[。:：，,]|[^.]\.)\s*\Z")
_SUBTITLE = re.compile(r"\A\s*(?:——|--)")
_TRAIL = re.compile(r"\s/\s|\S\s*(?:>|»|›|〉|→)\s*\S")
_PLAIN = {code: char.lower() if (char := chr(code)).isalnum() else None for code in range(128)}
"""What `fold` makes of each ASCII character."""


@lru_cache(maxsize=16_384)
def fold(text: str) -> str:
    """Letters and digits only, width and case evened out."""
    if text.isascii():
        return text.translate(_PLAIN)
    return _FOLD.sub("", unicodedata.normalize("NFKC", text).casefold())


_SEPARATOR = re.compile(
    r"\s+[-–—|·•»:]+\s+|\s*[|｜_»]+\s*|\s*--+\s*|(?<=[\u4e00-\u9fff)）”》】！？!?…])\s*[-–—]+\s*(?=[\u4e00-\u9fff])"
)


def title_parts(title: str) -> list[str]:
    """A document's title cut where sites put their own name, sections and slogans."""
    return [part.strip() for part in _SEPARATOR.split(title) if part.strip()]


def _width(text: str) -> int:
    """Letters, those of Chinese and its like counted twice."""
    return len(text) + sum(char >= "\u2e80" for char in text)


def main_part(title: str) -> str:
    """The longest part of a title, where the first counts for more."""
    parts = title_parts(title)
    if len(parts) < 2:
        return title.strip(" _-|")
    size = [_width(fold(part)) * (1.4 if i == 0 else 1.0) for i, part in enumerate(parts)]
    return parts[size.index(max(size))]


def find_headline(
    texts: list[str], headings: NDArray[np.bool_], tops: NDArray[np.bool_], titles: list[str]
) -> tuple[int, NDArray[np.float64]]:
    """The block that is the page's headline, or -1, and for each block how much of a title it is (0 to 1).

    A headline repeats a title or the most of it. A first-level heading (`tops`) may also differ from it by some words.
    Where no block repeats the main part of a title, one that is the same as its first part will do: sites put keywords
    and slogans after it that are longer.
    """
    share = [0.0] * len(texts)
    folded = [t for t in dict.fromkeys(fold(main_part(title)) for title in titles) if len(t) >= 3]
    if not folded:
        return -1, np.array(share)
    longest = min(2 * max(map(len, titles)) + 20, LONGEST)
    initials = {char for title in (*titles, *folded) for char in title + title.casefold()}
    shortest, parts = min(map(len, folded)), "\0".join(folded)
    best, best_score = -1, 0.0
    for i, (text, heading, top) in enumerate(zip(texts, headings.tolist(), tops.tolist(), strict=True)):
        if len(text) > longest:
            continue
        if not heading and len(text) < shortest:  # it would have to be a part of a title
            begin, end = text[0], text[-1]
            if (begin not in initials and begin.isalnum()) or (end not in initials and end.isalnum()):
                continue
        own = fold(text)
        if len(own) < 3 or (not top and len(own) < shortest and own not in parts):
            continue
        most = 0.0
        for title in folded:
            alike = 0.0
            if own == title or (len(own) >= 4 and own in title) or (len(title) >= 8 and title in own):
                alike = 1.0
            elif top and len(own) >= 8:
                alike = partial_ratio(own, title) / 100
            if alike >= ALIKE:
                most = max(most, alike * min(len(own), len(title)) / max(len(own), len(title)))
        share[i] = most
        score = most * (1.35 if heading else 1.0) if most > 0.25 else 0.0
        if score > best_score + 1e-9:
            best, best_score = i, score
    if best_score < 0.9:
        first = _first_part(texts, headings, tops, titles)
        best = first if first >= 0 else best
    return best, np.array(share)


def _first_part(texts: list[str], headings: NDArray[np.bool_], tops: NDArray[np.bool_], titles: list[str]) -> int:
    """The block that is the first of several parts of a title: a first-level heading, else a heading, else any."""
    parts = {fold(cut[0]) for title in titles if len(cut := title_parts(title)) > 1}
    if not parts:
        return -1
    longest = 2 * max(map(len, parts)) + 8
    found = [i for i, text in enumerate(texts) if len(text) <= longest and fold(text) in parts]
    found = [i for i in found if tops[i] or len(fold(texts[i])) >= 6]
    return min(found, key=lambda i: (not tops[i], not headings[i], i), default=-1)


def visible_headline(
    texts: list[str], set_as: tuple[NDArray[np.bool_], ...], plain: NDArray[np.bool_], begins: int, *, any_line: bool
) -> int:
    """The line above an article's first paragraph that is set as its headline, or -1.

    `set_as` says which lines are: heading elements, then lines in bold or named a title. The first of its masks that
    has one decides, and the highest counts. Else, with `any_line`, it is the nearest line above that is `plain`: no
    link, no credit, no date, no name alone.
    """
    window = [i for i in range(max(begins - ABOVE, 0), begins) if plain[i] and 4 <= len(texts[i]) <= HEADING]
    others = (_UNFINISHED, _SUBTITLE, _TRAIL)
    window = [i for i in window if not any(pattern.search(texts[i]) for pattern in others)]
    for lines in set_as:
        for i in window:
            if lines[i] and (len(texts[i]) <= LINE or lines is set_as[0]):
                return i
    short = [i for i in window if len(texts[i]) <= LINE]
    return short[-1] if short and any_line else -1
