"""Rejects told apart: what this run found, what is open, what is settled; and media that is kept and is no reject."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from flows.examine import examine
from flows.progress import Silent
from flows.rebuild import compare, rebuild
from flows.report import rejects, today
from flows.report.summary import summary
from flows.settings import Settings
from flows.sources.registry import Source
from tests.jobs import ingest, rows
from warehouse.catalogue import view_file
from warehouse.store import Warehouse

NOW = datetime(2024, 3, 1, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("media_type", "sort"),
    [
        ("image/jpeg", "image"),
        ("IMAGE/PNG; charset=binary", "image"),
        ("image/svg+xml", "image"),
        ("audio/mpeg", "audio"),
        ("application/ogg", "audio"),
        ("video/mp4", "video"),
        ("application/vnd.apple.mpegurl", "video"),
        ("font/woff2", "font"),
        ("application/font-woff", "font"),
        ("application/x-font-ttf", "font"),
        ("text/css", "style"),
        ("application/javascript", "script"),
        ("text/javascript;charset=utf-8", "script"),
        ("application/x-javascript", "script"),
        ("application/msword", None),
        ("application/octet-stream", None),
        ("application/x-7z-compressed", None),
        ("text/plain", None),
        ("text/html", None),
        ("image/", None),
        ("", None),
        (None, None),
    ],
)
def test_media_without_text_is_told_by_its_type(media_type: str | None, sort: str | None) -> None:
    con = duckdb.connect()
    con.execute(view_file("04_media.sql"))
    assert con.execute("SELECT media_sort($1)", [media_type]).fetchall() == [(sort,)]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder taken in twice: of two files that cannot be read one is mended, and a third one comes."""
    top = tmp_path_factory.mktemp("rejects")
    folder, root = top / "in", top / "w"
    folder.mkdir()
    source = Source("desk", str(folder), "folder")
    (folder / "mended.txt").write_bytes(b"")
    (folder / "broken.7z").write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(20))
    (folder / "quay.jpg").write_bytes(b"\xff\xd8\xff\xe0 a picture")
    ingest(root, source, clock=lambda: NOW, run_id="20240301T060000-00000a")
    (folder / "mended.txt").write_text("The ferry to the north quay runs twice a day from Monday on.", "utf-8")
    (folder / "later.7z").write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(30))
    ingest(root, source, clock=lambda: NOW + timedelta(days=1), run_id="20240302T060000-00000b")
    return root


def test_rejects_of_this_run_open_ones_and_settled_ones_are_told_apart(archive: Path) -> None:
    con = Warehouse(archive).connect()
    found = rejects.by_message(con, "20240302T060000-00000b")
    con.close()
    told = [(each["error"], each["this_run"], each["open"], each["settled"]) for each in found]
    assert sorted(told) == [("empty", 0, 0, 1), ("media-type", 1, 2, 0)]
    assert rejects.counts(found) == {"this_run": 1, "open": 2, "settled": 1}
    assert rows(archive, "SELECT uri, state FROM reject_list ORDER BY uri") == [
        ("file:///desk/broken.7z", "open"),
        ("file:///desk/later.7z", "open"),
        ("file:///desk/mended.txt", "settled"),
    ]


def test_media_that_holds_no_text_is_no_reject_and_is_seen(archive: Path) -> None:
    assert rows(archive, "SELECT sort, uri, captures FROM kept_media") == [("image", "file:///desk/quay.jpg", 1)]
    con = Warehouse(archive).connect()
    assert rejects.told_of_media(rejects.media(con)) == "Kept, and no text to read: 1 (image 1)"
    con.close()
    assert [each.message for each in examine(Warehouse(archive)).findings] == []


def test_the_day_shows_what_is_open_and_new(archive: Path) -> None:
    con = Warehouse(archive).connect()
    found = today.today(con, NOW + timedelta(hours=12))
    con.close()
    assert [(each["error"], each["inputs"]) for each in found["rejects"]] == [("media-type", 1)]
    assert "Rejects in all: 2 open, 1 settled since." in list(today.lines(found))


def test_a_rebuild_comes_to_the_same_rejects_and_media(archive: Path, tmp_path: Path) -> None:
    old, new = Warehouse(archive), Warehouse(tmp_path / "anew")
    rebuild(old, new, Settings(warehouse=new.root, workers=1), Silent())
    assert [each.table for each in compare(old, new) if not each.same] == []
    assert rows(new.root, "SELECT uri, state FROM reject_list") == rows(archive, "SELECT uri, state FROM reject_list")


def test_a_run_that_finds_nothing_new_leaves_the_stamps(archive: Path) -> None:
    stamps = rows(archive, "SELECT reject_id, run_id FROM rejects ORDER BY ALL")
    assert {run for _, run in stamps} == {"20240301T060000-00000a", "20240302T060000-00000b"}
    outcome = ingest(archive, clock=lambda: NOW + timedelta(days=2))
    assert summary(archive, outcome)["reject_counts"]["this_run"] == 0
    assert rows(archive, "SELECT reject_id, run_id FROM rejects ORDER BY ALL") == stamps
