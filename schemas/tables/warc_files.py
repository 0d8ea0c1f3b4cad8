"""warc_files: the WARC segments that hold the bytes."""

from schemas.columns import RUN_ID, SOURCE_ID, count, instant, text
from schemas.table import Check, Table

WARC_FILES = Table(
    name="warc_files",
    grain="WARC or ARC file in the raw store",
    doc="The files that hold the bytes. A file never changes once it is listed here, but by a takedown.",
    columns=(
        text("warc_file", "Path below the warehouse's `raw/` folder.", "2024/03/20240301T061502-7f3a9c-00000.warc.gz"),
        text("sha256", "SHA-256 of the file.", "b5bb9d8014a0f9b1d61e21e796d78dcc" * 2),
        count("bytes", "Size of the file.", 1048576),
        count("records", "Records that became captures.", 118),
        SOURCE_ID,
        text("origin_uri", "Where the file was taken in from; null for a segment of our own.", nullable=True),
        instant("origin_modified", "When the origin was last modified.", nullable=True),
        RUN_ID,
    ),
    key=("warc_file",),
    derived=False,
    checks=(
        Check(
            "captures_have_a_file",
            "Every capture names a WARC file that is listed.",
            "SELECT c.capture_id FROM captures c ANTI JOIN warc_files w USING (warc_file)",
        ),
    ),
)
