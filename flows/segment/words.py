"""Lines in scripts of words, judged as `affinity` judges Han letters: what goes on in what, what is a headline.

All scores are natural log odds, their weights from regressions over made pages (`tests/bench/scramble_english.py`).
The words that only hold sentences together are those of the language profiles.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from itertools import pairwise

from flows.segment.profiles import HANGING_WORDS, OPENING_WORDS, SMALL_WORDS

_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_WORD = re.compile(r"[^\W\d_]+")
_TERM = re.compile(r"[^\W\d_]{3,}|\d[\d.,]*\d")
_HYPHEN = re.compile(r"[^\W\d_]-$")
_PREDICATE = re.compile(r"\b(?:said|says|was|were|had|has|have|is|are|been)\b")
_LETTER = re.compile(r"[^\W\d_]")
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
)
"""Letters of scripts that have no spaces between words, or break lines within them without a mark."""
_NO_SPACE_AFTER, _NO_SPACE_BEFORE = "-‐‑–—/([{“‘«„", ",.;:!?)]}”’»%…"
_DASH_ALONE = re.compile(r"\s[-–—]$")
_NEAR = 32
"""Characters within which the letter nearest to an edge is looked for."""
_STEM = 5
"""Letters by which a word is known, so that its endings make no difference."""
_TITLE_CASE = 0.8


def in_words(text: str) -> bool:
    """Whether a text is in a script of words."""
    return 4 * len(_HAN.findall(text)) < sum(map(len, _WORD.findall(text)))


def stems(text: str) -> frozenset[str]:
    """What a line is about: the beginnings of its words, and its numbers."""
    found = (word.lower() for word in _TERM.findall(text))
    return frozenset(word[:_STEM] for word in found if word not in SMALL_WORDS)


def starts(text: str) -> float:
    """Whether a line begins a paragraph rather than goes on in one."""
    return -4.0 if text[0].islower() else 1.5


def headline_form(text: str) -> float:
    """Whether a short line without an end is a headline rather than a piece of a paragraph."""
    if text[0].islower():
        return -6.0
    words = _WORD.findall(text)
    telling = [word for word in words if word.lower() not in SMALL_WORDS][1:]
    capitals = sum(word[0].isupper() for word in telling) / max(1, len(telling))
    unclosed = text.count('"') % 2 == 1 or text.count("“") != text.count("”")
    odds = (
        3.8
        - 0.41 * math.log(len(text))
        - 5.27 * (_HYPHEN.search(text) is not None)
        - 2.85 * (text[-1].isalpha() and bool(words) and words[-1].lower() in HANGING_WORDS)
        - 0.78 * ("," in text)
        + 3.17 * (capitals > _TITLE_CASE)
        - 1.23 * any(c.isdigit() for c in text)
        + 2.55 * (":" in text)
        - 3.41 * (bool(words) and words[0].lower() in OPENING_WORDS)
        - 0.89 * (_PREDICATE.search(text) is not None)
        - 4.69 * unclosed
        - 2.46 * (text[-1] in ",;")
    )
    return float(odds)


def parted(before: str, text: str) -> bool:
    """Whether a space stands between two pieces of a paragraph: both are in a script of words, and there is neither a
    hyphen or dash, but one between spaces, nor a mark that has none at that side. A text in Han letters is cut within
    foreign words as well."""
    tight = before[-1] in _NO_SPACE_AFTER and not _DASH_ALONE.search(before)
    if tight or text[0] in _NO_SPACE_BEFORE or before[-1].isspace():
        return False
    last, first = _LETTER.findall(before[-_NEAR:]), _LETTER.search(text[:_NEAR])
    if not last or first is None or _UNSPACED.match(last[-1]) or _UNSPACED.match(first[0]):
        return False
    return in_words(before + text)


class Lexicon:
    """The words of one page and their neighbours."""

    def __init__(self, texts: list[str]) -> None:
        self._words: Counter[str] = Counter()
        self._pairs: Counter[tuple[str, str]] = Counter()
        for text in texts:
            words = [word.lower() for word in _WORD.findall(text)]
            self._words.update(words)
            self._pairs.update(pairwise(words))

    def joins(self, before: str, text: str, brackets: float) -> float:
        """Whether a line goes on where another was cut, between two words or within one; `brackets` is what their
        brackets say of it."""
        above, below = _WORD.findall(before), _WORD.findall(text)
        last, first = above[-1].lower() if above else "", below[0].lower() if below else ""
        hyphen, lower = bool(_HYPHEN.search(before)), text[0].islower()
        known = text[0].isalpha() and (self._words[first] > 1 or first in SMALL_WORDS)
        odds = -4.4 + brackets - 1.16 * text[0].isdigit() - 2.35 * (not lower and first in OPENING_WORDS)
        if hyphen:
            return odds + (4.59 if lower else -1.43) + 3.78 * (self._words[last + first] > 0) - 2.77 * known
        return odds + 3.67 * lower + 0.53 * (known and lower) + 2.4 * (self._pairs[last, first] > 0)
