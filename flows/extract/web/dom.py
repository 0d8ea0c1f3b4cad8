"""Markup to an element tree, within bounds of depth and size."""

from __future__ import annotations

import re
from functools import cache

from lxml import etree

MANY_ATTRIBUTES = 100
"""A long tag with more attributes loses them: libxml2 compares each with all others."""

LONG_TAG = 4_096
_LONG_TAG = re.compile(rb"<([A-Za-z][A-Za-z0-9]*)[^<>]{%d,}>?" % LONG_TAG)
_CONTROLS = bytes([*range(1, 9), 0x0B, *range(0x0E, 0x20)])
_REPLACED = bytes.maketrans(_CONTROLS, b"\x1a" * len(_CONTROLS))
_NOT_CHARACTERS = re.compile("[\ufffe\uffff\ud800-\udfff]")
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*>")


@cache
def _parser() -> etree.HTMLParser:
    return etree.HTMLParser(encoding="utf-8", huge_tree=True, collect_ids=False)


def _without_many_attributes(match: re.Match[bytes]) -> bytes:
    tag = match[0]
    return tag if tag.count(b"=") <= MANY_ATTRIBUTES else b"<" + match[1] + b">"


def _has_long_tag(data: bytes) -> bool:
    """Whether one of the opening angles that stand far from the next one begins a tag that is too long."""
    at = data.find(b"<")
    while at >= 0:
        near = data.rfind(b"<", at + 1, at + LONG_TAG + 1)  # those between have this one near too
        if near < 0:
            if _LONG_TAG.match(data, at):
                return True
            near = data.find(b"<", at + 1)
        at = near
    return False


def parse(text: str) -> etree._Element | None:
    """The root element of markup, or None where there is nothing to read.

    `text` is decoded; what its own declarations say of an encoding is ignored. Characters that XML cannot hold
    become U+FFFD, but NUL goes, as in a browser.
    """
    declaration = _XML_DECLARATION.match(text)
    if declaration is not None:
        text = text[declaration.end() :]
    try:
        data = text.encode()
    except UnicodeEncodeError:
        data = _NOT_CHARACTERS.sub("\ufffd", text).encode()
    clean = data.replace(b"\x00", b"").translate(_REPLACED)
    if b"\x1a" in clean:
        clean = clean.replace(b"\x1a", "\ufffd".encode())
    if _has_long_tag(clean):
        clean = _LONG_TAG.sub(_without_many_attributes, clean)
    if not clean or clean.isspace():
        return None
    root = etree.fromstring(clean, _parser())
    return root if isinstance(root, etree._Element) else None
