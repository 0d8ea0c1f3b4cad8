"""Sources and stages that fail: the others go on, what was read is published, and everybody is told."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows import matching, restoring, steps
from flows.examine import examine
from flows.inputs import Inputs
from flows.sources.registry import Source
from tests.flows.test_restoring import INPUTS
from tests.jobs import COMPARED_TABLES, command, digests, ingest, rows, value
from warehouse.errors import NoSpace
from warehouse.store import Warehouse, Writer

STAGES = "SELECT uri, stage, error, message, traceback FROM rejects WHERE uri LIKE 'dibao:stage/%' ORDER BY uri"
START = datetime(2024, 3, 1, tzinfo=UTC)


@pytest.fixture
def inputs(samples: Path) -> list[Path]:
    return [samples / "haidong-wanbao", samples / "dongyu-shibao"]


def broken(*_: object, **__: object) -> None:
    raise ZeroDivisionError("of all things")


def break_match(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(matching, "match", broken)


def break_restore(patch: pytest.MonkeyPatch) -> None:
    """What concerns one page is a row and no failed stage; this is about all pages."""
    patch.setattr(restoring.Restorer, "_write", broken)


def break_apply(patch: pytest.MonkeyPatch) -> None:
    """The matching succeeds, and one of its tables cannot be written when others have been."""
    real = Writer.append

    def append(self: Writer, name: str, rows: Any) -> int:
        if name == "stories":
            broken()
        return real(self, name, rows)

    patch.setattr(Writer, "append", append)


def break_after(patch: pytest.MonkeyPatch) -> None:
    """All tables of the matching are written, and what it was made from cannot be noted."""
    patch.setattr(Inputs, "remember", broken)


@pytest.mark.parametrize(
    ("stage", "breaking"),
    [("match", break_match), ("match", break_apply), ("match", break_after), ("restore", break_restore)],
)
def test_what_was_read_is_kept_whatever_comes_after(
    tmp_path: Path, inputs: list[Path], stage: str, breaking: Callable[[pytest.MonkeyPatch], None]
) -> None:
    root, plain = tmp_path / "w", tmp_path / "plain"
    ingest(plain, *inputs)
    with pytest.MonkeyPatch.context() as patch:
        breaking(patch)
        outcome = ingest(root, *inputs)
    assert [(each.part, each.name, each.error) for each in outcome.failures] == [("stage", stage, "crash")]
    assert outcome.snapshot is not None
    for name in ("captures", "documents", "articles", "passages", "edits"):
        assert digests(root, (name,)) == digests(plain, (name,)), name
    assert value(root, "SELECT count(*) FROM restorations") == 0
    ((uri, at, error, message, traceback),) = rows(root, STAGES)
    assert (uri, at, error) == (f"dibao:stage/{stage}", stage, "crash")
    assert message == "ZeroDivisionError: of all things"
    assert traceback.endswith("ZeroDivisionError: of all things")
    assert rows(root, "SELECT status, failed_stage, message FROM runs") == [("failed", stage, message)]
    assert outcome.counts["alignments"] == value(root, "SELECT count(*) FROM alignments")
    told = command("status", "--warehouse", root)
    assert told.returncode == 0
    assert f"failed in the stage {stage}: {message}" in told.stdout
    # The next run takes up what was left, and nobody is told of it any more.
    assert ingest(root, *inputs).failures == ()
    assert digests(root, COMPARED_TABLES) == digests(plain, COMPARED_TABLES)
    assert rows(root, STAGES) == []
    assert [row[0] for row in rows(root, "SELECT status FROM runs ORDER BY started_at")] == ["failed", "ok"]
    assert "failed" not in command("status", "--warehouse", root).stdout
    assert ingest(root, *inputs).snapshot is None


def test_a_reading_stage_that_fails_is_undone_whole(
    tmp_path: Path, inputs: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Documents without their passages would never be read again."""
    root = tmp_path / "w"
    ingest(root, inputs[0])
    before = digests(root, COMPARED_TABLES)
    real = Writer.append_files

    def append_files(self: Writer, name: str, files: Any) -> int:
        if name == "passages":
            broken()
        return real(self, name, files)

    monkeypatch.setattr(Writer, "append_files", append_files)
    outcome = ingest(root, *inputs)
    assert [each.name for each in outcome.failures] == ["read"]
    after = digests(root, COMPARED_TABLES)
    # What was captured stays, with the pages that its addresses are of.
    assert {name for name in after if after[name] != before.get(name)} == {"addresses", "captures", "rejects"}
    assert rows(root, "SELECT uri FROM addresses ORDER BY 1") == rows(
        root, "SELECT DISTINCT uri FROM captures ORDER BY 1"
    )
    monkeypatch.undo()
    ingest(root, *inputs)
    ingest(tmp_path / "plain", *inputs)
    assert digests(root, COMPARED_TABLES) == digests(tmp_path / "plain", COMPARED_TABLES)


