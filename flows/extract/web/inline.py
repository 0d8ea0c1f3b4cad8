"""Inline elements that mean more than their letters: raised and lowered text, notes, and elements that touch."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml import etree

from flows.extract.web import mathml

LONGEST = 24
"""Raised or lowered text is at most this long; pages that set whole paragraphs small use `sup` and `sub` for that."""
WORD = 3
"""Letters of a word that may be told from its neighbour where two elements touch: fewer are parts of a word or sign."""
LINE = 160
"""A line of facts whose elements touch is at most this long."""

_UP = str.maketrans("0123456789+-−–=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ⁿⁱ")
_DOWN = str.maketrans("0123456789+-−–=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎")
_RAISED = re.compile(r"[0-9+\-−–=()ni]*")
_LOWERED = re.compile(r"[0-9+\-−–=()]*")
_NUMBER = re.compile(r"\d")
_MARK = re.compile(
    r"(?:[\[［(（【〔]?\s*(?:\d{1,3}|[a-z]{1,2}|[ivxIVX]{1,4}|[*∗†‡§¶#]{1,3}|注\s*\d{0,3}|註\s*\d{0,3})\s*[\]］)）】〕]?[\s,，、;–-]*)+"
)
_BRACKETED = re.compile(
    r"(?:[\[［【〔]\s*(?:注|註|note\s)?\s*\d{1,3}(?:\s*[,，、–-]\s*\d{1,3})*\s*[\]］】〕]\s*)+", re.I
)
_NOTE_NAME = re.compile(r"foot-?note|end-?note|(?:^|[\s_-])(?:fn|fnref|noteref|cite|reference|refs?)(?:$|[\s_-])", re.I)
_NOTE_LINK = re.compile(r"#_?(?:_?ftn|fn|foot|end|note|cite|ref|n|r|b)[-_:.]?\w*", re.I)
FACTS = frozenset(("span", "a", "time", "small", "cite", "label", "address", "abbr", "data", "bdi", "font"))
"""Elements that hold facts side by side; emphasis stands inside words."""
_LINKS = frozenset(("a", "time"))


def note_or_script(node: etree._Element, tag: str) -> str | None:
    """What stands for a `sup` or `sub` element in the text, or None where it is read like any other.

    The mark of a note is no part of the text. Digits and signs become raised or lowered ones, so that a power is no
    digit of the number before it; what has none of its own is put in brackets behind a `^` or `_` where it holds a
    digit. Letters stay as they are: 1st, Mme.
    """
    text = "".join("".join(map(str, node.itertext())).split())
    if not text or len(text) > LONGEST or any(True for _ in node.iter("br", "p", "div", "img", "math", "ruby")):
        return None
    if tag == "sup" and _is_note(node, text):
        return ""
    if not _NUMBER.search(text) and text not in ("+", "-", "−", "–", "n", "i"):
        return None
    if (_RAISED if tag == "sup" else _LOWERED).fullmatch(text):
        return text.translate(_UP if tag == "sup" else _DOWN)
    sign = "^" if tag == "sup" else "_"
    return f"{sign}{text}" if len(text) == 1 else f"{sign}({text})"


def _is_note(node: etree._Element, text: str) -> bool:
    """Whether raised text is the mark of a note: bracketed, or like a mark and a link to a place of the page."""
    if _BRACKETED.fullmatch(text):
        return True
    if not _MARK.fullmatch(text):
        return False
    parent = node.getparent()
    links = [link.get("href") or "" for link in node.iter("a")]
    if parent is not None and parent.tag == "a":
        links.append(parent.get("href") or "")
    if any(href.startswith("#") or _NOTE_LINK.search(href) for href in links):
        return True
    names = " ".join(filter(None, (each.get(name) for each in (node, *node.iter("a")) for name in ("class", "id"))))
    return _NOTE_NAME.search(names) is not None


@lru_cache(maxsize=4_096)
def names_line_numbers(name: str | None) -> bool:
    """Whether the class of an element says that it numbers the lines of a listing."""
    return name is not None and _LINE_NUMBER.search(name) is not None


_LINE_NUMBER = re.compile(
    r"(?:^|[\s_-])(?:line-?nos?|line-?num(?:ber)?s?|linenos?|linenums?|ln|lnum|ln-num|gutter|rownum|blob-num)(?:$|[\s_-])",
    re.I,
)


def numbers_lines(node: etree._Element) -> bool:
    """Whether all that an element of a listing holds are the numbers of its lines."""
    head = (node.text or "").strip()
    named = names_line_numbers(node.get("class"))
    if not named and head and not head[:1].isdigit():
        return False
    words = "".join(map(str, node.itertext())).split()
    if not words or not all(word.isascii() and word.isdigit() for word in words):
        return False
    first = int(words[0])
    return named or (
        len(words) > 1 and first <= 1 and [int(word) for word in words] == list(range(first, first + len(words)))
    )


def is_apart(left: etree._Element | None, right: etree._Element | None, before: str, after: str, length: int) -> bool:
    """Whether a space is missing where an element ends or begins and the text goes on.

    `left` is the element that ends there, `right` the one that begins, None where there is bare text; `before` and
    `after` are the text on both sides, `length` that of the whole block. Styles set such elements apart, as the name
    of an author and a date. Elements inside a word are not: emphasis, single letters, CamelCase set in two colours.
    """
    end, begin = before[-1:], after[:1]
    if not (end.isalnum() and begin.isalnum()):
        return False
    tags = {each.tag for each in (left, right) if each is not None}
    word = _last_word(before)
    following = _first_word(after)
    if left is None or right is None:
        if not tags & _LINKS:
            return False
        return ("time" in tags) or (_is_seam(end, begin) and len(word) >= WORD and len(following) >= WORD)
    if min(len(word), len(following)) < WORD and not (end.isdigit() or begin.isdigit()) and end.isascii():
        return False
    if _is_seam(end, begin) and len(word) >= WORD:
        return True
    if left.tag == right.tag == "a" and left.get("href") != right.get("href"):
        return True
    if length <= LINE and not (end.islower() and begin.islower()) and _is_phrase(left) and _is_phrase(right):
        return True
    differ = left.tag != right.tag or left.get("class") != right.get("class")
    if "time" in tags:
        return True
    named = left.get("class") is not None or right.get("class") is not None
    return differ and named and length <= LINE and len(word) >= 2 and len(following) >= 2


def _is_phrase(node: etree._Element) -> bool:
    """Whether an element holds several words, as a name or a date has."""
    return len("".join(map(str, node.itertext())).split()) > 1


def _is_seam(end: str, begin: str) -> bool:
    """A small letter or a digit before a capital, as where two words touch."""
    return begin.isupper() and (end.islower() or end.isdigit())


def _last_word(text: str) -> str:
    found = _WORD_BEFORE.search(text[-40:])
    return found[0] if found else ""


def _first_word(text: str) -> str:
    found = _WORD_AFTER.match(text[:40])
    return found[0] if found else ""


_WORD_BEFORE = re.compile(r"\w+\Z")
_WORD_AFTER = re.compile(r"\w+")


def formula(node: etree._Element, tag: str) -> str | None:
    """The text of a formula in MathML, in a script for TeX, or in what describes a picture of one."""
    if tag == "math":
        return mathml.linear(node)
    if tag == "script":
        if not (node.get("type") or "").startswith("math/tex"):
            return None
        before = node.getprevious()
        drawn = (
            before is not None and "MathJax" in (before.get("class") or "") and "Preview" not in before.get("class", "")
        )
        return None if drawn else node.text
    parent = node.getparent()
    if not _TEX.search(node.get("class") or "") or parent is None or next(parent.iter("math"), None) is not None:
        return None
    return node.get("alt")


_TEX = re.compile(r"(?:^|[\s_-])(?:math|mwe-math|tex|latex|equation)(?:$|[\s_-])", re.I)


def says_again(node: etree._Element, tag: str, inline: bool, listing: bool) -> bool:
    """Whether an element says again what stands beside it: a drawn formula, or the numbers of a listing's lines."""
    if inline:
        return (listing and numbers_lines(node)) or (node.get("aria-hidden") is not None and _is_drawn(node))
    return (tag == "pre" or names_line_numbers(node.get("class"))) and numbers_lines(node)


def _is_drawn(node: etree._Element) -> bool:
    """Whether an element that readers' programs skip draws the formula that stands beside it in MathML."""
    parent = node.getparent()
    return (
        node.get("aria-hidden") == "true"
        and parent is not None
        and next(parent.iter("math"), None) is not None
        and next(node.iter("math"), None) is None
    )
