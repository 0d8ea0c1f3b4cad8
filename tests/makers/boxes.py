"""Pages with boxes, as ALTO, hOCR, PAGE XML and FineReader XML write them, from one description."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

Line = tuple[str, int, int, int, int]
"""A line's words parted by spaces, and its box in pixels: x, y, width, height. `|` at the end cuts a word: what
follows it is the rest, which the next line begins with."""
WIDTH, HEIGHT = 1000, 1400


def column(x: int, y: int, texts: Sequence[str], *, width: int = 280, height: int = 14, step: int = 20) -> list[Line]:
    """Lines under one another."""
    return [(text, x, y + at * step, width, height) for at, text in enumerate(texts)]


def alto(blocks: Sequence[Sequence[Line]], *, namespace: str = "http://www.loc.gov/standards/alto/ns-v3#") -> bytes:
    """An ALTO page."""
    out = [f'<alto xmlns="{namespace}"><Layout><Page WIDTH="{WIDTH}" HEIGHT="{HEIGHT}"><PrintSpace>']
    for number, block in enumerate(blocks):
        out.append(f'<TextBlock ID="b{number}">')
        rest = ""
        for text, x, y, w, h in block:
            out.append(f'<TextLine HPOS="{x}" VPOS="{y}" WIDTH="{w}" HEIGHT="{h}">')
            words = text.split()
            cut, _, tail = words[-1].partition("|")
            for at, word in enumerate([*words[:-1], cut]):
                more = ""
                if at == 0 and rest:
                    more = f' SUBS_TYPE="HypPart2" SUBS_CONTENT={quoteattr(rest + word)}'
                if at == len(words) - 1 and tail:
                    more = f' SUBS_TYPE="HypPart1" SUBS_CONTENT={quoteattr(cut + tail)}'
                out.append(
                    f'<String CONTENT={quoteattr(word)} WC="0.5"{more}/>' + ("<SP/>" if at < len(words) - 1 else "")
                )
            out.append('<HYP CONTENT="-"/>' if tail else "")
            rest = cut if tail else ""
            out.append("</TextLine>")
        out.append("</TextBlock>")
    return "".join([*out, "</PrintSpace></Page></Layout></alto>"]).encode()


def hocr(blocks: Sequence[Sequence[Line]]) -> bytes:
    """An hOCR page."""
    out = [
        "<html><head><meta name='ocr-system' content='x'/></head><body>",
        f"<div class='ocr_page' title='bbox 0 0 {WIDTH} {HEIGHT}'>",
    ]
    for number, block in enumerate(blocks):
        out.append(f"<div class='ocr_carea' id='b{number}'><p class='ocr_par'>")
        for text, x, y, w, h in block:
            words = "".join(
                f"<span class='ocrx_word' title='x_wconf 50'>{escape(word)}</span> " for word in _printed(text)
            )
            out.append(f"<span class='ocr_line' title='bbox {x} {y} {x + w} {y + h}'>{words}</span>")
        out.append("</p></div>")
    return "".join([*out, "</div></body></html>"]).encode()


def page_xml(blocks: Sequence[Sequence[Line]]) -> bytes:
    """A page in PAGE XML."""
    out = [
        '<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15">',
        f'<Page imageWidth="{WIDTH}" imageHeight="{HEIGHT}">',
    ]
    for number, block in enumerate(blocks):
        out.append(f'<TextRegion id="b{number}"><Coords points="0,0 1,1"/>')
        for text, x, y, w, h in block:
            points = f"{x},{y} {x + w},{y} {x + w},{y + h} {x},{y + h}"
            unicode = f"<Unicode>{escape(' '.join(_printed(text)))}</Unicode>"
            out.append(f'<TextLine><Coords points="{points}"/><TextEquiv conf="0.5">{unicode}</TextEquiv></TextLine>')
        out.append("</TextRegion>")
    return "".join([*out, "</Page></PcGts>"]).encode()


def abbyy(blocks: Sequence[Sequence[Line]]) -> bytes:
    """A document in FineReader XML."""
    out = [f'<document xmlns="http://www.abbyy.com/x"><page width="{WIDTH}" height="{HEIGHT}">']
    for block in blocks:
        out.append('<block blockType="Text"><text><par>')
        for text, x, y, w, h in block:
            letters = "".join(
                f'<charParams charConfidence="50">{escape(c)}</charParams>' for c in " ".join(_printed(text))
            )
            out.append(f'<line l="{x}" t="{y}" r="{x + w}" b="{y + h}"><formatting>{letters}</formatting></line>')
        out.append("</par></text></block>")
    return "".join([*out, "</page></document>"]).encode()


def _printed(text: str) -> list[str]:
    cut, mark, _ = text.partition("|")
    return (cut + "-" if mark else cut).split()
