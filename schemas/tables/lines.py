"""lines: where each printed line of a passage stands on its page."""

import pyarrow as pa

from schemas.columns import DOCUMENT_ID, ORDINAL, PASSAGE_ID, PAYLOAD_SHA256, count, offset, text
from schemas.table import Check, Column, Table


def _share(name: str, doc: str, example: float) -> Column:
    return Column(name, pa.float64(), f"{doc}, as a fraction of the page.", example)


LINES = Table(
    name="lines",
    grain="printed line of a page with boxes",
    doc="Where every line of a passage stands on its page: what leads each character back to its place in print.",
    columns=(
        DOCUMENT_ID,
        ORDINAL,
        PASSAGE_ID,
        offset("start", "Start of the line in the passage's text.", 0),
        offset("end", "End of the line in the passage's text.", 31),
        PAYLOAD_SHA256.named("payload_sha256", "SHA-256 of the payload that holds the line."),
        count("page", "The page in that payload, from 1.", 1),
        _share("x0", "Left edge of the line's box", 0.118),
        _share("y0", "Upper edge of the line's box", 0.204),
        _share("x1", "Right edge of the line's box", 0.302),
        _share("y1", "Lower edge of the line's box", 0.212),
        _share("size", "Height of the line's type", 0.008),
        Column("confidence", pa.float64(), "How sure the OCR is of the line, 0 to 1; null where it does not say.", 0.93,
               nullable=True),
        text("printed", "The line as it is printed, a hyphen at its end included."),
    ),
    key=("document_id", "ordinal"),
    checks=(
        Check(
            "lines_have_a_passage",
            "Every line belongs to a passage of its document, and lies in its text.",
            "SELECT l.document_id, l.ordinal FROM lines l LEFT JOIN passages p USING (passage_id) "
            "WHERE p.document_id IS DISTINCT FROM l.document_id OR l.start > l.\"end\" OR l.\"end\" > length(p.text)",
        ),
        Check(
            "boxes_are_boxes",
            "A box is not inside out.",
            "SELECT document_id, ordinal FROM lines WHERE x1 < x0 OR y1 < y0",
        ),
    ),
)  # fmt: skip
