"""Page, today, outlets, sources, SQL and provenance: over the samples, and over a small crawl of pages that change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from flows.room.pages import sql
from flows.sources.registry import Source
from tests.flows.room.test_pages import client, page, text
from tests.jobs import ingest, rows, value
from tests.makers import warc_bytes
from tests.makers.archive import story

PIXEL = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
URI = "http://paper.example/news/1"


@pytest.fixture(scope="module")
def room(sampled: Path) -> Iterator[TestClient]:
    with client(sampled) as found:
        yield found


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with a picture, changed once and then gone."""
    folder = tmp_path_factory.mktemp("crawl")
    picture = b"<img src='/i/a.png'><img src='http://other.example/b.png'>"
    answers = [
        (URI, "2020-01-01T00:00:00Z", "text/html", story(1).replace(b"</h1>", b"</h1>" + picture), "200 OK"),
        ("http://paper.example/i/a.png", "2020-01-01T00:00:01Z", "image/png", PIXEL, "200 OK"),
        (
            "http://paper.example/i/c.png",
            "2020-01-01T00:00:02Z",
            "image/png",
            b"<html><script>alert(1)</script>",
            "200 OK",
        ),
        (URI, "2020-01-02T00:00:00Z", "text/html", story(1, "<b>更正</b>一处。"), "200 OK"),
        (URI, "2020-01-03T00:00:00Z", "text/html", b"gone", "404 Not Found"),
    ]
    path = folder / "crawl.warc.gz"
    records = [
        warc_bytes.response(uri, date, warc_bytes.http_response(body, kind, status=status), body)
        for uri, date, kind, body, status in answers
    ]
    path.write_bytes(warc_bytes.gzipped(*records))
    root = folder / "w"
    ingest(root, Source(id="s", kind="warc", location=str(path)))
    return root


def test_a_page_shows_its_versions_and_what_changed(crawl: Path) -> None:
    with client(crawl) as room:
        tree = page(room, f"/page?uri={quote(URI)}")
        assert "Vanished: gone (404), 2020-01-03 00:00" in text(tree)
        assert len(tree.xpath("//input[@name='after']")) == 2
        assert "".join(tree.xpath("//ins/text()")) == "更正一处。"
        assert not tree.xpath("//del")
        back = page(room, f"/page?uri={quote(URI)}&before=2&after=1")
        assert "".join(back.xpath("//del/text()")) == "更正一处。"
        assert page(room, f"/page?uri={quote(URI)}&before=1&after=1").xpath(
            "//section[@aria-labelledby='differences']/p"
        )
        assert page(room, f"/page?uri={quote(URI)}&before=9", 400).xpath("//p[@role='alert']")
        page(room, "/page?uri=http://nowhere.example/", 404)
        page(room, "/page", 400)


def test_pictures_come_from_the_archive_and_are_pictures(crawl: Path) -> None:
    with client(crawl) as room:
        ((document,),) = rows(crawl, "SELECT document_id FROM page_versions($1) WHERE version = 1", URI)
        shown = room.get(f"/original/{document}")
        ((capture,),) = rows(crawl, "SELECT capture_id FROM captures WHERE uri LIKE '%/i/a.png'")
        assert f'src="http://127.0.0.1:4280/media/{capture}"' in shown.text
        assert "other.example" not in shown.text
        assert "img-src http://127.0.0.1:4280/media/ data:" in shown.headers["content-security-policy"]
        picture = room.get(f"/media/{capture}")
        assert (picture.content, picture.headers["content-type"]) == (PIXEL, "image/png")
        ((other,),) = rows(crawl, "SELECT capture_id FROM captures WHERE uri LIKE '%/i/c.png'")
        assert room.get(f"/media/{other}").status_code == 404


def test_today_tells_what_came(room: TestClient) -> None:
    tree = page(room, "/today?since=2000-01-01")
    assert "haidong-wanbao" in text(tree)
    assert tree.xpath("//a[starts-with(@href, '/story/')]")
    assert "Nothing here yet" in text(page(room, "/today?since=2999-01-01"))


def test_outlets_show_who_takes_from_whom(room: TestClient) -> None:
    tree = page(room, "/outlets")
    assert tree.xpath("//svg[@class='network']//path")
    assert "harbour-post" in text(tree)
    one = page(room, f"/outlets?outlet={quote('haidong-wanbao')}")
    assert one.xpath("//a[starts-with(@href, '/article/')]")


def test_sources_tell_how_they_went(room: TestClient, sampled: Path) -> None:
    name = value(sampled, "SELECT min(source_id) FROM captures")
    assert name in text(page(room, "/sources"))
    assert "ok" in text(page(room, f"/sources?id={quote(str(name))}"))
    page(room, "/sources?id=nobody", 404)


def test_a_passage_is_led_back_and_checked(room: TestClient, sampled: Path) -> None:
    passage = value(sampled, "SELECT min(passage_id) FROM passages WHERE article_id IS NOT NULL")
    tree = page(room, f"/provenance/{passage}")
    assert "Read again, it comes out the same." in text(tree)
    assert [each.text for each in tree.xpath("//h3")][:3] == ["passage", "article", "document"]
    assert room.get(f"/provenance/{passage}?format=json").json()["same"] is True


def test_sql_answers_within_limits(room: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = page(room, "/sql?q=" + quote("SELECT article_id, '<b>' AS x FROM articles LIMIT 2"))
    assert "2 rows" in text(tree)
    assert len(tree.xpath("//td/a[starts-with(@href, '/article/')]")) == 2
    for harm in (f"COPY articles TO '{tmp_path}/x'", f"FROM read_text('{__file__}')"):
        assert page(room, f"/sql?q={quote(harm)}", 400).xpath("//p[@role='alert']")
    assert not list(tmp_path.iterdir())
    monkeypatch.setattr(sql, "SECONDS", 1)
    endless = "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE hash(a.range * b.range) = 1"
    assert "took longer" in text(page(room, f"/sql?q={quote(endless)}", 400))
    monkeypatch.setattr(sql, "MOST_BYTES", 1000)
    assert "larger" in text(page(room, "/sql?q=" + quote("SELECT repeat('x', 100000)"), 400))


def test_a_statement_from_elsewhere_waits(room: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(sql, "asked_of", never)
    answer = room.get("/sql?q=SELECT+1", headers={"sec-fetch-site": "cross-site"})
    assert "came from another site" in answer.text
    assert "SELECT 1" in answer.text
    assert "What the tables mean" in text(page(room, "/sql"))
