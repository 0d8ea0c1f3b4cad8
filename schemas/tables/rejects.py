"""rejects: inputs that could not be processed."""

import pyarrow as pa

from schemas.columns import CAPTURE_ID, PAYLOAD_SHA256, SOURCE_ID, STRINGS, identifier, text
from schemas.table import Check, Column, Table

REJECTS = Table(
    name="rejects",
    grain="failed input",
    doc="What could not be processed, and why, in words. The bytes are kept wherever there were any.",
    columns=(
        identifier(
            "reject_id",
            "Id over source, uri or payload, stage, error, message and version.",
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
        text("version", "Version of the reader that gave up; null where the input never reached one.", nullable=True),
    ),
    key=("reject_id",),
    # A traceback follows the code, which may be put in other words while it says the same of every input.
    volatile=("reject_id", "capture_id", "uri", "source_id", "traceback"),
    checks=(
        Check(
            "rejects_say_why",
            "A reject names its input and its reason.",
            "SELECT reject_id FROM rejects WHERE message = '' OR (uri IS NULL AND capture_id IS NULL "
            "AND article_ids IS NULL)",
        ),
    ),
)
