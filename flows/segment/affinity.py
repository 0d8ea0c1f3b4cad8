"""How well lines of a page belong together: one going on in the other, or both being about the same thing.

All scores are natural log odds. Their weights come from regressions over made pages (`tests/bench/scramble.py`).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np

from flows.segment import letters, words

_RUN = re.compile(r"[\u3400-\u9fff]{2,}|[^\W\d_\u3400-\u9fff]{3,}|\d[\d.,]*\d")
_HAN = re.compile(r"[\u3400-\u9fff]")
_OPENING, _CLOSING = "“‘（(《「『【", "”’）)》」』】"
_SENTENCE_END = re.compile(r"[。！？!?….；;][”’」』》）)\]\"'】]*$")
_WITHIN = _CLOSING + "，。、；：！？,.;:!?%"
_BRACKET = re.compile(rf"[{re.escape(_OPENING + _CLOSING)}]")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_\u3400-\u9fff])’")
_SMALL_WORDS = re.compile(r"[了是在]")
_HANGING = "的了在是和与及从对为被把向以等并还也都就又将"
"""Letters that a headline does not end with."""
_QUOTED = re.compile(r"[“\"「][^。！？，,!?“”「」]+(?<!\.)[”\"」]")
_LETTERS_PER_HAN = 2.2
"""How many letters of an alphabet a headline has for each Han letter."""
_COMMON, _RARE = 6.0, 4.8
"""Surprise, in natural log, of a pair of letters that tells nothing, and what terms of other scripts have beyond it."""
_LEAST_SURPRISE = 9.0
"""Surprise of the terms of the shortest lines."""
_NUMBERED = re.compile(r"[一二三四五六七八九十]{1,2}[、 ]|[(（][一二三四五六七八九十\d]{1,2}[)）]|\d{1,2}[.、]")


def terms(text: str) -> frozenset[str]:
    """What a line is about: pairs of Han letters, words of other scripts, numbers."""
    out: set[str] = set()
    for run in _RUN.findall(text):
        if _HAN.match(run):
            out.update(run[i : i + 2] for i in range(len(run) - 1))
        else:
            out.add(run.lower())
    return frozenset(out)


def rarity(term: str) -> float:
    """How much a term tells by its being rare: natural log of one over its share of all, less `_COMMON`. Below zero for
    the commonest pairs of Han letters; terms of other scripts count as rare."""
    if len(term) == 2 and _HAN.match(term):
        return -math.log(letters.pair(term)) - _COMMON
    return _RARE


def _without_apostrophes(text: str) -> str:
    """A text without those of its closing quotation marks that are apostrophes."""
    return text if "’" not in text or "‘" in text else _APOSTROPHE.sub("", text)


def depth(text: str) -> int:
    """Brackets and quotation marks that a line opens and does not close; negative where it closes more."""
    text = _without_apostrophes(text)
    return sum(c in _OPENING for c in text) - sum(c in _CLOSING for c in text)


def runs_on(text: str) -> bool:
    """Whether a line begins within a sentence: with a small letter, or with what closes or parts."""
    return text[0].islower() or text[0] in _WITHIN


def goes_on(before: str, text: str) -> bool:
    """Whether a line goes on in another although it may end a paragraph: a quotation is closed there, a number or a
    sentence goes on."""
    if before[-1] == "." and text[0].isdigit():
        return before[-2:-1].isdigit()
    if text[0] in _CLOSING and depth(before) > 0:
        return True
    return runs_on(text) and not _SENTENCE_END.search(before)


class _Runs:
    """The runs of two and three characters in a text."""

    _BITS = 21  # of a code point

    def __init__(self, text: str) -> None:
        self._text = text
        points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.int64)
        pairs = (points[:-1] << self._BITS) | points[1:]
        threes = (pairs[:-1] << self._BITS) | points[2:]
        found, counts = np.unique(pairs, return_counts=True)
        self._pairs: dict[int, int] = dict(zip(found.tolist(), counts.tolist(), strict=True))
        self._threes = set(np.unique(threes).tolist())

    def count(self, first: str, second: str) -> int:
        """How often one character follows another; a run of the same counts by pairs, as `str.count` does."""
        if first == second:
            return self._text.count(first + second)
        return self._pairs.get(ord(first) << self._BITS | ord(second), 0)

    def __contains__(self, run: str) -> bool:
        code = 0
        for char in run:
            code = code << self._BITS | ord(char)
        return code in (self._threes if len(run) == 3 else self._pairs)


class Affinity:
    """Scores between the lines of one page. Sets of lines are bit masks: bit n stands for line n."""

    def __init__(self, texts: list[str]) -> None:
        self._texts = texts
        page = "\n".join(texts)
        self._page = _Runs(page)
        self._lexicon = words.Lexicon(texts) if words.in_words(page) else None
        found = [words.stems(text) if self._lexicon else terms(text) for text in texts]
        holders: dict[str, int] = {}
        for number, line_terms in enumerate(found):
            for term in line_terms:
                holders[term] = holders.get(term, 0) | 1 << number
        # A term of one line alone tells nothing about its company.
        rare = {term: 0.0 if self._lexicon else rarity(term) for term in holders}
        self._masks = [
            [(m, rare[term]) for term in sorted(line_terms) if (m := holders[term]) & (m - 1)] for line_terms in found
        ]
        self._roots = [math.sqrt(max(1, len(line_terms))) for line_terms in found]
        self._surprises = [
            math.sqrt(max(_LEAST_SURPRISE, sum(rare[term] + _COMMON for term in sorted(line_terms))))
            for line_terms in found
        ]
        self._coherence: dict[tuple[int, int, int, int], float] = {}
        self._joins: dict[tuple[int, int], float] = {}
        self._starts: dict[int, float] = {}

    def coherence(self, number: int, article: int, last: int, headline: int, size: int) -> float:
        """Whether a line is about the same as an article.

        `article`, `last` and `headline` are the masks of the article's lines, of its last line and of its headline;
        `size` is the length of the article's lines in code points.
        """
        key = (number, article, last, headline)
        if key not in self._coherence:
            judge = self._by_words if self._lexicon else self._by_pairs
            self._coherence[key] = judge(number, article, last, headline, math.log(1 + size))
        return self._coherence[key]

    def _by_words(self, number: int, article: int, last: int, headline: int, length: float) -> float:
        shared = near = named = 0
        for mask, _ in self._masks[number]:
            if mask & article:
                shared += 1
                near += bool(mask & last)
                named += bool(mask & headline)
        root = self._roots[number]
        odds = (5.91 * shared + 2.3 * near + 4.12 * named - 0.18 * shared * length) / root
        return 15.73 - 0.05 * math.sqrt(shared) + odds - 0.79 * root - 2.35 * length

    def _by_pairs(self, number: int, article: int, last: int, headline: int, length: float) -> float:
        """Pairs of letters count by their rarity, and by how many lines of the article have them for each of those
        above that are not of the article."""
        shared = near = named = own = 0.0
        others = (1 << number) - 1 & ~article
        for mask, rare in self._masks[number]:
            if held := (mask & article).bit_count():
                shared += rare
                if mask & last:
                    near += rare
                if mask & headline:
                    named += rare
                own += math.log(1 + held / (1 + (mask & others).bit_count()))
        surprise = self._surprises[number]
        return (
            15.1
            + 3.5 * own / self._roots[number]
            + 0.87 * math.sqrt(max(0.0, shared))
            + (1.5 * near + 1.3 * named - 1.7 * shared) / surprise
            - 0.145 * surprise
            - 2.6 * length
        )

    def starts(self, number: int) -> float:
        """Whether a line begins a paragraph rather than goes on in one."""
        if number not in self._starts:
            text = self._texts[number]
            self._starts[number] = words.starts(text) if self._lexicon else letters.start(text)
        return self._starts[number]

    def joins(self, before: int, number: int) -> float:
        """Whether a line goes on where another was cut."""
        key = (before, number)
        if key not in self._joins:
            self._joins[key] = self._join(self._texts[before], self._texts[number], self.starts(number))
        return self._joins[key]

    def _join(self, before: str, text: str, starts: float) -> float:
        first = text[0]
        opened = depth(before) > 0
        bracket = _BRACKET.search(_without_apostrophes(text))
        closes = bracket is not None and bracket[0] in _CLOSING
        brackets = 3.76 * (opened and closes) - 1.64 * (not opened and closes) - 1.68 * (opened and not closes)
        if self._lexicon:
            return self._lexicon.joins(before, text, brackets)
        mark = not (_HAN.match(first) or first.isalnum() or first in _OPENING + "—")
        # An alphabet's sentences and names begin with a capital.
        latin = first.isalpha() and not _HAN.match(first) and first.lower() != first.upper()
        return (
            -2.86
            - 0.5 * starts
            + 0.77 * letters.tie(before, text)
            + 0.02 * math.log(max(1, self._page.count(before[-1], first)))
            + 2.44 * (before[-2:] + first in self._page)
            + 1.22 * (before[-1] + text[:2] in self._page)
            - 1.02 * (before[-1].isdigit() and first.isdigit())
            + 0.5 * mark
            + brackets
            - 0.14 * (before[-1] in "，,、")
            + (2.0 if first.islower() else -2.0) * latin
        )


def headline_form(text: str) -> float:
    """Whether a short line without an end is a headline rather than a piece of a paragraph."""
    if words.in_words(text):
        return words.headline_form(text)
    return (
        3.98
        - 0.45 * math.log(len(text))
        - 5.82 * ("，" in text or "," in text)
        - 2.73 * ("、" in text)
        + 1.38 * any(c in text for c in " ：:\u3000")
        - 0.1 * max(-4.0, min(4.0, letters.start(text)))
        - 1.87 * any(c.isdigit() for c in text)
        - 0.46 * ("的" in text)
        - 1.06 * bool(_SMALL_WORDS.search(text))
        - 0.61 * (text[-1] in _HANGING)
    )


def subhead_style(text: str) -> str | None:
    """How a subhead is set where headlines are not: `quoted`, `dashed`, `numbered`; None for a plain line."""
    if _QUOTED.fullmatch(text):
        return "quoted"
    if text.endswith("——"):
        return "dashed"
    return "numbered" if _NUMBERED.match(text) else None


@dataclass(frozen=True, slots=True)
class Scene:
    """What stands around a headline that may open an article. `near` is how coherent the text below is with the article
    above, `bodies` how many paragraphs that has; `sure` says that a byline, a caption or a dateline follows."""

    texts: tuple[str, ...]
    near: float
    bodies: int
    sure: bool
    closed: bool
    cut: bool
    followed: bool


def opens(scene: Scene) -> float:
    """Whether a headline opens an article rather than a part of the one above."""
    text = "".join(scene.texts)
    plain = words.in_words(text)
    odds = (
        (-4.5 if plain else -5.95)
        + 2.4 * math.log(len(text) / (_LETTERS_PER_HAN if plain else 1))
        + 6.5 * scene.sure
        + 3.15 * scene.closed
        + 4.22 * scene.cut
        + 2.69 * (len(scene.texts) > 1)
        - (0.75 if plain else 0.9) * scene.near
        - 0.74 * math.log(1 + scene.bodies)
        - 0.33 * (not plain and any(c in text for c in " ：\u3000"))
        - 4.31 * (not scene.followed)
    )
    if len(scene.texts) == 1 and subhead_style(text):
        odds -= 5.0
    return max(-12.0, min(12.0, odds))
