"""Markup to an element tree, within bounds of depth and size."""

from __future__ import annotations

import re

from lxml import etree

MAX_DEPTH = 2_040
"""libxml2 drops what is nested deeper than 2,048 elements, without a word."""

_CONTROLS = bytes([*range(1, 9), 0x0B, *range(0x0E, 0x20)])
_REPLACED = bytes.maketrans(_CONTROLS, b"\x1a" * len(_CONTROLS))
_NOT_CHARACTERS = re.compile("[\ufffe\uffff\ud800-\udfff]")
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*>")


def parse(text: str) -> etree._Element | None:
    """The root element of markup, or None where there is nothing to read.

    `text` is decoded; what its own declarations say of an encoding is ignored. Characters that XML cannot hold
    become U+FFFD, but NUL goes, as in a browser.
    """
    text = _XML_DECLARATION.sub("", text, count=1)
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        data = text.encode()
    except UnicodeEncodeError:
        data = _NOT_CHARACTERS.sub("\ufffd", text).encode()
    clean = data.translate(_REPLACED, b"\x00")
    if b"\x1a" in clean:
        clean = clean.replace(b"\x1a", "\ufffd".encode())
    if not clean.strip():
        return None
    root = etree.fromstring(clean, parser)
    return root if isinstance(root, etree._Element) else None
