"""dibao source and dibao changes, as somebody types them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.__main__ import main
from flows.commands.changes import moment
from flows.settings import SettingsError
from tests.makers.archive import story
from tests.makers.web_server import Page, Site, serving

Run = Callable[..., str]


@pytest.fixture
def web() -> Iterator[Site]:
    with serving({"/a": Page(story(1)), "/b": Page(story(2))}) as running:
        yield running


@pytest.fixture
def dibao(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str, fails: bool = False) -> str:
        status = main([*arguments, "--warehouse", str(tmp_path / "w")])
        out = capsys.readouterr()
        assert bool(status) is fails, out.out + out.err
        return out.err if fails else out.out

    return run


def add(dibao: Run, web: Site, tmp_path: Path) -> None:
    listed = tmp_path / "list.txt"
    listed.write_text(f"{web.url('/a')}\n{web.url('/b')}\n")
    options = ("--option", "allow_private=true", "--option", "tries=1")
    dibao("source", "add", "watched", str(listed), "--kind", "pages", *options)


def test_a_source_is_added_run_paused_and_shown(dibao: Run, web: Site, tmp_path: Path) -> None:
    add(dibao, web, tmp_path)
    assert json.loads(dibao("source", "show", "watched", "--json"))["history"] is None
    dibao("source", "run", "watched", "--json")
    dibao("source", "pause", "watched")
    assert "paused" in dibao("source", "list")
    asked = len(web.asked)
    dibao("ingest", "--json")
    assert len(web.asked) == asked
    dibao("source", "run", "watched", "--json")
    assert len(web.asked) > asked
    dibao("source", "resume", "watched")
    assert "paused" not in dibao("source", "list")
    told = json.loads(dibao("source", "show", "watched", "--json"))
    assert (told["history"]["runs"], told["history"]["captures"]) == (2, 4)
    assert [run["status"] for run in told["runs"]] == ["ok", "ok"]
    shown = dibao("source", "show", "watched")
    assert "failures_in_a_row" in shown
    assert "allow_private=true tries=1" in shown
    assert all(len(line) <= 80 for line in shown.splitlines() if not line.startswith("location")), shown


def test_a_failing_source_is_reported_and_kept(dibao: Run, web: Site) -> None:
    options = ("--option", "allow_private=true", "--option", "tries=1")
    dibao("source", "add", "dead", "http://127.0.0.1:1/", "--kind", "feed", *options)
    for _ in range(3):
        dibao("source", "run", "dead", "--json", fails=True)
    shown = dibao("source", "show", "dead")
    assert "failed 3 times in a row" in shown
    assert "No connection" in shown


def test_changes_are_told_by_passage(dibao: Run, web: Site, tmp_path: Path) -> None:
    add(dibao, web, tmp_path)
    dibao("source", "run", "watched", "--json")
    assert "Nothing changed" in dibao("changes")
    web.pages["/a"] = Page(story(1, "更正一处。"))
    web.pages["/b"] = Page(status=410, validators=False)
    dibao("source", "run", "watched", "--json")
    shown = dibao("changes", "--since", "1d")
    assert "~ 全文至此，编号1。{+更正一处。+}" in shown
    assert f"{web.url('/b')} is gone (410); last seen" in shown
    events = [json.loads(line) for line in dibao("changes", "--jsonl").splitlines()]
    assert [event["event"] for event in events] == ["changed", "vanished"]
    only = json.loads(dibao("changes", "--json", "--page", web.url("/b")))
    assert (len(only["changed"]), len(only["vanished"])) == (0, 1)
    assert json.loads(dibao("changes", "--json", "--since", "2999-01-01"))["changed"] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("changes", "--since", "yesterday"),
        ("source", "show", "nobody"),
        ("source", "pause", "nobody"),
        ("source", "add", "x", "not-an-address", "--kind", "feed"),
        ("source", "add", "x", "ftp://a.example/", "--kind", "site"),
        ("source", "add", "x", "http://a.example/", "--kind", "site", "--option", "hosts=none"),
        ("source", "add", "x", "http://a.example/", "--kind", "letter"),
        ("source", "add", "x", "http://a.example/", "--kind", "site", "--schedule", "every day"),
        ("source", "add", "x", "http://a.example/", "--kind", "site", "--zone", "Middle/Earth"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(dibao: Run, arguments: tuple[str, ...]) -> None:
    said = dibao(*arguments, fails=True)
    assert said.strip()
    assert "Traceback" not in said


def test_kinds_and_their_options_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["source", "kinds", "--json"]) == 0
    told = {each["kind"]: each["options"] for each in json.loads(capsys.readouterr().out)}
    assert {"name": "depth", "says": "how many links deep", "default": "3"} in told["site"]
    assert main(["source", "kinds", "site"]) == 0
    assert "how many links deep" in capsys.readouterr().out
    assert main(["source", "kinds", "sight"]) == 1
    assert "did you mean 'site'" in capsys.readouterr().err


def test_a_source_is_changed_and_forgotten(dibao: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("渡口今日恢复通航，往来船只照常停靠。\n", "utf-8")
    dibao("source", "add", "watched", str(tmp_path / "in"), "--option", "settle=1", "--rights", "free")
    dibao("source", "edit", "watched", "--zone", "Asia/Shanghai", "--option", "settle=", "--option", "include=txt$")
    told = json.loads(dibao("source", "show", "watched", "--json"))["source"]
    assert (told["zone"], told["options"], told["rights"]) == ("Asia/Shanghai", {"include": "txt$"}, "free")
    assert "did you mean 'include'" in dibao("source", "edit", "watched", "--option", "inclde=x", fails=True)
    assert "there is nothing at" in dibao("source", "edit", "watched", "--location", str(tmp_path / "im"), fails=True)
    dibao("source", "run", "watched", "--json")
    dibao("source", "remove", "watched")
    assert "No source" in dibao("source", "show", "watched", fails=True)
    assert json.loads(dibao("query", "SELECT source_id FROM captures", "-f", "json")) == [{"source_id": "watched"}]


def test_moments() -> None:
    now = datetime(2024, 3, 8, tzinfo=UTC)
    assert moment("2024", now) == datetime(2024, 1, 1, tzinfo=UTC)
    assert moment("2024-03", now) == datetime(2024, 3, 1, tzinfo=UTC)
    assert moment("7d", now) == now - timedelta(days=7)
    assert moment("12h", now) == now - timedelta(hours=12)
    assert moment("2024-03-01", now) == datetime(2024, 3, 1, tzinfo=UTC)
    assert moment("2024-03-01T08:00+08:00", now) == datetime(2024, 3, 1, tzinfo=UTC)
    with pytest.raises(SettingsError):
        moment("99999999999999d", now)
