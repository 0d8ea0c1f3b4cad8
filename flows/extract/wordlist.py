"""A regular expression for any of many words."""

from __future__ import annotations

import re


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
