"""The archivist's list of outlets."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from flows import outlets
from flows.__main__ import main
from flows.outlets import BadOutletsError, read
from flows.sources.registry import Source
from tests.makers.archive import Archive, story
from warehouse import snapshots
from warehouse.catalogue import view_file
from warehouse.storage import at


def files(archive: Archive, number: int) -> set[str]:
    """The tables' files that a snapshot names."""
    entries = snapshots.load(archive.warehouse.root, number).tables.values()
    return {file.path for entry in entries for file in entry.files}


def listed(folder: Path, text: str) -> dict[str, str]:
    (folder / outlets.NAME).write_text(text, "utf-8")
    return {row["alias"]: row["outlet"] for row in read(at(folder)).to_pylist()}


def test_names_of_an_outlet(tmp_path: Path) -> None:
    assert read(at(tmp_path)).num_rows == 0
    assert listed(tmp_path, '"江口晚报" = ["江口新闻网", "WWW.Jiangkou.example"]\nLedger = "The Ledger"\n') == {
        "江口晚报": "江口晚报",
        "江口新闻网": "江口晚报",
        "www.jiangkou.example": "江口晚报",
        "ledger": "Ledger",
        "the ledger": "Ledger",
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = [", "not TOML"),
        ('a = ["x"]\nb = ["X "]\n', "under 'a' and 'b'"),
        ('a = ["b"]\nb = ["c"]\n', "under 'a' and 'b'"),
        ("a = 3\n", "no list of names"),
        ('a = ["", "x"]\n', "no list of names"),
        ('[a]\nb = ["x"]\n', "no list of names"),
    ],
)
def test_a_list_that_cannot_be_used_says_why(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(BadOutletsError, match=said):
        listed(tmp_path, text)


def test_sql_and_python_fold_a_name_alike() -> None:
    con = duckdb.connect()
    con.execute(view_file("05_page_keys.sql"))
    con.execute(view_file("06_outlets.sql").partition("CREATE VIEW")[0])
    for name in (" The LEDGER ", "江口晚报", "Ε\u0301νθετο", "ÀB"):
        assert con.execute("SELECT outlet_key($1)", [name]).fetchall() == [(outlets.key(name),)]
    con.close()


def test_a_new_list_moves_articles_and_a_bad_one_moves_nothing(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    inbox = tmp_path / "in"
    for name in ("one", "two"):
        (inbox / name).mkdir(parents=True)
        (inbox / name / "a.html").write_bytes(story(1) + name.encode())
    source = Source(id="s", location=str(inbox))
    archive.take(source)
    assert archive.sql("SELECT outlets FROM story_list") == [(2,)]
    (archive.warehouse.root / outlets.NAME).write_text('both = ["one", "two"]', "utf-8")
    archive.take(source)
    assert archive.sql("SELECT outlet FROM story_timeline") == [("both",)]
    assert archive.differences() == []
    assert archive.findings() == []
    (archive.warehouse.root / outlets.NAME).write_text("both = [", "utf-8")
    assert [each.name for each in archive.take(source).failures] == ["outlets"]
    assert archive.sql("SELECT outlet FROM story_timeline") == [("both",)]
    assert archive.sql("SELECT count(*) FROM rejects WHERE stage = 'match' AND error = 'badoutletserror'") == [(1,)]


def test_an_older_snapshot_is_asked_while_its_files_are_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive, inbox = Archive(tmp_path), tmp_path / "in"
    inbox.mkdir()
    for number in (1, 2):
        (inbox / f"{number}.html").write_bytes(story(number))
        archive.take(Source(id="s", location=str(inbox)))
    root = str(archive.warehouse.root)
    for number in (1, 2):
        asked = ["query", "SELECT count(*) FROM articles_all", "--snapshot", str(number), "-f", "csv"]
        assert main([*asked, "--warehouse", root]) == 0
        assert capsys.readouterr().out.split() == ["count_star()", str(number)]
    (archive.warehouse.root / min(files(archive, 1))).unlink()
    for number, said in ((1, "kept no longer"), (9, "no snapshot 9")):
        assert main(["query", "SELECT 1", "--snapshot", str(number), "--warehouse", root]) == 1
        assert said in capsys.readouterr().err
