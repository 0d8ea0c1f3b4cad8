"""Markup that stands inside plain text, cut at its block-level tags into slices with exact offsets.

Markdown archives hold runs of `<p>…</p>` among their lines. Inline tags stay in the slices, as `**` does: cleaning
removes both, and records it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_KINDS = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "headline"),
    **dict.fromkeys(("td", "th"), "table"),
    "caption": "caption",
    **dict.fromkeys(("li", "dt", "dd"), "list"),
    **dict.fromkeys(("blockquote", "q"), "quote"),
    **dict.fromkeys(("nav", "menu"), "navigation"),
    "address": "byline",
}
_BLOCK_NAMES = """
address article aside blockquote body br caption center dd details dir div dl dt fieldset figcaption figure
footer form h1 h2 h3 h4 h5 h6 head header hr html iframe legend li link main menu meta nav ol p picture pre
section source summary table tbody td tfoot th thead title tr ul video audio embed object param script style
"""
_BLOCK = frozenset(_BLOCK_NAMES.split())
_UNREAD = frozenset(("script", "style", "head", "iframe", "object"))
# Hand-typed pages misspell it in every way.
_FIGURE_CAPTION = re.compile(r"fig\w*cap")
_TAG = re.compile(r"<(?:!--|(/?)([a-zA-Z][a-zA-Z0-9]*)(?=[\s/>])[^<>]*>)")
_OPENING = re.compile(r"\s{0,3}<(?:!--|!doctype\b|/?([a-zA-Z][a-zA-Z0-9]*)(?=[\s/>]))", re.I)


class Piece(NamedTuple):
    """A run of text between block-level tags: its kind by the innermost tag that names one, and half-open offsets."""

    kind: str
    start: int
    end: int


def opens_block(line: str) -> bool:
    """Whether a line begins with a block-level tag or a comment, so that what follows is markup up to a blank line."""
    found = _OPENING.match(line)
    return found is not None and (found.group(1) is None or _is_block(found.group(1).lower()))


def cut(text: str, start: int, end: int) -> list[Piece]:
    """The pieces of `text[start:end]` in order, without white space at their ends; blank ones are left out.

    Every character between block-level tags is in one piece, but for scripts, styles and comments.
    """
    pieces: list[Piece] = []
    open_kinds: list[tuple[str, str]] = []
    at = skipped_to = start
    unread: str | None = None
    for tag in _TAG.finditer(text, start, end):
        if tag.start() < skipped_to:
            continue
        if tag.group(2) is None:
            # A comment that never closes is text, here and for every later one.
            close = text.find("-->", tag.end(), end)
            skipped_to = close + 3 if close >= 0 else end
            if close >= 0 and unread is None:
                _add(pieces, open_kinds, text, at, tag.start())
                at = skipped_to
            continue
        name = tag.group(2).lower()
        closing = tag.group(1) == "/"
        if unread is not None:
            if closing and name == unread:
                unread = None
                at = tag.end()
            continue
        if not _is_block(name):
            continue
        _add(pieces, open_kinds, text, at, tag.start())
        at = tag.end()
        if closing:
            if any(held == name for held, _ in open_kinds):
                while open_kinds.pop()[0] != name:
                    pass
        elif name in _UNREAD and not tag.group().endswith("/>"):
            unread = name
        elif (kind := "caption" if _FIGURE_CAPTION.match(name) else _KINDS.get(name)) is not None:
            open_kinds.append((name, kind))
            del open_kinds[:-64]
    if unread is None:
        _add(pieces, open_kinds, text, at, end)
    return pieces


def _is_block(name: str) -> bool:
    return name in _BLOCK or _FIGURE_CAPTION.match(name) is not None


def _add(pieces: list[Piece], open_kinds: list[tuple[str, str]], text: str, start: int, end: int) -> None:
    part = text[start:end]
    if part and not part.isspace():
        start += len(part) - len(part.lstrip())
        end = start + len(part.strip())
        pieces.append(Piece(open_kinds[-1][1] if open_kinds else "body", start, end))
