"""An archived page made fit to be shown: no script, form or frame, nothing from elsewhere; pictures from the archive.

The policy that it is sent with forbids all of that as well. What is taken out here is what a policy does not reach:
links that lead away, names that would be looked up, pages that reload themselves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urljoin

import lxml.html
from lxml import etree

_GONE = frozenset(
    [
        "script",
        "template",
        "iframe",
        "frame",
        "frameset",
        "object",
        "embed",
        "applet",
        "param",
        "link",
        "meta",
        "base",
        "audio",
        "video",
        "source",
        "track",
        "portal",
        "fencedframe",
        "input",
        "button",
        "select",
        "textarea",
        "option",
        "datalist",
        "svg",
        "math",
        "canvas",
        "dialog",
    ]
)
"""Elements that go with all that is in them, but for the text after them."""
_KEPT_INSIDE = frozenset({"form", "noscript", "frameset", "a", "area", "map", "label", "fieldset"})
"""Elements that become plain ones."""
_ATTRIBUTES = frozenset(
    [
        "class",
        "id",
        "title",
        "alt",
        "width",
        "height",
        "align",
        "valign",
        "colspan",
        "rowspan",
        "dir",
        "lang",
        "bgcolor",
        "color",
        "size",
        "face",
        "border",
        "cellpadding",
        "cellspacing",
        "style",
        "start",
        "value",
        "type",
        "reversed",
        "datetime",
        "cite",
        "summary",
        "scope",
        "headers",
        "abbr",
        "span",
    ]
)
_STYLE = re.compile(
    r"url\s*\(|@import|image-set|expression|behavior|-moz-binding|\\|/\*|position\s*:\s*fixed|element\s*\(", re.I
)
"""What a style may not have: it could load something, or hide what does."""
_DEEP = 2_000_000
"""Characters of the longest page that is replayed whole."""


def replayed(text: str, uri: str, pictures: Mapping[str, str], origin: str) -> bytes:
    """The page as HTML in UTF-8.

    In: the decoded page; the address that it was captured at; captures of pictures by address; the room's origin.
    """
    cut = text[:_DEEP]
    try:
        tree = lxml.html.document_fromstring(
            cut.encode("utf-8", "replace"), parser=lxml.html.HTMLParser(encoding="utf-8")
        )
    except (etree.ParserError, ValueError):
        tree = lxml.html.document_fromstring("<p></p>")
    base = _base(tree, uri)
    for each in list(tree.iter()):
        if not isinstance(each.tag, str) or each.tag in _GONE:
            _drop(each)
        elif each.tag == "style":
            each.text = "" if _STYLE.search(each.text or "") else (each.text or "").replace("<", "")
            _strip(each)
        elif each.tag == "img":
            _picture(each, base, pictures, origin)
        else:
            if each.tag in _KEPT_INSIDE:
                each.tag = "span" if each.tag in ("a", "label", "area") else "div"
            elif not each.tag.isalnum():
                each.tag = "span"
            _strip(each)
    body = etree.tostring(tree, method="html", encoding="unicode")
    return ('<!doctype html><meta charset="utf-8">' + body).encode("utf-8", "replace")


def _base(tree: lxml.html.HtmlElement, uri: str) -> str:
    found = tree.xpath("//base/@href")
    try:
        return urljoin(uri, str(found[0])) if found else uri
    except ValueError:
        return uri


def _drop(each: etree._Element) -> None:
    """Take out an element or comment; the text after it stays."""
    above = each.getparent()
    if above is None:
        return
    if each.tail:
        before = each.getprevious()
        if before is None:
            above.text = (above.text or "") + each.tail
        else:
            before.tail = (before.tail or "") + each.tail
    above.remove(each)


def _strip(each: etree._Element) -> None:
    for name in list(each.attrib):
        value = each.attrib[name]
        if str(name).lower() not in _ATTRIBUTES or (name == "style" and _STYLE.search(str(value))):
            del each.attrib[name]


def _picture(each: etree._Element, base: str, pictures: Mapping[str, str], origin: str) -> None:
    told = [each.get(name) for name in ("data-original", "data-src", "src") if each.get(name)]
    _strip(each)
    for address in told:
        try:
            capture = pictures.get(urljoin(base, str(address).strip()))
        except ValueError:
            continue
        if capture:
            each.set("src", f"{origin}/media/{capture}")
            return
    if not each.get("alt"):
        each.set("alt", "▯")
