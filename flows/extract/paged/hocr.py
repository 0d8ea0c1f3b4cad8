"""hOCR: the lines of pages with their boxes, out of HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from flows.extract.charset import decode
from flows.extract.paged.document import paged
from flows.extract.paged.lines import PageLine
from flows.extract.reading import Reading, UnreadableError
from flows.extract.web.dom import parse

MEDIA_TYPE = "text/vnd.hocr+html"
_LINES = frozenset(("ocr_line", "ocrx_line", "ocr_header", "ocr_footer", "ocr_caption", "ocr_textfloat"))
_BLOCKS = frozenset(("ocr_carea", "ocrx_block", "ocr_column"))
_BOX = re.compile(r"\bbbox\s+(-?[\d.]+)\s+(-?[\d.]+)\s+(-?[\d.]+)\s+(-?[\d.]+)")
_SURE = re.compile(r"\bx_(?:w?conf|confs?)\s+([\d.]+)")
_SPACES = re.compile(r"\s+")

Box = tuple[float, float, float, float]


def read(payload: bytes, parser: Mapping[str, Any]) -> Reading:
    """Read the pages of an hOCR file. UnreadableError (`empty`, `no-text`) where there is no line."""
    if not payload.strip():
        raise UnreadableError("empty", "The file is empty.")
    decoded = decode(payload, markup=True)
    root = parse(decoded.text)
    lines = list(_lines(root)) if root is not None else []
    if not lines:
        raise UnreadableError("no-text", "The file holds no line of recognised text.")
    reading = paged(MEDIA_TYPE, lines)
    reading.charset_declared, reading.charset_used = decoded.charset_declared, decoded.charset_used
    reading.decode_skip, reading.replaced = decoded.decode_skip, decoded.replaced
    return reading


def _lines(root: etree._Element) -> Iterator[PageLine]:
    page, block, size = 0, 0, (1.0, 1.0)
    origin = (0.0, 0.0)
    place = ""
    for element in root.iter():
        names = (element.get("class") or "").split() if isinstance(element.tag, str) else []
        if not names:
            continue
        if "ocr_page" in names:
            page, block = page + 1, block + 1
            whole = _box(element) or (0.0, 0.0, 1.0, 1.0)
            origin, size = whole[:2], (max(whole[2] - whole[0], 1.0), max(whole[3] - whole[1], 1.0))
            place = _place(element, page, block)
        elif not _BLOCKS.isdisjoint(names):
            block += 1
            place = _place(element, page, block)
        elif not _LINES.isdisjoint(names) and (box := _box(element)):
            text = _SPACES.sub(" ", "".join(map(str, element.itertext()))).strip()
            if not text:
                continue
            sure = [float(f[1]) for e in element.iter() if (f := _SURE.search(e.get("title") or ""))]
            x0, x1 = ((each - origin[0]) / size[0] for each in (box[0], box[2]))
            y0, y1 = ((each - origin[1]) / size[1] for each in (box[1], box[3]))
            yield PageLine(
                text, max(page, 1), x0, y0, x1, y1, y1 - y0, min(1.0, sum(sure) / len(sure) / 100) if sure else None,
                block=block, place=place,
            )  # fmt: skip


def _place(element: etree._Element, page: int, block: int) -> str:
    own = element.get("id")
    return f'id("{own}")' if own and '"' not in own else f"page={page};block={block}"


def _box(element: etree._Element) -> Box | None:
    found = _BOX.search(element.get("title") or "")
    return None if found is None else (float(found[1]), float(found[2]), float(found[3]), float(found[4]))
