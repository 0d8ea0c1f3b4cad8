"""Pages over time: addresses that belong together, versions, changes, what vanished, gaps, and sources' histories."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.sources.registry import Source
from tests.makers import warc_bytes
from tests.makers.archive import Archive, story
from tests.makers.web_server import Page, Site, serving
from warehouse.catalogue import view_files


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


@pytest.fixture
def web() -> Iterator[Site]:
    with serving() as running:
        yield running


@pytest.fixture(scope="module")
def macros() -> Iterator[duckdb.DuckDBPyConnection]:
    con = duckdb.connect()
    con.execute(next(text for text in view_files() if "MACRO page_key" in text))
    yield con
    con.close()


def watch(site: Site, *paths: str, **options: Any) -> Source:
    urls = [site.url(path) for path in paths]
    return Source(
        id="w", kind="pages", location="", options={"urls": urls, "allow_private": True, "tries": 1} | options
    )


@pytest.mark.parametrize(
    ("uri", "key"),
    [
        ("http://www.Paper.example/a/index.html?b=2&a=1&utm_source=x#top", "example,paper)/a?a=1&b=2"),
        ("https://m.paper.example:443/a/?a=1&b=2", "example,paper)/a?a=1&b=2"),
        ("http://m.example/a", "example,m)/a"),
        ("http://paper.example:8080", "example,paper:8080)"),
        ("https://web.archive.org/web/20200102030405id_/http://paper.example/a", "example,paper)/a"),
        ("https://web.archive.org/web/2020/https://www.paper.example/a/", "example,paper)/a"),
        ("https://archive.ph/20200102030405/https://paper.example/a", "example,paper)/a"),
        ("https://archive.ph/AbC12", "ph,archive)/AbC12"),
        ("file:///s/a.txt", "file:///s/a.txt"),
        ("dns:paper.example", "dns:paper.example"),
    ],
)
def test_addresses_of_one_page_have_one_key(macros: duckdb.DuckDBPyConnection, uri: str, key: str) -> None:
    assert macros.execute("SELECT page_key($1)", [uri]).fetchall() == [(key,)]


def test_a_page_that_changes_back_has_three_captures_and_two_texts(archive: Archive, web: Site) -> None:
    advert = "<aside class='ad'>广告：新茶上市</aside>"
    for body in (story(1), story(1, "更正一处。"), story(1).replace(b"</body>", advert.encode() + b"</body>")):
        web.pages["/a"] = Page(body)
        archive.take(watch(web, "/a"))
    assert archive.sql("SELECT count(*), count(DISTINCT payload_sha256) FROM captures") == [(3, 3)]
    versions = archive.sql(
        "SELECT version, captures, payloads, first_seen < last_seen FROM page_versions($1)", web.url("/a")
    )
    assert versions == [(1, 2, 2, True), (2, 1, 1, False)]
    changes = archive.sql("SELECT change, text FROM page_changes ORDER BY captured_at, change DESC")
    plain, corrected = "全文至此，编号1。", "全文至此，编号1。更正一处。"
    assert changes == [("removed", plain), ("added", corrected), ("removed", corrected), ("added", plain)]


def test_a_page_its_mobile_page_and_its_archived_copy_are_one(archive: Archive, tmp_path: Path) -> None:
    canonical = b"<link rel='canonical' href='http://paper.example/news/1'>"
    by_canonical = story(2).replace(b"<title>", canonical + b"<title>")
    copies = [
        ("http://paper.example/news/1", "2020-01-01T00:00:00Z", story(1)),
        ("http://m.paper.example/news/1", "2020-01-02T00:00:00Z", story(1)),
        (
            "https://web.archive.org/web/2020id_/http://www.paper.example/news/1",
            "2020-01-03T00:00:00Z",
            story(1, "改。"),
        ),
        ("http://paper.example/share?id=1", "2020-01-04T00:00:00Z", by_canonical),
        ("http://paper.example/news/2", "2020-01-05T00:00:00Z", story(3)),
    ]
    path = tmp_path / "crawl.warc.gz"
    messages = [(uri, date, warc_bytes.http_response(body, "text/html"), body) for uri, date, body in copies]
    path.write_bytes(warc_bytes.gzipped(*(warc_bytes.response(*each) for each in messages)))
    archive.take(Source(id="s", kind="warc", location=str(path)))
    assert archive.sql("SELECT page, count(*) FROM page_captures GROUP BY page ORDER BY page") == [
        ("example,paper)/news/1", 4),
        ("example,paper)/news/2", 1),
    ]
    asked = "SELECT version, captures FROM page_versions('http://paper.example/share?id=1')"
    assert archive.sql(asked) == [(1, 2), (2, 1), (3, 1)]


def test_what_vanished(archive: Archive, web: Site) -> None:
    notice = "<html><head><title>404</title></head><body><h1>页面不存在</h1></body></html>".encode()
    paths = ("/gone", "/front", "/notice", "/here", "/never")
    web.pages |= {path: Page(story(n)) for n, path in enumerate(paths[:4])}
    archive.take(watch(web, *paths))
    assert archive.sql("SELECT * FROM vanished") == []
    web.pages["/gone"] = Page(b"", status=451, validators=False)
    web.pages["/front"] = Page(status=302, headers=(("Location", "/"),), validators=False)
    web.pages["/"] = Page(story(9))
    web.pages["/notice"] = Page(notice)
    archive.take(watch(web, *paths))
    rows = archive.sql(
        "SELECT replace(uri, $1, ''), how, title, vanished_at > last_seen FROM vanished ORDER BY 1", web.url()
    )
    assert rows == [
        ("/front", "front", "第1号公报", True),
        ("/gone", "gone", "第0号公报", True),
        ("/notice", "notice", "第2号公报", True),
    ]
    web.pages["/gone"] = Page(story(0))
    archive.take(watch(web, *paths))
    assert [row[0] for row in archive.sql("SELECT how FROM vanished ORDER BY 1")] == ["front", "notice"]


def test_gaps_of_an_archive(archive: Archive, tmp_path: Path, web: Site) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    body = "\n\n正文的第一段在此，写得足够长，可以当作一篇文章来读，也可以存档。\n"
    dead = "http://127.0.0.1/dead"
    texts = {
        "whole": "---\ntitle: 甲\noriginal: http://paper.example/1\narchive: https://archive.ph/AbC12\n---",
        "lacking": "---\ntitle: 乙\n---",
        "dead": f"---\ntitle: 丙\noriginal: {dead}\narchive: https://archive.ph/AbC13\n---",
    }
    for name, head in texts.items():
        (folder / f"{name}.md").write_text(head + body)
    archive.take(Source(id="files", location=str(folder)))
    found = archive.sql("SELECT title, original_uri, archived_uris FROM documents ORDER BY title")
    gaps = archive.sql("SELECT title, link, gap FROM archive_gaps ORDER BY title, link DESC")
    told = {title: (original, len(copies)) for title, original, copies in found}
    assert ("乙", "original", "missing") in gaps
    assert ("乙", "backup", "missing") in gaps
    assert told["乙"] == (None, 0)
    for title, (original, copies) in told.items():
        assert ((title, "original", "missing") in gaps) is (original is None)
        assert ((title, "backup", "missing") in gaps) is (copies == 0)


def test_the_history_of_a_source(archive: Archive, web: Site) -> None:
    web.pages["/a"] = Page(story(1))
    archive.take(watch(web, "/a"))
    archive.take(watch(web, "/a"))
    row = (
        "SELECT runs, captures, uris, failures, failures_in_a_row, last_status, last_change < last_capture "
        "FROM source_history"
    )
    assert archive.sql(row) == [(2, 2, 1, 0, 0, "ok", True)]
    broken = Source(id="w", kind="pages", location="http://127.0.0.1:1/", options={"allow_private": True, "tries": 1})
    for _ in range(3):
        archive.take(broken)
    assert archive.sql("SELECT runs, failures_in_a_row, last_error FROM source_history") == [(5, 3, "connect")]
    assert archive.sql("SELECT source_id, failures_in_a_row FROM failing_sources") == [("w", 3)]
    archive.take(watch(web, "/a"))
    assert archive.sql("SELECT failures, failures_in_a_row FROM source_history") == [(3, 0)]
