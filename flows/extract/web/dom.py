"""Markup to an element tree, within bounds of depth and size."""

from __future__ import annotations

import re

from lxml import etree

MAX_DEPTH = 2_040
"""libxml2 drops what is nested deeper than 2,048 elements, without a word."""

_NOT_IN_XML = re.compile("[\x01-\x08\x0b\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*>")


def parse(text: str) -> etree._Element | None:
    """The root element of markup, or None where there is nothing to read.

    `text` is decoded; what its own declarations say of an encoding is ignored. Characters that XML cannot hold
    become U+FFFD, but NUL goes, as in a browser.
    """
    if "\x00" in text:
        text = text.replace("\x00", "")
    if _NOT_IN_XML.search(text):
        text = _NOT_IN_XML.sub("\ufffd", text)
    text = _XML_DECLARATION.sub("", text, count=1)
    if not text.strip():
        return None
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
    root = etree.fromstring(text.encode(), parser)
    return root if isinstance(root, etree._Element) else None
