"""Files that vanish from a folder or a repository are told; an empty folder where files were is a fault."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.examine import examine
from flows.progress import Silent
from flows.rebuild import compare, rebuild
from flows.settings import Settings
from flows.sources.registry import Source
from tests.jobs import ingest, rows
from warehouse.store import Warehouse

NOW = datetime(2024, 3, 1, 6, tzinfo=UTC)
TEXT = "The ferry to the north quay runs twice a day from Monday on. Number {}."
SQL = "SELECT uri, how FROM vanished ORDER BY uri"


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(TEXT.format(name), "utf-8")


def test_a_file_that_vanished_is_told_and_one_that_comes_back_is_not(tmp_path: Path) -> None:
    folder, root = tmp_path / "in", tmp_path / "w"
    put(folder, "a.txt", "b.txt", "mount/c.txt", "gone/d.txt")
    source = Source("desk", str(folder), "folder")

    def day(number: int) -> None:
        ingest(root, source, clock=lambda: NOW + timedelta(days=number))

    day(0)
    (folder / "a.txt").unlink()
    (folder / "mount" / "c.txt").unlink()  # the folder stays, as a mount that is missing does
    shutil.rmtree(folder / "gone")
    day(1)
    told = [("file:///desk/a.txt", "gone"), ("file:///desk/gone/d.txt", "gone")]
    assert rows(root, SQL) == told
    assert rows(root, "SELECT uri FROM rejects WHERE error = 'emptied'") == [("file:///desk/mount",)]
    count = rows(root, "SELECT count(*) FROM captures")
    day(2)
    assert rows(root, "SELECT count(*) FROM captures") == count  # what is told once is told
    assert [each.message for each in examine(Warehouse(root)).findings] == []
    new = Warehouse(tmp_path / "anew")
    rebuild(Warehouse(root), new, Settings(warehouse=new.root, workers=1), Silent())
    assert [each.table for each in compare(Warehouse(root), new) if not each.same] == []
    assert rows(new.root, SQL) == told
    put(folder, "a.txt", "mount/c.txt")
    day(3)
    assert rows(root, SQL) == told[1:]
    assert rows(root, "SELECT uri FROM rejects WHERE error = 'emptied'") == []


@pytest.mark.parametrize("empty", ["emptied", "missing"])
def test_an_unmounted_folder_is_a_fault_and_no_mass_vanishing(tmp_path: Path, empty: str) -> None:
    folder, root = tmp_path / "in", tmp_path / "w"
    put(folder, "a.txt", "b.txt")
    source = Source("desk", str(folder), "folder")
    ingest(root, source, clock=lambda: NOW)
    shutil.rmtree(folder)
    if empty == "emptied":
        folder.mkdir()
    outcome = ingest(root, source, clock=lambda: NOW + timedelta(days=1))
    assert [each.error for each in outcome.failures] == [empty]
    assert rows(root, SQL) == []
    assert rows(root, "SELECT error FROM rejects") == [(empty,)]


def test_a_file_that_a_commit_removed_is_told(tmp_path: Path) -> None:
    folder, root = tmp_path / "repo", tmp_path / "w"
    put(folder, "a.txt", "b.txt")

    def git(*arguments: str) -> None:
        subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)

    def commit() -> None:
        git("add", "-A")
        git("-c", "user.name=t", "-c", "user.email=t@paper.example", "commit", "-qm", "more")

    git("init", "-q")
    commit()
    source = Source("repo", str(folder), "git")
    ingest(root, source)
    (folder / "a.txt").unlink()
    commit()
    ingest(root, source)
    assert rows(root, SQL) == [("file:///repo/a.txt", "gone")]
    ingest(root, source)
    assert rows(root, SQL) == [("file:///repo/a.txt", "gone")]