def test_a_source_whose_rows_cannot_be_committed_is_taken_by_the_next_run(
    tmp_path: Path, inputs: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = steps.Run._commit

    def commit(self: steps.Run, gathered: Any) -> Any:
        added = real(self, gathered)
        if "haidong" in str(gathered.get("captures")["source_id"].to_pylist()):
            broken()
        return added

    monkeypatch.setattr(steps.Run, "_commit", commit)
    outcome = ingest(tmp_path / "w", *inputs)
    assert [each.name for each in outcome.failures] == ["capture/haidong-wanbao"]
    assert rows(tmp_path / "w", "SELECT DISTINCT source_id FROM captures") == [("dongyu-shibao",)]
    monkeypatch.undo()
    ingest(tmp_path / "w", *inputs)
    ingest(tmp_path / "plain", *inputs)
    assert digests(tmp_path / "w", COMPARED_TABLES) == digests(tmp_path / "plain", COMPARED_TABLES)


def test_pages_whose_restoring_failed_are_restored_by_the_next_run(tmp_path: Path, inputs: list[Path]) -> None:
    """Though nothing about them changes any more: what was matched stands, and only the run that failed knew of it."""
    root, plain, pages = tmp_path / "w", tmp_path / "plain", tmp_path / "pages"
    for name, text in INPUTS.items():
        (pages / name).parent.mkdir(parents=True, exist_ok=True)
        (pages / name).write_text(text + "\n", encoding="utf-8")
    ingest(root, inputs[0])
    with pytest.MonkeyPatch.context() as patch:
        break_restore(patch)
        assert [each.name for each in ingest(root, inputs[0], pages).failures] == ["restore"]
    assert value(root, "SELECT count(*) FROM restorations") == 0
    assert ingest(root, inputs[0], pages).failures == ()
    ingest(plain, inputs[0], pages)
    assert value(plain, "SELECT count(*) FROM restorations") > 0
    assert digests(root, COMPARED_TABLES) == digests(plain, COMPARED_TABLES)


def test_a_stage_that_fails_every_minute_publishes_once_an_hour(
    tmp_path: Path, inputs: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "match", broken)
    published = []
    for minute in range(0, 130, 10):
        outcome = ingest(tmp_path / "w", inputs[0], clock=lambda now=START + timedelta(minutes=minute): now)  # type: ignore[misc]
        assert len(outcome.failures) == 1
        published += [minute] if outcome.snapshot else []
    assert published == [0, 60, 120]


def test_a_full_disk_is_about_the_whole_run(
    tmp_path: Path, inputs: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As DuckDB says it, who knows no numbers."""

    def full(*_: object, **__: object) -> None:
        raise RuntimeError('IO Error: Could not write file "x": No space left on device')

    monkeypatch.setattr(matching, "match", full)
    with pytest.raises(NoSpace, match="is full; the last snapshot is intact"):
        ingest(tmp_path / "w", *inputs)
    assert Warehouse(tmp_path / "w").latest() is None


def test_what_is_committed_together_is_undone_together(tmp_path: Path, inputs: list[Path]) -> None:
    ingest(tmp_path / "w", inputs[0])
    before = digests(tmp_path / "w", COMPARED_TABLES)
    with Warehouse(tmp_path / "w").writer() as writer:
        passages = writer.con().sql("FROM passages").to_arrow_table()

        def commit_and_fail() -> None:
            with writer.together():
                writer.overwrite("passages", passages.slice(1))
                writer.append("passages", passages.slice(0, 1))
                broken()

        with pytest.raises(ZeroDivisionError):
            commit_and_fail()
        assert not writer.changed
        assert writer.con().sql("FROM passages").to_arrow_table().num_rows == passages.num_rows
        writer.append("passages", passages.slice(0, 1))
        assert writer.rows("passages") == passages.num_rows + 1
    assert digests(tmp_path / "w", COMPARED_TABLES) == before


# ---------------------------------------------------------------- the command


def test_the_command_tells_which_source_failed_and_why(tmp_path: Path, samples: Path) -> None:
    root = tmp_path / "w"
    folder = tmp_path / "papers"
    folder.mkdir()
    for name in ("one", "two"):
        assert command("source", "add", name, folder, "--warehouse", root).returncode == 0
    folder.rmdir()
    done = command("ingest", "--warehouse", root, "--workers", "1")
    assert done.returncode == 1
    for name in ("one", "two"):
        assert f"dibao: The source {name} failed: " in done.stderr
    told = json.loads(command("ingest", "--json", "--warehouse", root, "--workers", "1").stdout)
    assert [(each["part"], each["name"], each["error"]) for each in told["failures"]] == [
        ("source", "one", "missing"),
        ("source", "two", "missing"),
    ]
    status = command("status", "--warehouse", root).stdout
    assert "The source one failed, 2 times in a row now: " in status
    folder.mkdir()
    (folder / "1.txt").write_text("渡口今日恢复通航，往来船只照常停靠。\n", "utf-8")
    assert command("ingest", "--warehouse", root, "--workers", "1").returncode == 0
    assert "failed" not in command("status", "--warehouse", root).stdout


def test_one_source_of_two_fails(tmp_path: Path, samples: Path) -> None:
    good = Source(id="good", location=str(samples / "harbour-post"))
    outcome = ingest(tmp_path / "w", Source(id="gone", location=str(tmp_path / "nowhere")), good)
    assert [(each.part, each.name) for each in outcome.failures] == [("source", "gone")]
    assert value(tmp_path / "w", "SELECT status FROM runs") == "ok"
    assert value(tmp_path / "w", "SELECT count(*) FROM documents") == 1


def test_without_its_state_a_warehouse_loses_nothing(tmp_path: Path, samples: Path, inputs: list[Path]) -> None:
    """At any moment: after a run, after one whose matching failed, and before one that finds nothing new."""
    root, plain = tmp_path / "w", tmp_path / "plain"
    ingest(plain, *inputs, samples / "harbour-post")
    ingest(root, inputs[0])
    before = digests(root, COMPARED_TABLES)
    shutil.rmtree(root / "state")
    assert digests(root, COMPARED_TABLES) == before
    with pytest.MonkeyPatch.context() as patch:
        break_match(patch)
        ingest(root, *inputs)
    shutil.rmtree(root / "state")
    ingest(root, *inputs, samples / "harbour-post")
    assert digests(root, COMPARED_TABLES) == digests(plain, COMPARED_TABLES)
    shutil.rmtree(root / "state")
    ingest(root, *inputs, samples / "harbour-post")
    assert digests(root, COMPARED_TABLES) == digests(plain, COMPARED_TABLES)
    assert examine(Warehouse(root)).findings == []
