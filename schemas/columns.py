"""The meaning of the columns that several tables share, stated once."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from schemas.table import Column

TIMESTAMP = pa.timestamp("us", tz="UTC")
STRINGS = pa.list_(pa.field("item", pa.string(), nullable=False))

PASSAGE_KINDS = (
    "headline",
    "byline",
    "dateline",
    "caption",
    "body",
    "list",
    "table",
    "quote",
    "jump",
    "masthead",
    "advert",
    "navigation",
    "comment",
    "boilerplate",
)
"""Every kind a block or passage can have."""

TEXT_KINDS = ("headline", "body", "list", "table", "quote", "caption")
"""The kinds whose text is part of an article's text."""


def identifier(name: str, doc: str, example: str, *, nullable: bool = False) -> Column:
    """A content id: the first 32 hex characters of a SHA-256 over the parts that `doc` names."""
    return Column(name, pa.string(), doc, example, nullable=nullable)


def text(name: str, doc: str, example: str | None = None, *, nullable: bool = False) -> Column:
    return Column(name, pa.string(), doc, example, nullable=nullable)


def offset(name: str, doc: str, example: int | None = None, *, nullable: bool = False) -> Column:
    """A half-open offset that counts Unicode code points."""
    return Column(name, pa.int64(), doc, example, nullable=nullable, unit="code points")


def count(name: str, doc: str, example: int | None = None, *, nullable: bool = False) -> Column:
    return Column(name, pa.int64(), doc, example, nullable=nullable)


def instant(name: str, doc: str, example: str | None = None, *, nullable: bool = False) -> Column:
    return Column(name, TIMESTAMP, doc, example, nullable=nullable, unit="UTC")


def day(name: str, doc: str, example: date | None = None, *, nullable: bool = False) -> Column:
    """A day of the calendar, without a time and without a zone."""
    return Column(name, pa.date32(), doc, example, nullable=nullable)


CAPTURE_ID = identifier(
    "capture_id",
    "Id of the capture, over source, uri, captured_at and payload.",
    "5f2d0b64c1a9e87733b0a4d5e6f70812",
)
DOCUMENT_ID = identifier(
    "document_id",
    "Id of the document, over payload and extractor.",
    "c41b7e9a02d84f6f9e1d5a7730b2c6d8",
)
ARTICLE_ID = identifier(
    "article_id",
    "Id of the article, over document, text and occurrence of the text in the document.",
    "9ab0c3d2e4f5061728394a5b6c7d8e9f",
)
PASSAGE_ID = identifier(
    "passage_id",
    "Id of the passage, over document, place (its selector) and text.",
    "07d1e2c3b4a5968778695a4b3c2d1e0f",
)
STORY_ID = identifier(
    "story_id",
    "Id of the story, over its leader's article and span.",
    "3c4d5e6f708192a3b4c5d6e7f8091a2b",
)
SOURCE_ID = text("source_id", "The registered source, or `adhoc` for paths given on the command line.", "evening-post")
RUN_ID = text("run_id", "The run that wrote the row.", "20240301T061502-7f3a9c")
PAYLOAD_SHA256 = text(
    "payload_sha256",
    "SHA-256 of the payload's bytes, lower-case hex.",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0bd822cd15d6c15b0f00a0",
)
EXTRACTOR = text("extractor", "The reader.", "html")
EXTRACTOR_VERSION = text("extractor_version", "Version of the reader.", "6")
SEGMENT_VERSION = text("segment_version", "Version of the segmenter.", "4")
CLEAN_VERSION = text("clean_version", "Version of the cleaner.", "3")
PARSER = text(
    "parser",
    "Hints of the source on how to read the payload, as canonical JSON: keys of a record dump, site selectors.",
    '{"text":"content","title":"title"}',
    nullable=True,
)
ORDINAL = Column("ordinal", pa.int32(), "Place in the document, counted from 0.", 3)
KIND = Column("kind", pa.string(), "What the block is on the page.", "body", values=PASSAGE_KINDS)
SELECTOR = text(
    "selector",
    "Where the block stands in the payload: RFC 5147 `char=120,180` for text, an XPath for HTML, a JSON Pointer "
    "(with an XPath where the value holds HTML) for records; for pages with boxes `page=3&viewrect=0.1,0.2,0.3,0.1` in "
    "fractions of the page or an XPath by id, each with the lines `;line=0,4`; for mail the section of the part, "
    "`part=1.2;char=0,34`; for subtitles the seconds, `t=1.000,4.000`; for office documents the part and an XPath.",
    "char=120,180",
)
RAW_START = offset("raw_start", "Start in the decoded payload; null where the payload is markup.", 120, nullable=True)
RAW_END = offset("raw_end", "End in the decoded payload; null where the payload is markup.", 180, nullable=True)
FLAGS = Column(
    "flags",
    STRINGS,
    "Marks that a reader or rule left: `duplicate` (a second printing on the page), `suspect-hangul`, "
    "`suspect-latin` (a likely misreading, never overwritten), `gap` (the text breaks off here).",
    ["suspect-latin"],
)
LANGUAGE = text("language", "BCP 47 tag of the text, as the page says or as its letters show.", "zh", nullable=True)
TEXT_SHA256 = text("text_sha256", "SHA-256 of the text in UTF-8.", "2c26b46b68ffc68ff99b453c1d304134" * 2)
