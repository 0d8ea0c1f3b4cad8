"""What changed inside a passage, by words; in scripts that part no words, by letters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORDS = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]|\d[\d.,:]*\d|\w+|\s+|.", re.DOTALL)
ALIKE = 0.5
"""Passages that share half of their words or more are one that was changed; others went and came."""


@dataclass(frozen=True)
class Change:
    """A place where words gave way to others: spans in code points of the passage before and after."""

    before_start: int
    before_end: int
    after_start: int
    after_end: int


def changes(before: str, after: str) -> list[Change]:
    """The places where two versions of a passage differ, in order; a number or a word is never cut."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    at, to = _bounds(old), _bounds(new)
    found = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [Change(at[a], at[b], to[c], to[d]) for kind, a, b, c, d in found if kind != "equal"]


def paired(removed: Sequence[str], added: Sequence[str]) -> list[tuple[int, int]]:
    """Which passages that went are those that came, changed: places in both lists, each at most once, the most alike
    first where several could be."""
    words = [_WORDS.findall(text) for text in added]
    likely = []
    for place, text in enumerate(removed):
        matcher = SequenceMatcher(None, autojunk=False)
        matcher.set_seq2(_WORDS.findall(text))
        for other, them in enumerate(words):
            matcher.set_seq1(them)
            if matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE:
                likely.append((-matcher.ratio(), abs(place - other), place, other))
    left, right, out = set(range(len(removed))), set(range(len(added))), []
    for unlike, _, place, other in sorted(likely):
        if -unlike >= ALIKE and place in left and other in right:
            left.remove(place)
            right.remove(other)
            out.append((place, other))
    return sorted(out)


def marked(before: str, after: str) -> str:
    """The passage with what went as [-…-] and what came as {+…+}."""
    out, at = [], 0
    for each in changes(before, after):
        out.append(after[at : each.after_start])
        if each.before_end > each.before_start:
            out.append(f"[-{before[each.before_start : each.before_end]}-]")
        if each.after_end > each.after_start:
            out.append(f"{{+{after[each.after_start : each.after_end]}+}}")
        at = each.after_end
    return "".join([*out, after[at:]])


def _bounds(words: Sequence[str]) -> list[int]:
    out = [0]
    for word in words:
        out.append(out[-1] + len(word))
    return out
