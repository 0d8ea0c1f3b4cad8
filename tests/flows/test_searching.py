"""The index over runs: what comes, what goes, what is made again."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows import searching, versions
from tests.jobs import ingest, rows, value
from warehouse import search
from warehouse.store import Warehouse


def put(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, "utf-8")
    return folder


def found(root: Path, text: str) -> list[str]:
    return sorted(each for (each,) in rows(root, "SELECT headline FROM search($1)", text))


def segments(root: Path) -> tuple[str, ...]:
    snapshot = Warehouse(root).latest()
    assert snapshot is not None
    return snapshot.search


def test_the_index_grows_merges_and_forgets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "MOST", 2)
    root, folder = tmp_path / "w", tmp_path / "in"
    for number, name in enumerate(("Alder", "Birch", "Cedar")):
        put(folder, f"{name}.txt", f"{name} falls\n\nThe old {name.lower()} tree fell in the storm of last night.\n")
        ingest(root, folder)
        assert len(segments(root)) <= 2
        assert found(root, "tree fell") == ["Alder falls", "Birch falls", "Cedar falls"][: number + 1]
    before = segments(root)
    assert ingest(root, folder).snapshot is None
    assert segments(root) == before
    # What a run no longer needs goes once the snapshot before it is not the last but one.
    put(folder, "d.txt", "Dogwood falls\n\nThe old dogwood fell in the storm, too, and lies there.\n")
    ingest(root, folder)
    there = {path.name.partition(".")[0] for path in (root / "search").iterdir()}
    assert there == {*before, *segments(root)}
    # An article that is gone from the tables is not found, and in no segment once that is written anew.
    with Warehouse(root).writer() as writer:
        gone = writer.con().sql("SELECT article_id FROM articles WHERE headline <> 'Birch falls'").to_arrow_table()
        writer.change("articles", writer.con().sql("FROM articles LIMIT 0").to_arrow_table(), gone)
        searching.bring_up_to_date(writer)
        con = writer.con()
        held = " UNION ALL ".join(
            f"FROM read_parquet('{root / search.key(name, 'search_docs')}')" for name in writer.search
        )
        assert con.execute(f"SELECT count(*) FROM ({held})").fetchall() == [(1,)]


def test_a_missing_or_foreign_index_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "w"
    folder = put(tmp_path / "in", "a.txt", "Alder falls\n\nThe old alder tree fell in the storm of last night.\n")
    ingest(root, folder)
    made = segments(root)
    (root / search.key(made[0], "search_postings")).unlink()
    ingest(root, folder)
    assert segments(root) == made
    assert found(root, "alder") == ["Alder falls"]
    monkeypatch.setattr(searching, "SEARCH", f"{versions.SEARCH}x")
    ingest(root, folder)
    assert segments(root) != made
    assert found(root, "alder") == ["Alder falls"]
    assert value(root, "SELECT count(*) FROM search_docs") == 1


def test_what_comes_at_once_is_one_segment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.search.segments.BATCH", 5)
    monkeypatch.setattr("flows.search.segments._TEXTS", 30)
    for name in ("Alder", "Birch", "Cedar"):
        put(
            tmp_path / "in", f"{name}.txt", f"{name} falls\n\nThe old {name.lower()} tree fell in the storm of night.\n"
        )
    ingest(tmp_path / "w", tmp_path / "in")
    assert len(segments(tmp_path / "w")) == 1
    assert found(tmp_path / "w", "tree fell") == ["Alder falls", "Birch falls", "Cedar falls"]
