"""ALTO 1 to 4: the lines of a page with their boxes, words that a line's end cut joined as the file says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from flows.extract.paged.document import paged
from flows.extract.paged.lines import PageLine, is_wide
from flows.extract.reading import Reading, UnreadableError
from flows.extract.xml_tree import Tree

MEDIA_TYPE = "application/alto+xml"
_NUMBER = "0"


def read_tree(tree: Tree, parser: Mapping[str, Any]) -> Reading:
    """Read the pages of an ALTO file. UnreadableError (`no-text`) where there is no line."""
    lines = list(lines_of(tree.root))
    if not lines:
        raise UnreadableError("no-text", "The page holds no line of text.")
    return paged(MEDIA_TYPE, lines)


def lines_of(root: etree._Element) -> Iterator[PageLine]:
    """The lines of an ALTO file in its order."""
    block = 0
    for number, page in enumerate((each for each in root.iter("{*}Page")), 1):
        size = _page_size(page)
        spaced = next(page.iter("{*}SP"), None) is not None
        for holder in page.iter("{*}TextBlock"):
            block += 1
            own = holder.get("ID")
            place = f'id("{own}")' if own and '"' not in own else f"page={number};block={block}"
            for element in holder.iter("{*}TextLine"):
                line = _line(element, size, number, spaced)
                if line is not None:
                    line.block, line.place = block, place
                    yield line


def _page_size(page: etree._Element) -> tuple[float, float]:
    """Width and height of a page; as far as anything on it reaches where it does not say."""
    width, height = _number(page, "WIDTH"), _number(page, "HEIGHT")
    if width <= 0 or height <= 0:
        for each in page.iter("{*}PrintSpace", "{*}TextBlock", "{*}TextLine", "{*}String"):
            width = max(width, _number(each, "HPOS") + _number(each, "WIDTH"))
            height = max(height, _number(each, "VPOS") + _number(each, "HEIGHT"))
    return width or 1.0, height or 1.0


def _number(element: etree._Element, attribute: str) -> float:
    try:
        return float(element.get(attribute) or _NUMBER)
    except ValueError:
        return 0.0


def _line(element: etree._Element, size: tuple[float, float], page: int, spaced: bool) -> PageLine | None:
    text: list[str] = []
    joined: list[str] = []
    confidence = weight = 0.0
    words: list[etree._Element] = []
    cut: bool | None = None
    other = False
    before = ""
    for child in element:
        tag = child.tag.rpartition("}")[2] if isinstance(child.tag, str) else ""
        if tag == "SP":
            text.append(" ")
            joined.append(" ")
        elif tag == "HYP":
            hyphen = child.get("CONTENT") or "-"
            text.append(hyphen)
            if cut:
                other = True
            else:
                joined.append(hyphen)
        elif tag == "String":
            content = child.get("CONTENT") or ""
            if not spaced and before and content and not (is_wide(before[-1]) and is_wide(content[0])):
                text.append(" ")
                joined.append(" ")
            before = content or before
            text.append(content)
            whole, part = child.get("SUBS_CONTENT"), child.get("SUBS_TYPE")
            if whole and part == "HypPart1":
                cut = True
                first = content if whole.startswith(content) else content.rstrip("-\u00ad\u00ac=")
                first = first if whole.startswith(first) else whole[: max(1, len(first))]
                other = other or first != content
                joined.append(first)
            else:
                joined.append(content)
            if (said := child.get("WC")) is not None:
                try:
                    confidence += float(said) * len(content)
                    weight += len(content)
                except ValueError:
                    pass
            words.append(child)
    printed = "".join(text).strip()
    if not printed:
        return None
    box = _box(element)
    if box[2] <= box[0] or box[3] <= box[1]:
        held = [each for each in map(_box, words) if each[2] > each[0]] or [box]
        box = (min(b[0] for b in held), min(b[1] for b in held), max(b[2] for b in held), max(b[3] for b in held))
    width, height = size
    return PageLine(
        printed, page, box[0] / width, box[1] / height, box[2] / width, box[3] / height, (box[3] - box[1]) / height,
        min(1.0, max(0.0, confidence / weight)) if weight else None,
        joined="".join(joined).strip() if other else None, cut=cut,
    )  # fmt: skip


def _box(element: etree._Element) -> tuple[float, float, float, float]:
    x, y = _number(element, "HPOS"), _number(element, "VPOS")
    return x, y, x + _number(element, "WIDTH"), y + _number(element, "HEIGHT")
