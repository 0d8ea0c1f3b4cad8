"""dibao stories and dibao compare: what was carried, and what the carriers changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flows.__main__ import main
from flows.report.stories import marked
from tests.jobs import value


def _json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_stories_are_listed_and_filtered(sampled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here = ("--warehouse", str(sampled))
    every = _json(capsys, "stories", *here)
    assert len(every) == value(sampled, "SELECT count(DISTINCT story_id) FROM stories")
    assert [each["outlets"] for each in every] == sorted((each["outlets"] for each in every), reverse=True)
    outlet = value(sampled, "SELECT min(outlet) FROM witnesses")
    mine = _json(capsys, "stories", "--outlet", outlet, *here)
    assert 0 < len(mine) <= len(every)
    words = every[0]["opening"][:6]
    assert every[0]["story_id"] in {each["story_id"] for each in _json(capsys, "stories", "--text", words, *here)}
    assert _json(capsys, "stories", "--since", "2200-01-01", *here) == []
    openings = [each["opening"] for each in every]
    assert any(opening.startswith("Ύστερα από") for opening in openings)
    assert main(["stories", *here]) == 0
    assert every[0]["story_id"][:12] in capsys.readouterr().out
    assert main(["stories", "--outlet", "nowhere", *here]) == 0
    assert capsys.readouterr().out == "No story matches.\n"


def test_a_story_is_compared_with_its_leader(sampled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    story = value(sampled, "SELECT story_id FROM variants GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1")
    found = _json(capsys, "compare", story[:12], "--warehouse", str(sampled))
    assert found["story_id"] == story
    leader, *others = found["witnesses"]
    assert leader["leader"]
    changed = [each for witness in others for each in witness["variants"]]
    assert changed
    for witness in others:
        for each in witness["variants"]:
            start = each["span_start"] - witness["span_start"]
            assert witness["text"][start : start + len(each["text"])] == each["text"]
    assert main(["compare", story, "--warehouse", str(sampled)]) == 0
    assert leader["article_id"][:12] in capsys.readouterr().out


def test_two_articles_are_compared(sampled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = value(
        sampled,
        "SELECT left_article_id || ' ' || right_article_id FROM alignments WHERE relation = 'reprint' "
        "ORDER BY similarity, 1 LIMIT 1",
    ).split()
    found = _json(capsys, "compare", one, other[:12], "--warehouse", str(sampled))
    assert found["passages"]
    for each in found["variants"]:
        assert found["left"]["text"][each["left_start"] : each["left_end"]] == each["left_text"]
        assert found["right"]["text"][each["right_start"] : each["right_end"]] == each["right_text"]
        assert each["left_text"] != each["right_text"]
    assert main(["compare", one, other, "--warehouse", str(sampled)]) == 0
    assert "similarity" in capsys.readouterr().out


def test_an_id_that_is_no_story_is_said(sampled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "0" * 32, "--warehouse", str(sampled)]) == 1
    assert "0" * 32 in capsys.readouterr().err


def test_marked_places_part_the_text_and_lose_nothing() -> None:
    runs = marked("abcdefgh", 1, 7, [(5, 9, "y"), (2, 4, "x"), (3, 5, "z")])
    assert "".join(text for text, _ in runs) == "bcdefg"
    assert runs == [("b", ""), ("cd", "x"), ("e", "z"), ("fg", "y")]


def test_readings_are_listed_below_the_texts_in_eighty_columns(
    sampled: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from rich.cells import cell_len
    from rich.console import Console

    from flows.commands import compare

    monkeypatch.setattr(compare, "_console", lambda: Console(highlight=False, width=80))
    story = value(sampled, "SELECT story_id FROM variants WHERE text = '217.4' ORDER BY 1 LIMIT 1")
    assert main(["compare", story, "--limit", "1", "--warehouse", str(sampled)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(cell_len(line) <= 80 for line in lines)
    assert any(line.split() == ["number", "214.7", "217.4"] for line in lines)


def test_the_speech_is_set_against_its_reports(sampled: Path) -> None:
    from warehouse.store import Warehouse

    con = Warehouse(sampled).connect()
    query = Path(__file__).parents[3] / "warehouse" / "queries" / "speech_and_report.sql"
    rows = con.execute(query.read_text("utf-8")).fetchall()
    assert {row[0] for row in rows} == {"shengzhengfu"}
    assert len(rows) == 4
    assert value(sampled, "SELECT count(*) FROM witnesses WHERE outlet = 'shengzhengfu'") == 0
