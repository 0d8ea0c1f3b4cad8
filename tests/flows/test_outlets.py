"""The archivist's list of outlets."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from flows import outlets
from flows.outlets import BadOutletsError, read
from flows.sources.registry import Source
from tests.makers.archive import Archive, story
from warehouse.catalogue import view_file
from warehouse.storage import at


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
