"""A warehouse in a bucket under bad luck: a server that goes away in every step, and runs that are killed."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.examine import examine
from flows.places import warehouse_folder
from tests.buckets import Server, environment, told, way_to, weed
from tests.flows.killed import counted
from tests.flows.test_buckets import STORY
from tests.jobs import COMPARED_TABLES, digests, ingest, rows
from warehouse import snapshots
from warehouse.errors import Unreachable
from warehouse.storage import at
from warehouse.store import Warehouse

pytestmark = pytest.mark.slow

SPAWN = multiprocessing.get_context("forkserver")
SPAWN.set_forkserver_preload(["tests.jobs", "tests.flows.killed", "flows.extract.text", "flows.extract.html"])
KILLS = int(os.environ.get("DIBAO_KILLS", "2"))
"""Runs that are killed; with DIBAO_KILLS=10 and more the server goes away in every step, too, and is killed itself."""
LONG = KILLS >= 10


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose objects are on a disk."""
    with weed(tmp_path_factory.mktemp("weed")) as server:
        yield server


def text(folder: Path, number: int) -> None:
    """One more file: a story that two of three carry, each with a line of its own."""
    own = f"第{number}号船消息。本船已于第{number}日离岸，所载货物计{number * 7}箱，另有邮件{number + 3}袋。"
    (folder / f"paper{number % 2}").mkdir(parents=True, exist_ok=True)
    (folder / f"paper{number % 2}" / f"202403{number + 1:02d}.txt").write_text(
        f"船期\n\n{own}\n\n{STORY if number % 3 else ''}\n", "utf-8"
    )


STEPS = ("raw/", "tables/", "snapshots/", "catalogue.duckdb", "_delta_log/")
if LONG:
    STEPS = ("raw/", "tables/", "search/", "manifests/", "snapshots/", "catalogue.duckdb", "_delta_log/", "lease.json")
"""What the first request that fails is about: everything that a run puts, in its order but for the lease."""


def test_a_server_that_goes_away_in_any_step_loses_nothing(
    s3: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run upon run fails, each at a later step and with one more text; the one that does not fail has them all."""
    source, seen = tmp_path / "texts", 0
    with way_to(s3.endpoint) as way:
        told(monkeypatch, way.endpoint, tmp_path / "cache", patience=0.1)
        root = warehouse_folder(f"s3://{s3.bucket()}/w")
        for number, step in enumerate(STEPS):
            text(source, number)
            away: list[str] = []

            def fault(method: str, path: str, _: int, step: str = step, away: list[str] = away) -> str:
                # The lease is put when the run begins and at its end: it is the end that is meant.
                hit = method == "PUT" and f"/{step}" in path and not (step.startswith("lease") and number_of(path) < 2)
                if hit or away:
                    away.append(path)
                return "down" if away else ""

            puts: list[str] = []

            def number_of(path: str, puts: list[str] = puts) -> int:
                puts.append(path)
                return len(puts)

            way.fault = fault
            with pytest.raises(Unreachable, match="run again later"):
                ingest(root, source)
            assert away, step
            way.fault = lambda method, path, number: ""
            assert snapshots.chain(root) == []
            published = len(snapshots.numbers(root))
            assert published >= seen
            seen = published
        ingest(root, source)
        ingest(tmp_path / "disk", source)
        assert digests(root, COMPARED_TABLES) == digests(tmp_path / "disk", COMPARED_TABLES)
        assert examine(Warehouse(root)).findings == []


def killed_at(root: Path, source: Path, moment: int, environ: dict[str, str], log: Path) -> int:
    """Ingest in another process that is killed at a moment; returns its exit code."""
    child = SPAWN.Process(target=counted, args=(root, [source], moment, log, environ))
    child.start()
    child.join(300)
    assert child.exitcode is not None
    return child.exitcode


@pytest.fixture(scope="module")
def moments(real: Server, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What a first run does to the disk and the bucket, step by step."""
    folder = tmp_path_factory.mktemp("moments")
    with pytest.MonkeyPatch.context() as patch:
        told(patch, real.endpoint, folder / "cache")
        root = warehouse_folder(f"s3://{real.bucket()}/w")
    text(folder / "texts", 0)
    environ = environment(real.endpoint, folder / "cache")
    assert killed_at(root, folder / "texts", -1, environ, folder / "log") == 0
    return [str(name) for name in json.loads((folder / "log").read_text("utf-8"))]


def test_runs_that_are_killed_anywhere_lose_nothing(
    real: Server, moments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each kill has one more text before it, and what it left is there for the next."""
    source, cache = tmp_path / "texts", tmp_path / "cache"
    told(monkeypatch, real.endpoint, cache)
    environ = environment(real.endpoint, cache)
    root = warehouse_folder(f"s3://{real.bucket()}/w")
    chance = random.Random(KILLS)
    published = 0
    for number in range(KILLS):
        text(source, number)
        code = killed_at(root, source, chance.randrange(len(moments)), environ, tmp_path / "log")
        assert code in (-9, 0)  # a later run may have fewer moments than a first one
        assert snapshots.chain(root) == []
        now = len(snapshots.numbers(root))
        assert now in (published, published + 1)
        published = now
    ingest(root, source)
    ingest(tmp_path / "disk", source)
    assert digests(root, COMPARED_TABLES) == digests(tmp_path / "disk", COMPARED_TABLES)
    assert examine(Warehouse(root)).findings == []


def test_a_run_that_was_killed_has_its_captures_in_the_local_folder(
    real: Server, moments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was captured is flushed there before it counts: the source may be gone when the next run begins."""
    source, cache = tmp_path / "texts", tmp_path / "cache"
    told(monkeypatch, real.endpoint, cache)
    root = warehouse_folder(f"s3://{real.bucket()}/w")
    text(source, 0)
    at_first_put = moments.index("before put_path")
    assert killed_at(root, source, at_first_put, environment(real.endpoint, cache), tmp_path / "log") == -9
    assert len(at(root / "raw").spooled()) == 1
    (source / "paper0" / "20240301.txt").unlink()
    ingest(root, source)
    assert rows(root, "SELECT count(*) FROM articles") == [(1,)]


@pytest.mark.skipif(not LONG, reason="a server is killed where DIBAO_KILLS is 10 or more")
def test_a_killed_server_is_waited_for_no_longer_than_was_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server dies in the middle of a run, and comes back with what it had."""
    source, cache = tmp_path / "texts", tmp_path / "cache"
    text(source, 0)
    with weed(tmp_path / "weed") as server:
        told(monkeypatch, server.endpoint, cache)
        root = warehouse_folder(f"s3://{server.bucket()}/w")
        ingest(root, source)
        before = digests(root, COMPARED_TABLES)
        text(source, 1)
        with way_to(server.endpoint) as way:
            # The local folder goes by the endpoint: only the client is told of the way.
            told(monkeypatch, way.endpoint, cache, patience=0.2)

            def fault(method: str, path: str, number: int) -> str:
                if method == "PUT" and "/manifests/" in path:
                    server.process.kill()
                    server.process.wait()
                return "" if server.process.poll() is None else "down"

            way.fault = fault
            with pytest.raises(Unreachable):
                ingest(root, source)
    with weed(tmp_path / "weed") as again:
        told(monkeypatch, again.endpoint, cache)
        assert digests(root, COMPARED_TABLES) == before
        ingest(root, source)
        ingest(tmp_path / "disk", source)
        assert digests(root, COMPARED_TABLES) == digests(tmp_path / "disk", COMPARED_TABLES)
