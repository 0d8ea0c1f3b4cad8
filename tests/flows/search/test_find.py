"""Texts that are in no archive, and the articles that they share passages with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flows.cli import run
from flows.search.find import UnreadableTextError, find, read
from tests.jobs import files, value
from warehouse.store import Warehouse


def test_a_text_finds_its_carriers(sampled: Path, tmp_path: Path) -> None:
    before = files(sampled)
    longest = "SELECT max_by(text, chars) FROM articles JOIN article_dates USING (article_id) WHERE outlets[1] = $1"
    text = str(value(sampled, longest, "haidong-wanbao"))
    half = "在另一处写下的开头，与谁都不同。\n" + text[200:700]
    found = find(Warehouse(sampled), half)
    outlets = [each.article["outlets"][0] for each in found]
    assert {"haidong-wanbao", "lanchuan-ribao", "東嶼時報"} <= set(outlets)
    assert all(0.05 < each.share <= 1 for each in found)
    assert [each.share for each in found] == sorted((each.share for each in found), reverse=True)
    best = found[0]
    (passage,) = best.passages[:1]
    assert passage.left_start >= 10
    assert not find(Warehouse(sampled), "A text that nobody has ever printed anywhere, of this length at least.")
    assert not find(Warehouse(sampled), "short")
    assert files(sampled) == before


def test_files_are_read_as_an_ingest_reads_them(samples: Path) -> None:
    page = samples / "dongyu-shibao" / "20240303-qingshixia.html"
    text = read(page.name, page.read_bytes())
    assert "青石峽" in text
    assert "<p>" not in text
    with pytest.raises(UnreadableTextError):
        read("a.txt", b"")


def test_the_command(sampled: Path, samples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = str(samples / "dongyu-shibao" / "20240303-qingshixia.html")
    assert run(["find", "--warehouse", str(sampled), page]) == 0
    assert capsys.readouterr().out.splitlines()[2].split()[0] == "100%"
    assert run(["find", "--warehouse", str(sampled), page, "--json", "--limit", "2"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told) == 2
    assert told[0]["passages"][0]["left_start"] == 0
    new = tmp_path / "new.txt"
    new.write_text("Nothing of this has ever been printed before, in whatever paper one may look for it.", "utf-8")
    assert run(["find", "--warehouse", str(sampled), str(new)]) == 0
    assert "No article shares" in capsys.readouterr().out
