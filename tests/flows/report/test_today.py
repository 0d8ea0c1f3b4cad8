"""What happened since a moment: counted by what came in the runs since, not by when it was published or crawled."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.__main__ import main
from flows.report import intake, today
from flows.sources.registry import Source
from tests.jobs import ingest
from warehouse.store import Warehouse

NOON = datetime(2024, 3, 7, 12, tzinfo=UTC)
TEXT = (
    "渡口今晨恢复通航，往来船只照常停靠，岸边另有值守人员{count}名，轮流照看缆绳。\n\n"
    "据渡口管理处介绍，停航期间共检修渡船七艘，更换木桩四十二根，码头的灯也全部换过。\n\n"
    "镇上的老人说，这样的检修十年才有一回，往后过江不必再绕行石桥，每天能省下半个时辰。\n"
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two papers print a story; two days later a third prints it with another number, and an empty file comes."""
    here = tmp_path_factory.mktemp("today")
    for day, papers in enumerate(({"a": "六", "b": "六"}, {"c": "九"})):
        for paper, count in papers.items():
            (here / f"in{day}" / paper).mkdir(parents=True)
            (here / f"in{day}" / paper / f"2024-03-0{7 + 2 * day}.txt").write_text(
                "渡口恢复通航\n\n" + TEXT.format(count=count), "utf-8"
            )
            (here / f"in{day}" / paper / f"empty{day}.txt").write_text("")
        sources = sorted((here / f"in{day}").iterdir())
        ingest(here / "w", *sources, clock=lambda day=day: NOON + timedelta(days=2 * day))  # type: ignore[misc]
    return here / "w"


def test_a_story_is_new_then_grows_and_its_number_changes(root: Path) -> None:
    con = Warehouse(root).connect()
    whole, last = (today.today(con, NOON + timedelta(days=day)) for day in (-1, 1))
    con.close()
    assert (whole["runs"], last["runs"]) == (2, 1)
    assert [len(each["new_stories"]) for each in (whole, last)] == [1, 0]
    assert [len(each["grown_stories"]) for each in (whole, last)] == [0, 1]
    assert (last["grown_stories"][0]["came"], last["grown_stories"][0]["new_outlets"]) == (1, 1)
    assert {each["outlet"]: each["articles"] for each in whole["outlets"]} == {"a": 1, "b": 1, "c": 1}
    assert [each["outlet"] for each in last["outlets"]] == ["c"]
    (changed,) = last["changed_readings"]
    assert (changed["leader_text"], changed["text"], changed["class"]) == ("六", "九", "number")
    text = "\n".join(today.lines(last))
    assert "## Stories that grew (1)" in text
    assert "六 → 九" in text


def test_the_command_prints_it_for_people_and_programs(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = ["--warehouse", str(root)]
    assert main(["today", "--since", "2024", *place, "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["new_stories"]) == 1
    assert main(["today", "--since", "2024", *place]) == 0
    assert capsys.readouterr().out.startswith("# Since 2024-01-01 00:00 UTC\n2 runs, ")


def test_what_is_due_is_told_in_the_zone_of_its_source() -> None:
    sources = [
        Source("a", "/a", schedule="30 8 * * *", zone="Asia/Shanghai"),
        Source("b", "/b", schedule="0 * * * *"),
        Source("c", "/c", schedule="0 * * * *", paused=True),
        Source("d", "/d"),
    ]
    due = today.due(sources, NOON)
    assert [(each["source_id"], f"{each['next_run']:%d %H:%M %z}") for each in due] == [
        ("b", "07 13:00 +0000"),
        ("a", "08 08:30 +0800"),
    ]


def test_a_line_of_the_report_is_no_markup_but_for_its_own() -> None:
    assert intake.escaped("## Pages (2)") == "## Pages \\(2\\)"
    assert intake.escaped("- <b> # x") == "- \\<b\\> \\# x"
