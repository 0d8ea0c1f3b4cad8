"""fixity: what an audit found."""

import pyarrow as pa

from schemas.columns import instant, text
from schemas.table import Column, Table

FIXITY = Table(
    name="fixity",
    grain="integrity check",
    doc="Each file and WARC record whose SHA-256 an audit compared with what the snapshots say.",
    columns=(
        instant("checked_at", "When."),
        text("target", "The file, or the WARC file and offset of the record.", "raw/2024/03/x.warc.gz@4120"),
        text("expected_sha256", "What it should be."),
        text("actual_sha256", "What it is; null where it cannot be read.", nullable=True),
        Column("ok", pa.bool_(), "Whether the two are the same.", True),
    ),
    key=("checked_at", "target"),
    derived=False,
)
