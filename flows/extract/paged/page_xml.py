"""PAGE XML (PRImA): the lines of a page with their boxes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from flows.extract.paged.document import paged
from flows.extract.paged.lines import PageLine
from flows.extract.reading import Reading, UnreadableError
from flows.extract.xml_tree import Tree, name

MEDIA_TYPE = "application/vnd.prima.page+xml"
_OWN = ("TextLine", "Word", "Glyph", "TextRegion")

Box = tuple[float, float, float, float]


def read_tree(tree: Tree, parser: Mapping[str, Any]) -> Reading:
    """Read a page. UnreadableError (`no-text`) where there is no line."""
    pages = [each for each in tree.root.iter() if name(each) == "Page"]
    lines = [line for number, page in enumerate(pages, 1) for line in _lines(page, number)]
    if not lines:
        raise UnreadableError("no-text", "The page holds no line of text.")
    return paged(MEDIA_TYPE, lines)


def _lines(page: etree._Element, number: int) -> Iterator[PageLine]:
    width, height = _number(page.get("imageWidth")), _number(page.get("imageHeight"))
    block = 0
    for region in page.iter():
        if name(region) != "TextRegion":
            continue
        block += 1
        own = region.get("id")
        place = f'id("{own}")' if own and '"' not in own else f"page={number};block={block}"
        lines = [each for each in region if name(each) == "TextLine"]
        inner = any(name(each) == "TextRegion" for each in region)
        for element in lines or ([] if inner else [region]):
            text, sure = _text(element)
            box = _box(element) or _box(region)
            if not text or box is None:
                continue
            wide, high = width or box[2] or 1.0, height or box[3] or 1.0
            # A region that has no lines of its own holds several, one under the other.
            several = [line.strip() for line in text.splitlines() if line.strip()]
            step = (box[3] - box[1]) / len(several)
            for at, line in enumerate(several):
                y0 = box[1] + at * step
                yield PageLine(
                    line, number, box[0] / wide, y0 / high, box[2] / wide, (y0 + step) / high, step / high, sure,
                    block=block, place=place,
                )  # fmt: skip


def _text(element: etree._Element) -> tuple[str, float | None]:
    """The text that an element is said to hold, by the first of its readings; else its words or glyphs together."""
    readings = sorted((each for each in element if name(each) == "TextEquiv"), key=lambda e: _number(e.get("index")))
    for each in readings:
        text = next(("".join(map(str, e.itertext())) for e in each if name(e) in ("Unicode", "PlainText")), "")
        if text.strip():
            sure = each.get("conf")
            return text.strip(), min(1.0, max(0.0, _number(sure))) if sure else None
    inner = [each for each in element if name(each) in _OWN]
    parts = [_text(each) for each in inner]
    between = "" if any(name(each) == "Glyph" for each in inner) else "\n" if name(element) == "TextRegion" else " "
    known = [sure for _, sure in parts if sure is not None]
    return between.join(text for text, _ in parts if text), sum(known) / len(known) if known else None


def _box(element: etree._Element) -> Box | None:
    """The box round an element's outline, in pixels; None where it has none."""
    outline = next((each for each in element if name(each) == "Coords"), None)
    if outline is None:
        return None
    points = [pair.split(",") for pair in (outline.get("points") or "").split()]
    if not points:  # as the versions before 2013 have it
        points = [[each.get("x") or "", each.get("y") or ""] for each in outline if name(each) == "Point"]
    xs, ys = ([_number(pair[axis]) for pair in points if len(pair) == 2] for axis in (0, 1))
    return (min(xs), min(ys), max(xs), max(ys)) if xs else None


def _number(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0
