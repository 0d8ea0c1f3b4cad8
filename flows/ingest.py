"""The ingest flow: the same pipeline as the command line's, under Prefect's eyes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.concurrency.sync import concurrency
from prefect.runtime import flow_run

from flows.executor import alone
from flows.pipeline import Job, Outcome, run
from flows.report import intake
from flows.settings import Settings, load
from flows.sources.registry import BadSource, Source, SourceError, load_all
from flows.workers import Fault, Workers
from warehouse.store import Warehouse

Item = TypeVar("Item")
Result = TypeVar("Result")

WRITER = "dibao-writer"
"""The concurrency limit that lets one flow at a time write."""


class Tasks:
    """An executor whose steps and partitions are Prefect tasks.

    A partition's task waits in a thread (4 ms of overhead, against 150 ms for one in Prefect's own process pool)
    while a spawned process does the work. Only partitions and file names travel.
    """

    def __init__(self, processes: int) -> None:
        self._processes = processes

    def call(self, name: str, function: Callable[[], Result]) -> Result:
        step = task(name=name, cache_policy=NO_CACHE)(function)
        return step()

    def map(
        self, name: str, function: Callable[[Item], Result], items: Iterable[Item]
    ) -> Iterator[tuple[Item, Result | Fault]]:
        waiting = list(items)
        with Workers(self._processes) as workers:

            def partition(number: int) -> Result:
                result = workers.run(function, waiting[number])
                if isinstance(result, Fault):
                    raise _FaultyError(result)
                return result

            step = task(name=name, cache_policy=NO_CACHE)(partition)
            futures = [step.submit(number) for number in range(len(waiting))]
            for item, future in zip(waiting, futures, strict=True):
                result: Any = future.result(raise_on_failure=False)
                if isinstance(result, _FaultyError):
                    yield item, result.fault
                elif isinstance(result, BaseException):
                    raise result
                else:
                    yield item, result

    def alone(self, function: Callable[[Item], Result], item: Item) -> Result | Fault:
        return alone(function, item)


class _FaultyError(Exception):
    """Makes the task of an item that failed a failed one."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


class RunFailed(Exception):  # noqa: N818
    """Makes a flow run a failed one: a source or a stage failed. All else is published."""


def _name_of_run() -> str:
    """A flow run's name: its sources, and when it was due."""
    names = flow_run.parameters.get("sources") or ["all sources"]
    due = flow_run.scheduled_start_time or datetime.now(UTC)
    return f"{', '.join(names)} {due:%Y-%m-%d %H:%M} UTC"


@flow(name="ingest", flow_run_name=_name_of_run, log_prints=True)
def ingest(warehouse: str, sources: list[str] | None = None) -> dict[str, Any]:
    """Take in registered sources (all where none is named) and publish a snapshot; returns the rows added."""
    settings = load({"warehouse": Path(warehouse)})
    registry = load_all(settings.warehouse / "sources")
    registered = {each.id: each for each in registry.sources}
    bad = [each for each in registry.bad if not sources or each.id in sources]
    unknown = sorted(set(sources or ()) - set(registered) - {each.id for each in bad})
    if unknown:
        raise SourceError(f"No source is named {unknown[0]!r} in {settings.warehouse}.")
    chosen: list[Source | BadSource] = [*bad]
    chosen += [
        each for each in registered.values() if not each.paused and (each.id in sources if sources else not each.adhoc)
    ]
    if not chosen:
        get_run_logger().info("Every source of this run is paused.")
        return {}
    outcome = take_in(settings, chosen)
    if outcome.failures:
        raise RunFailed("\n".join(map(str, outcome.failures)))
    return outcome.counts


def take_in(settings: Settings, sources: list[Source | BadSource]) -> Outcome:
    """The body of the flow: one writer at a time, and an artifact that reports the run."""
    logger = get_run_logger()
    with concurrency(WRITER, occupy=1):
        job = Job(
            Warehouse(settings.warehouse),
            settings,
            sources,
            executor=Tasks(settings.processes),
            flow_run_id=str(flow_run.get_id()),
        )
        outcome = run(job)
    number = outcome.snapshot.number if outcome.snapshot else None
    logger.info("Snapshot %s, %.1f s, %s", number, outcome.seconds, dict(outcome.counts))
    for failure in outcome.failures:
        logger.error("%s", failure)
    create_table_artifact(
        key="dibao-ingest",
        table=[{"table": name, "rows added": count} for name, count in outcome.counts.items()],
        description=f"Snapshot {number}" if number else "Nothing was new.",
    )
    _report_sources(settings, outcome)
    return outcome


def _report_sources(settings: Settings, outcome: Outcome) -> None:
    """An artifact for each source in which something was new or failed."""
    if outcome.snapshot is None:
        return
    con = Warehouse(settings.warehouse).connect()
    try:
        found = intake.sources(con, outcome.run_id)
    finally:
        con.close()
    for each in found:
        text = intake.markdown(each, snapshot=outcome.snapshot.number)
        create_markdown_artifact(key=intake.artifact_key(each["source_id"]), markdown=text, description=each["status"])


def run_on_server(settings: Settings, sources: list[Source | BadSource]) -> Outcome:
    """Run the pipeline as a flow on the server at PREFECT_API_URL. SourceError where none is set."""
    from prefect.settings import PREFECT_API_URL

    if not PREFECT_API_URL.value():
        raise SourceError("PREFECT_API_URL names no server; start one with `dibao serve`, or leave out --prefect.")
    limit_writers()
    held: list[Outcome] = []

    def body(settings: Settings, sources: list[Source | BadSource]) -> None:
        held.append(take_in(settings, sources))
        if held[0].failures:
            raise RunFailed("\n".join(map(str, held[0].failures)))

    with suppress(RunFailed):  # the outcome says what failed
        name = f"{', '.join(each.id for each in sources)} by hand"
        flow(name="ingest", flow_run_name=name, validate_parameters=False)(body)(settings, sources)
    return held[0]


def limit_writers() -> None:
    """Make sure that the server knows the limit of one writer."""
    with get_client(sync_client=True) as client:
        client.upsert_global_concurrency_limit_by_name(WRITER, 1)
