"""Each match is sent once to each channel, kept as a row, and sent later where a channel was down."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from flows.__main__ import main
from flows.alerts import FOLDER, load
from flows.examine import examine
from flows.pipeline import Outcome
from flows.sources.registry import Source
from tests.jobs import ingest, rows
from tests.makers.mail_server import receiving
from warehouse.store import Warehouse

NOON = datetime(2024, 3, 7, 12, tzinfo=UTC)


class Desk:
    """A folder of texts and a warehouse with alerts; each run is an hour after the one before."""

    def __init__(self, here: Path) -> None:
        self.root, self.folder, self.hours = here / "w", here / "in", 0
        self.folder.mkdir()

    def alert(self, name: str, text: str) -> None:
        (self.root / FOLDER).mkdir(parents=True, exist_ok=True)
        (self.root / FOLDER / f"{name}.toml").write_text(text, "utf-8")

    def run(self, text: str | None = None, *sources: Path | Source) -> Outcome:
        self.hours += 1
        if text:
            (self.folder / f"{self.hours}.txt").write_text(text + "，往来船只照常停靠，请各位旅客留意。\n", "utf-8")
        return ingest(self.root, *(sources or (self.folder,)), clock=lambda: NOON + timedelta(hours=self.hours))

    def rows(self) -> list[tuple[Any, ...]]:
        return rows(self.root, "SELECT name, channel, status, tries FROM alerts ORDER BY found_at, name, channel")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def test_a_phrase_is_found_in_either_script_and_told_once(desk: Desk, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    desk.alert("ferries", f'kind = "phrase"\nphrase = "渡船 復航"\nto = "file:{out}"\n')
    assert desk.run("停了三日的渡船复航了").failures == ()
    assert desk.run("镇上的旧码头拆除了").failures == ()
    desk.run()
    (told,) = lines(out)
    assert told["alert"] == "ferries"
    assert set(told["match"]) == {"article_id", "outlet", "headline", "address"}
    desk.run("停了三日的渡船復航了")
    assert len(lines(out)) == 2
    assert desk.rows() == [("ferries", "1 file", "sent", 1)] * 2
    assert examine(Warehouse(desk.root)).findings == []


def test_mail_is_sent_when_the_server_is_there_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with receiving() as box:
        monkeypatch.setenv("DESK_MAIL", f"127.0.0.1:{box.port}?to=a@b.example&from=d@b.example&mode=insecure")
        query = "SELECT headline, chars FROM new_since($since)"
        desk.alert("all", f'title = "邸报"\nquery = "{query}"\nto = ["mailto://${{DESK_MAIL}}", "stdout"]\n')
        box.closed = True
        failed = desk.run("停了三日的渡船复航了")
        assert [each.name for each in failed.failures] == ["alerts"]
        assert "1 mailto" in failed.failures[0].message
        assert desk.rows() == [("all", "1 mailto", "waiting", 1), ("all", "2 stdout", "sent", 1)]
        assert capsys.readouterr().out.startswith("邸报: 1 match\n- headline: ")
        box.closed = False
        assert desk.run().failures == ()
        assert desk.rows() == [("all", "1 mailto", "sent", 2), ("all", "2 stdout", "sent", 1)]
        desk.run()
        (mail,) = box.mails
        assert mail["To"] == "a@b.example"
        assert main(["alerts", "--warehouse", str(desk.root), "--json"]) == 0
        (told,) = json.loads(capsys.readouterr().out)["alerts"]
        assert (told["sent"], told["waiting"]) == (2, 0)
        assert "127.0.0.1" not in str(rows(desk.root, "FROM alerts"))  # an address may hold a password


def test_a_web_hook_is_told_of_failures_and_stories(desk: Desk, tmp_path: Path) -> None:
    posted: list[dict[str, Any]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Hook) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        hook = f'to = "json://127.0.0.1:{server.server_address[1]}/"\n'
        desk.alert("broken", f'kind = "source-failed"\n{hook}')
        desk.alert("spread", f'kind = "story"\noutlets = 2\n{hook}')
        gone = Source("gone", f"file://{tmp_path / 'gone'}")
        for _ in range(2):
            desk.run(None, gone)
        assert [each["title"] for each in posted] == ["broken: 1 match"]
        assert "gone" in posted[0]["message"]
        text = (
            "渡口今晨恢复通航，往来船只照常停靠，岸边另有值守人员六名，轮流照看缆绳。\n\n"
            "据渡口管理处介绍，停航期间共检修渡船七艘，更换木桩四十二根，码头的灯也全部换过。\n\n"
            "镇上的老人说，这样的检修十年才有一回，往后过江不必再绕行石桥，每天能省下半个时辰。\n"
        )
        for paper in "ab":
            (tmp_path / paper).mkdir()
            (tmp_path / paper / "1.txt").write_text(text + f"本报{paper}版\n", "utf-8")
        desk.run(None, tmp_path / "a", tmp_path / "b")
        server.shutdown()
    assert [each["title"] for each in posted] == ["broken: 1 match", "spread: 1 match"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("to = [", "is not TOML"),
        ('kind = "phrase"\nto = "stdout"', "needs phrase"),
        ('kind = "phrases"\nto = "stdout"', "did you mean 'phrase'"),
        ('kind = "phrase"\nquery = "SELECT 1"\nto = "stdout"', "one of the two"),
        ('to = "stdout"', "one of the two"),
        ('query = "SELECT 1"', "to is where"),
        ('quary = "SELECT 1"\nto = "stdout"', "did you mean 'query'"),
        ('kind = "story"\noutlets = "5"\nto = "stdout"', "needs outlets"),
    ],
)
def test_what_is_no_alert_is_said(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "x.toml").write_text(text)
    alerts, (fault,) = load(tmp_path)
    assert alerts == []
    assert said in fault
    assert "x.toml" in fault


def test_a_broken_alert_stops_no_other_and_can_only_read(desk: Desk, tmp_path: Path) -> None:
    out, stolen = tmp_path / "out.jsonl", tmp_path / "stolen.csv"
    desk.alert("bad", f'query = "COPY (SELECT 1) TO \'{stolen}\'"\nto = "stdout"\n')
    desk.alert("worse", 'query = "SELECT nothing FROM nowhere"\nto = "stdout"\n')
    desk.alert("lost", 'query = "SELECT 1 AS one"\nto = "nosuchservice://x"\n')
    desk.alert("none", "to = [")
    desk.alert("good", f'query = "SELECT article_id FROM new_since($since)"\nto = "file:{out}"\n')
    outcome = desk.run("停了三日的渡船复航了")
    assert len(outcome.failures) == 4
    assert outcome.snapshot is not None
    assert len(lines(out)) == 1
    assert not stolen.exists()
