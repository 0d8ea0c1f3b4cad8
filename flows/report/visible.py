"""Text from archives on its way to a terminal: what would steer it is shown instead of sent."""

from __future__ import annotations

import re

_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but for tab and line feed, DEL, C1
    "\u2028\u2029\u202a-\u202e\u2066-\u2069"  # separators of lines, embeddings, overrides and isolates of direction
    "\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"  # marks inside text, half characters, invisible tags
)
"""Characters that move the cursor, change what is shown, turn the order of others round or cannot be written at all.

Left alone are the marks and joiners that writing needs (U+200C to U+200F, U+061C)."""

_FORMULA = re.compile("[=+\\-@\t\r\n＝＋－＠]")
"""How a cell begins that a spreadsheet takes for a formula, after the advice of OWASP on CSV injection."""


def visible(text: str) -> str:
    """A text with every character that steers a terminal written out, such as `\\x1b` for an escape.

    Tabs and line feeds stay. What comes out is never mistaken by a terminal, but is not meant to be read back.
    """
    return _STEERING.sub(_written, text)


def _written(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def escaped_json(text: str) -> str:
    """JSON whose strings hold no such character as it is: each is written as JSON writes it."""
    return _STEERING.sub(_in_json, text)


def _in_json(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code >= 0x10000:
        high, low = divmod(code - 0x10000, 0x400)
        return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
    return f"\\u{code:04x}"


def defused(text: str) -> str:
    """A cell of a spreadsheet that is text whatever it begins with: an apostrophe goes before a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def defusing(column: str) -> str:
    """The same in SQL, for a column of text."""
    return f"CASE WHEN regexp_matches({column}, '^[=+\\-@\\t\\r\\n＝＋－＠]') THEN '''' || {column} ELSE {column} END"
