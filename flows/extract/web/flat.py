"""The lines of markup by its tags alone, where there is no tree to walk."""

from __future__ import annotations

import html
import re

_UNREAD = re.compile(
    r"<(script|style|template|noscript)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)|<title\b[^<>]*>[^<]*</title\s*>",
    re.S | re.I,
)
_INLINE = re.compile(r"</?(?:a|b|i|u|em|strong|span|font|small|big|sub|sup|abbr|code|mark)\b[^<>]*>", re.I)
_TAG = re.compile(r"<[^<>]*>")


def lines_of(text: str) -> list[str]:
    """The lines of a page's text, those of its scripts and its title left out; white space evened out."""
    text = _INLINE.sub("", _UNREAD.sub(" ", text))
    lines = (" ".join(html.unescape(line).split()) for line in _TAG.sub("\n", text).split("\n"))
    return [line for line in lines if line]
