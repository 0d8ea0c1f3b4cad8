"""Serving the sources' deployments, with a Prefect server of our own where none answers.

Nothing of Prefect is imported before the server's address is known: its settings are read at import.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flows.report.visible import visible
from flows.settings import Settings
from flows.sources.registry import load_all
from warehouse.errors import WarehouseError

START_SECONDS = 120
MAINTAIN_CRON = "30 3 * * 6"
_NOTHING = "There is nothing to serve: register a source with `dibao source add ID LOCATION --schedule CRON`."


class ServerError(WarehouseError):
    """No Prefect server answers and none could be started."""


def check_schedule(cron: str) -> None:
    """Raise ServerError where a schedule is none that the server knows."""
    from prefect.client.schemas.schedules import CronSchedule

    try:
        CronSchedule(cron=cron)
    except ValueError as error:
        raise ServerError(
            f"{cron!r} is no schedule; give one as cron writes it, such as '*/15 * * * *' for every quarter of an hour."
        ) from error


def serve_sources(settings: Settings, port: int, audit_cron: str | None) -> None:
    """Serve one deployment per source and one for the audit until interrupted."""
    root = settings.warehouse.resolve()
    registry = load_all(root / "sources")
    registered = [each for each in registry.sources if not each.adhoc]
    if not registered:
        for bad in registry.bad:
            _left_out(bad.message)
        raise ServerError(_NOTHING)
    with server(root / "state" / "prefect", port) as url:
        os.environ["PREFECT_API_URL"] = url
        # Only now: what imports Prefect before would have it start a server of its own.
        sources, faults = [], [bad.message for bad in registry.bad]
        for source in registered:
            try:
                if source.schedule:
                    check_schedule(source.schedule)
            except ServerError as error:
                faults.append(f"Source {source.id}: {error}")
            else:
                sources.append(source)
        for fault in faults:
            _left_out(fault)
        if not sources:
            raise ServerError(_NOTHING)
        from prefect import serve

        from flows.audit import audit
        from flows.ingest import ingest, limit_writers
        from flows.maintain import maintain

        limit_writers()
        deployments: list[Any] = [
            ingest.to_deployment(
                name=source.id,
                cron=source.schedule,
                parameters={"warehouse": str(root), "sources": [source.id]},
                description=source.rights,
                tags=["dibao", source.kind],
                paused=source.paused,
            )
            for source in sources
        ]
        whole = {"warehouse": str(root)}
        deployments.append(maintain.to_deployment(name="maintain", cron=MAINTAIN_CRON, parameters=whole))
        if audit_cron:
            deployments.append(audit.to_deployment(name="audit", cron=audit_cron, parameters=whole))
        print(
            f"Serving {len(sources)} sources at {url.removesuffix('/api')}; Ctrl-C stops, and schedules stay.",
            flush=True,
        )
        serve(*deployments, pause_on_shutdown=False, print_starting_message=False)


def _left_out(fault: str) -> None:
    print(visible(f"Left out: {fault}"), file=sys.stderr, flush=True)


@contextmanager
def server(home: Path, port: int) -> Iterator[str]:
    """The API address of a server that answers: the one at PREFECT_API_URL, one on the port, or one of our own."""
    url = os.environ.get("PREFECT_API_URL") or f"http://127.0.0.1:{port}/api"
    if _answers(url):
        yield url
        return
    if os.environ.get("PREFECT_API_URL"):
        raise ServerError(
            f"No Prefect server answers at {url}; start it, or unset PREFECT_API_URL to have one started."
        )
    home.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {
        "PREFECT_HOME": str(home),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }
    log = (home / "server.log").open("ab")
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    os.environ["PREFECT_HOME"] = str(home)
    try:
        _wait(process, url, home / "server.log")
        yield url
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
        log.close()


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    for _ in range(START_SECONDS * 5):
        if _answers(url):
            return
        if process.poll() is not None:
            raise ServerError(f"The Prefect server stopped at once; {log} says why.")
        time.sleep(0.2)
    raise ServerError(f"The Prefect server did not answer within {START_SECONDS} s; {log} says why.")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=2) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False
