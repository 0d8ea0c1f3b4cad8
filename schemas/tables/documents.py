"""documents: what an extractor reads from one payload."""

from datetime import date

import pyarrow as pa

from schemas.columns import (
    CLEAN_VERSION,
    DOCUMENT_ID,
    EXTRACTOR,
    EXTRACTOR_VERSION,
    LANGUAGE,
    PARSER,
    PAYLOAD_SHA256,
    SEGMENT_VERSION,
    STRINGS,
    TEXT_SHA256,
    count,
    day,
    instant,
    text,
)
from schemas.table import Check, Column, Table

PRECISIONS = ("year", "month", "day", "minute", "second")

ARTICLE, NEWSPAPER = "article", "newspaper"
PAGE_KINDS = (ARTICLE, NEWSPAPER, "thread", "list", "front", "error", "captcha", "paywall", "frame", "record", "other")

DOCUMENTS = Table(
    name="documents",
    grain="payload and extractor",
    doc="What an extractor reads from one payload. Equal bytes are one document with many captures. The versions and "
    "hints are those that made the row and its articles, passages and edits.",
    columns=(
        DOCUMENT_ID,
        PAYLOAD_SHA256,
        EXTRACTOR,
        EXTRACTOR_VERSION,
        SEGMENT_VERSION,
        CLEAN_VERSION,
        PARSER.named("parser", "The source's hints that it was read with, as canonical JSON."),
        text("media_type", "Media type that chose the reader.", "text/html"),
        Column(
            "page_kind",
            pa.string(),
            "What sort of page this is; of a thread each post is an article. Of texts, newspaper pages alone are read "
            "line by line, and restored.",
            ARTICLE,
            values=PAGE_KINDS,
        ),
        text("charset_declared", "Character encoding that the payload itself names.", "gb2312", nullable=True),
        text("charset_used", "Python codec that decoded it.", "gb18030", nullable=True),
        Column(
            "decode_skip", pa.int32(), "Bytes skipped at the start, where a file begins inside a character (0-3).", 0
        ),
        count("replaced", "Characters that could not be decoded and became U+FFFD.", 0),
        text(
            "title",
            "Title, without the site's name; like authors, publisher, origin and tags, cleaned as text is.",
            "河口大桥今日通车",
            nullable=True,
        ),
        Column("authors", STRINGS, "Authors as printed, in order.", ["林晓舟"]),
        text(
            "publisher",
            "Who the page says publishes it: the name of its site. Whom it credits stands in `origin`.",
            "江口晚报",
            nullable=True,
        ),
        text(
            "origin",
            "The source that the page credits for its text (来源, Source): another paper, a site, or a news agency.",
            "江海社",
            nullable=True,
        ),
        day(
            "published_on",
            "The day of publication as printed there; the first of the month or year where no day is given.",
            date(2024, 3, 1),
            nullable=True,
        ),
        instant(
            "published_at",
            "When it was published. Where the precision is day or coarser no instant is known, and this is the "
            "midnight that begins published_on, unconverted; the views have null there.",
            nullable=True,
        ),
        Column(
            "published_offset",
            pa.int32(),
            "How far the clock that published_on goes by is ahead of UTC: the page's word, else that of the source, "
            "else China's for Chinese; null where nothing tells, or no time of day is given.",
            480,
            nullable=True,
            unit="minutes",
        ),
        Column(
            "published_precision",
            pa.string(),
            "How exactly the page dates itself.",
            "day",
            nullable=True,
            values=PRECISIONS,
        ),
        instant("modified_at", "When the page says it was last changed.", nullable=True),
        LANGUAGE,
        text("canonical_uri", "The page's own word for its address.", nullable=True),
        text("original_uri", "The address of the page that this is an archived copy of.", nullable=True),
        Column("archived_uris", STRINGS, "Addresses of other archived copies that the page names.", []),
        Column("tags", STRINGS, "Keywords that the page gives.", ["桥梁"]),
        Column(
            "agreement",
            pa.float64(),
            "Share of agreement between independent readers, 0 to 1; null where one reader read it.",
            nullable=True,
        ),
        TEXT_SHA256.named("text_sha256", "SHA-256 of the passages' text, joined by one newline."),
    ),
    key=("document_id",),
    checks=(
        Check(
            "text_is_the_passages",
            "text_sha256 is that of the text of the passages that have one, joined by a newline.",
            "SELECT d.document_id FROM documents d LEFT JOIN (SELECT document_id, "
            "sha256(string_agg(text, chr(10) ORDER BY ordinal) FILTER (text <> '')) AS hash FROM passages "
            "GROUP BY document_id) p "
            "USING (document_id) WHERE d.text_sha256 <> coalesce(p.hash, sha256(''))",
        ),
        Check(
            "precision_says_midnight",
            "At day precision or coarser, published_at is midnight.",
            "SELECT document_id FROM documents WHERE published_precision IN ('year', 'month', 'day') "
            "AND published_at <> date_trunc('day', published_at)",
        ),
        Check(
            "date_and_precision_together",
            "published_at, published_on and published_precision are all there or all absent.",
            "SELECT document_id FROM documents WHERE (published_at IS NULL) <> (published_precision IS NULL) "
            "OR (published_at IS NULL) <> (published_on IS NULL)",
        ),
        Check(
            "day_is_that_of_the_instant",
            "published_on is the day of published_at by a clock that is published_offset ahead of UTC.",
            "SELECT document_id FROM documents WHERE published_on <> "
            "CAST(make_timestamp(epoch_us(published_at) + coalesce(published_offset, 0) * 60000000::BIGINT) AS DATE)",
        ),
        Check(
            "decode_skip_is_small",
            "decode_skip is 0 to 3.",
            "SELECT document_id FROM documents WHERE decode_skip NOT BETWEEN 0 AND 3",
        ),
    ),
)
