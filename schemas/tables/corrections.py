"""corrections: what people put right."""

import pyarrow as pa

from schemas.columns import PAYLOAD_SHA256, identifier, instant, text
from schemas.table import Column, Table

FIELDS = ("headline", "published", "outlet", "authors", "leave-out", "kind", "split", "join")

CORRECTIONS = Table(
    name="corrections",
    grain="correction",
    doc="What people put right, as the files of `corrections/` tell. What was read stays in its table; the views show "
    "what is put right, the last word on each field. Kinds, splits and joins of passages are applied in reading.",
    columns=(
        identifier("correction_id", "The correction: its file's name.", "2b3c4d5e6f708192a3b4c5d6e7f80910"),
        text("article_id", "The article, by the id that it had.", "3fa0c1d2e4b5968778695a4b3c2d1e0f"),
        PAYLOAD_SHA256,
        text(
            "anchor",
            "The selector of the article's first passage, which tells the article should its text be read otherwise.",
            "char=0,18",
            nullable=True,
        ),
        Column("field", pa.string(), "What is put right.", "headline", values=FIELDS),
        text("place", "The selector of the passage concerned; null for the article as a whole.", nullable=True),
        text("old", "What was shown before; null where nothing was.", nullable=True),
        text("new", "What is right; null where it is only left out or split.", nullable=True),
        text("why", "The reason that was given."),
        text("corrected_by", "Who said so.", "an.archivist"),
        instant("corrected_at", "When."),
        text("undone_by", "Who took it back; null while it stands.", nullable=True),
        instant("undone_at", "When it was taken back.", nullable=True),
    ),
    key=("correction_id",),
    derived=False,
)
