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
        ("http://archive.today/newest/http://wap.paper.example/a", "example,paper)/a"),
        ("https://archive.is/2020.01.02-030405/https://paper.example/a?b=1#c", "example,paper)/a?b=1"),
        ("https://archive.is/o/AbC12/http:/paper.example/a", "example,paper)/a"),
        ("https://web.archive.org/web/20200102030405im_/http:/m.paper.example/a", "example,paper)/a"),
        ("https://wayback.archive-it.org/1234/20200102030405/https://paper.example/a", "example,paper)/a"),
        ("https://web.archive.org/web/2020/paper.example/a", "example,paper)/a"),
        ("https://megalodon.jp/2020-0102-0304-05/https://paper.example:443/a", "example,paper)/a"),
        (
            "https://webcache.googleusercontent.com/search?q=cache:AbC_d-12:https://paper.example/a+&cd=1",
            "example,paper)/a",
        ),
        (
            "http://webcache.googleusercontent.com/search?hl=en&q=cache:www.paper.example/a%3Fb=1&cd=1",
            "example,paper)/a?b=1",
        ),
        ("https://archive.ph/AbC12", "ph,archive)/AbC12"),
        ("https://ghostarchive.org/archive/AbC12", "org,ghostarchive)/archive/AbC12"),
        ("http://192.0.2.7:8080/a", "192.0.2.7:8080)/a"),
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
    """A link that is missing, one that is no address, one that is dead: each on its own, of original and of copy."""
    folder = tmp_path / "in"
    folder.mkdir()
    body = "\n\n正文的第一段在此，写得足够长，可以当作一篇文章来读，也可以存档。\n"
    good, copy = "http://paper.example/1", "https://archive.ph/AbC12"
    kept = f"https://web.archive.org/web/2020/{web.url('/gone')}"
    links: dict[str, tuple[str | None, str | None]] = {
        "齐": (good, copy),
        "无": (None, None),
        "无原": (None, "https://archive.ph/AbC13"),
        "无备": (good, None),
        "错原": ("http://paper/1", copy),
        "错备": (good, "https://archive/AbC12"),
        "死原": (web.url("/gone"), copy),
        "死备": (good, web.url("/copy")),
        "存死": (web.url("/gone"), kept),
        "复活": (web.url("/back"), copy),
        "未问": (web.url("/unasked"), copy),
    }
    for name, pair in links.items():
        lines = [f"{key}: {link}\n" for key, link in zip(("original", "archive"), pair, strict=True) if link]
        (folder / f"{name}.md").write_text(f"---\ntitle: {name}\n{''.join(lines)}---{body}")
    archive.take(Source(id="files", location=str(folder)))
    for status in (404, 200):
        web.pages = {"/gone": Page(status=410), "/copy": Page(status=404), "/back": Page(story(1), status=status)}
        archive.take(watch(web, "/gone", "/copy", "/back"))
    assert archive.sql("SELECT title, link, gap FROM archive_gaps ORDER BY ALL") == sorted(
        [
            ("无", "original", "missing"),
            ("无", "backup", "missing"),
            ("无原", "original", "missing"),
            ("无备", "backup", "missing"),
            ("错原", "original", "malformed"),
            ("错备", "backup", "malformed"),
            ("死原", "original", "dead"),
            ("死备", "backup", "dead"),
            ("存死", "original", "dead"),
        ]
    )


@pytest.mark.parametrize("status", [404, 410, 451])
def test_a_page_that_is_gone_has_vanished(archive: Archive, web: Site, status: int) -> None:
    for page in (Page(story(1)), Page(b"<h1>Gone</h1>", status=status), Page(status=503)):
        web.pages["/a"] = page
        archive.take(watch(web, "/a"))
    assert archive.sql("SELECT how, http_status FROM vanished") == [("gone", status)]


@pytest.mark.parametrize(
    ("target", "vanished"),
    [
        ("/", True),
        ("/index.html", True),
        ("/404.html", True),
        ("/404", True),
        ("/news/2", False),
        ("/a?from=x", False),
    ],
)
def test_a_redirect_to_the_front_page_is_the_end_of_a_page(
    archive: Archive, web: Site, target: str, vanished: bool
) -> None:
    web.pages["/a"] = Page(story(1))
    archive.take(watch(web, "/a"))
    web.pages["/a"] = Page(status=301, headers=(("Location", target),), validators=False)
    web.pages[target] = Page(story(2))
    archive.take(watch(web, "/a"))
    assert archive.sql("SELECT how, http_status FROM vanished") == ([("front", 301)] if vanished else [])


@pytest.mark.parametrize(
    "notice",
    [
        "<h1>该内容已被发布者删除</h1>",
        "<p>此内容因违规无法查看</p><p>此内容被投诉且经审核涉嫌侵权，无法查看。</p>",
        "<h2>您访问的页面不存在或已被删除</h2><p>3秒后返回首页</p>",
        "<h1>Page not found</h1><p>The page you requested does not exist.</p>",
    ],
)
def test_a_text_that_became_a_notice_has_vanished(archive: Archive, web: Site, notice: str) -> None:
    for body in (story(1), f"<html><head><title>提示</title></head><body>{notice}</body></html>".encode()):
        web.pages["/a"] = Page(body)
        archive.take(watch(web, "/a"))
    assert archive.sql("SELECT how, http_status, title FROM vanished") == [("notice", 200, "第1号公报")]


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
