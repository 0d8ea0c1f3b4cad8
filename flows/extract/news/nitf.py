"""News Industry Text Format (NITF): one article, with what its head says of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from flows.extract.fields import put_authors, put_tags
from flows.extract.language import guess_language
from flows.extract.news.moments import put_first
from flows.extract.reading import Block, Reading, UnreadableError
from flows.extract.xml_tree import Tree, first, name, path_of, text_of

MEDIA_TYPE = "application/nitf+xml"
_BY = re.compile(r"^\s*by:?\s+", re.I)
_KINDS = {
    "hl1": "headline",
    "hl2": "headline",
    "byline": "byline",
    "dateline": "dateline",
    "p": "body",
    "li": "list",
    "tr": "table",
    "media-caption": "caption",
    "bq": "quote",
    "pre": "body",
    "hl": "headline",
    "tagline": "byline",
    "fn": "body",
    "note": "body",
    "abstract": "body",
}
_LEFT_OUT = frozenset(("media-metadata", "media-object", "media-producer", "distributor", "rights", "bibliography",
                       "series", "storydate"))  # fmt: skip
_INNER = frozenset(("p", "li", "tr", "hl1", "hl2"))


def read_tree(tree: Tree, parser: Mapping[str, Any]) -> Reading:
    """Read a NITF document. Selectors are XPaths. UnreadableError (`no-text`) where there is no text."""
    body = next((each for each in tree.root.iter() if name(each) == "body"), None)
    blocks = list(blocks_of(body)) if body is not None else []
    if not any(block.kind in ("body", "headline", "list", "table", "quote") for block in blocks):
        raise UnreadableError("no-text", "The document holds no text.")
    reading = Reading(media_type=MEDIA_TYPE, blocks=blocks)
    reading.language = guess_language("\n".join(block.text for block in blocks[:50]))
    describe(reading, tree.root, parser)
    return reading


def blocks_of(parent: etree._Element, article: int = 0) -> Iterator[Block]:
    """The blocks of a body, in order."""
    for child in parent:
        tag = name(child)
        if tag in _LEFT_OUT:
            continue
        kind = _KINDS.get(tag)
        if kind is None or (kind in ("body", "quote", "caption", "byline") and any(name(e) in _INNER for e in child)):
            for block in blocks_of(child, article):
                block.kind = kind if kind in ("quote", "caption") and block.kind == "body" else block.kind
                yield block
            continue
        if tag == "tr":
            text = "\t".join(text_of(cell) for cell in child if name(cell) in ("td", "th"))
        else:
            text = text_of(child)
        if text.strip():
            yield Block(kind, text, path_of(child), article=article)


def describe(reading: Reading, root: etree._Element, parser: Mapping[str, Any]) -> None:
    """Title, authors, publisher, date and tags of a NITF document."""
    title = first(root, "hl1", "hedline", "title")
    reading.title = text_of(title) or None
    byline = next((each for each in root.iter() if name(each) == "byline"), None)
    if byline is not None:
        people = [text_of(each) for each in byline.iter() if name(each) == "person"]
        put_authors(reading, people or [_BY.sub("", text_of(byline))])
    said = [each.get("norm") for each in root.iter() if name(each) in ("date.issue", "date.release", "story.date")]
    paper = first(root, "pubdata")
    if paper is not None:
        said.append(paper.get("date.publication"))
        reading.publisher = paper.get("name")
    put_first(reading, said, parser)
    put_tags(reading, [e.get("key") or "" for e in root.iter() if name(e) == "keyword"])
