"""Word documents (Office Open XML): paragraphs, headings, lists, tables and notes in reading order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from flows.extract.office.parts import Package, add, described
from flows.extract.reading import Block, Reading, UnreadableError
from flows.extract.xml_tree import name

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MAIN = "word/document.xml"
_BREAKS = {"tab": "\t", "ptab": "\t", "br": " ", "cr": " ", "noBreakHyphen": "\u2011", "softHyphen": ""}
_LEFT_OUT = frozenset(("del", "moveFrom", "instrText", "delText", "pPr", "rPr", "Fallback", "txbxContent", "comment"))
"""What was deleted, codes of fields, marks of style; text boxes come after their paragraph."""
_NOTES = (("footnoteReference", "word/footnotes.xml", "footnote"), ("endnoteReference", "word/endnotes.xml", "endnote"))


def read(payload: bytes, parser: Mapping[str, Any]) -> Reading:
    """Read a Word document. Selectors are the part and an XPath into it.

    UnreadableError (`empty`, `broken`, `encrypted`, `too-large`, `no-text`) where there is no text.
    """
    pack = Package(payload)
    root = pack.tree(_MAIN)
    body = next((each for each in root if name(each) == "body"), None) if root is not None else None
    if root is None or body is None:
        raise UnreadableError("broken", "The file is named like a Word document, and holds no document.")
    blocks = list(_Reader(pack).blocks(body))
    if not blocks:
        raise UnreadableError("no-text", "The document holds no text.")
    return described(Reading(media_type=MEDIA_TYPE, blocks=blocks), pack.tree("docProps/core.xml"))


class _Reader:
    def __init__(self, pack: Package) -> None:
        self._styles = _styles(pack.tree("word/styles.xml"))
        self._notes = {
            (mark, _value(note, "id")): note
            for mark, part, tag in _NOTES
            if (tree := pack.tree(part)) is not None
            for note in tree
            if name(note) == tag and _value(note, "type") not in ("separator", "continuationSeparator")
        }

    def blocks(self, parent: etree._Element, path: str = _MAIN + "#") -> Iterator[Block]:
        """Blocks of what stands in an element, in order."""
        count: dict[str, int] = {}
        for child in parent:
            tag = name(child)
            count[tag] = count.get(tag, 0) + 1
            here = f"{path}/{tag}[{count[tag]}]"
            if tag == "p":
                yield from self._paragraph(child, here)
            elif tag == "tbl":
                yield from self._table(child, here)
            elif tag in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag", "AlternateContent", "Choice"):
                yield from self.blocks(child, here)

    def _paragraph(self, paragraph: etree._Element, path: str) -> Iterator[Block]:
        out: list[Block] = []
        add(out, self._kind(paragraph), _text(paragraph), path)
        yield from out
        for box in _inside(paragraph, "txbxContent"):
            yield from self.blocks(box, f"{path}//txbxContent")
        for mark, _, _ in _NOTES:
            for reference in _inside(paragraph, mark):
                key = (mark, _value(reference, "id"))
                note = self._notes.pop(key, None)
                if note is not None:
                    yield from self.blocks(note, f"{mark.removesuffix('Reference')}s#{key[1]}")

    def _table(self, table: etree._Element, path: str) -> Iterator[Block]:
        """A block for each row, its cells parted by tabs."""
        for number, row in enumerate((each for each in table.iter() if _is_row(each, table)), 1):
            cells, notes = [], []
            for cell in row.iter():
                if name(cell) == "tc" and _row_of(cell) is row:
                    held = list(self.blocks(cell))
                    cells.append(" ".join(block.text for block in held if "note" not in block.selector))
                    notes += [block for block in held if "note" in block.selector.partition("#")[0]]
            out: list[Block] = []
            add(out, "table", "\t".join(cells), f"{path}/tr[{number}]")
            yield from out
            yield from notes

    def _kind(self, paragraph: etree._Element) -> str:
        style = numbered = None
        for each in paragraph.iterfind("{*}pPr/*"):
            if name(each) == "pStyle":
                style = _value(each, "val")
            numbered = numbered or name(each) == "numPr"
            if name(each) == "outlineLvl" and (_value(each, "val") or "9") < "9":
                return "headline"
        named = self._styles.get(style or "", style or "").lower()
        if named.startswith(("heading", "title", "subtitle", "标题")):
            return "headline"
        if named == "caption":
            return "caption"
        if "quote" in named:
            return "quote"
        return "list" if numbered or named.startswith("list") else "body"


def _is_row(element: etree._Element, table: etree._Element) -> bool:
    """Whether an element is a row of this table and not of one in it."""
    return name(element) == "tr" and next(e for e in element.iterancestors() if name(e) == "tbl") is table


def _row_of(cell: etree._Element) -> etree._Element:
    return next(each for each in cell.iterancestors() if name(each) == "tr")


def _inside(element: etree._Element, tag: str) -> Iterator[etree._Element]:
    """Elements of a name that are seen, without those inside another of them."""
    for child in element:
        if name(child) == tag:
            yield child
        elif name(child) not in _LEFT_OUT:
            yield from _inside(child, tag)


def _text(element: etree._Element) -> str:
    out = []
    for child in element:
        tag = name(child)
        if tag == "t":
            out.append(child.text or "")
        elif tag in _BREAKS:
            out.append(_BREAKS[tag])
        elif tag == "sym":
            code = int(_value(child, "char") or "0", 16)
            out.append(chr(code) if 0x20 <= code < 0xE000 else "")
        elif tag not in _LEFT_OUT:
            out.append(_text(child))
    return "".join(out)


def _value(element: etree._Element, attribute: str) -> str | None:
    """An attribute of any namespace."""
    return next((str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == attribute), None)


def _styles(root: etree._Element | None) -> dict[str, str]:
    """Names of styles by their ids."""
    out = {}
    for style in root if root is not None else ():
        named = next((each for each in style if name(each) == "name"), None)
        key = _value(style, "styleId") if name(style) == "style" else None
        if key and named is not None:
            out[key] = _value(named, "val") or key
    return out
