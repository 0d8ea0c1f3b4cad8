"""The whole job on one screen: capture → extract → segment → clean → match → restore → publish.

Each stage takes what it has not yet done. What a stage does stands in its own package; where the rows
are kept stands in `warehouse`. A flow and the command line run exactly this.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from flows import alerting, logs, migrate, steps, takedowns
from flows.capture.session import Clock
from flows.executor import Executor, Pool
from flows.faults import Failure
from flows.progress import Progress, Silent
from flows.settings import Settings
from flows.sources.registry import BadSource, Source
from flows.versions import DIBAO
from warehouse import signing
from warehouse.snapshots import Snapshot
from warehouse.store import Warehouse

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """What to run, on what, and by whom."""

    warehouse: Warehouse
    settings: Settings
    sources: Sequence[Source | BadSource]
    executor: Executor | None = None
    progress: Progress = field(default_factory=Silent)
    flow_run_id: str | None = None
    clock: Clock = lambda: datetime.now(UTC)
    run_id: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of a run. `snapshot` is None where there was nothing new.

    `failures` are the sources and stages without which the run went on.
    """

    run_id: str
    counts: dict[str, int]
    seconds: float
    snapshot: Snapshot | None
    failures: tuple[Failure, ...] = ()


def run(job: Job) -> Outcome:
    """Run the pipeline once. Raises the errors of `warehouse.errors`; every other failure is a row.

    A stage that fails is undone and told, and the others are done and published; so what was read is kept whatever
    comes after.
    """
    started = job.clock()
    # In the order of time by the microsecond: a rebuild takes the segments up in the order of their names.
    run_id = job.run_id or f"{started:%Y%m%dT%H%M%S}-{started.microsecond:05x}{secrets.token_hex(1)[0]}"
    executor = job.executor or Pool(job.settings.processes)
    with job.warehouse.writer() as writer, logs.kept(job.warehouse.root, run_id):
        migrate.bring_up(writer)
        takedowns.prepare(writer.storage)
        writer.con().execute("SET memory_limit = $1", [job.settings.memory_limit])
        _log.info("The run begins with %d sources", len(job.sources))
        step = steps.Run(writer, job.settings, run_id, started, job.clock, executor, job.progress)

        def do(name: str, function: Callable[[], object]) -> bool:
            return step.attempt(name, partial(executor.call, name.partition("/")[0], function))

        # what a killed run left in the raw store → captures
        do("recover", step.recover)
        # bytes of each source → WARC records, captures
        for source in job.sources:
            do(f"capture/{source.id}", partial(step.capture, source))
        # what is to go → out of raw bytes and captures
        do("takedown", step.take_down)
        # what people put right → corrections
        do("corrections", step.corrections)
        # captures → extract → segment → clean → documents, articles, passages, edits
        do("read", step.read)
        # the archivist's list of outlets → outlets
        do("outlets", step.outlets)
        # articles → alignments, stories, variants
        # articles, passages and what matching found in them → restorations
        if not (do("match", step.match) and do("restore", step.restore)):
            step.restore_later()
        # the texts of all articles → the index of words
        do("index", step.index)
        # the versions that made all this → stages
        step.stages.write()
        # everything above → one snapshot, visible at once
        snapshot = executor.call("publish", partial(publish, job, step)) if step.tell_failures() else None
        step.remember()
        step.purge()
        if snapshot is not None and job.settings.sign_key:
            do("sign", partial(signing.sign, job.warehouse.root, Path(job.settings.sign_key), job.clock().isoformat()))
        took = (job.clock() - started).total_seconds()
        number = snapshot.number if snapshot else None
        _log.info("The run took %.1f s; snapshot %s; rows added: %s", took, number, dict(step.counts))
    # the archivist's alerts → messages, alerts
    looked = alerting.look(job.warehouse, job.settings, job.clock)
    failures = [*step.failures, *(Failure("stage", "alerts", "alert", each) for each in looked.faults)]
    return Outcome(run_id, step.counts, took, snapshot, tuple(failures))


def publish(job: Job, step: steps.Run) -> Snapshot:
    """Add the run's own row and make everything visible as one snapshot."""
    finished = job.clock()
    step.record(finished, job.flow_run_id, DIBAO, job.settings.sha256())
    return step.writer.publish(
        run_id=step.run_id,
        published_at=finished.isoformat(),
        code_version=DIBAO,
        config_sha256=job.settings.sha256(),
        stages=step.stages.versions,
        match_state=step.match_state,
    )
