"""Processes of the pool that are killed while they read: no row twice, none lost, and a word on what cannot be read."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from flows import read
from flows.executor import Pool
from flows.workers import Workers
from tests.flows.saboteurs import Killed
from tests.jobs import COMPARED_TABLES, digests, ingest, rows, value


def folder(root: Path, names: list[str]) -> Path:
    """Files of one line each, with these names."""
    root.mkdir()
    for number, name in enumerate(names):
        (root / f"{number:03}-{name}.txt").write_text(f"{number}号渡口今日恢复通航，往来船只照常停靠。\n", "utf-8")
    return root


def names(**at: str) -> list[str]:
    harmful = {int(number): name.replace("_", "-") for name, places in at.items() for number in places.split()}
    return [harmful.get(number, "whole") for number in range(60)]


@pytest.fixture
def small_partitions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "PARTITION_PAYLOADS", 12)


@pytest.mark.usefixtures("small_partitions")
def test_ten_processes_killed_leave_no_mark(tmp_path: Path) -> None:
    """Killed from outside, before and while they write their files: all is read in the end."""
    files = folder(tmp_path / "in", names(kill_once="1 2 14 30 37 59", kill_late="5 26 40 41"))
    ingest(tmp_path / "plain", files)
    marks = tmp_path / "marks"
    marks.mkdir()
    ingest(tmp_path / "w", files, executor=Killed(2, marks))
    assert len([mark for mark in marks.iterdir() if mark.name != "begun"]) == 10
    assert digests(tmp_path / "w", COMPARED_TABLES) == digests(tmp_path / "plain", COMPARED_TABLES)
    assert value(tmp_path / "w", "SELECT count(*) FROM documents") == 60
    assert value(tmp_path / "w", "SELECT count(DISTINCT document_id) FROM documents") == 60
    assert value(tmp_path / "w", "SELECT count(*) FROM rejects") == 0
    # Ten deaths, each of which costs a process; a round has two of them.
    assert len(set((marks / "begun").read_text().split())) < 30
    assert ingest(tmp_path / "w", files).snapshot is None


@pytest.mark.usefixtures("small_partitions")
def test_payloads_that_kill_or_throw_are_rejects_and_the_rest_is_read(tmp_path: Path) -> None:
    files = folder(tmp_path / "in", names(kill_always="7 50", throw="22", kill_late="23"))
    (tmp_path / "marks").mkdir()
    ingest(tmp_path / "w", files, executor=Killed(2, tmp_path / "marks"))
    told = rows(tmp_path / "w", "SELECT uri, stage, error, message, traceback FROM rejects ORDER BY uri")
    assert [(uri.rpartition("/")[2], stage, error) for uri, stage, error, _, _ in told] == [
        ("007-kill-always.txt", "extract", "died"),
        ("022-throw.txt", "extract", "crash"),
        ("050-kill-always.txt", "extract", "died"),
    ]
    assert "SIGKILL" in told[0][3]
    assert "memory" in told[0][3]
    assert told[1][4].endswith("RuntimeError: thrown")
    assert value(tmp_path / "w", "SELECT count(*) FROM documents") == 57
    assert value(tmp_path / "w", "SELECT count(DISTINCT document_id) FROM documents") == 57
    assert ingest(tmp_path / "w", files, executor=Pool(2)).snapshot is None


def test_a_run_that_died_while_it_read_little_reads_it_in_a_process_the_next_time(tmp_path: Path) -> None:
    files = folder(tmp_path / "in", ["kill-always"])
    (tmp_path / "marks").mkdir()
    (tmp_path / "w" / "state").mkdir(parents=True)
    (tmp_path / "w" / "state" / "reading").touch()
    ingest(tmp_path / "w", files, executor=Killed(2, tmp_path / "marks"))
    assert rows(tmp_path / "w", "SELECT error FROM rejects") == [("died",)]
    assert not (tmp_path / "w" / "state" / "reading").exists()


def test_a_server_of_processes_that_refuses_for_a_moment_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """As one does that was killed and is not cleared away yet."""
    refusals = [ConnectionRefusedError(111, "Connection refused"), EOFError(), ConnectionResetError(104, "reset")] * 2
    begun: list[float] = []
    real = Workers._started

    def started(workers: Workers) -> object:
        begun.append(time.monotonic())
        if len(begun) < 5:
            raise refusals[len(begun)]
        return real(workers)

    monkeypatch.setattr(Workers, "_started", started)
    with Workers(1) as workers:
        assert workers.run(abs, -3) == 3
    assert len(begun) == 5
    assert begun[-1] - begun[0] > 0.05 + 0.1 + 0.2  # it has had time to go
