"""polls: stretches of runs in which a source was asked and had nothing new."""

from schemas.columns import RUN_ID, SOURCE_ID, count, identifier, instant, text
from schemas.table import Table

POLLS = Table(
    name="polls",
    grain="stretch of runs in which a source was asked over the network and had nothing new",
    doc="How often a source was asked in vain. Such a run writes no record, no other row and no snapshot; the stretch "
    "comes with the next snapshot that there is.",
    columns=(
        identifier("poll_id", "Id over the stretch's first run and the source.", "5b0f3c6a97d1e2488c55aa10d3e7f942"),
        RUN_ID,
        SOURCE_ID,
        text("kind", "What sort of source it is.", "feed"),
        instant("began_at", "When the first run of the stretch began."),
        instant("ended_at", "When the last run of the stretch was done."),
        count("runs", "Runs in the stretch; the run named is the first.", 96),
        count("requests", "Requests made over the network in all of them.", 192),
    ),
    key=("poll_id",),
    derived=False,
)
