"""edits: every change that cleaning made, with the reading before it."""

import pyarrow as pa

from schemas.columns import PASSAGE_ID, offset, text
from schemas.table import Check, Column, Table

EDITS = Table(
    name="edits",
    grain="change that a cleaning rule made",
    doc="Undone in reverse order, the edits of a passage give back the text as it was read.",
    columns=(
        PASSAGE_ID,
        Column("ordinal", pa.int32(), "Order in which the passage's edits were made, counted from 0.", 0),
        text("rule", "The rule.", "whitespace"),
        Column("rule_version", pa.int32(), "Version of the rule.", 1),
        offset("start", "Start of the change in the text as this edit left it.", 12),
        text("before", "The reading before."),
        text("after", "The reading after."),
    ),
    key=("passage_id", "ordinal"),
    checks=(
        Check(
            "edits_change", "An edit changes something.", "SELECT passage_id, ordinal FROM edits WHERE before = after"
        ),
        Check(
            "edits_have_a_passage",
            "Every edit belongs to a passage.",
            "SELECT passage_id, ordinal FROM edits ANTI JOIN passages USING (passage_id)",
        ),
    ),
)
