"""OpenDocument texts: paragraphs, headings, lists, tables and notes in reading order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from flows.extract.office.parts import Package, add, described
from flows.extract.reading import Block, Reading, UnreadableError
from flows.extract.xml_tree import name

MEDIA_TYPE = "application/vnd.oasis.opendocument.text"
_PART = "content.xml"
_LEFT_OUT = frozenset(("tracked-changes", "sequence-decls", "variable-decls", "user-field-decls", "annotation",
                       "annotation-end", "note", "forms", "text-box", "change", "index-title-template"))  # fmt: skip
_SECTIONS = frozenset(("section", "list", "list-item", "list-header", "text-box", "frame", "a", "g", "index-body",
                       "index-title", "table-of-content", "illustration-index", "bibliography",
                       "alphabetical-index"))  # fmt: skip


def read(payload: bytes, parser: Mapping[str, Any]) -> Reading:
    """Read an OpenDocument text. Selectors are the part and an XPath into it.

    UnreadableError (`empty`, `broken`, `encrypted`, `too-large`, `no-text`) where there is no text.
    """
    pack = Package(payload)
    root = pack.tree(_PART)
    body = None if root is None else root.find("{*}body/{*}text")
    if body is None:
        manifest = pack.read("META-INF/manifest.xml") or b""
        if b"encryption-data" in manifest:
            raise UnreadableError("encrypted", "The document is encrypted, and there is no password for it.")
        raise UnreadableError("broken", "The file is named like an OpenDocument text, and holds none.")
    blocks = list(_blocks(body, f"{_PART}#", "body"))
    if not blocks:
        raise UnreadableError("no-text", "The document holds no text.")
    return described(Reading(media_type=MEDIA_TYPE, blocks=blocks), pack.tree("meta.xml"))


def _blocks(parent: etree._Element, path: str, kind: str) -> Iterator[Block]:
    count: dict[str, int] = {}
    for child in parent:
        tag = name(child)
        count[tag] = count.get(tag, 0) + 1
        here = f"{path}/{tag}[{count[tag]}]"
        if tag in ("p", "h"):
            out: list[Block] = []
            add(out, "headline" if tag == "h" else kind, _text(child), here)
            yield from out
            yield from _beside(child, here)
        elif tag == "table":
            yield from _table(child, here)
        elif tag in _SECTIONS:
            yield from _blocks(child, here, "list" if tag == "list" else kind)


def _beside(paragraph: etree._Element, path: str) -> Iterator[Block]:
    """What stands in a paragraph and is none of its text: boxes and notes."""
    for each in paragraph.iter():
        if name(each) in ("note-body", "text-box") and not _within(each, paragraph):
            yield from _blocks(each, f"{path}//{name(each)}", "body")


def _within(element: etree._Element, paragraph: etree._Element) -> bool:
    """Whether an element lies in another note or box of the paragraph, which brings it along."""
    for each in element.iterancestors():
        if each is paragraph:
            return False
        if name(each) in ("note-body", "text-box"):
            return True
    return False


def _table(table: etree._Element, path: str) -> Iterator[Block]:
    number = 0
    for row in table.iter():
        if name(row) != "table-row" or next(e for e in row.iterancestors() if name(e) == "table") is not table:
            continue
        number += 1
        cells = [
            " ".join(block.text for block in _blocks(cell, path, "table"))
            for cell in row
            if name(cell) in ("table-cell", "covered-table-cell")
        ]
        out: list[Block] = []
        add(out, "table", "\t".join(cells), f"{path}/table-row[{number}]")
        yield from out


def _text(element: etree._Element) -> str:
    out = [element.text or ""]
    for child in element:
        tag = name(child)
        if tag == "s":
            count = next((value for key, value in child.attrib.items() if str(key).endswith("}c")), "1")
            out.append(" " * min(int(count) if str(count).isdigit() else 1, 100))
        elif tag == "tab":
            out.append("\t")
        elif tag == "line-break":
            out.append(" ")
        elif tag not in _LEFT_OUT:
            out.append(_text(child))
        out.append(child.tail or "")
    return "".join(out)
