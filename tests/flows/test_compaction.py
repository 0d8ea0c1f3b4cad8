"""Compaction: fewer files, the same rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.compaction import compact
from flows.examine import examine
from flows.executor import Inline
from flows.pipeline import Job, run
from flows.settings import Settings
from flows.sources.registry import Source
from warehouse.errors import Missing
from warehouse.store import Warehouse


def test_tables_of_many_files_become_one_file_with_the_same_digest(tmp_path: Path) -> None:
    inbox = tmp_path / "in"
    inbox.mkdir()
    store = Warehouse(tmp_path / "w")
    source = Source("in", str(inbox))
    for number in range(3):
        (inbox / f"2024030{number + 1}.txt").write_text(
            f"第{number}号公报\n\n河口大桥第{number}次巡检完毕。\n", "utf-8"
        )
        run(Job(store, Settings(store.root), [source], executor=Inline()))
    before = store.latest()
    assert before is not None
    assert len(before.tables["passages"].files) == 3

    assert "passages" in compact(store, least=2)

    after = store.latest()
    assert after is not None
    assert after.number == before.number + 1
    assert len(after.tables["passages"].files) == 1
    assert {n: (t.rows, t.digest) for n, t in after.tables.items()} == {
        n: (t.rows, t.digest) for n, t in before.tables.items()
    }
    assert not examine(store).findings
    assert compact(store, least=3) == []


def test_there_must_be_a_warehouse(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="dibao ingest"):
        compact(Warehouse(tmp_path / "none"))
