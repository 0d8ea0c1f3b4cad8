"""captures: one row per retrieval."""

import pyarrow as pa

from schemas.columns import CAPTURE_ID, PARSER, PAYLOAD_SHA256, RUN_ID, SOURCE_ID, count, instant, text
from schemas.table import Check, Column, Table

CAPTURES = Table(
    name="captures",
    grain="retrieval of one resource at one time",
    doc="Where every byte came from, and where it is kept.",
    columns=(
        CAPTURE_ID,
        SOURCE_ID,
        text(
            "uri",
            "What was retrieved. For a file `file:///<source id>/<path below the source root>`, percent-encoded, so "
            "that moving the folder changes nothing; for a member of a container that of the container, `!/` and its "
            "name; for a record in a dump, with what it is known by as the fragment: its own address or id, else a "
            "JSON Pointer to its place.",
            "file:///evening-post/2024/0301.txt",
        ),
        text(
            "outlet", "Who printed it: the host, else the first folder below the root, else the source.", "evening-post"
        ),
        instant("captured_at", "When the bytes were retrieved.", "2024-03-01T06:15:02Z"),
        PAYLOAD_SHA256.named(
            "payload_sha256",
            "SHA-256 of the payload's bytes, transfer and content encodings undone; null where they cannot be undone, "
            "or where a revisit's original is not in the archive.",
            nullable=True,
        ),
        count("payload_bytes", "Size of the payload.", 18211, nullable=True),
        text(
            "media_type",
            "Media type as served, or as the file's name and first bytes say.",
            "text/plain",
            nullable=True,
        ),
        Column("http_status", pa.int32(), "HTTP status of a web capture.", 200, nullable=True),
        text(
            "location",
            "Where a redirect points, made absolute; null where it is none.",
            "https://evening-post.example/2024/0301.html",
            nullable=True,
        ),
        text("etag", "ETag of a web capture.", '"5e3f"', nullable=True),
        instant("last_modified", "Last-Modified of a web capture, or the file's modification time.", nullable=True),
        Column(
            "record_type",
            pa.string(),
            "Type of the WARC record; a revisit holds no payload of its own, and metadata says that a file was gone.",
            "resource",
            values=("response", "resource", "revisit", "conversion", "metadata"),
        ),
        text(
            "warc_file",
            "The WARC file, below the warehouse's `raw/` folder.",
            "2024/03/20240301T061502-7f3a9c-00000.warc.gz",
        ),
        count("warc_offset", "Where the record starts in the WARC file, in bytes.", 4120),
        count("warc_length", "Length of the record in the WARC file, in bytes.", 7012),
        text(
            "warc_digest",
            "Payload digest as the record states it; revisits are resolved by it.",
            "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ",
            nullable=True,
        ),
        count(
            "part_start",
            "First byte of the payload in the record's own payload, where a dump holds many.",
            nullable=True,
        ),
        count("part_end", "End of the payload in the record's own payload, where a dump holds many.", nullable=True),
        PARSER,
        instant(
            "name_date",
            "Date that the source's pattern reads from the name, local midnight; used where a page gives no date.",
            nullable=True,
        ),
        RUN_ID,
    ),
    key=("capture_id",),
    derived=False,
    volatile=(
        "capture_id",
        "captured_at",
        "last_modified",
        "record_type",
        "warc_file",
        "warc_offset",
        "warc_length",
        "warc_digest",
        "run_id",
    ),
    checks=(
        Check(
            "accounted_for",
            "Every capture ends as a document, as media without text, as a redirect, or as a reject. That a digest is "
            "wrong rejects nothing.",
            "SELECT c.capture_id FROM captures c "
            "WHERE NOT EXISTS (SELECT 1 FROM documents d WHERE d.payload_sha256 = c.payload_sha256) "
            "AND NOT EXISTS (SELECT 1 FROM rejects r WHERE r.payload_sha256 = c.payload_sha256 "
            "AND r.error <> 'digest') "
            "AND NOT EXISTS (SELECT 1 FROM rejects r WHERE r.error <> 'digest' AND r.capture_id = c.capture_id) "
            "AND c.record_type <> 'metadata' "
            "AND NOT coalesce(c.http_status BETWEEN 300 AND 399 AND c.http_status <> 304, false) "
            "AND (media_sort(c.media_type) IS NULL OR c.payload_sha256 IS NULL OR NOT is_answer(c.http_status))",
        ),
    ),
)
