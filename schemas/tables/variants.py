"""variants: where a witness reads differently from its story's leader."""

import pyarrow as pa

from schemas.columns import ARTICLE_ID, STORY_ID, offset, text
from schemas.table import Check, Column, Table

VARIANT_KINDS = ("substitution", "insertion", "deletion", "transposition")
VARIANT_CLASSES = ("number", "name", "punctuation", "orthography", "wording")

VARIANTS = Table(
    name="variants",
    grain="difference between a witness and its story's leader",
    doc="The smallest differing run of whole tokens: words, numbers, ideographs, marks, a mark alone included.",
    columns=(
        STORY_ID,
        ARTICLE_ID.named("article_id", "The witness."),
        offset("leader_start", "Start in the leader's article text.", 31),
        offset("leader_end", "End in the leader's article text.", 33),
        offset("span_start", "Start in the witness's article text.", 29),
        offset("span_end", "End in the witness's article text.", 31),
        text("leader_text", "The leader's reading.", "十二"),
        text("text", "The witness's reading.", "十三"),
        Column("kind", pa.string(), "What the witness did.", "substitution", values=VARIANT_KINDS),
        Column("class", pa.string(), "What sort of reading it touches.", "number", values=VARIANT_CLASSES),
    ),
    key=("story_id", "article_id", "leader_start", "leader_end", "span_start", "span_end"),
    checks=(
        Check(
            "readings_are_in_the_text",
            "The witness's reading is the slice that its offsets name.",
            "SELECT v.story_id, v.article_id FROM variants v JOIN articles a USING (article_id) "
            "WHERE substring(a.text, (v.span_start + 1)::BIGINT, (v.span_end - v.span_start)::BIGINT) <> v.text",
        ),
    ),
)
