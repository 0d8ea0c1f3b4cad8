"""XML as a tree: no entity, no network, and what is broken read as far as it goes."""

from __future__ import annotations

import re

from lxml import etree

from flows.extract.reading import UnreadableError
from flows.fetch.errors import FetchError
from flows.fetch.xml import refuse_entities

BROKEN_XML = "broken-xml"
"""Flag of the last block of a document whose XML is not sound: what could be read was."""
_SPACE = re.compile(r"[ \t\r\n\f\v]+")


class Tree:
    """A root, and whether the XML was sound."""

    def __init__(self, root: etree._Element, sound: bool) -> None:
        self.root = root
        self.sound = sound


def parse(data: bytes) -> Tree:
    """The tree of a document. UnreadableError (`empty`, `not-xml`, `xml-entities`) where there is none."""
    if not data.strip():
        raise UnreadableError("empty", "The file is empty.")
    try:
        refuse_entities(data)
    except FetchError as error:
        raise UnreadableError(error.error, error.message) from None
    for sound in (True, False):
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True, recover=not sound
        )
        try:
            root = etree.fromstring(data, parser)
        except etree.XMLSyntaxError as error:
            problem = str(error)
            continue
        if root is not None:
            return Tree(root, sound)
        problem = "nothing of it can be read"
    raise UnreadableError("not-xml", f"This is not XML: {problem[:200]}.")


def name(element: etree._Element) -> str:
    """The local name of an element; empty for what is none."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def text_of(element: etree._Element | None) -> str:
    """All text in an element, its white space as single spaces."""
    return "" if element is None else _SPACE.sub(" ", "".join(map(str, element.itertext()))).strip()


def first(element: etree._Element, *names: str) -> etree._Element | None:
    """The first element below one with a local name, those named first before others."""
    for wanted in names:
        for each in element.iter():
            if each is not element and name(each) == wanted:
                return each
    return None


def path_of(element: etree._Element) -> str:
    """An XPath to an element by local names, which namespaces do not matter to; by its id where it has one."""
    own = element.get("id") or element.get("ID") or element.get("{http://www.w3.org/XML/1998/namespace}id")
    if own and '"' not in own:
        return f'id("{own}")'
    steps = []
    at: etree._Element | None = element
    while at is not None:
        tag = name(at)
        number = 1 + sum(1 for each in at.itersiblings(preceding=True) if name(each) == tag)
        steps.append(f"*[local-name()='{tag}'][{number}]")
        at = at.getparent()
    return "/" + "/".join(reversed(steps))
