"""stages: which version of each stage made the tables."""

import pyarrow as pa

from schemas.columns import text
from schemas.table import Column, Table

STAGES = Table(
    name="stages",
    grain="stage of the pipeline",
    doc="The version of each stage that made the rows of this snapshot.",
    columns=(
        text("stage", "Name of the stage; of a reader, that of the extractor.", "html"),
        Column(
            "kind",
            pa.string(),
            "What it does.",
            "reader",
            values=("reader", "segmenter", "cleaner", "matcher", "restorer"),
        ),
        text("version", "Its version.", "6"),
    ),
    key=("stage",),
)
