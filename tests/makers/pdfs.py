"""PDF files, written byte by byte: text at places, in fonts that every reader has, or whose letters nobody knows."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

Text = tuple[float, float, float, str]
"""Left edge and base line from the page's lower left corner in points, size, and the text."""
WIDTH, HEIGHT = 1000.0, 1400.0


def pdf(
    pages: Sequence[Sequence[Text]],
    *,
    info: str = "",
    encrypted: bool = False,
    mapped: bool = True,
    word_space: float = 0,
) -> bytes:
    """A file with one content stream a page, in which the texts are drawn in the order given.

    ASCII is set in Helvetica, all else in STSong-Light, which needs no font file. Without `mapped`, letters are those
    of a font of which nobody knows what they are.
    """
    kids = " ".join(f"{10 + 2 * n} 0 R" for n in range(len(pages)))
    private = (
        b""
        if mapped
        else b"/Encoding<</Type/Encoding/Differences[32" + b"".join(b"/g%d" % n for n in range(200)) + b"]>>"
    )
    objects: dict[int, bytes] = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>".encode(),
        3: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica"
        + (b"/Encoding/WinAnsiEncoding" if mapped else private)
        + b">>",
        4: b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[5 0 R]>>",
        5: b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)"
        b"/Supplement 2>>/DW 1000/FontDescriptor 6 0 R>>",
        6: b"<</Type/FontDescriptor/FontName/STSong-Light/Flags 4/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 880"
        b"/Descent -120/CapHeight 880/StemV 93>>",
        7: f"<<{info}>>".encode(),
    }
    if encrypted:
        objects[8] = b"<</Filter/Standard/V 1/R 2/O(%s)/U(%s)/P -4>>" % (b"x" * 32, b"y" * 32)
    for number, texts in enumerate(pages):
        drawn = [f"{word_space} Tw"]
        for x, y, size, text in texts:
            if text.isascii():
                escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
                drawn.append(f"BT /F1 {size} Tf {x} {y} Td ({escaped}) Tj ET")
            else:
                drawn.append(f"BT /F2 {size} Tf {x} {y} Td <{text.encode('utf-16-be').hex()}> Tj ET")
        stream = zlib.compress("\n".join(drawn).encode())
        objects[10 + 2 * number] = (
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {WIDTH} {HEIGHT}]/Contents {11 + 2 * number} 0 R"
            "/Resources<</Font<</F1 3 0 R/F2 4 0 R>>>>>>"
        ).encode()
        objects[11 + 2 * number] = b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(stream), stream)
    out = bytearray(b"%PDF-1.7\n")
    places = {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, most = len(out), max(objects)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (most + 1)
    for number in range(1, most + 1):
        out += b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 00000 f \n"
    more = b"/Encrypt 8 0 R/ID[<00><00>]" if encrypted else b""
    out += b"trailer<</Size %d/Root 1 0 R/Info 7 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (most + 1, more, start)
    return bytes(out)
