"""Paths on the command line: which source each stands for, now and later."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.commands.ingest import choose
from flows.examine import examine
from flows.settings import Settings
from flows.sources.given import given
from flows.sources.registry import Source, SourceError, load_all, save
from tests.jobs import command, ingest, rows, value
from tests.makers.archive import Archive
from warehouse.store import Warehouse


def paper(folder: Path, text: str, name: str = "20240301.txt") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, "utf-8")
    os.utime(folder / name, (1_700_000_000, 1_700_000_000))  # long ago, so that it is settled
    return folder


MORNING = "渡口今晨恢复通航，往来客货照常上下。\n\n岸边另有值守人员六名，轮流照看缆绳。\n"
EVENING = "米价本周大致稳定，各镇粮行照旧开门。\n\n新米尚未上市，陈米存货仍足。\n"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("人民晨报", "光明晚报"),
        ("Утро", "Вечер"),
        ("صباح", "مساء"),
        ("…", "！！"),
        ("a/news", "b/news"),
        ("morning/2024", "evening/2024"),
        ("News", "deep/news"),
        ("x" * 200, "x" * 201),
    ],
)
def test_two_folders_are_two_sources_whenever_they_come(tmp_path: Path, first: str, second: str) -> None:
    root = tmp_path / "w"
    ingest(root, paper(tmp_path / first, MORNING))
    ingest(root, paper(tmp_path / second, EVENING))
    assert value(root, "SELECT count(DISTINCT source_id) FROM captures") == 2
    assert value(root, "SELECT count(DISTINCT outlet) FROM captures") == 2
    assert value(root, "SELECT count(DISTINCT uri) FROM captures") == 2
    assert value(root, "SELECT count(*) FROM page_changes") == 0
    # and again, from a moment at which nothing but the warehouse is known
    assert ingest(root, tmp_path / second, tmp_path / first).snapshot is None
    assert examine(Warehouse(root)).findings == []


def test_names_keep_their_letters_everywhere(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    ingest(archive.warehouse.root, paper(tmp_path / "人民晨报", MORNING))
    assert archive.sql("SELECT source_id, outlet, uri FROM captures") == [
        ("人民晨报", "人民晨报", "file:///%E4%BA%BA%E6%B0%91%E6%99%A8%E6%8A%A5/20240301.txt")
    ]
    assert "人民晨报" in archive.warcs()[0].name
    assert (archive.warehouse.state / "seen" / "人民晨报.parquet").exists()
    assert (archive.warehouse.sources / "人民晨报.toml").exists()
    assert archive.differences() == []


def test_files_of_one_folder_are_one_source(tmp_path: Path) -> None:
    root, folder = tmp_path / "w", paper(tmp_path / "报", MORNING, "a.txt")
    paper(folder, EVENING, "b.txt")
    paper(folder, MORNING + EVENING, "c.txt")
    ingest(root, folder / "a.txt", folder / "b.txt")
    ingest(root, folder / "b.txt")
    assert rows(root, "SELECT source_id, uri[-5:] FROM captures ORDER BY ALL") == [("报", "a.txt"), ("报", "b.txt")]
    ingest(root, folder / "a.txt", folder)
    assert value(root, "SELECT count(*) FROM captures") == 3
    assert value(root, "SELECT count(DISTINCT source_id) FROM captures") == 1


def test_a_registered_folder_is_what_its_path_stands_for(tmp_path: Path) -> None:
    folder = paper(tmp_path / "in", MORNING)
    save(tmp_path / "w" / "sources", Source(id="晨报", location=str(folder), zone="Asia/Shanghai"))
    (source,) = given(tmp_path / "w", [folder])
    assert (source.id, source.zone) == ("晨报", "Asia/Shanghai")


def test_what_was_taken_in_before_there_were_names_keeps_its_id(tmp_path: Path) -> None:
    """A warehouse of the time when every such folder was `adhoc`: what was seen tells whose it is."""
    folder, other = paper(tmp_path / "人民晨报", MORNING), paper(tmp_path / "光明晚报", EVENING)
    seen = tmp_path / "w" / "state" / "seen"
    seen.mkdir(parents=True)
    rows = pa.table({"uri": pa.array([], pa.string())})
    made_for = json.dumps([f"folder {folder}", None])
    pq.write_table(rows.replace_schema_metadata({"made_for": made_for}), seen / "adhoc.parquet")
    assert [each.id for each in given(tmp_path / "w", [other, folder])] == ["光明晚报", "adhoc"]
    assert [each.id for each in given(tmp_path / "w", [folder, other])] == ["adhoc", "光明晚报"]


def test_a_given_folder_runs_only_when_it_is_given(tmp_path: Path) -> None:
    config = Settings(warehouse=tmp_path / "w")
    given(config.warehouse, [paper(tmp_path / "报", MORNING)])
    with pytest.raises(SourceError, match="nothing to take in"):
        choose(config, [], [])
    assert [each.id for each in choose(config, [], ["报"])] == ["报"]
    save(config.warehouse / "sources", Source(id="other", location=str(tmp_path)))
    assert [each.id for each in choose(config, [], [])] == ["other"]


def test_the_registry_says_where_it_is_and_can_be_written_on(tmp_path: Path) -> None:
    folder = paper(tmp_path / "报", MORNING)
    given(tmp_path / "w", [folder])
    (source,) = load_all(tmp_path / "w" / "sources").sources
    assert (source.location, source.adhoc) == (str(folder), True)
    with (tmp_path / "w" / "sources" / "报.toml").open("a") as file:
        file.write('zone = "Asia/Tokyo"\n')
    assert given(tmp_path / "w", [folder])[0].zone == "Asia/Tokyo"


@pytest.mark.corpus
@pytest.mark.parametrize("case", ["zh", "same"])
def test_the_cases(shared: Path, tmp_path: Path, case: str) -> None:
    root = tmp_path / "w"
    folders = sorted(each for each in (shared / "cases" / "ingest" / case).iterdir() if each.is_dir())
    folders = [folder / "2024" if (folder / "2024").is_dir() else folder for folder in folders]
    for folder in folders:
        done = command("ingest", folder, "--warehouse", root)
        assert done.returncode == 0, done.stderr
    assert value(root, "SELECT count(DISTINCT source_id) FROM captures") == len(folders)
    assert value(root, "SELECT count(DISTINCT outlet) FROM captures") == len(folders)
    assert value(root, "SELECT count(*) FROM page_changes") == 0
    assert command("audit", "--warehouse", root).returncode == 0
    assert command("rebuild", "--check", "--warehouse", root).returncode == 0
