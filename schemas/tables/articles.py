"""articles: one text by one author or agency."""

import pyarrow as pa

from schemas.columns import ARTICLE_ID, DOCUMENT_ID, LANGUAGE, TEXT_SHA256, offset, text
from schemas.table import Check, Column, Table

ARTICLES = Table(
    name="articles",
    grain="article in a document",
    doc="One text by one author or agency. A newspaper page holds several, and one may be scattered over the page.",
    columns=(
        ARTICLE_ID,
        DOCUMENT_ID,
        Column("ordinal", pa.int32(), "Place of the article in its document, counted from 0.", 0),
        text(
            "headline",
            "Headline, its lines joined by a space; like all that is known of the text, cleaned as text is.",
            "河口大桥今日通车",
            nullable=True,
        ),
        text("byline", "Byline as printed.", "本报记者 林晓舟", nullable=True),
        text("agency", "News agency that the text names as its origin.", "江海社", nullable=True),
        text("dateline_place", "Place in the dateline.", "江口", nullable=True),
        text("dateline_date", "Date in the dateline as printed.", "3月1日", nullable=True),
        text(
            "text",
            "The text: headline, body, list, table, quote and caption passages in reading order.",
            "河口大桥今日通车\n…",
        ),
        offset("chars", "Length of the text.", 1204),
        LANGUAGE,
        Column("complete", pa.bool_(), "False where the text is known to begin or break off elsewhere.", True),
        TEXT_SHA256,
        text("fold_sha256", "SHA-256 of the folded text: letters and numbers only, width, case and script evened out."),
    ),
    key=("article_id",),
    checks=(
        Check(
            "chars_is_the_length",
            "chars is the number of code points of text.",
            "SELECT article_id FROM articles WHERE chars <> length(text)",
        ),
        Check(
            "slices_are_passages",
            "The slice of the article's text that a passage names is the passage's text.",
            "SELECT p.passage_id FROM passages p JOIN articles a USING (article_id) WHERE p.article_start IS NOT NULL "
            "AND substring(a.text, (p.article_start + 1)::BIGINT, (p.article_end - p.article_start)::BIGINT) <> p.text",
        ),
        Check(
            "articles_have_a_document",
            "Every article belongs to a document.",
            "SELECT article_id FROM articles ANTI JOIN documents USING (document_id)",
        ),
    ),
)
