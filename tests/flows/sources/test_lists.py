"""Feeds, sitemaps and sites: where pages are found, and which are fetched again."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.fetch.errors import FetchError
from flows.sources import feed, site, sitemap
from flows.sources.registry import Source
from flows.sources.wants import Want
from tests.makers.archive import Archive, story
from tests.makers.web_server import Page, Site, serving

XML = "application/xml"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


@pytest.fixture
def web() -> Iterator[Site]:
    with serving({f"/{n}": Page(story(n)) for n in range(12)}) as running:
        yield running


def source(kind: str, location: str, **options: Any) -> Source:
    return Source(id="s", kind=kind, location=location, options={"allow_private": True, "backoff": 0.01} | options)


def rss(*items: tuple[int, str]) -> bytes:
    inner = "".join(f"<item><title>{title}</title><link>/{n}</link><guid>g{n}</guid></item>" for n, title in items)
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>t</title>{inner}</channel></rss>".encode()


def atom(*items: tuple[int, str]) -> bytes:
    inner = "".join(
        f"<entry><id>urn:{n}</id><title>{title}</title><link rel='self' href='/self'/><link href='/{n}'/>"
        f"<updated>2024-03-0{n + 1}T00:00:00Z</updated></entry>"
        for n, title in items
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title>{inner}</feed>".encode()


def json_feed(*items: tuple[int, str]) -> bytes:
    listed = [{"id": str(n), "url": f"/{n}", "title": title} for n, title in items]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": listed}).encode()


def paths(web: Site) -> list[str]:
    asked = sorted(path for path in web.paths() if path != "/robots.txt")
    web.asked.clear()
    return asked


@pytest.mark.parametrize("make", [rss, atom, json_feed])
def test_an_entry_is_seen_again_only_when_it_changed(archive: Archive, web: Site, make: Any) -> None:
    feed_of = source("feed", web.url("/feed"))
    web.pages["/feed"] = Page(make((1, "a"), (2, "b")), XML)
    archive.take(feed_of)
    assert paths(web) == ["/1", "/2", "/feed"]
    archive.take(feed_of)
    assert paths(web) == ["/feed"]
    web.pages["/feed"] = Page(make((1, "a"), (2, "corrected"), (3, "c")), XML)
    archive.take(feed_of)
    assert paths(web) == ["/2", "/3", "/feed"]
    assert archive.sql("SELECT uri, count(*) FROM captures GROUP BY uri ORDER BY uri") == [
        (web.url("/1"), 1),
        (web.url("/2"), 2),
        (web.url("/3"), 1),
    ]
    assert archive.differences() == []


def test_an_entry_that_failed_is_asked_for_again(archive: Archive, web: Site) -> None:
    feed_of = source("feed", web.url("/feed"), tries=1)
    web.pages |= {"/feed": Page(rss((1, "a"), (2, "b")), XML), "/2": Page(status=500, validators=False)}
    archive.take(feed_of)
    web.pages["/2"] = Page(story(2))
    paths(web)
    archive.take(feed_of)
    assert paths(web) == ["/2", "/feed"]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"<html><body>no feed</body></html>", "feed"),
        (b'{"version": 1}', "feed"),
        (b"<!DOCTYPE r [<!ENTITY a 'b'>]><rss version='2.0'><channel/></rss>", "xml-entities"),
        ("<!DOCTYPE r [<!ENTITY a 'b'>]><rss version='2.0'><channel/></rss>".encode("utf-16"), "xml-entities"),
    ],
)
def test_what_is_no_feed_is_said(archive: Archive, web: Site, body: bytes, error: str) -> None:
    web.pages["/feed"] = Page(body, XML)
    archive.take(source("feed", web.url("/feed")))
    assert archive.sql("SELECT DISTINCT error FROM rejects") == [(error,)]
    assert archive.sql("SELECT status, error FROM source_runs") == [("failed", error)]


def test_entries_are_those_with_a_page() -> None:
    body = b"<rss version='2.0'><channel><item><title>x</title></item><item><link>y</link></item></channel></rss>"
    nothing, page = feed.entries(body, "http://a.example/feed/")
    assert isinstance(nothing, FetchError)
    assert nothing.error == "feed-entry"
    assert isinstance(page, feed.Entry)
    assert page.url == "http://a.example/feed/y"


def urlset(*items: tuple[int, str | None]) -> bytes:
    inner = "".join(
        f"<url><loc>http://HOST/{n}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</url>" for n, day in items
    )
    return f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{inner}</urlset>".encode()


def index(*names: str) -> bytes:
    inner = "".join(f"<sitemap><loc>{name}</loc></sitemap>" for name in names)
    return f"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{inner}</sitemapindex>".encode()


def test_a_site_lists_its_pages_in_sitemaps_of_every_form(archive: Archive, web: Site) -> None:
    host = web.url("")[7:].encode()
    news = (
        b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' "
        b"xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'><url><loc>/5</loc><news:news>"
        b"<news:publication_date>2024-03-01</news:publication_date></news:news></url></urlset>"
    )
    web.pages |= {
        "/robots.txt": Page(b"User-agent: *\nAllow: /\nSitemap: /index.xml\n", "text/plain"),
        "/index.xml": Page(index("/one.xml", "/two.xml.gz", "/three.txt", "/news.xml", "/feed.xml", "/one.xml"), XML),
        "/one.xml": Page(urlset((1, "2024-03-01"), (2, None)).replace(b"HOST", host), XML),
        "/two.xml.gz": Page(gzip.compress(urlset((3, "2024-03-01")).replace(b"HOST", host)), "application/gzip"),
        "/three.txt": Page(f"{web.url('/4')}\n".encode(), "text/plain"),
        "/news.xml": Page(news, XML),
        "/feed.xml": Page(rss((6, "x")), XML),
    }
    of_site = source("sitemap", web.url())
    archive.take(of_site)
    assert archive.sql("SELECT uri FROM captures ORDER BY uri") == [(web.url(f"/{n}"),) for n in range(1, 7)]
    web.asked.clear()
    web.pages["/one.xml"] = Page(urlset((1, "2024-03-02"), (2, None)).replace(b"HOST", host), XML)
    archive.take(of_site)
    # Page 1 has a new date; pages 2 and 4 have none, and are asked about each time.
    assert [path for path in paths(web) if path[1:].isdigit()] == ["/1", "/2", "/4"]
    assert archive.differences() == []


def test_a_sitemap_that_lists_itself_ends(archive: Archive, web: Site) -> None:
    web.pages |= {"/a.xml": Page(index("/a.xml", "/b.xml"), XML), "/b.xml": Page(index("/a.xml"), XML)}
    archive.take(source("sitemap", web.url("/a.xml")))
    assert paths(web) == ["/a.xml", "/b.xml"]
    assert archive.sql("SELECT error FROM rejects") == [("sitemap-loop",)]


def test_indexes_without_end_end(archive: Archive, web: Site) -> None:
    web.pages |= {f"/i{n}.xml": Page(index(f"/i{n + 1}.xml"), XML) for n in range(20)}
    archive.take(source("sitemap", web.url("/i0.xml")))
    assert len(paths(web)) == sitemap.DEPTH + 1
    assert archive.sql("SELECT error FROM rejects") == [("sitemap-depth",)]


def test_a_sitemap_that_swells_is_refused() -> None:
    with pytest.raises(FetchError) as caught:
        list(sitemap.listed(gzip.compress(b" " * (sitemap.MOST + 1)), "http://a.example/s.xml"))
    assert caught.value.error == "too-large"


def test_a_sitemap_that_breaks_off_gives_what_comes_before() -> None:
    whole = urlset((1, None), (2, None)).replace(b"HOST", b"a.example")
    found = list(sitemap.listed(whole[:-20], "http://a.example/s.xml"))
    assert next(each.url for each in found if isinstance(each, Want)) == "http://a.example/1"


def page_with(*targets: str, head: str = "") -> Page:
    anchors = "".join(f'<a href="{target}">x</a>' for target in targets)
    return Page(f"<html><head>{head}</head><body><p>x</p>{anchors}</body></html>".encode())


def test_links_are_followed_inside_the_scope(archive: Archive, web: Site) -> None:
    web.pages |= {
        "/news/": page_with("1.html", "/news/2.html#x", "/other", "http://other.example/news/", "p.jpg", "deep/3.html"),
        "/news/1.html": page_with("deep/3.html", "mailto:x@y.example", "javascript:void(0)", "/news/away"),
        "/news/2.html": Page(story(2)),
        "/news/deep/3.html": page_with("4.html"),
        "/news/deep/4.html": page_with("5.html"),
        "/news/away": Page(status=302, headers=(("Location", "http://127.0.0.2/latest"),)),
    }
    archive.take(source("site", web.url("/news/"), prefix="/news/", depth=2))
    found = {path for (path,) in archive.sql("SELECT replace(uri, $1, '') FROM captures", web.url())}
    assert found == {"/news/", "/news/1.html", "/news/2.html", "/news/deep/3.html", "/news/deep/4.html", "/news/away"}
    assert archive.differences() == []


def test_a_site_has_a_limit_of_pages_and_is_read_again_from_the_archive(archive: Archive, web: Site) -> None:
    web.pages |= {"/": page_with(*(f"/{n}" for n in range(12)))}
    of_site = source("site", web.url("/"), pages=5)
    archive.take(of_site)
    assert archive.sql("SELECT count(*) FROM captures") == [(5,)]
    archive.take(of_site)  # the first page answers 304, and its links are known all the same
    assert archive.sql("SELECT count(*), count(DISTINCT uri) FROM captures") == [(10, 5)]


def test_a_crawl_that_spent_its_budget_goes_on(archive: Archive, web: Site) -> None:
    web.pages |= {"/": page_with(*(f"/{n}" for n in range(12)))}
    of_site = source("site", web.url("/"), max_requests=6, robots=False)
    archive.take(of_site)
    archive.take(of_site)
    archive.take(of_site)
    assert archive.sql("SELECT count(*), count(DISTINCT uri) FROM captures") == [(13, 13)]


def test_links_of_a_page() -> None:
    html = (
        "<base href='/sub/'><a href='a'>1</a><a rel='nofollow' href='b'>2</a><a href='a#x'>3</a>"
        "<a href='页'>4</a><a href='http://a:b@c.example/'>5</a><iframe src='f'></iframe>"
    )
    expected = ["http://x.example/sub/a", "http://x.example/sub/%E9%A1%B5", "http://x.example/sub/f"]
    assert list(site.links(html.encode(), "http://x.example/y/z")) == expected
    in_gbk = "<meta charset=gb2312><base href='http://y.example/'><a href='?q=中文'>渡口恢复通航，客货照常</a>".encode(
        "gbk"
    )
    assert list(site.links(in_gbk, "http://x.example/y/z")) == ["http://y.example/?q=%D6%D0%CE%C4"]
    assert list(site.links(b"<meta name=ROBOTS content=nofollow><a href=/a>x</a>", "http://x.example/")) == []
