"""XML of any kind: told by its root, and read by the reader of that kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import Any, cast

from flows.extract import xml_tree
from flows.extract.reading import Reading, UnreadableError
from flows.extract.xml_tree import BROKEN_XML, Tree, name

RootReader = Callable[[Tree, Mapping[str, Any]], Reading]

KINDS: Mapping[str, str] = {
    "alto": "flows.extract.paged.alto",
    "mets": "flows.extract.paged.mets",
    "PcGts": "flows.extract.paged.page_xml",
    "document": "flows.extract.paged.abbyy",
    "page width": "flows.extract.paged.abbyy",
    "nitf": "flows.extract.news.nitf",
    "newsItem": "flows.extract.news.newsml",
    "newsMessage": "flows.extract.news.newsml",
    "packageItem": "flows.extract.news.newsml",
    "page": "flows.extract.news.wiki",
}
"""Module that reads each root, by its local name, with an attribute where two formats share a name; its `read_tree`
takes the tree and the source's hints."""


@cache
def _reader(module: str) -> RootReader:
    return cast(RootReader, import_module(module).read_tree)


def read(payload: bytes, parser: Mapping[str, Any]) -> Reading:
    """Read an XML document of one of KINDS.

    UnreadableError (`empty`, `not-xml`, `xml-entities`, `xml-kind`, and what the reader of the kind raises).
    """
    tree = xml_tree.parse(payload)
    root = name(tree.root)
    root = next((f"{root} {each}" for each in map(str, tree.root.attrib) if f"{root} {each}" in KINDS), root)
    if root not in KINDS:
        raise UnreadableError(
            "xml-kind", f"There is no reader for XML whose root is <{root[:60]}>; the bytes are kept."
        )
    reading = _reader(KINDS[root])(tree, parser)
    if not tree.sound and reading.blocks:
        reading.blocks[-1].flags = (*reading.blocks[-1].flags, BROKEN_XML)
    return reading
