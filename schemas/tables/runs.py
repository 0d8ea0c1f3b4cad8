"""runs: executions of the pipeline."""

import pyarrow as pa

from schemas.columns import RUN_ID, count, instant, text
from schemas.table import Column, Table

RUNS = Table(
    name="runs",
    grain="execution that published something",
    doc="What each run did. A run that found nothing new leaves no row, and no more does one that failed as the last "
    "one did and found nothing new, but once an hour.",
    columns=(
        RUN_ID,
        text("flow_run_id", "Prefect's id of the flow run; null where the run was started directly.", nullable=True),
        count("snapshot", "The snapshot that it published.", 7),
        instant("started_at", "When it started."),
        instant("finished_at", "When it published."),
        Column(
            "status",
            pa.string(),
            "How it ended: failed where a stage gave up. What the others did is published all the same, and what the "
            "stage left is taken up by the next run.",
            "ok",
            values=("ok", "failed"),
        ),
        text("failed_stage", "The stage that gave up; `rejects` has where in the code.", "match", nullable=True),
        text("message", "Why it gave up.", nullable=True),
        text("code_version", "Version of Dibao.", "0.1.0"),
        text("config_sha256", "SHA-256 of the settings that shape rows."),
        count("captures", "Captures added.", 120),
        count("documents", "Documents added.", 118),
        count("articles", "Articles added.", 131),
        count("passages", "Passages added.", 1900),
        count("edits", "Edits added.", 210),
        count("alignments", "Alignments added.", 88),
        count("stories", "Witnesses added.", 40),
        count("variants", "Variants added.", 312),
        count("rejects", "Rejects added.", 2),
        count("bytes", "Bytes of payload captured.", 5200000),
    ),
    key=("run_id",),
    derived=False,
)
