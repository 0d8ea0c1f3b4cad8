"""Trying site rules: what is read without them and with them, of a file, a captured page, or one that is fetched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flows.commands import source_try
from flows.sources.registry import Source, SourceError, save
from flows.trying import page, tried
from tests.makers.web_server import Page, serving
from warehouse.store import Warehouse

PAGE = """<html><head><title>Quay - The Post</title></head><body><div class="top"><h1>Quay closed</h1></div>
<div class="text"><p>The north quay is closed until the ice is gone, the harbour master said on Monday.</p>
<p class="more">Read also: ten photographs of ice that you have to see, and a list of warm cafes.</p></div>
<div class="side"><p>The weather stays cold for another week, with wind from the east on most days.</p></div>
</body></html>"""


def source(**rules: str) -> Source:
    return Source("post", "http://post.example/", "site", parser={"select": rules} if rules else {})


def test_a_rule_says_what_is_text(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(PAGE, "utf-8")
    given = page(Warehouse(tmp_path / "w"), source(), str(tmp_path / "a.html"))
    before, after = tried(source(body=".text", drop=".more"), given, {"title": "h1"})
    assert after.facts["title"] == "Quay closed"
    texts = [each["text"] for each in after.passages if each["article"] is not None]
    assert any(each.startswith("The north quay") for each in texts)
    assert not any(each.startswith(("Read also", "The weather")) for each in texts)
    assert before != after
    assert tried(source(), given, {})[0] == tried(source(), given, {})[1]


def test_a_page_that_the_archive_lacks_is_fetched_and_not_kept(tmp_path: Path) -> None:
    with serving() as web:
        web.pages["/a"] = Page(PAGE.encode())
        own = Source("post", web.url("/"), "site", options={"allow_private": True, "tries": 1})
        given = page(Warehouse(tmp_path / "w"), own, web.url("/a"))
        assert (given.payload, given.whence) == (PAGE.encode(), "its address")
        with pytest.raises(SourceError, match="answers 404"):
            page(Warehouse(tmp_path / "w"), own, web.url("/none"))
    assert not (tmp_path / "w").exists()


def test_the_command_shows_both_sides(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.html").write_text(PAGE, "utf-8")
    (tmp_path / "w" / "sources").mkdir(parents=True)
    save(tmp_path / "w" / "sources", source(body=".text"))
    target = str(tmp_path / "a.html")
    assert source_try.command("post", target, select=["drop=.more"], warehouse=tmp_path / "w") == 0
    out = capsys.readouterr().out
    assert "without rules" in out
    assert "\n- " in out
    assert "Read also" in out
    assert source_try.command("post", target, warehouse=tmp_path / "w", as_json=True) == 0
    assert set(json.loads(capsys.readouterr().out)) == {"from", "media_type", "before", "after"}
    with pytest.raises(SourceError, match="no CSS selector"):
        source_try.command("post", target, select=["body=.["], warehouse=tmp_path / "w")
    with pytest.raises(SourceError, match="cannot be read"):
        source_try.command("post", str(tmp_path / "none.html"), warehouse=tmp_path / "w")
    with pytest.raises(SourceError, match="No source is named"):
        source_try.command("past", target, warehouse=tmp_path / "w")
