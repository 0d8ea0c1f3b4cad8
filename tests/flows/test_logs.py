"""What a run says beside its tables."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from flows import logs, matching, read
from flows.executor import Pool
from flows.logs import Lines, kept
from flows.sources.registry import Source
from tests.jobs import command, ingest


def lines(root: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (root / "logs" / "dibao.jsonl").read_text("utf-8").splitlines()]


def broken(*_: object, **__: object) -> None:
    raise ZeroDivisionError("of all things")


def complain(number: int) -> int:
    logging.getLogger("flows.somewhere").warning("item %d", number, exc_info=ValueError("no") if number == 2 else None)
    return number


def test_a_run_is_told_in_lines_of_json(tmp_path: Path, samples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "match", broken)
    monkeypatch.setattr(read, "segment", broken)
    gone = Source(id="gone", location=str(tmp_path / "nowhere"))
    outcome = ingest(tmp_path / "w", samples / "harbour-post", gone)
    told = lines(tmp_path / "w")
    assert {each["run"] for each in told} == {outcome.run_id}
    assert [each["level"] for each in told if each["logger"] == "flows.read"] == ["warning"]
    (reading,) = [each for each in told if each["logger"] == "flows.read"]
    assert "ZeroDivisionError: of all things" in reading["traceback"]
    assert 'File "' in reading["traceback"]
    assert any(each["level"] == "error" and "The source gone failed: " in each["message"] for each in told)
    assert told[-1]["message"].startswith("The run took ")
    before = len(told)
    ingest(tmp_path / "w", samples / "harbour-post")
    assert len(lines(tmp_path / "w")) > before
    assert not logging.getLogger("flows").handlers


def test_what_processes_say_arrives_in_the_file(tmp_path: Path) -> None:
    with kept(tmp_path, "run"):
        assert dict(Pool(2).map("complain", complain, range(4))) == {n: n for n in range(4)}
    told = lines(tmp_path)
    assert sorted(each["message"] for each in told) == [f"item {n}" for n in range(4)]
    (bad,) = [each for each in told if each["message"] == "item 2"]
    assert bad["traceback"].strip() == "ValueError: no"
    assert len({each["process"] for each in told}) in (1, 2)


def test_the_files_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "_BYTES", 2000)
    for run in range(30):
        with kept(tmp_path, f"run-{run}"):
            for number in range(20):
                logging.getLogger("flows.x").info("line %d of many that say nothing", number)
    files = sorted(path.name for path in (tmp_path / "logs").iterdir())
    assert files == ["dibao.jsonl", *(f"dibao.jsonl.{n}" for n in range(1, 5))]
    assert all(path.stat().st_size <= 2000 for path in (tmp_path / "logs").iterdir())
    assert lines(tmp_path)[-1]["run"] == "run-29"


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path, samples: Path) -> None:
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "logs").write_text("in the way")
    assert ingest(tmp_path / "w", samples / "harbour-post").snapshot is not None


@pytest.mark.parametrize("text", ["two\nlines", "\x1b[31mred", "\ud800 alone", "\u2028"])
def test_one_record_is_one_line(text: str) -> None:
    record = logging.makeLogRecord({"name": "flows.x", "levelno": 30, "levelname": "WARNING", "msg": text})
    line = Lines().format(record)
    assert "\n" not in line
    assert json.loads(line)["message"] == text


def test_verbose_says_it_on_the_terminal(tmp_path: Path, samples: Path) -> None:
    arguments = ("ingest", samples / "harbour-post", "--workers", "1", "--warehouse")
    quiet = command(*arguments, tmp_path / "quiet")
    assert "INFO" not in quiet.stderr
    told = command(*arguments, tmp_path / "told", "--verbose")
    assert told.returncode == 0
    assert "INFO flows.pipeline: The run took " in told.stderr
    assert told.stdout.splitlines()[2:]
    assert "INFO" not in told.stdout
