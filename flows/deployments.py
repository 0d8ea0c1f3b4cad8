"""The deployments of a warehouse's sources on a Prefect server, kept as the registry says while they are served.

This imports Prefect, whose settings are read then: only once the server's address is known.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import anyio
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterTags
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectNotFound
from prefect.runner import Runner
from prefect.schedules import Cron

from flows.audit import audit
from flows.ingest import ingest
from flows.maintain import maintain
from flows.report.visible import visible
from flows.room import ADDRESS
from flows.serve import ServerError, check_schedule
from flows.sources.registry import Source, load_all
from flows.today import today
from warehouse.mirror import shown

TAG = "dibao"
TODAY_CRON = "0 6 * * *"
LOOK_SECONDS = 10.0
"""How often the registry is looked at, as often as the runner asks the server what is due."""

_ALONE = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
"""Runs of one source do not overlap; of the many that were missed in a pause, one catches up."""


async def of_source(root: Path, source: Source) -> RunnerDeployment:
    """The deployment of a source: its schedule is in its own time zone, else in UTC."""
    schedule = Cron(source.schedule, timezone=source.zone or "UTC") if source.schedule else None
    return await ingest.ato_deployment(
        name=source.id,
        schedule=schedule,
        concurrency_limit=_ALONE,
        parameters={"warehouse": shown(root), "sources": [source.id]},
        description=source.rights,
        tags=[TAG, source.kind],
        paused=source.paused,
    )


async def upkeep(root: Path, maintain_cron: str, audit_cron: str | None) -> AsyncIterator[RunnerDeployment]:
    """The deployments that every warehouse has."""
    flows: tuple[tuple[Any, str | None], ...] = ((today, TODAY_CRON), (maintain, maintain_cron), (audit, audit_cron))
    for flow, cron in flows:
        if cron:
            yield await flow.ato_deployment(
                name=flow.name, cron=cron, concurrency_limit=_ALONE, parameters={"warehouse": shown(root)}, tags=[TAG]
            )


@dataclass
class Registered:
    """What the server was last told of the sources of a registry."""

    root: Path
    sources: dict[str, Source] = field(default_factory=dict)
    faults: set[str] = field(default_factory=set)

    async def follow(self, runner: Runner) -> bool:
        """Tell the server what changed in the registry; whether anything did."""
        wanted, faults = self._wanted()
        said, faults = faults, set()
        for fault in sorted(said):
            self._tell(faults, fault)
        changed = False
        for name, source in list(wanted.items()):
            if self.sources.get(name) != source:
                try:
                    await runner.aadd_deployment(await of_source(self.root, source))
                except ValueError as error:
                    del wanted[name]
                    self._tell(faults, f"Source {name}: {' '.join(str(error).split())}")
                changed = True
        for name in await self._gone(set(wanted)):
            changed = changed or name in self.sources
        self.sources, self.faults = wanted, faults
        return changed

    def _tell(self, faults: set[str], fault: str) -> None:
        """Note a fault, and print it where it was not there the last time."""
        faults.add(fault)
        if fault not in self.faults:
            print(visible(f"Left out: {fault}"), file=sys.stderr, flush=True)

    def _wanted(self) -> tuple[dict[str, Source], set[str]]:
        registry = load_all(self.root / "sources")
        wanted, faults = {}, {bad.message for bad in registry.bad}
        for source in registry.sources:
            if source.adhoc:
                continue
            try:
                if source.schedule:
                    check_schedule(source.schedule)
            except ServerError as error:
                faults.add(f"Source {source.id}: {error}")
            else:
                wanted[source.id] = source
        return wanted, faults

    async def _gone(self, wanted: set[str]) -> list[str]:
        """Take the deployments of sources that are no longer registered off the server; returns their names."""
        gone = []
        async with get_client() as client:
            tagged = DeploymentFilter(tags=DeploymentFilterTags(all_=[TAG]))
            for each in await client.read_deployments(deployment_filter=tagged):
                ours = each.parameters.get("warehouse") == shown(self.root)
                if ours and each.parameters.get("sources") == [each.name] and each.name not in wanted:
                    try:
                        await client.delete_deployment(each.id)
                    except ObjectNotFound:
                        continue
                    gone.append(each.name)
        return gone


async def serve(root: Path, maintain_cron: str, audit_cron: str | None, url: str) -> None:
    """Serve the sources of a warehouse until interrupted, and follow what becomes of its registry."""
    runner, registered = Runner(pause_on_shutdown=False), Registered(root)
    await registered.follow(runner)
    async for deployment in upkeep(root, maintain_cron, audit_cron):
        await runner.aadd_deployment(deployment)
    count = len(registered.sources)
    said = f"{count} source{'s' if count != 1 else ''}"
    print(f"Serving {said} at {url.removesuffix('/api')}; Ctrl-C stops, and schedules stay.", flush=True)
    print(
        f"`dibao browse` beside it opens the reading room at {ADDRESS}, where what comes in shows at once.", flush=True
    )
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_look, runner, registered)
        await runner.start()
        tasks.cancel_scope.cancel()


async def _look(runner: Runner, registered: Registered) -> None:
    while True:
        await anyio.sleep(LOOK_SECONDS)
        try:
            if await registered.follow(runner):
                now = f"{datetime.now():%H:%M:%S}"
                print(f"{now} The registry changed: {len(registered.sources)} sources are served.", flush=True)
        except Exception as error:  # the server may be away for a moment; what is due goes on
            print(visible(f"The registry could not be followed: {error}"), file=sys.stderr, flush=True)
