"""alignments: pairs of spans that are the same text."""

import pyarrow as pa

from schemas.columns import ARTICLE_ID, count, offset
from schemas.table import Check, Column, Table

RELATIONS = ("reprint", "excerpt", "quote", "template", "furniture", "self-copy")


def _share(name: str, doc: str) -> Column:
    return Column(name, pa.float64(), doc, 0.97)


ALIGNMENTS = Table(
    name="alignments",
    grain="pair of aligned spans",
    doc="A span in one article and a span in another, or in the same, that are the same text. Left is the earlier.",
    columns=(
        ARTICLE_ID.named("left_article_id", "The earlier article."),
        offset("left_start", "Start in the left article's text.", 0),
        offset("left_end", "End in the left article's text.", 412),
        ARTICLE_ID.named("right_article_id", "The later article."),
        offset("right_start", "Start in the right article's text.", 96),
        offset("right_end", "End in the right article's text.", 507),
        count("matched_chars", "Folded letters that the two spans share in order.", 371),
        _share("identity", "matched_chars over the shorter span, in folded letters."),
        _share("similarity", "Normalised Levenshtein similarity of the folded spans."),
        _share("left_coverage", "Share of the left article's folded letters that the span holds."),
        _share("right_coverage", "Share of the right article's folded letters that the span holds."),
        Column(
            "relation",
            pa.string(),
            "How the two are related; `template` is no copy, but built alike or told in other words; `furniture` leads "
            "to the outlet's earliest carrier and into no story.",
            "reprint",
            values=RELATIONS,
        ),
    ),
    key=("left_article_id", "left_start", "left_end", "right_article_id", "right_start", "right_end"),
    checks=(
        Check(
            "spans_lie_in_the_articles",
            "Both spans lie inside their articles' texts.",
            "SELECT left_article_id, right_article_id FROM alignments "
            "JOIN articles l ON l.article_id = left_article_id "
            "JOIN articles r ON r.article_id = right_article_id "
            "WHERE left_start < 0 OR left_end <= left_start "
            "OR left_end > l.chars OR right_start < 0 OR right_end <= right_start OR right_end > r.chars",
        ),
        Check(
            "alignments_have_articles",
            "Both articles are there.",
            "SELECT left_article_id, right_article_id FROM alignments WHERE left_article_id NOT IN "
            "(SELECT article_id FROM articles) OR right_article_id NOT IN (SELECT article_id FROM articles)",
        ),
    ),
)
