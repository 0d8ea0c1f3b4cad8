"""NewsML-G2: news items with NITF or HTML inside, one article each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from flows.extract.fields import put_authors, put_tags
from flows.extract.language import guess_language
from flows.extract.news import nitf
from flows.extract.news.moments import put_first
from flows.extract.reading import Block, Reading, UnreadableError
from flows.extract.xml_tree import Tree, name, path_of, text_of

MEDIA_TYPE = "application/vnd.iptc.g2.newsitem+xml"


def read_tree(tree: Tree, parser: Mapping[str, Any]) -> Reading:
    """Read a news item or a message of several. UnreadableError (`no-text`) where there is no text."""
    items = [each for each in tree.root.iter() if name(each) == "newsItem"]
    blocks: list[Block] = []
    reading = Reading(media_type=MEDIA_TYPE)
    for item in items:
        article = max((block.article for block in blocks if block.article is not None), default=-1) + 1
        blocks += _blocks(item, article, parser)
    if not blocks:
        raise UnreadableError("no-text", "The news item holds no text; what it refers to lies elsewhere.")
    reading.blocks = blocks
    reading.language = guess_language("\n".join(block.text for block in blocks[:50]))
    if len(items) == 1:
        _describe(reading, items[0], parser)
    return reading


def _meta(item: etree._Element) -> etree._Element | None:
    return next((each for each in item if name(each) == "contentMeta"), None)


def _blocks(item: etree._Element, article: int, parser: Mapping[str, Any]) -> list[Block]:
    inside: list[Block] = []
    for each in item.iter():
        tag = name(each)
        if tag == "inlineXML":
            inside += _markup(each, article, parser)
        elif tag == "inlineData" and (each.get("contenttype") or "text/plain").startswith("text/plain"):
            lines = (line.strip() for line in (each.text or "").splitlines())
            inside += [Block("body", line, path_of(each), article=article) for line in lines if line]
    if not inside:
        return []
    out = []
    held = {block.text for block in inside[:3]}
    for each in _meta(item) if _meta(item) is not None else ():  # type: ignore[union-attr]
        text = text_of(each)
        kind = {"headline": "headline", "by": "byline", "dateline": "dateline"}.get(name(each))
        if kind and text and text not in held:
            out.append(Block(kind, text, path_of(each), article=article))
            held.add(text)
    return out + inside


def _markup(holder: etree._Element, article: int, parser: Mapping[str, Any]) -> Iterator[Block]:
    """The blocks of what stands in an element: NITF, or a page."""
    for inner in holder:
        if name(inner) == "nitf":
            body = next((each for each in inner.iter() if name(each) == "body"), None)
            yield from nitf.blocks_of(body, article) if body is not None else ()
        else:
            from flows.extract import html

            text = etree.tostring(inner, encoding="unicode", method="xml", with_tail=False)
            for block in html.read_markup(text, parser, selector_prefix=f"{path_of(inner)};").blocks:
                if block.text and block.kind != "boilerplate":
                    block.article = article
                    yield block


def _describe(reading: Reading, item: etree._Element, parser: Mapping[str, Any]) -> None:
    meta = _meta(item)
    said: list[str] = []
    for each in meta if meta is not None else ():
        tag, text = name(each), text_of(each)
        if tag == "headline":
            reading.title = reading.title or text or None
        elif tag in ("creator", "by") and not reading.authors:
            named = next((text_of(e) for e in each if name(e) == "name"), text)
            put_authors(reading, [named.removeprefix("By ").removeprefix("by ")])
        elif tag == "language":
            reading.language = (each.get("tag") or "").partition("-")[0].lower() or reading.language
        elif tag == "keyword":
            put_tags(reading, [text])
        elif tag == "contentCreated":
            said.append(text)
    for each in item.iter():
        if name(each) in ("firstCreated", "versionCreated"):
            said.insert(0, text_of(each))
        elif name(each) == "provider":
            reading.publisher = next((text_of(e) for e in each if name(e) == "name"), "") or each.get("literal")
    put_first(reading, said, parser)
