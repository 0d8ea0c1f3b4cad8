"""Where JSON values end, found by regular expressions: no value is built, so a value of any size costs no memory."""

from __future__ import annotations

import re

DEEPEST = 1_000
"""Levels of nesting beyond which JSON is refused, as Python's own parser does."""

_SPACE = re.compile(r"[ \t\n\r]*+")
_STRING = r'"(?:[^"\\]++|\\.)*+"'
_PLAIN = rf'[^\[\]{{}}"]++|{_STRING}'
_SCALAR = re.compile(rf"{_STRING}|-?(?:\d++(?:\.\d++)?(?:[eE][+-]?\d++)?|Infinity)|true|false|null|NaN", re.S)
_FLAT = rf"[\[{{](?:{_PLAIN})*+[\]}}]"


def _nested(levels: int) -> str:
    """Pattern of a container with up to `levels` of containers in it; possessive, so that it never goes back."""
    pattern = _FLAT
    for _ in range(levels):
        pattern = rf"[\[{{](?:{_PLAIN}|{pattern})*+[\]}}]"
    return pattern


_FLAT_CONTAINER = re.compile(_FLAT, re.S)
_CONTAINER = re.compile(_nested(4), re.S)
_TOKEN = re.compile(rf"{_STRING}|[\[\]{{}}]|\"", re.S)


class BrokenError(ValueError):
    """JSON that cannot be read on: at which character, and whether it breaks off there."""

    def __init__(self, what: str, at: int, *, cut: bool) -> None:
        super().__init__(f"{what} at character {at}")
        self.at = at
        self.cut = cut


def skip(text: str, at: int) -> int:
    """The first place from `at` that is not white space."""
    found = _SPACE.match(text, at)
    return found.end() if found else at


def expect(text: str, at: int, character: str) -> int:
    """The place after a character and the white space round it; BrokenError where another stands."""
    at = skip(text, at)
    if at >= len(text):
        raise BrokenError("the end", at, cut=True)
    if text[at] != character:
        raise BrokenError(f"`{text[at]}` where `{character}` should be", at, cut=False)
    return skip(text, at + 1)


def next_member(text: str, at: int, closing: str) -> int:
    """After a member: where the next begins, or the closing bracket stands."""
    at = skip(text, at)
    if at < len(text) and text[at] == closing:
        return at
    return expect(text, at, ",")


def flat_end(text: str, at: int) -> int:
    """Where a container that holds no other ends; 0 where it holds one or does not end."""
    found = _FLAT_CONTAINER.match(text, at)
    return found.end() if found else 0


def end(text: str, at: int) -> int:
    """Where the value at `at` ends. Only strings and brackets are looked at inside a container.

    Raises BrokenError, and RecursionError beyond DEEPEST.
    """
    if at >= len(text):
        raise BrokenError("the end", at, cut=True)
    if text[at] not in "[{":
        found = _SCALAR.match(text, at)
        if found is None:
            tail = text[at:].rstrip()
            unfinished = tail.startswith('"') or (len(tail) < 10 and tail.isalnum())
            raise BrokenError("no value", at, cut=unfinished)
        return found.end()
    found = _CONTAINER.match(text, at)
    return found.end() if found else _end_of_deep(text, at)


def _end_of_deep(text: str, at: int) -> int:
    depth = 0
    for token in _TOKEN.finditer(text, at):
        bracket = token.group()
        if bracket in ("[", "{"):
            depth += 1
            if depth > DEEPEST:
                raise RecursionError
        elif bracket in ("]", "}"):
            depth -= 1
            if depth == 0:
                return token.end()
        elif bracket == '"':
            break
    raise BrokenError("the end", len(text), cut=True)
