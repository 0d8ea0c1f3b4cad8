"""Set phrases of news pages: which lists a text has phrases of."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flows.extract.web.beginnings import beginnings, mixed, points
from flows.extract.wordlist import any_of, spellings

_FILE = Path(__file__).with_name("phrases.toml")


PHRASES = {
    name: list(dict.fromkeys(spelling for phrase in phrases for spelling in spellings(phrase)))
    for name, phrases in tomllib.loads(_FILE.read_text(encoding="utf-8")).items()
}
"""Name of the list: phrases, case-folded."""

LONGEST = max(len(phrase) for phrases in PHRASES.values() for phrase in phrases)

LISTS = {name: place for place, name in enumerate(PHRASES)}

DATE = re.compile(
    r"(19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}|\d{1,2}[:：]\d\d|\d{1,2}[./]\d{1,2}[./](19|20)\d\d|"
    r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2}(st|nd|rd|th)?,?\s+(19|20)\d\d|"
    r"\d{1,2}\.?\s+(de\s+)?\w{3,12}\s+(de\s+)?(19|20)\d\d"
)
"""Something like a date or a time of day."""


_OF_PHRASE = {phrase: LISTS[name] for name in reversed(PHRASES) for phrase in PHRASES[name]}


_SPELT = sorted(phrase for phrase in _OF_PHRASE if "a" <= phrase[0] <= "z")
_OTHERS = sorted(set(_OF_PHRASE) - set(_SPELT))
_BETWEEN = "\0"
"""Stands between texts that are looked at as one; no page holds it."""


def _firsts(phrases: list[str]) -> str:
    return "".join(re.escape(first) for first in sorted({phrase[0] for phrase in phrases}))


# Both begin with a set of letters, which the engine looks for at great speed: what stands before a word, and the first
# letter of a phrase in another script.
_ANY_SPELT = re.compile(f"[^a-z](?=({any_of(_SPELT)}))")
_ANY_OTHER = re.compile(f"[{_firsts(_OTHERS)}](?<=(?=({any_of(_OTHERS)})).)", re.S)
_HINT = re.compile(r"[:：12](?:(?<=[:：])|9|0)\d\d")
"""A colon or the century, and two digits, are in all that `DATE` matches. It begins with a set, as those above."""


def _find(folded: str) -> list[tuple[int, int]]:
    """Where each phrase in a case-folded text begins, and its place in LISTS; of two that overlap, the first."""
    text = _BETWEEN + folded
    return _placed(text, [match.span(1) for pattern in (_ANY_SPELT, _ANY_OTHER) for match in pattern.finditer(text)])


def _placed(text: str, found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Where phrases begin after a text's first letter, and their places in LISTS; of two that overlap, the first."""
    out: list[tuple[int, int]] = []
    done = 0
    for start, end in sorted(found):
        if start >= done:
            out.append((start - 1, _OF_PHRASE[text[start:end]]))
            done = end
    return out


_TREES = tuple(re.compile(any_of(phrases)) for phrases in (_SPELT, _OTHERS))


_MAY_BE_SPELT = beginnings(_SPELT, 3)
_MAY_BE_OTHER = beginnings([phrase for phrase in _OTHERS if len(phrase) > 1], 2)
_MAY_BE_SIGN = beginnings([phrase for phrase in _OTHERS if len(phrase) == 1], 1)


def _find_in_many(folded: str) -> list[tuple[int, int]]:
    """What `_find` finds: numpy tells the few places where a phrase may begin, and only these are looked at."""
    text = f"{_BETWEEN}{folded}{_BETWEEN}{_BETWEEN}"
    letters = points(text)
    low = letters.astype(np.uint16)
    one = low[1:-2]
    two = mixed(one, low[2:-1])
    not_a_to_z = letters - ord("a") >= 26
    spelt = _MAY_BE_SPELT.take(mixed(two, low[3:])) & not_a_to_z[:-3]
    other = (_MAY_BE_OTHER.take(two) | _MAY_BE_SIGN.take(one)) & not_a_to_z[1:-2]
    found = []
    for tree, begins in zip(_TREES, (spelt, other), strict=True):
        matches = (tree.match(text, at) for at in (np.flatnonzero(begins) + 1).tolist())
        found += [match.span() for match in matches if match]
    return _placed(text, found)


def lists_of(folded: str) -> list[int]:
    """The place in LISTS of every phrase in a case-folded text, from left to right."""
    return [place for _, place in _find(folded)]


def has(name: str, folded: str) -> bool:
    """Whether a case-folded text has a phrase of the list."""
    return LISTS[name] in lists_of(folded)


def opens(name: str, folded: str) -> bool:
    """Whether a case-folded text opens with a phrase of the list, marks and spaces before it not counted."""
    start = next((at for at, char in enumerate(folded) if char.isalnum()), 0)
    return _find(folded[start : start + LONGEST])[:1] == [(0, LISTS[name])]


def look(texts: list[str]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """How many phrases of each list each text has (a row a text, a column a list), and whether it has a date."""
    whole = _BETWEEN.join(texts).casefold()
    folded = whole.split(_BETWEEN)[: len(texts)]
    starts = np.zeros(len(texts) + 1, dtype=np.int64)
    starts[1:] = np.fromiter(map(len, folded), dtype=np.int64, count=len(texts)) + 1
    starts = starts.cumsum()
    says = np.zeros((len(texts), len(LISTS)))
    if found := _find_in_many(whole):
        at, lists = np.array(found).T
        np.add.at(says, (np.searchsorted(starts, at, side="right") - 1, lists), 1)
    dated = np.zeros(len(texts), dtype=bool)
    hints = [hint.start() for hint in _HINT.finditer(whole)]
    for i in np.unique(np.searchsorted(starts, hints, side="right") - 1).tolist():
        dated[i] = DATE.search(folded[i]) is not None
    return says, dated
