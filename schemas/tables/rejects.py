"""rejects: inputs that could not be processed."""

import pyarrow as pa

from schemas.columns import (
    CAPTURE_ID,
    CLEAN_VERSION,
    EXTRACTOR,
    EXTRACTOR_VERSION,
    PARSER,
    PAYLOAD_SHA256,
    RUN_ID,
    SEGMENT_VERSION,
    SOURCE_ID,
    STRINGS,
    identifier,
    text,
)
from schemas.table import Check, Column, Table

REJECTS = Table(
    name="rejects",
    grain="failed input",
    doc="What could not be processed, and why, in words. The bytes are kept wherever there were any. "
    "Media that holds no text is no reject; see `kept_media`. Which are settled by now tells `reject_list`.",
    columns=(
        identifier(
            "reject_id",
            "Id over payload, else capture, else source and uri; stage, error, message and extractor, else media type.",
            "1b2c3d4e5f60718293a4b5c6d7e8f901",
        ),
        SOURCE_ID,
        CAPTURE_ID.named("capture_id", "The first capture of the payload, where it was captured.", nullable=True),
        text("uri", "The input.", "file:///adhoc/broken.warc.gz", nullable=True),
        Column(
            "stage",
            pa.string(),
            "The stage that gave up.",
            "extract",
            values=("capture", "extract", "segment", "clean", "match", "restore", "publish"),
        ),
        text("error", "Short name of the reason.", "empty"),
        text("message", "The reason in one sentence.", "The file is empty."),
        PAYLOAD_SHA256.named("payload_sha256", "The payload, where it was captured.", nullable=True),
        text(
            "traceback",
            "Where in the code it happened, for a fault that nobody foresaw: the functions at work, outermost "
            "first, without anything of the machine. Null where the reason was foreseen.",
            nullable=True,
        ),
        Column(
            "article_ids",
            STRINGS,
            "The articles concerned, where they could not be matched or restored: a pair, a page's, or some of an "
            "outlet's. Null in other stages.",
            ["3fa0c1d2e4b5968778695a4b3c2d1e0f"],
            nullable=True,
        ),
        EXTRACTOR.named(
            "extractor", "The reader that gave up, or whose reading was; null where there is none.", nullable=True
        ),
        *(
            column.named(column.name, f"{column.doc[:-1]}; null where the payload never reached it.", nullable=True)
            for column in (EXTRACTOR_VERSION, SEGMENT_VERSION, CLEAN_VERSION)
        ),
        PARSER.named("parser", "The source's hints that it was to be read with, as canonical JSON."),
        text("media_type", "Media type of the payload; null where it was not to be read yet.", nullable=True),
        RUN_ID.named(
            "run_id", "The run that found it first; empty where that was before this was noted.", nullable=True
        ),
    ),
    key=("reject_id",),
    # A traceback follows the code, which may be put in other words while it says the same of every input.
    volatile=("reject_id", "capture_id", "uri", "source_id", "traceback", "run_id"),
    stamp="run_id",
    checks=(
        Check(
            "rejects_say_why",
            "A reject names its input and its reason.",
            "SELECT reject_id FROM rejects WHERE message = '' OR (uri IS NULL AND capture_id IS NULL "
            "AND article_ids IS NULL)",
        ),
    ),
)
