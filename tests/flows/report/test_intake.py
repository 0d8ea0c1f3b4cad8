"""The report of a run, source by source."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flows.report import intake
from tests.jobs import ingest
from warehouse.store import Warehouse


def test_each_source_has_its_counts_and_its_rejects(tmp_path: Path) -> None:
    for name, text in {
        "a/1.txt": "渡口今日恢复通航，往来船只照常停靠。\n",
        "b/1.txt": "",
        "b/2.txt": "渡船每日两班。\n",
    }.items():
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    outcome = ingest(tmp_path / "w", tmp_path / "in" / "a", tmp_path / "in" / "b")
    con = Warehouse(tmp_path / "w").connect()
    found = intake.sources(con, outcome.run_id)
    con.close()
    assert [(e["source_id"], e["status"], e["captures"], e["articles"]) for e in found] == [
        ("a", "ok", 1, 1),
        ("b", "ok", 2, 1),
    ]
    assert [each["inputs"] for each in found[1]["rejected"]] == [1]
    text = intake.markdown(found[1], snapshot=1)
    assert "| captures | 2 |" in text
    assert "| articles in them | 1 |" in text


def test_what_an_archive_holds_is_no_markup() -> None:
    row = {"stage": "extract", "error": "empty", "inputs": 1, "message": "[x](http://a.example) |\n# <b>"}
    source = {"source_id": "a", "kind": "folder", "status": "failed", "captures": 0, "articles": 0, "requests": 0}
    source |= {"bytes": 0, "message": "`rm` **now**", "rejected": [row], "took": _Took()}
    text = intake.markdown(source, snapshot=None)
    assert "\\[x\\]\\(http://a.example\\)" in text
    assert not re.search(r"(?<!\\)<b>", text)
    assert "\\*\\*now" in text


class _Took:
    def total_seconds(self) -> float:
        return 1.0


@pytest.mark.parametrize(
    ("name", "key"), [("texts", "source-texts"), ("a.b", "source-a-b-"), ("光明晚报", "source-"), ("é", "source-")]
)
def test_keys_are_of_plain_letters_and_tell_sources_apart(name: str, key: str) -> None:
    made = intake.artifact_key(name)
    assert made.startswith(key)
    assert re.fullmatch("[a-z0-9-]+", made)
    assert made == key or intake.artifact_key(name + "x") != made
