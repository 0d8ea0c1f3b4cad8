"""What sources came to: every failure is recorded, and few of them are worth a snapshot."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.pipeline import Outcome
from flows.sources.registry import Source
from tests.jobs import files
from tests.makers.archive import Archive, story
from tests.makers.web_server import Page, Site, serving
from warehouse.storage import at

START = datetime(2024, 3, 1, tzinfo=UTC)


def test_a_source_that_fails_every_minute_does_not_publish_every_minute(tmp_path: Path) -> None:
    archive, failing = Archive(tmp_path), Source(id="lost", location=str(tmp_path / "nowhere"))
    published = []
    minutes = [*range(6), *range(58, 66), *range(118, 126)]
    for minute in minutes:
        outcome = archive.take(failing, clock=lambda now=START + timedelta(minutes=minute): now)  # type: ignore[misc]
        if outcome.snapshot is not None:
            published.append(minute)
    assert published == [0, 1, 2, 62, 122]
    rows = archive.sql("SELECT count(*), count(DISTINCT source_run_id), max(started_at) FROM source_runs")
    told = minutes.index(122) + 1
    assert rows == [(told, told, START + timedelta(minutes=122))]
    assert archive.sql("SELECT failures_in_a_row FROM source_history") == [(told,)]
    assert [path.name for path in (archive.warehouse.root / "pending" / "failures").iterdir()] == ["lost.json"]


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
    assert at(archive.warehouse.root).names("pending") == []


@pytest.mark.parametrize("damage", [b"", b'[{"run_id": "1"', b"\xff\xfe", b'{"a": 1}', b"[3]", b'[{"run_id": "1"}]'])
@pytest.mark.parametrize("folder", ["failures", "polls"])
def test_a_waiting_file_that_cannot_be_read_is_told_of_and_kept(tmp_path: Path, folder: str, damage: bytes) -> None:
    archive, key = Archive(tmp_path), f"pending/{folder}/lost.json"
    at(archive.warehouse.root).put(key, damage)
    source = Source(id="other", location=str(tmp_path / "in"))
    (tmp_path / "in").mkdir()
    for number in range(2):  # told once
        (tmp_path / "in" / f"{number}.txt").write_text(f"渡口今日恢复通航，往来船只{number}照常停靠。\n", "utf-8")
        assert archive.take(source).failures == ()
    ((uri, message),) = archive.sql("SELECT uri, message FROM rejects WHERE error = 'damaged'")
    (kept,) = at(archive.warehouse.root).names("pending")
    assert uri == f"dibao:{kept}"
    assert kept in message
    assert at(archive.warehouse.root).get(kept) == damage


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


# ---------------------------------------------------------------- asked in vain


def rss(*numbers: int) -> bytes:
    inner = "".join(f"<item><title>{n}</title><link>/{n}</link><guid>g{n}</guid></item>" for n in numbers)
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>t</title>{inner}</channel></rss>".encode()


@pytest.fixture
def web() -> Iterator[Site]:
    with serving({f"/{n}": Page(story(n)) for n in range(3)}) as running:
        running.pages["/feed"] = Page(rss(0), "application/rss+xml")
        yield running


def feed(web: Site, **options: Any) -> Source:
    more = {"allow_private": True, "backoff": 0.01, "delay": 0}
    return Source(id="news", kind="feed", location=web.url("/feed"), options=more | options)


def poll(archive: Archive, source: Source, minute: int) -> Outcome:
    return archive.take(source, clock=lambda: START + timedelta(minutes=minute))


def size(archive: Archive) -> int:
    """Bytes of all that is kept; the log, which is bounded, is not."""
    root = archive.warehouse.root
    return sum(path.stat().st_size for path in root.rglob("*") if path.is_file() and path.parent != root / "logs")


def idle(archive: Archive, web: Site, polls: int) -> None:
    """Ask a feed so often in vain, then once not: nothing grows, and nothing of it is forgotten."""
    source = feed(web)
    assert poll(archive, source, 0).snapshot is not None
    assert poll(archive, source, 1).snapshot is None  # what a second run does for the first time
    before, warcs = size(archive), archive.warcs()
    web.asked.clear()
    for minute in range(2, polls + 1):
        assert poll(archive, source, minute).snapshot is None
    asked = len(web.asked)
    assert asked >= polls - 1
    assert size(archive) - before < 1000, "a count grows by a digit"
    assert archive.warcs() == warcs
    assert archive.sql("SELECT number FROM snapshot") == [(1,)]
    web.pages["/feed"] = Page(rss(0, 1), "application/rss+xml")
    assert poll(archive, source, polls + 1).counts["captures"] == 1
    (row,) = archive.sql("SELECT runs, began_at, ended_at, requests, source_id FROM polls")
    assert row == (polls, START + timedelta(minutes=1), START + timedelta(minutes=polls), row[3], "news")
    assert row[3] >= asked
    assert at(archive.warehouse.root).names("pending") == []
    assert archive.sql("SELECT runs, failures, last_run FROM source_history") == [
        (polls + 2, 0, START + timedelta(minutes=polls + 1))
    ]
    assert archive.findings() == []


@pytest.mark.parametrize("validators", [True, False], ids=["not modified", "the same again"])
def test_a_feed_asked_in_vain_publishes_nothing_and_is_counted(tmp_path: Path, web: Site, validators: bool) -> None:
    archive = Archive(tmp_path)
    # a server that knows no validators answers 200, with the same bytes
    web.pages["/feed"] = Page(rss(0), "application/rss+xml", validators=validators)
    idle(archive, web, 12)


@pytest.mark.slow
def test_many_polls_in_vain_add_less_than_a_kilobyte_and_no_snapshot(tmp_path: Path, web: Site) -> None:
    """As many as DIBAO_POLLS says: a thousand take minutes, and show what a hundred show."""
    idle(Archive(tmp_path), web, int(os.environ.get("DIBAO_POLLS", "120")))


def test_a_robots_txt_that_changes_is_kept_and_one_that_does_not_is_not(tmp_path: Path, web: Site) -> None:
    archive, source = Archive(tmp_path), feed(web)
    web.pages["/robots.txt"] = Page(b"User-agent: *\nAllow: /\n", "text/plain")
    poll(archive, source, 0)
    assert poll(archive, source, 1).snapshot is None
    web.pages["/robots.txt"] = Page(b"User-agent: *\nDisallow: /x\n", "text/plain")
    assert poll(archive, source, 2).snapshot is not None
    told = [path.read_bytes() for path in archive.warcs()]
    assert len(told) == 2


def test_a_stretch_that_a_killed_run_could_not_drop_counts_once(tmp_path: Path, web: Site) -> None:
    archive, source = Archive(tmp_path), feed(web)
    for minute in range(4):
        poll(archive, source, minute)
    store = at(archive.warehouse.root)
    (key,) = store.names("pending")
    left = store.get(key)
    assert json.loads(left)[0]["runs"] == 3
    web.pages["/feed"] = Page(rss(0, 1), "application/rss+xml")
    poll(archive, source, 4)
    store.put(key, left)  # as if the run had died between its snapshot and this
    poll(archive, source, 5)
    assert json.loads(store.get(key))[0]["runs"] == 1
    web.pages["/feed"] = Page(rss(0, 1, 2), "application/rss+xml")
    poll(archive, source, 6)
    assert archive.sql("SELECT runs FROM polls ORDER BY began_at") == [(3,), (1,)]


def test_without_its_state_a_source_is_asked_anew_and_no_poll_is_forgotten(tmp_path: Path, web: Site) -> None:
    archive, source = Archive(tmp_path), feed(web)
    for minute in range(4):
        poll(archive, source, minute)
    at(archive.warehouse.root).delete("state")
    poll(archive, source, 4)
    assert archive.sql("SELECT runs FROM polls") == [(3,)]


def test_a_folder_that_has_nothing_new_leaves_no_trace(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("渡口今日恢复通航，往来船只照常停靠。\n", "utf-8")
    source = Source(id="in", location=str(tmp_path / "in"))
    archive.take(source)
    before = files(archive.warehouse.root)
    archive.take(source)
    assert files(archive.warehouse.root) == before
