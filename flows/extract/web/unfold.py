"""Bring into a page's tree the text that it keeps folded away: in shadow roots, attributes and raw text.

A browser shows the declarative shadow root of an element, the document in an `iframe`'s `srcdoc`, and, to readers
without frames, what `noframes` holds; scripts turn the markup in a `textarea` into galleries. A parser leaves the first
in a `template`, the second in an attribute, and the others as text with its tags.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lxml import etree

Parse = Callable[[str], etree._Element | None]

_HINTS = (b"shadowroot", b"srcdoc", b"<noframes", b"<textarea")
_MODES = ("shadowrootmode", "shadowroot")
_MARKUP = re.compile(r"</(?:p|li|div|h[1-6]|dd|td|figcaption)\s*>", re.I)
GALLERY = 2
"""A text area with as many closed paragraphs, entries or headings holds a part of the page, not a form's field."""


def may_unfold(markup: str) -> bool:
    """Whether a page holds anything that `unfold` looks for."""
    lower = markup.encode(errors="surrogatepass").lower()  # ten times as fast as a pattern without regard to case
    return any(hint in lower for hint in _HINTS)


def unfold(root: etree._Element, parse: Parse) -> None:
    """Change the tree in place; `parse` makes a tree of the markup found, without unfolding that."""
    for element in list(root.iter("template", "iframe", "noframes", "textarea")):
        if element.tag == "template":
            if any(element.get(name) is not None for name in _MODES):
                _open_shadow(element)
        elif element.tag == "iframe":
            if markup := element.get("srcdoc"):
                _graft(element, markup, parse, tag="div")
        elif element.text and (element.tag == "noframes" or len(_MARKUP.findall(element.text)) >= GALLERY):
            _graft(element, element.text, parse, tag=element.tag if element.tag == "noframes" else "div")
            if element.tag == "div":
                element.set("hidden", "")  # it may be a copy of what can be seen, to be taken along


def _graft(element: etree._Element, markup: str, parse: Parse, tag: str) -> None:
    """Put the parsed body of some markup in an element in place of its text."""
    inner = parse(markup)
    body = inner if inner is None or inner.tag == "body" else inner.find("body")
    if body is None:
        return
    for child in list(element):
        element.remove(child)
    element.tag = tag
    element.text = body.text
    element.extend(list(body))


def _open_shadow(template: etree._Element) -> None:
    """Make a shadow root a plain element whose slots hold the children of its host that are shown there."""
    host = template.getparent()
    if host is None:
        return
    template.tag = "div"
    slots = [slot for slot in template.iter("slot") if next(slot.iterancestors("template"), None) is None]
    by_name: dict[str, etree._Element] = {}
    for slot in slots:
        by_name.setdefault(slot.get("name") or "", slot)
    if not by_name:
        return
    filled: set[str] = set()
    for child, text in _light(host, template):
        name = (child.get("slot") or "") if child is not None and isinstance(child.tag, str) else ""
        target = by_name.get(name)
        if target is None:
            continue
        if name not in filled and (child is not None or (text and not text.isspace())):
            filled.add(name)
            for fallback in list(target):
                target.remove(fallback)
            target.text = None
        if child is not None:
            target.append(child)
        elif text:
            _add_text(target, text)


def _light(host: etree._Element, template: etree._Element) -> Iterator[tuple[etree._Element | None, str | None]]:
    """The children of a host besides its shadow root, each followed by the text behind it, which is taken out."""
    text, host.text = host.text, None
    yield None, text
    for child in list(host):
        text, child.tail = child.tail, None
        if child is not template:
            yield child, None
        yield None, text


def _add_text(element: etree._Element, text: str) -> None:
    """Text behind the last child of an element."""
    if len(element):
        last = element[-1]
        last.tail = (last.tail or "") + text
    else:
        element.text = (element.text or "") + text
