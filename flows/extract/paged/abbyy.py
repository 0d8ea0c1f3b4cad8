"""FineReader XML (ABBYY): the lines of pages with their boxes, out of single characters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from flows.extract.paged.document import paged
from flows.extract.paged.lines import PageLine
from flows.extract.reading import Reading, UnreadableError
from flows.extract.xml_tree import Tree, name

MEDIA_TYPE = "application/vnd.abbyy.finereader+xml"
_UNKNOWN = 255
_SPACES = re.compile(r"\s+")


def read_tree(tree: Tree, parser: Mapping[str, Any]) -> Reading:
    """Read a document, or a page that stands alone. UnreadableError (`no-text`) where there is no line."""
    pages = [tree.root] if name(tree.root) == "page" else [each for each in tree.root.iter() if name(each) == "page"]
    lines = [line for number, page in enumerate(pages, 1) for line in _lines(page, number)]
    if not lines:
        raise UnreadableError("no-text", "The page holds no line of text.")
    return paged(MEDIA_TYPE, lines)


def _lines(page: etree._Element, number: int) -> Iterator[PageLine]:
    width, height = _number(page, "width") or 1.0, _number(page, "height") or 1.0
    for block, holder in enumerate((each for each in page.iter() if name(each) == "block"), 1):
        for line in (each for each in holder.iter() if name(each) == "line"):
            text, sure = _text(line)
            if not text:
                continue
            x0, y0, x1, y1 = (_number(line, side) for side in "ltrb")
            yield PageLine(
                text, number, x0 / width, y0 / height, x1 / width, y1 / height, (y1 - y0) / height, sure,
                block=block, place=f"page={number};block={block}",
            )  # fmt: skip


def _text(line: etree._Element) -> tuple[str, float | None]:
    """The text of a line, and the mean confidence of its characters, 0 to 1; None where none has any."""
    characters = [each for each in line.iter() if name(each) == "charParams"]
    if not characters:
        return _SPACES.sub(" ", "".join(map(str, line.itertext()))).strip(), None
    text = "".join(each.text or " " for each in characters)
    said = [int(_number(each, "charConfidence")) for each in characters if each.get("charConfidence")]
    known = [each for each in said if 0 <= each < _UNKNOWN]
    return _SPACES.sub(" ", text).strip(), min(1.0, sum(known) / len(known) / 100) if known else None


def _number(element: etree._Element, attribute: str) -> float:
    try:
        return float(element.get(attribute) or 0)
    except ValueError:
        return 0.0
