"""Markup to an element tree, within bounds of depth and size."""

from __future__ import annotations

import re
from functools import cache

from lxml import etree

from flows.extract.web.unfold import may_unfold, unfold

MANY_ATTRIBUTES = 100
"""A long tag with more attributes loses them: libxml2 compares each with all others."""

LONG_TAG = 4_096
_LONG_TAG = re.compile(rb"<([A-Za-z][A-Za-z0-9]*)[^<>]{%d,}>?" % LONG_TAG)
_CONTROLS = bytes([*range(1, 9), 0x0B, *range(0x0E, 0x20)])
_REPLACED = bytes.maketrans(_CONTROLS, b"\x1a" * len(_CONTROLS))
_NOT_CHARACTERS = re.compile("[\ufffe\uffff\ud800-\udfff]")
_CLOSED = re.compile(rb"</(?:body|html)\s*>", re.I)
_RUBY = re.compile(rb"<(/?)(ruby|rb|rt|rp|rtc)\b[^<>]*>", re.I)
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


def _without_early_ends(data: bytes) -> bytes:
    """The page without end tags of `body` and `html` that more elements follow, which libxml2 would drop."""
    first = _CLOSED.search(data)
    if first is None or b"<" not in _CLOSED.sub(b"", data[first.end() :]):
        return data
    return _CLOSED.sub(b"", data)


def _with_ruby_closed(data: bytes) -> bytes:
    """The page with the end tags that may be left out inside `ruby`; libxml2 does not know where they belong."""
    inside: bytes | None = None

    def close(match: re.Match[bytes]) -> bytes:
        nonlocal inside
        ends, name = match[1], match[2].lower()
        before = b"</" + inside + b">" if inside and (name == b"ruby" or not ends) else b""
        if name == b"ruby" or name == b"rtc":
            inside = None
        else:
            if ends and inside != name:
                return b""  # it was closed by what began after it
            inside = None if ends else name
        return before + match[0]

    return _RUBY.sub(close, data)


def parse(text: str) -> etree._Element | None:
    """The root element of markup, or None where there is nothing to read.

    `text` is decoded; what its own declarations say of an encoding is ignored. Characters that XML cannot hold
    become U+FFFD, but NUL goes, as in a browser. What the page keeps folded away stands in its place.
    """
    root = _parse(text)
    if root is not None and may_unfold(text):
        unfold(root, _parse)
    return root


def _parse(text: str) -> etree._Element | None:
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
    clean = _without_early_ends(clean)
    if b"<rt" in clean or b"<RT" in clean:
        clean = _with_ruby_closed(clean)
    if not clean or clean.isspace():
        return None
    root = etree.fromstring(clean, _parser())
    return root if isinstance(root, etree._Element) else None
