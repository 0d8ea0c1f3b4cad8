"""passages: cleaned blocks."""

from schemas.columns import (
    ARTICLE_ID,
    DOCUMENT_ID,
    FLAGS,
    KIND,
    ORDINAL,
    PASSAGE_ID,
    RAW_END,
    RAW_START,
    SELECTOR,
    TEXT_KINDS,
    offset,
    text,
)
from schemas.table import Check, Table

_TEXT_KINDS = ", ".join(f"'{kind}'" for kind in TEXT_KINDS)

PASSAGES = Table(
    name="passages",
    grain="cleaned block",
    doc="Every block of every document after cleaning, those of the page itself included.",
    columns=(
        PASSAGE_ID,
        DOCUMENT_ID,
        ARTICLE_ID.named("article_id", "The article it belongs to; null for the page's own text.", nullable=True),
        ORDINAL,
        KIND,
        text(
            "text",
            "The text after cleaning; empty where all was taken out, and its edits hold it.",
            "河口大桥一日上午正式通车。",
        ),
        offset("article_start", "Start in the article's text; null where it is not part of it.", 9, nullable=True),
        offset("article_end", "End in the article's text; null where it is not part of it.", 22, nullable=True),
        SELECTOR,
        RAW_START,
        RAW_END,
        FLAGS,
    ),
    key=("passage_id",),
    checks=(
        Check(
            "passages_have_a_document",
            "Every passage belongs to a document.",
            "SELECT passage_id FROM passages ANTI JOIN documents USING (document_id)",
        ),
        Check(
            "placed_in_an_article",
            "A passage with a place in a text has an article, and a kind that is text.",
            "SELECT passage_id FROM passages WHERE article_start IS NOT NULL AND "
            f"(article_id IS NULL OR kind NOT IN ({_TEXT_KINDS}))",
        ),
        Check(
            "raw_span_holds_it",
            "A raw span is not empty and comes whole.",
            "SELECT passage_id FROM passages WHERE (raw_start IS NULL) <> (raw_end IS NULL) OR raw_end <= raw_start",
        ),
    ),
)
