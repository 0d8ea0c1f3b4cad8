"""A backup is a warehouse, grows by what is new, is verified, and gives the warehouse back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from flows.__main__ import main
from flows.compaction import maintain
from flows.examine import examine
from tests.jobs import digests, files, ingest
from warehouse import backup, snapshots
from warehouse.errors import WarehouseError
from warehouse.store import Warehouse


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    add(tmp_path, 1)
    return tmp_path / "w"


def add(here: Path, number: int) -> None:
    (here / "in" / f"{number}.txt").write_text(f"第{number}号渡口今日恢复通航，往来船只照常停靠。\n", "utf-8")
    ingest(here / "w", here / "in")


def test_it_grows_by_what_is_new_and_gives_the_warehouse_back(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy, place = tmp_path / "copy", ["--warehouse", str(root)]
    assert main(["backup", str(copy), *place, "--json"]) == 0
    first = json.loads(capsys.readouterr().out)
    assert (first["snapshot"], first["there"]) == (1, 0)
    add(tmp_path, 2)
    maintain(Warehouse(root), "1 yearly", least=2)
    assert main(["backup", str(copy), *place, "--json"]) == 0
    second = json.loads(capsys.readouterr().out)
    assert second["there"] > 0
    assert 0 < second["files"] < len(files(copy))
    assert main(["backup", str(copy), *place, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["files"] == 0
    assert digests(copy) == digests(root)
    kept = digests(root)
    shutil.rmtree(root)  # the disk is gone
    anew = tmp_path / "anew"
    assert main(["restore", str(copy), "--warehouse", str(anew)]) == 0
    assert digests(anew) == kept
    with duckdb.connect(str(anew / "catalogue.duckdb"), read_only=True) as con:
        assert con.execute("SELECT count(*) FROM articles").fetchone() == (2,)
    assert examine(Warehouse(anew)).findings == []
    again = ingest(anew, tmp_path / "in")  # the index of words, which is in no copy, is made anew
    assert not any(again.counts.values())
    assert ingest(anew, tmp_path / "in").snapshot is None
    (tmp_path / "in" / "3.txt").write_text("第3号渡口今日恢复通航。\n", "utf-8")
    assert ingest(anew, tmp_path / "in").snapshot is not None


def test_a_copy_that_breaks_off_goes_on(root: Path, tmp_path: Path) -> None:
    left = [5]

    def stop() -> None:
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backup.copy(root, tmp_path / "copy", stop)
    assert snapshots.numbers(tmp_path / "copy") == []
    done = backup.copy(root, tmp_path / "copy")
    assert done.there == 5
    assert digests(tmp_path / "copy") == digests(root)


@pytest.mark.parametrize("harm", ["gone", "changed"])
def test_a_damaged_file_is_told_and_no_snapshot_copied(root: Path, tmp_path: Path, harm: str) -> None:
    backup.copy(root, tmp_path / "copy")
    add(tmp_path, 2)
    latest = snapshots.load(root, 2)
    broken = root / latest.warc_files[-1].path
    if harm == "gone":
        broken.unlink()
    else:
        broken.write_bytes(bytes(broken.stat().st_size))
    done = backup.copy(root, tmp_path / "copy")
    assert len(done.damaged) == 1
    assert latest.warc_files[-1].path in done.damaged[0]
    assert snapshots.numbers(tmp_path / "copy") == [1]
    assert main(["backup", str(tmp_path / "copy"), "--warehouse", str(root)]) == 1


def test_another_warehouse_or_something_else_is_not_written_over(root: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "notes.txt").write_text("mine")
    with pytest.raises(WarehouseError, match=r"notes\.txt"):
        backup.copy(root, tmp_path / "other")
    ingest(tmp_path / "second", tmp_path / "in")
    with pytest.raises(WarehouseError, match="another warehouse"):
        backup.copy(root, tmp_path / "second")
    assert main(["restore", str(root), "--warehouse", str(tmp_path / "second")]) == 1
    assert main(["backup", str(tmp_path / "new"), "--warehouse", str(tmp_path / "nothing")]) == 1
