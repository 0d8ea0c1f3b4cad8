"""Undo a double encoding: a page's bytes once read as Latin letters, and those stored as UTF-8."""

from __future__ import annotations

import re

from flows.extract.charset import Decoded, decode

_LEAST = 100
"""Fewer Latin letters beyond ASCII are left as they are."""
_MOST_LATIN = 0.7
"""A mangled page has at least this share of its characters beyond ASCII in U+0080 to U+00FF."""
_IN_RUNS = 0.5
"""And at least this share of them in runs, which no language that is written in Latin letters has."""
_RUN = re.compile(
    "[\x80-\xff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2010-\u203a\u20ac\u2122]{5,}"
)
_LOST = 0.01
"""Share of the characters that may have been lost on the way."""


def _table(codec: str) -> dict[int, int]:
    """The byte of each character of a code page, by code point."""
    letters = {code: bytes([code]).decode(codec, "ignore") for code in range(0x80, 0x100)}
    return {ord(letter): code for code, letter in letters.items() if letter}


_WINDOWS, _LATIN9 = _table("cp1252"), _table("iso8859-15")
_NOT_LATIN9 = re.compile("[¤¦¨´¸¼½¾]")
"""Characters whose bytes mean others in ISO 8859-15."""
_WESTERN = ("cp125", "iso8859", "iso-8859", "latin", "mac_", "cp437", "cp85", "ascii")
_OTHER_SCRIPTS = ("cp1251", "cp1253", "cp1255", "cp1256", "iso8859-5", "iso8859-6", "iso8859-7", "iso8859-8")


def unmangled(payload: bytes, text: str) -> Decoded | None:
    """The page that `text` was before it was encoded twice, or None where it was not, or cannot be told.

    `text` is the payload decoded as UTF-8. A browser would show it as rows of accented letters; what they stand for
    is found by the same ladder as for any bytes, and believed where it explains nearly all of them.
    """
    latin = payload.count(b"\xc2") + payload.count(b"\xc3")
    if latin < _LEAST or latin < _MOST_LATIN * (len(payload) - len(text)):
        return None
    if sum(len(run) for run in _RUN.findall(text)) < _IN_RUNS * latin:
        return None
    strange = len(_NOT_LATIN9.findall(text))
    original = text.translate(_LATIN9 if strange < _LOST * latin else _WINDOWS)
    lost = len(original) - len(original.encode("latin-1", "ignore"))
    found = decode(original.encode("latin-1", "replace"), markup=True)
    western = found.charset_used.startswith(_WESTERN) and not found.charset_used.startswith(_OTHER_SCRIPTS)
    return None if western or lost + found.replaced > _LOST * latin else found
