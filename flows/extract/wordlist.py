"""Words in every spelling, and a regular expression for any of many."""

from __future__ import annotations

import re
import unicodedata


def any_of(words: list[str]) -> str:
    """A pattern that matches any of the words, the longest first, and looks at each letter once."""
    branches: dict[str, list[str]] = {}
    for word in words:
        branches.setdefault(word[:1], []).append(word[1:])
    whole = "" in branches
    parts = [
        re.escape(head) + (any_of(rests) if rests != [""] else "") for head, rests in sorted(branches.items()) if head
    ]
    if not parts:
        return ""
    inner = parts[0] if len(parts) == 1 and not whole else f"(?:{'|'.join(parts)})"
    return f"(?:{inner})?" if whole else inner


def spellings(phrase: str) -> list[str]:
    """A phrase as case-folding leaves it; Greek, which drops its accents in capitals, also without them."""
    folded = phrase.casefold()
    if not any("\u0370" <= letter <= "\u03ff" for letter in folded):
        return [folded]
    bare = unicodedata.normalize("NFD", folded).replace("\u0301", "")
    return [folded, unicodedata.normalize("NFC", bare)]
