"""The child process that reads PDF files: a payload on standard input, glyphs as lines of JSON on standard output.

PDFium is C++ and reads what strangers wrote: it runs apart, with a bound on memory and on time, so that what breaks it
breaks nothing else. Nothing but pypdfium2 and the standard library is loaded here.
"""

from __future__ import annotations

import json
import sys
from array import array
from typing import Any

MEMORY = 1 << 30
"""Bytes of address space of the process; PDFium itself and this interpreter take some 100 MB of it."""
SECONDS = 300
"""Seconds of a processor for one file."""
MOST_PAGES = 20_000
MOST_GLYPHS = 200_000
"""Glyphs of one page; the fullest newspaper page has some 30,000."""


def main() -> None:
    """Read one file. Every line of output is an object: `pages` and metadata first, then a page each, or `error`."""
    _bound()
    out = sys.stdout
    try:
        for told in read(sys.stdin.buffer.read()):
            out.write(json.dumps(told, ensure_ascii=True, separators=(",", ":")))
            out.write("\n")
    except MemoryError:
        out.write('{"error":"too-large"}\n')
    out.flush()


def _bound() -> None:
    try:
        import resource
    except ImportError:  # Windows, where there is nothing of the kind
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read(payload: bytes) -> Any:
    """What a file holds: its head, then its pages."""
    import pypdfium2
    import pypdfium2.raw as raw

    try:
        pdf = pypdfium2.PdfDocument(payload)
        count = len(pdf)
    except pypdfium2.PdfiumError as error:
        code = getattr(error, "err_code", None)
        locked = code == raw.FPDF_ERR_PASSWORD or "assword" in str(error)
        yield {"error": "encrypted" if locked else "broken", "message": str(error)[:200]}
        return
    try:
        meta = pdf.get_metadata_dict(skip_empty=True)
    except (pypdfium2.PdfiumError, UnicodeError):
        meta = {}
    yield {"pages": count, "meta": meta}
    for number in range(min(count, MOST_PAGES)):
        try:
            yield _page(pdf, number, raw)
        except pypdfium2.PdfiumError as error:
            yield {"page": number + 1, "broken": str(error)[:200]}


def _page(pdf: Any, number: int, raw: Any) -> dict[str, Any]:
    """One page: size in points, and for each glyph its code point and box (left, top, right, bottom from the top left
    corner, in points); how many have no place in Unicode, and how many do not stand upright."""
    page = pdf[number]
    width, height = page.get_size()
    text = page.get_textpage()
    try:
        count = min(text.count_chars(), MOST_GLYPHS)
        codes, boxes, unmapped, turned = array("l"), array("d"), 0, 0
        handle, box = text.raw, raw.FS_RECTF()
        unicode, loose = raw.FPDFText_GetUnicode, raw.FPDFText_GetLooseCharBox
        missing, angle = raw.FPDFText_HasUnicodeMapError, raw.FPDFText_GetCharAngle
        for at in range(count):
            code = unicode(handle, at)
            if code in (0, 10, 13):
                continue
            if missing(handle, at) == 1:
                unmapped += 1
                continue
            if not loose(handle, at, box):
                continue
            if at % 16 == 0 and 0.2 < angle(handle, at) % 3.14159 < 2.9:
                turned += 1
            codes.append(code)
            boxes.extend((box.left, height - box.top, box.right, height - box.bottom))
    finally:
        text.close()
        page.close()
    return {
        "page": number + 1,
        "size": [width, height],
        "codes": codes.tolist(),
        "boxes": [round(value, 2) for value in boxes],
        "unmapped": unmapped,
        "turned": turned,
    }


if __name__ == "__main__":
    main()
