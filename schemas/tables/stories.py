"""stories: the witnesses of each story."""

import pyarrow as pa

from schemas.columns import ARTICLE_ID, STORY_ID, offset
from schemas.table import Check, Column, Table

STORIES = Table(
    name="stories",
    grain="witness span of a story",
    doc="Which spans of which articles carry a story. The leader is its earliest carrier.",
    columns=(
        STORY_ID,
        ARTICLE_ID,
        offset("span_start", "Start of the witness's span in its article's text.", 0),
        offset("span_end", "End of the witness's span in its article's text.", 412),
        Column("leader", pa.bool_(), "True for the span that the others are collated against.", False),
        Column("coverage", pa.float64(), "Share of the leader's span that this witness has, in folded letters.", 0.94),
        Column(
            "text_coverage",
            pa.float64(),
            "The same as a share of the leader's whole text; for the leader what its own span is of it.",
            0.61,
        ),
    ),
    key=("story_id", "article_id", "span_start", "span_end"),
    checks=(
        Check(
            "one_leader",
            "A story has exactly one leader.",
            "SELECT story_id FROM stories GROUP BY story_id HAVING count(*) FILTER (leader) <> 1",
        ),
        Check(
            "witnesses_have_articles",
            "Every witness is an article.",
            "SELECT story_id, article_id FROM stories ANTI JOIN articles USING (article_id)",
        ),
    ),
)
