"""The flows on a real Prefect server on this machine: one server for all, started by `dibao serve` itself."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.jobs import COMPARED_TABLES, ROOT, command, digests, ingest, rows, value
from warehouse.snapshots import Snapshot
from warehouse.store import Warehouse

pytestmark = pytest.mark.slow

SCHEDULE_SECONDS = 150
"""A source whose cron fires every minute must have run by then."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def published(root: Path) -> Snapshot | None:
    """The last snapshot, once the catalogue that shows it is there too."""
    return Warehouse(root).latest() if (root / "catalogue.duckdb").exists() else None


def wait_until(true: Callable[[], Any], seconds: float, served: Served) -> Any:
    """What `true` says once it says anything; the test fails when the time is over or the program ends."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := true():
            return found
        if served.process.poll() is not None:
            pytest.fail(f"dibao serve ended:\n{served.log.read_text('utf-8')[-4000:]}")
        time.sleep(0.5)
    pytest.fail(f"not within {seconds} s:\n{served.log.read_text('utf-8')[-4000:]}")


@dataclass
class Served:
    """A running `dibao serve`: its warehouse, its process, its server's address and its log."""

    root: Path
    folder: Path
    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def ask(self, path: str, body: dict[str, Any]) -> Any:
        """Ask the server's API."""
        request = urllib.request.Request(
            f"{self.url}{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as reply:
            return json.loads(reply.read())

    @property
    def environment(self) -> dict[str, str]:
        """For other programs that work against this server."""
        return {"PREFECT_API_URL": self.url, "PREFECT_HOME": str(self.root.parent / "home")}


@pytest.fixture(scope="module")
def served(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`dibao serve` with one source that is due every minute; its processes are ended one by one afterwards."""
    here = tmp_path_factory.mktemp("served")
    folder = here / "texts"
    shutil.copytree(samples / "haidong-wanbao", folder / "haidong-wanbao")
    root = here / "w"
    added = command("source", "add", "texts", folder, "--schedule", "* * * * *", "--warehouse", root)
    assert added.returncode == 0, added.stderr
    log, port = here / "serve.log", free_port()
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("DIBAO_", "PREFECT_"))}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "flows", "serve", "--warehouse", str(root), "--port", str(port)],
            cwd=ROOT,
            env=kept | {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "PREFECT_HOME": str(here / "home")},
            stdout=out,
            stderr=out,
        )
    running = Served(root, folder, process, f"http://127.0.0.1:{port}/api", log)
    try:
        wait_until(lambda: "Serving 1 source" in log.read_text("utf-8"), 150, running)
        yield running
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Interrupt the program as Ctrl-C does, and see to it that nothing of it stays."""
    family = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    process.send_signal(signal.SIGINT)
    try:
        process.wait(40)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(20)
    _, left = psutil.wait_procs(family, timeout=20)
    for each in left:
        each.kill()
    psutil.wait_procs(left, timeout=10)


def test_a_snapshot_appears_on_schedule(served: Served) -> None:
    latest = wait_until(lambda: published(served.root), SCHEDULE_SECONDS, served)
    assert latest.tables["captures"].rows == 2
    ((flow_run, count),) = rows(served.root, "SELECT flow_run_id, captures FROM runs ORDER BY started_at LIMIT 1")
    assert count == 2
    (run,) = served.ask("/flow_runs/filter", {"flow_runs": {"id": {"any_": [flow_run]}}})
    assert run["auto_scheduled"] is True
    assert run["deployment_id"]


def test_the_run_is_reported_as_an_artifact(served: Served) -> None:
    wait_until(lambda: published(served.root), SCHEDULE_SECONDS, served)
    found = wait_until(
        lambda: served.ask("/artifacts/filter", {"artifacts": {"key": {"any_": ["dibao-ingest"]}}}), 60, served
    )
    tables = [json.loads(each["data"]) for each in found]
    assert {"table": "captures", "rows added": 2} in [row for table in tables for row in table]


def test_stages_and_partitions_are_tasks(served: Served) -> None:
    wait_until(lambda: published(served.root), SCHEDULE_SECONDS, served)
    flow_run = value(served.root, "SELECT flow_run_id FROM runs ORDER BY started_at LIMIT 1")

    def names() -> set[str]:
        runs = served.ask("/task_runs/filter", {"flow_runs": {"id": {"any_": [flow_run]}}})
        return {each["name"].split("-")[0] for each in runs if each["state_type"] == "COMPLETED"}

    wanted = {"recover", "capture", "read", "match", "restore", "publish"}
    wait_until(lambda: wanted <= names(), 60, served)


def test_direct_and_scheduled_runs_give_the_same_tables(served: Served, tmp_path: Path) -> None:
    wait_until(lambda: published(served.root), SCHEDULE_SECONDS, served)
    ingest(tmp_path / "w", served.folder)
    assert digests(served.root, COMPARED_TABLES) == digests(tmp_path / "w", COMPARED_TABLES)


def test_ingest_can_run_on_that_server(served: Served, samples: Path, tmp_path: Path) -> None:
    root = tmp_path / "w"
    arguments = ("ingest", samples, "--prefect", "--json", "--warehouse", root)
    done = command(*arguments, env=served.environment, timeout=240)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout[done.stdout.index("{") :])
    assert told["published"] is True
    flow_run = value(root, "SELECT flow_run_id FROM runs")
    (run,) = served.ask("/flow_runs/filter", {"flow_runs": {"id": {"any_": [flow_run]}}})
    assert run["state_type"] == "COMPLETED"
    ingest(tmp_path / "direct", samples)
    assert digests(root, COMPARED_TABLES) == digests(tmp_path / "direct", COMPARED_TABLES)


def test_one_writer_at_a_time_is_known_to_the_server(served: Served) -> None:
    limits = {each["name"]: each["limit"] for each in served.ask("/v2/concurrency_limits/filter", {})}
    assert limits["dibao-writer"] == 1


def test_there_is_a_deployment_for_each_source_and_the_upkeep(served: Served) -> None:
    deployments = {each["name"]: each for each in served.ask("/deployments/filter", {})}
    assert {"texts", "audit", "maintain"} <= set(deployments)
    (schedule,) = deployments["texts"]["schedules"]
    assert schedule["active"] is True
    assert schedule["schedule"]["cron"] == "* * * * *"


def test_the_pages_ask_the_server_that_serves_them(served: Served) -> None:
    with urllib.request.urlopen(served.url.removesuffix("/api") + "/ui-settings", timeout=30) as reply:
        assert json.loads(reply.read())["api_url"] == served.url


def test_a_run_is_named_by_its_source_and_reported_source_by_source(served: Served) -> None:
    wait_until(lambda: published(served.root), SCHEDULE_SECONDS, served)
    flow_run = value(served.root, "SELECT flow_run_id FROM runs ORDER BY started_at LIMIT 1")
    (run,) = served.ask("/flow_runs/filter", {"flow_runs": {"id": {"any_": [flow_run]}}})
    assert re.fullmatch(r"texts \d{4}-\d\d-\d\d \d\d:\d\d UTC", run["name"])
    asked = {"artifacts": {"key": {"any_": ["source-texts"]}}}
    (found,) = wait_until(lambda: served.ask("/artifacts/filter", asked), 60, served)
    assert "| captures | 2 |" in found["data"]


def test_what_becomes_of_the_registry_is_followed(served: Served) -> None:
    """A source is added, fails in a run of its schedule, is paused and removed, all while the others are served."""

    def deployment() -> Any:
        return next((each for each in served.ask("/deployments/filter", {}) if each["name"] == "later"), None)

    def changed(*words: str | Path) -> None:
        done = command("source", *words, "--warehouse", served.root)
        assert done.returncode == 0, done.stderr

    folder = served.root.parent / "later"
    folder.mkdir()
    schedule = ("--schedule", "* * * * *", "--zone", "Asia/Shanghai")
    changed("add", "later", folder, *schedule)
    folder.rmdir()
    found = wait_until(deployment, 60, served)
    assert found["schedules"][0]["schedule"]["timezone"] == "Asia/Shanghai"
    assert found["global_concurrency_limit"]["limit"] == 1
    asked = {"deployments": {"id": {"any_": [found["id"]]}}, "flow_runs": {"state": {"type": {"any_": ["FAILED"]}}}}
    (run, *_) = wait_until(lambda: served.ask("/flow_runs/filter", asked), SCHEDULE_SECONDS, served)
    assert "later" in run["state"]["message"]
    changed("pause", "later")
    wait_until(lambda: deployment()["paused"], 60, served)
    changed("remove", "later")
    wait_until(lambda: deployment() is None, 60, served)
    assert {"texts", "audit", "maintain"} <= {each["name"] for each in served.ask("/deployments/filter", {})}


def test_ingest_on_no_server_says_so(tmp_path: Path, samples: Path) -> None:
    done = command("ingest", samples / "harbour-post", "--prefect", "--warehouse", tmp_path / "w")
    assert done.returncode == 1
    assert "PREFECT_API_URL names no server" in done.stderr


def test_serve_on_a_server_that_does_not_answer_says_so(served: Served) -> None:
    url = f"http://127.0.0.1:{free_port()}/api"
    done = command("serve", "--warehouse", served.root, env={"PREFECT_API_URL": url})
    assert done.returncode == 1
    assert f"No Prefect server answers at {url}" in done.stderr


def test_z_the_program_ends_with_all_its_processes_and_schedules_stay(served: Served) -> None:
    """Last, since it ends the server."""
    family = psutil.Process(served.process.pid).children(recursive=True)
    assert family
    stop(served.process)
    assert served.process.returncode is not None
    assert not [each for each in family if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]
    assert value(served.root, "SELECT count(*) FROM runs") >= 1
