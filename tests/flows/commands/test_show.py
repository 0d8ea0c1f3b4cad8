"""dibao show: a person sees at a glance how a page was read."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from flows.__main__ import main
from tests.jobs import value

PAGE = "SELECT document_id FROM documents JOIN captures USING (payload_sha256) WHERE outlet = 'lanchuan-ribao'"


def test_an_article_is_printed_in_reading_order_with_kinds(sampled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    article = value(sampled, "SELECT article_id FROM unique_articles WHERE outlet = 'harbour-post'")
    assert main(["show", article[:12], "--warehouse", str(sampled), "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    placed = [each for each in shown["passages"] if each["article_start"] is not None]
    assert [each["article_start"] for each in placed] == sorted(each["article_start"] for each in placed)
    assert all(shown["text"][each["article_start"] : each["article_end"]] == each["text"] for each in placed)

    assert main(["show", article, "--warehouse", str(sampled)]) == 0
    printed = capsys.readouterr().out
    assert "headline" in printed
    assert placed[0]["text"] in printed


def test_a_page_shows_what_belongs_to_no_article_too(sampled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = value(sampled, PAGE)
    assert main(["show", document, "--warehouse", str(sampled), "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert len({each["article"] for each in shown["passages"]}) > 2
    assert None in {each["article"] for each in shown["passages"]}
    assert [each["ordinal"] for each in shown["passages"]] == list(range(len(shown["passages"])))


def test_a_restored_article_names_who_proves_it(sampled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    article = value(sampled, "SELECT article_id FROM restored_articles WHERE gaps > 0")
    assert main(["show", article, "--restored", "--warehouse", str(sampled)]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert len([line for line in printed if line.strip().startswith("↳gap")]) == 1
    assert [line for line in printed if line.endswith("  [by haidong-wanbao]")]
    assert [line for line in printed if line.endswith("[moved, joined, by haidong-wanbao]")]


def test_an_article_that_is_whole_is_not_restored(sampled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    article = value(sampled, "SELECT article_id FROM unique_articles WHERE outlet = 'harbour-post'")
    assert main(["show", article, "--restored", "--warehouse", str(sampled)]) == 1
    assert "No witness" in capsys.readouterr().err


def test_a_passage_leads_to_its_article(sampled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sql = "SELECT passage_id FROM passages WHERE article_id IS NOT NULL ORDER BY 1 LIMIT 1"
    assert main(["show", value(sampled, sql), "--warehouse", str(sampled)]) == 0
    assert capsys.readouterr().out.strip()


@pytest.mark.parametrize("identity", ["0" * 32, "short", "not-an-id-at-all"])
def test_an_unknown_id_is_said_in_a_sentence(identity: str, sampled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", identity, "--warehouse", str(sampled)]) == 1
    said = capsys.readouterr().err
    assert identity in said
    assert "Traceback" not in said


def test_a_page_of_several_articles_lists_them_first(sampled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = value(sampled, PAGE)
    assert main(["show", document, "--page", "--warehouse", str(sampled)]) == 0
    head, _, body = capsys.readouterr().out.partition("\n\n")
    listed = [line.split(maxsplit=1) for line in head.splitlines() if line[:3].strip().isdigit()]
    numbers = {line.split()[0] for line in body.splitlines() if line[:3].strip().isdigit()}
    assert len(listed) > 1
    assert {number for number, _ in listed} == numbers


def test_on_a_terminal_long_texts_stay_beside_their_margin(
    sampled: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    article = value(sampled, "SELECT article_id FROM unique_articles WHERE outlet = 'harbour-post'")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("TERM", "xterm")
    assert main(["show", article, "--warehouse", str(sampled)]) == 0
    printed = re.sub("\x1b\\[[0-9;]*m", "", capsys.readouterr().out)
    body = printed.partition("\n\n")[2].splitlines()
    assert len(body) > 5
    assert all(len(line.rstrip()) <= 60 for line in body)
    assert any(line.startswith(" " * 17) and line.strip() for line in body)
