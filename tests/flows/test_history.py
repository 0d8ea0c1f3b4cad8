"""What sources came to: every failure is recorded, and few of them are worth a snapshot."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows.sources.registry import Source
from tests.makers.archive import Archive

START = datetime(2024, 3, 1, tzinfo=UTC)


def test_a_source_that_fails_every_minute_does_not_publish_every_minute(tmp_path: Path) -> None:
    archive, failing = Archive(tmp_path), Source(id="lost", location=str(tmp_path / "nowhere"))
    published = []
    for minute in range(150):
        outcome = archive.take(failing, clock=lambda now=START + timedelta(minutes=minute): now)  # type: ignore[misc]
        if outcome.snapshot is not None:
            published.append(minute)
    assert published == [0, 1, 2, 62, 122]
    rows = archive.sql("SELECT count(*), count(DISTINCT source_run_id), max(started_at) FROM source_runs")
    assert rows == [(123, 123, START + timedelta(minutes=122))]
    assert archive.sql("SELECT failures_in_a_row FROM source_history") == [(123,)]
    assert [path.name for path in (archive.warehouse.state / "failures").iterdir()] == ["lost.json"]


def test_what_was_put_by_goes_with_the_next_snapshot(tmp_path: Path) -> None:
    archive, failing = Archive(tmp_path), Source(id="lost", location=str(tmp_path / "nowhere"))
    other = Source(id="other", location=str(tmp_path / "in"))
    (tmp_path / "in").mkdir()
    for minute in range(6):
        archive.take(failing, other, clock=lambda now=START + timedelta(minutes=minute): now)  # type: ignore[misc]
    assert archive.sql("SELECT count(*) FROM source_runs") == [(3,)]
    (tmp_path / "in" / "a.txt").write_text("渡口今日恢复通航，往来船只照常停靠。\n", "utf-8")
    archive.take(failing, other, clock=lambda: START + timedelta(minutes=6))
    assert archive.sql("SELECT source_id, status, count(*) FROM source_runs GROUP BY ALL ORDER BY ALL") == [
        ("lost", "failed", 7),
        ("other", "ok", 1),
    ]
    assert list((archive.warehouse.state / "failures").iterdir()) == []


def test_another_failure_and_the_end_of_it_are_told_at_once(tmp_path: Path) -> None:
    archive, failing = Archive(tmp_path), Source(id="lost", kind="git", location=str(tmp_path / "repository"))
    for minute in range(5):
        archive.take(failing, clock=lambda now=START + timedelta(minutes=minute): now)  # type: ignore[misc]
    assert archive.sql("SELECT count(*) FROM source_runs") == [(3,)]
    whole = Source(id="lost", location=str(tmp_path / "repository"))
    (tmp_path / "repository").mkdir()
    archive.take(whole, clock=lambda: START + timedelta(minutes=5))
    rows = archive.sql("SELECT status, count(*) FROM source_runs GROUP BY ALL ORDER BY ALL")
    assert rows == [("failed", 5), ("ok", 1)]
