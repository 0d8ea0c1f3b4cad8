"""Books (EPUB 2 and 3): the pages of the spine in their order, by the reader of HTML."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from lxml import etree

from flows.extract import dates
from flows.extract.charset import decode
from flows.extract.fields import put_date
from flows.extract.office.parts import Package, described
from flows.extract.reading import Block, Reading, UnreadableError
from flows.extract.xml_tree import name, text_of

MEDIA_TYPE = "application/epub+zip"
_PAGES = (".xhtml", ".html", ".htm", ".xml")


def read(payload: bytes, parser: Mapping[str, Any]) -> Reading:
    """Read a book. Selectors are the part and an XPath into it.

    UnreadableError (`empty`, `broken`, `encrypted`, `too-large`, `no-text`) where there is no text.
    """
    from flows.extract import html

    pack = Package(payload)
    box = pack.tree("META-INF/container.xml")
    rootfile = (
        next((e.get("full-path") for e in box.iter() if name(e) == "rootfile"), None) if box is not None else None
    )
    book = pack.tree(rootfile) if rootfile else None
    blocks: list[Block] = []
    missing = 0
    for part in _spine(book, rootfile or "") or _all_pages(pack):
        data = pack.read(part)
        if data is None:
            missing += 1
            continue
        page = html.read_markup(decode(data, markup=True).text, parser, selector_prefix=f"{part}#")
        blocks += [block for block in page.blocks if block.text]
    if not blocks:
        if pack.read("META-INF/encryption.xml") is not None:
            raise UnreadableError("encrypted", "The book is encrypted, and there is no key for it.")
        raise UnreadableError("no-text", "The book holds no text.")
    if missing:
        blocks[-1].flags = (*blocks[-1].flags, "missing-part")
    reading = Reading(media_type=MEDIA_TYPE, blocks=blocks)
    meta = next((each for each in book if name(each) == "metadata"), None) if book is not None else None
    described(reading, meta)
    dated = next((text_of(e) for e in meta.iter() if name(e) == "date"), "") if meta is not None else ""
    if dated and (moment := dates.parse(dated)):
        put_date(reading, moment, parser)
    return reading


def _spine(book: etree._Element | None, path: str) -> list[str]:
    """The parts that the spine names, in order, without the table of contents."""
    if book is None:
        return []
    folder = posixpath.dirname(path)
    items = {e.get("id"): e for e in book.iter() if name(e) == "item"}
    out = []
    for reference in (e for e in book.iter() if name(e) == "itemref"):
        item = items.get(reference.get("idref"))
        if item is None or "nav" in (item.get("properties") or "").split():
            continue
        kind = (item.get("media-type") or "").lower()
        if "html" in kind or not kind:
            out.append(posixpath.normpath(posixpath.join(folder, unquote(item.get("href") or ""))))
    return out


def _all_pages(pack: Package) -> list[str]:
    """Every page by its name, where no spine says in which order."""
    return sorted(part for part in pack.names if part.lower().endswith(_PAGES[:3]))
