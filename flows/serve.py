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
    """Raise ServerError where a schedule is none. What the server makes of it is seen when it is told of it."""
    from datetime import datetime

    from cronsim import CronSim, CronSimError

    try:
        next(CronSim(cron, datetime(2024, 1, 1)))
    except (CronSimError, StopIteration) as error:
        raise ServerError(
            f"{cron!r} is no schedule; give one as cron writes it, such as '*/15 * * * *' for every quarter of an hour."
        ) from error


def serve_sources(settings: Settings, port: int, audit_cron: str | None) -> None:
    """Serve one deployment per source, one for the audit and one for the upkeep until interrupted.

    Sources that are added, changed, paused or removed meanwhile are taken up within seconds. Raises ServerError where
    no source is registered.
    """
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
        import anyio

        from flows.deployments import serve
        from flows.ingest import limit_writers

        limit_writers()
        anyio.run(serve, root, MAINTAIN_CRON, audit_cron, url)


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
        # The pages ask the server at this address; they would ask the usual port otherwise.
        "PREFECT_SERVER_UI_API_URL": url,
        "PREFECT_SERVER_API_HOST": "127.0.0.1",
        "PREFECT_SERVER_API_PORT": str(port),
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
