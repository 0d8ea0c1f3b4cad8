"""id_aliases: ids that were published once."""

import pyarrow as pa

from schemas.columns import RUN_ID, identifier
from schemas.table import Column, Table

ID_ALIASES = Table(
    name="id_aliases",
    grain="id that was published and is not in the tables any more",
    doc="What became of ids whose row gave way to another, as when a new version of a stage reads another text at the "
    "same place. The macro `present_id` resolves them. History, and so not part of the digests.",
    columns=(
        identifier("alias_id", "The id that was published once.", "9ab0c3d2e4f5061728394a5b6c7d8e9f"),
        Column(
            "kind",
            pa.string(),
            "What it was the id of.",
            "article",
            values=("document", "article", "passage", "story"),
        ),
        identifier("id", "The id of what stands in its place now.", "3b1f0c2d4e5a69788796a5b4c3d2e1f0"),
        RUN_ID.named("run_id", "The run in which it last moved."),
    ),
    key=("alias_id",),
    derived=False,
)
