"""source_runs: what each source came to in a run."""

import pyarrow as pa

from schemas.columns import RUN_ID, SOURCE_ID, count, identifier, instant, text
from schemas.table import Column, Table

SOURCE_RUNS = Table(
    name="source_runs",
    grain="source in a run",
    doc="What taking in a source came to. A source in which nothing was new leaves no row, unless it failed before; "
    "`polls` counts how often it was asked. "
    "From the fourth failure in a row on, those that say the same come with the next snapshot, or once an hour.",
    columns=(
        identifier("source_run_id", "Id over run and source.", "77c1e2d3b4a5968778695a4b3c2d1e0f"),
        RUN_ID,
        SOURCE_ID,
        text("kind", "What sort of source it is.", "feed"),
        instant("started_at", "When it was begun."),
        instant("finished_at", "When it was done with."),
        Column("status", pa.string(), "How it ended.", "ok", values=("ok", "failed")),
        count("requests", "Requests made over the network.", 57),
        count("captures", "Captures added.", 12),
        count("bytes", "Bytes that were captured.", 480211),
        count("rejects", "Rejects added.", 1),
        text("error", "Short name of what made it fail.", "connect", nullable=True),
        text("message", "The failure in one sentence.", "No connection: refused.", nullable=True),
    ),
    key=("source_run_id",),
    derived=False,
)
