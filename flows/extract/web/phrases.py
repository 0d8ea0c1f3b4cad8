"""Set phrases of news pages: which lists a text has phrases of."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

PHRASES: dict[str, list[str]] = tomllib.loads(Path(__file__).with_name("phrases.toml").read_text(encoding="utf-8"))
"""Name of the list: phrases, case-folded."""

LISTS = {name: place for place, name in enumerate(PHRASES)}

DATE = re.compile(
    r"(19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}|\d{1,2}[:：]\d\d|\d{1,2}[./]\d{1,2}[./](19|20)\d\d|"
    r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2}(st|nd|rd|th)?,?\s+(19|20)\d\d|"
    r"\d{1,2}\s+\w{3,12}\s+(19|20)\d\d"
)
"""Something like a date or a time of day."""


def _prefix_tree(phrases: list[str]) -> str:
    """A pattern that matches any of the phrases, the longest first, and looks at each letter once."""
    branches: dict[str, list[str]] = {}
    for phrase in phrases:
        branches.setdefault(phrase[:1], []).append(phrase[1:])
    whole = "" in branches
    parts = [
        re.escape(head) + (_prefix_tree(rests) if rests != [""] else "")
        for head, rests in sorted(branches.items())
        if head
    ]
    if not parts:
        return ""
    inner = parts[0] if len(parts) == 1 and not whole else f"(?:{'|'.join(parts)})"
    return f"(?:{inner})?" if whole else inner


_OF_PHRASE = {phrase: LISTS[name] for name in reversed(PHRASES) for phrase in PHRASES[name]}
_SPELT = sorted(phrase for phrase in _OF_PHRASE if "a" <= phrase[0] <= "z")
_OTHERS = sorted(set(_OF_PHRASE) - set(_SPELT))


def _guarded(phrases: list[str]) -> str:
    """The tree of phrases behind a look at the first letter, which rules most places out at once."""
    return f"(?=[{''.join(re.escape(first) for first in sorted({p[0] for p in phrases}))}]){_prefix_tree(phrases)}"


_ANY = re.compile(f"(?<![a-z]){_guarded(_SPELT)}|{_guarded(_OTHERS)}")


def lists_of(folded: str) -> list[int]:
    """The place in LISTS of every phrase in a case-folded text, from left to right."""
    return [_OF_PHRASE[match] for match in _ANY.findall(folded)]


def has(name: str, folded: str) -> bool:
    """Whether a case-folded text has a phrase of the list."""
    return LISTS[name] in lists_of(folded)
