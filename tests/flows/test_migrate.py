"""A warehouse that the commit 38fa04b made, of the samples in two runs: it is brought up, and its ids lead on.

Its first run was made by a reader of texts that is older still, so that rows of a former version lie in its files.
"""

from __future__ import annotations

import tarfile
from pathlib import Path

import duckdb
import pytest

from flows.examine import examine
from flows.progress import Silent
from flows.rebuild import compare, rebuild
from flows.report.ids import find
from flows.settings import Settings
from flows.trace import trace
from tests.jobs import command, copied, ingest, rows, value
from warehouse import catalogue, snapshots, store
from warehouse.errors import Outdated
from warehouse.store import Warehouse


@pytest.fixture(scope="module")
def old(golden: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("old")
    with tarfile.open(golden / "warehouse-38fa04b.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return folder / "warehouse"


@pytest.fixture(scope="module")
def brought(old: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = copied(old, tmp_path_factory.mktemp("brought") / "w")
    assert ingest(root).snapshot is not None
    return root


def published(old: Path, kind: str) -> list[str]:
    """Every id of a kind in the old files, of former versions too."""
    name = "stories" if kind == "story" else f"{kind}s"
    snapshot = snapshots.latest(old)
    assert snapshot is not None
    con = duckdb.connect()
    found = con.execute(
        f"SELECT DISTINCT {kind}_id FROM read_parquet($1) ORDER BY 1",
        [[str(old / file.path) for file in snapshot.tables[name].files]],
    ).fetchall()
    con.close()
    return [row[0] for row in found]


@pytest.mark.parametrize(
    "words", [("status",), ("query", "SELECT 1"), ("stories",), ("trace", "0" * 32), ("audit",), ("changes",)]
)
def test_until_then_every_command_says_what_to_do(old: Path, words: tuple[str, ...]) -> None:
    done = command(*words, env={"DIBAO_WAREHOUSE": str(old)})
    assert done.returncode == 1
    assert "dibao ingest" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_command_needs_no_source_to_bring_it_up(old: Path, tmp_path: Path) -> None:
    root = copied(old, tmp_path / "w")
    assert command("ingest", env={"DIBAO_WAREHOUSE": str(root)}).returncode == 0
    assert command("status", env={"DIBAO_WAREHOUSE": str(root)}).returncode == 0


def test_it_holds_what_a_rebuild_gives(old: Path, brought: Path, tmp_path: Path) -> None:
    anew = Warehouse(tmp_path / "anew")
    rebuild(Warehouse(old), anew, Settings(warehouse=anew.root, workers=1), Silent())
    # Captures stay as they were taken; how a record of a dump is named may be told otherwise by now.
    assert {each.table for each in compare(Warehouse(brought), anew) if not each.same} <= {"captures", "addresses"}
    with pytest.raises(Outdated):
        compare(Warehouse(old), anew)
    assert examine(Warehouse(copied(brought, tmp_path / "audited"))).findings == []
    assert ingest(copied(brought, tmp_path / "again")).snapshot is None


@pytest.mark.parametrize("kind", ["document", "article", "passage", "story"])
def test_every_id_that_was_published_leads_on(old: Path, brought: Path, kind: str) -> None:
    ids = published(old, kind)
    assert len(ids) >= 8
    con = Warehouse(brought).connect()
    name = "stories" if kind == "story" else f"{kind}s"
    lost = con.execute(
        f"SELECT id FROM (SELECT unnest($1) AS id) WHERE present_id(id) NOT IN (SELECT {kind}_id FROM {name})", [ids]
    ).fetchall()
    assert lost == []
    for each in ids[::7]:
        assert find(con, each[:20], (kind,))[0] == kind
        if kind != "story":
            assert trace(Warehouse(brought), each).same
    con.close()


def test_an_old_story_alias_leads_on(old: Path, brought: Path) -> None:
    con = catalogue.connect(old)
    ((alias,),) = con.execute("SELECT alias_id FROM story_aliases").fetchall()
    con.close()
    assert value(brought, "SELECT count(*) FROM stories WHERE story_id = present_id($1)", alias) > 0


def test_old_articles_have_their_text_still_and_are_not_new(old: Path, brought: Path) -> None:
    con = catalogue.connect(old)
    texts = con.execute("SELECT article_id, text FROM articles ORDER BY 1").fetchall()
    con.close()
    con = Warehouse(brought).connect()
    for article, text in texts:
        found = con.execute("SELECT text FROM articles WHERE article_id = present_id($1)", [article]).fetchall()
        assert found == [(text,)]
    con.close()
    assert rows(brought, "FROM new_since(2)") == []
    assert value(brought, "SELECT count(*) FROM new_since(1)") > 0


def test_a_warehouse_whose_tables_without_rows_got_a_column_is_brought_up_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing has to be written then but the snapshot."""
    (tmp_path / "in.txt").write_text("渡口改期\n\n自三月起，渡船每日两班。\n", "utf-8")
    with monkeypatch.context() as before:
        before.setattr(store, "layout", lambda: "of another version")
        ingest(tmp_path / "w", tmp_path / "in.txt")
    assert Warehouse(tmp_path / "w").outdated()
    assert ingest(tmp_path / "w").snapshot is not None
    assert not Warehouse(tmp_path / "w").outdated()
    assert value(tmp_path / "w", "SELECT count(*) FROM articles") == 1
    assert ingest(tmp_path / "w").snapshot is None
