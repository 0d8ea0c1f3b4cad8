"""Reading XML that a stranger wrote: by the standard where it holds to it, and item by item where it does not."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from flows.extract.charset import decode
from flows.fetch.errors import FetchError

_ENTITY = re.compile(rb"<\x00?!\x00?E\x00?N\x00?T\x00?I\x00?T\x00?Y", re.IGNORECASE)
_PROLOG = re.compile(
    rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?(?:\s|<\?.*?\?>|<!--.*?-->)*<!DOCTYPE\b", re.IGNORECASE | re.DOTALL
)
"""Only here, before the first element, can entities be declared; what an entry's text says of them does no harm."""
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
_DECLARATION = re.compile(r"\A\s*<\?xml\b[^>]*\?>", re.IGNORECASE)
_FIELD = re.compile(
    r"<(?:(?P<prefix>[\w.-]+):)?(?P<name>[\w.-]+)(?:\s[^<>]*)?>\s*(?:<!\[CDATA\[(?P<raw>.*?)\]\]>|(?P<text>[^<]*?))\s*(?=<)",
    re.DOTALL,
)
"""An element that holds text and nothing else, up to the tag after it: a text that breaks off is none."""
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_AMPERSAND = re.compile(r"&(#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)?")
_OWN = ("amp", "lt", "gt", "quot", "apos")
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True)
class Item:
    """An element by its local name in lower case, and the stripped text of the elements in it by theirs."""

    name: str
    inner: dict[str, str]


@dataclass
class Items:
    """What a document holds. `root` is its outermost element; `fault` says why it is not sound, where it is not."""

    items: list[Item] = field(default_factory=list)
    root: str = ""
    fault: FetchError | None = None


def refuse_entities(data: bytes) -> None:
    """FetchError `xml-entities` where a document declares entities, in whatever width its characters are written."""
    if _PROLOG.match(data.replace(b"\0", b"") if b"\0" in data[:64] else data) and _ENTITY.search(data):
        raise FetchError("xml-entities", "The XML declares entities, which can make it swell or reach elsewhere.")


def items(data: bytes, *names: str) -> Items:
    """Each element of those local names, in order.

    A document that is no XML by the standard is read item by item: a bare `&` and entities of HTML are what they are
    taken for, an item that breaks off gives the fields that are whole, and `fault` says what is wrong. Raises
    FetchError `xml-entities`, or `xml` where nothing of those names is in what is no XML.
    """
    refuse_entities(data)
    data = data.lstrip(b" \t\r\n") if data[:1] in b" \t\r\n" else data
    try:
        return _strict(data, names)
    except etree.XMLSyntaxError as error:
        said = str(error).splitlines()[0] if str(error) else "it breaks off"
    found = list(_tolerant(decode(data, markup=True).text, names))
    if not found:
        raise FetchError("xml", f"This is not XML: {said}")
    message = f"This is not well-formed XML ({said}); it was read item by item, {len(found)} of them."
    return Items(found, fault=FetchError("xml", message))


def mended(data: bytes) -> bytes:
    """A document in UTF-8 with what commonly keeps it from being XML put right: what stands before its declaration, a
    bare `&`, entities of HTML, control characters."""
    text = _DECLARATION.sub("", decode(data, markup=True).text, count=1)
    parts = _CDATA.split(_NO_XML.sub("", text))
    parts[::2] = [_AMPERSAND.sub(_as_xml, part) for part in parts[::2]]
    return "".join(parts).strip().encode()


def _strict(data: bytes, names: tuple[str, ...]) -> Items:
    # The document is read as it comes, so that a long one takes little room.
    events = etree.iterparse(
        io.BytesIO(data), events=("end",), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    out = Items()
    for _, element in events:
        name = local(element.tag) if isinstance(element.tag, str) else ""
        if name in names:
            inner: dict[str, str] = {}
            # Its own fields come before those of what is nested in it, such as the address of a picture.
            for child in [*element, *element.iter()]:
                if isinstance(child.tag, str) and child is not element:
                    inner.setdefault(local(child.tag), "".join(child.itertext()).strip())
            out.items.append(Item(name, inner))
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    root = events.root
    out.root = local(root.tag) if root is not None and isinstance(root.tag, str) else ""
    return out


def _tolerant(text: str, names: tuple[str, ...]) -> Iterator[Item]:
    text = _COMMENT.sub("", text)
    edges = re.compile(rf"<(/?)(?:([\w.-]+):)?({'|'.join(names)})(?=[\s/>])[^<>]*>", re.IGNORECASE)
    opened: re.Match[str] | None = None
    for edge in edges.finditer(text):
        if opened is not None:
            yield _item(opened, text[opened.end() : edge.start()] + "<")
        opened = None if edge[1] else edge
    if opened is not None:
        yield _item(opened, text[opened.end() :])


def _item(opened: re.Match[str], inside: str) -> Item:
    own: dict[str, str] = {}
    other: dict[str, str] = {}
    for found in _FIELD.finditer(inside):
        value = found["raw"] if found["raw"] is not None else _REFERENCE.sub(_unescaped, found["text"])
        (own if found["prefix"] == opened[2] else other).setdefault(found["name"].lower(), value.strip())
    return Item(opened[3].lower(), other | own)


def _unescaped(found: re.Match[str]) -> str:
    return html.unescape(found[0])


def _as_xml(found: re.Match[str]) -> str:
    """What an ampersand begins, as XML knows it: its own entities, and of any other and of numbers what they stand for.

    A number that stands for no character becomes U+FFFD, as in HTML: a parser of XML gives up at it.
    """
    if not found[1]:
        return "&amp;"
    if found[1][:-1] in _OWN:
        return found[0]
    plain = html.unescape(found[0])
    return f"&amp;{found[1]}" if plain == found[0] else html.escape(plain, quote=False)


def local(tag: str) -> str:
    """A tag's name in lower case, without its namespace or a prefix that stands for none."""
    return tag.rpartition("}")[2].rpartition(":")[2].lower()
