"""takedowns: what was taken out of the archive, and why."""

from schemas.columns import PAYLOAD_SHA256, SOURCE_ID, count, identifier, instant, text
from schemas.table import Table

TAKEDOWNS = Table(
    name="takedowns",
    grain="payload that was taken down in a takedown",
    doc="What was taken out of raw bytes, tables and former snapshots, as the files of `takedowns/` tell. It is "
    "neither taken in nor fetched again.",
    columns=(
        identifier("takedown_id", "The takedown: its file's name.", "1f2e3d4c5b6a79880716253443526170"),
        PAYLOAD_SHA256,
        text("target", "What was asked to be taken down: a capture, an address or an article."),
        text("uri", "The first address that it was retrieved from."),
        SOURCE_ID,
        count("captures", "Retrievals of it that there were."),
        count("bytes", "Its size."),
        text("why", "The reason that was given.", "court order 12/2024"),
        text("taken_down_by", "Who did it.", "an.archivist"),
        instant("taken_down_at", "When."),
    ),
    key=("takedown_id", "payload_sha256"),
    derived=False,
)
