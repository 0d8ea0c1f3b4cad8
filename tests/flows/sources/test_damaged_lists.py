"""Sitemaps and feeds that are not as they should be: all that can be read is taken, and what is wrong is said."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.fetch.errors import FetchError
from flows.sources import feed, sitemap
from flows.sources.registry import Source
from flows.sources.wants import Inline, Want
from tests.makers.archive import Archive, story
from tests.makers.web_server import Page, Site, serving

XML = "application/xml"
AT = "http://paper.example/sitemap.xml"
NUMBER = 12


def urlset(number: int = NUMBER, host: str = "http://paper.example", query: str = "", space: str = "") -> bytes:
    """A sitemap of so many pages, each with a date."""
    inner = "".join(f"<url><loc>{host}/{n}{query}</loc><lastmod>2024-03-01</lastmod></url>\n" for n in range(number))
    namespace = f" xmlns='{space or 'http://www.sitemaps.org/schemas/sitemap/0.9'}'"
    return f"<?xml version='1.0' encoding='UTF-8'?>\n<urlset{namespace}>\n{inner}</urlset>\n".encode()


def members(data: bytes, number: int = 3) -> bytes:
    """A gzip of several members."""
    size = len(data) // number + 1
    return b"".join(gzip.compress(data[at : at + size]) for at in range(0, len(data), size))


def cut(packed: bytes, share: float = 0.7) -> bytes:
    return packed[: int(len(packed) * share)]


def noise(number: int) -> bytes:
    """A long sitemap that packs badly, so that one that is cut has lost only its end."""
    made = random.Random(7)
    inner = "".join(f"<url><loc>http://paper.example/{n}-{made.getrandbits(256):x}</loc></url>" for n in range(number))
    return f"<urlset>{inner}</urlset>".encode()


def read(payload: bytes) -> tuple[list[str], list[str]]:
    """The addresses that are listed, and the errors."""
    wants, errors = [], []
    for found in sitemap.listed(payload, AT):
        if isinstance(found, FetchError):
            errors.append(found.error)
        elif isinstance(found, Want):
            wants.append(found.url)
    return wants, errors


PLAIN = [f"http://paper.example/{n}" for n in range(NUMBER)]

WHOLE: dict[str, bytes] = {
    "byte order mark": b"\xef\xbb\xbf" + urlset(),
    "utf-16": urlset().decode().replace("UTF-8", "UTF-16").encode("utf-16"),
    "leading blank lines": b"\n \r\n\t" + urlset(),
    "no namespace": urlset().replace(b" xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'", b""),
    "another namespace": urlset(space="https://www.google.com/schemas/sitemap/0.84"),
    "a prefix": urlset().replace(b"<url", b"<s:url").replace(b"</url", b"</s:url").replace(b"loc>", b"s:loc>")
    .replace(b"xmlns", b"xmlns:s"),
    "gzip of several members": members(urlset()),
    "gzip of many members": members(urlset(), 40),
    "gzip, and nothing but zeros behind it": gzip.compress(urlset()) + b"\0" * 700,
    "packed twice": gzip.compress(gzip.compress(urlset())),
    "cdata": urlset().replace(b"<loc>", b"<loc> <![CDATA[").replace(b"</loc>", b"]]>\n</loc>"),
    "comments": urlset().replace(b"<url>", b"<!-- <url><loc>http://no.example/</loc></url> --><url>"),
    "a list of addresses": "\r\n".join(PLAIN).encode(),
    "a list with a byte order mark": b"\xef\xbb\xbf" + "\n".join(PLAIN).encode(),
    "a picture before the address": urlset().replace(
        b"<loc>", b"<image:image xmlns:image='i'><image:loc>http://p.example/x.png</image:loc></image:image><loc>"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
def test_what_costs_nothing_is_no_fault(name: str) -> None:
    assert read(WHOLE[name]) == (PLAIN, [])


DAMAGED: dict[str, tuple[bytes, set[str]]] = {
    "trailing garbage": (urlset() + b"<!-- cached --></div>\x00", {"xml"}),
    "text behind the end": (urlset() + b"Warning: mysql has gone away", {"xml"}),
    "text before the beginning": (b"<br />Notice: undefined\n" + urlset(), {"xml"}),
    "a prefix that is not declared": (urlset().replace(b"<lastmod>", b"<news:x>1</news:x><lastmod>"), {"xml"}),
    "a control character": (urlset().replace(b"</url>", b"\x08</url>", 1), {"xml"}),
    "a tag that is not closed": (urlset().replace(b"</lastmod>", b"", 3), {"xml"}),
    "an entry that is not closed": (urlset().replace(b"</url>", b"", 2), {"xml"}),
    "latin-1 that says it is utf-8": (urlset().replace(b"2024-03-01", b"m\xe4rz", 1), {"xml"}),
    "an attribute without quotes": (urlset().replace(b"<url>", b"<url id=1>", 1), {"xml"}),
    "an entry without an address": (urlset().replace(b"</urlset>", b"<url></url></urlset>"), {"sitemap-entry"}),
    "an address that is none": (
        urlset().replace(b"</urlset>", b"<url><loc>http://a.[b/c</loc></url></urlset>"),
        {"url"},
    ),
    "a list with an address that is none": ("\n".join([*PLAIN, "http://a.[b/c"]).encode(), {"url"}),
    "a list with a heading": ("\n".join(["pages:", *PLAIN]).encode(), {"sitemap"}),
    "gzip with something behind it": (gzip.compress(urlset()) + b"<!-- x -->" * 80, {"gzip"}),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_all_that_can_be_read_is_taken_and_the_fault_is_said(name: str) -> None:
    payload, errors = DAMAGED[name]
    found, told = read(payload)
    assert (found, set(told)) == (PLAIN, errors)


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("?a=1&b=2", "?a=1&b=2"),
        ("?a=1&copy=2&reg;ion=3", "?a=1&copy=2%C2%AEion=3"),
        ("?a=1&amp;b=2&c=3", "?a=1&b=2&c=3"),
        ("?t=a&nbsp;b", "?t=a%C2%A0b"),
        ("?t=caf&eacute;", "?t=caf%C3%A9"),
        ("?t=&#20013;&x", "?t=%E4%B8%AD&x"),
        ("?t=&unknown;&", "?t=&unknown;&"),
    ],
)
def test_ampersands_and_entities_of_html(query: str, meant: str) -> None:
    found, errors = read(urlset(query=query))
    assert found == [address + meant for address in PLAIN]
    assert errors == ["xml"]


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("packed", [False, True])
def test_one_that_breaks_off_gives_what_is_whole_and_no_more(share: float, packed: bool) -> None:
    data = noise(400)
    all_of_them, _ = read(data)
    found, errors = read(cut(gzip.compress(data) if packed else data, share))
    assert found == all_of_them[: len(found)]
    assert share * 400 - 12 <= len(found) < 400
    assert {"xml"} <= set(errors) <= {"xml", "gzip", "sitemap-entry"}
    assert ("gzip" in errors) is packed


def test_a_list_of_addresses_that_breaks_off_inside_one() -> None:
    lines = "\n".join(f"http://paper.example/{n}/{random.Random(n).getrandbits(256):x}" for n in range(200)).encode()
    found, errors = read(cut(gzip.compress(lines)))
    assert found
    assert set(found) < set(lines.decode().split())
    assert errors == ["gzip"]


@pytest.mark.parametrize("at", [0.3, 0.6])
def test_a_flipped_bit_in_a_gzip(at: float) -> None:
    packed = bytearray(gzip.compress(noise(400)))
    packed[int(len(packed) * at)] ^= 0x10
    found, errors = read(bytes(packed))
    assert len(found) >= at * 400 - 40
    assert "gzip" in errors


@pytest.mark.parametrize(
    "body", [b"", b"\n", b"<html><p>x</p></html>", b"no list", b"<rss2/>", b"{}", b"<urlset", b"\0"]
)
def test_what_is_no_sitemap_is_said(body: bytes) -> None:
    with pytest.raises(FetchError):
        list(sitemap.listed(body, AT))


def test_a_sitemap_without_entries_is_one() -> None:
    assert read(urlset(0)) == ([], [])


# ---------------------------------------------------------------- feeds


def rss(*items: str) -> bytes:
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>t</title>{''.join(items)}</channel></rss>".encode()


def item(n: int, link: str = "", more: str = "") -> str:
    return f"<item><title>t{n}</title><link>{link or f'/{n}'}</link><guid>g{n}</guid>{more}</item>"


def of_feed(payload: bytes) -> tuple[list[str], list[str]]:
    pages, errors = [], []
    for each in feed.found(payload, "http://paper.example/feed"):
        if isinstance(each, FetchError):
            errors.append(each.error)
        else:
            pages.append(each.url.removeprefix("http://paper.example"))
    return pages, errors


ITEMS = [item(n) for n in range(5)]
FIVE = [f"/{n}" for n in range(5)]

BROKEN_FEEDS: dict[str, tuple[bytes, list[str], set[str]]] = {
    "a bare ampersand": (rss(*ITEMS, item(5, "/5?a=1&b=2&copy=3")), [*FIVE, "/5?a=1&b=2&copy=3"], {"xml"}),
    "an entity of html": (rss(*ITEMS, item(5, more="<description>a&nbsp;b</description>")), [*FIVE, "/5"], {"xml"}),
    "trailing garbage": (rss(*ITEMS) + b"<script>x</script>", FIVE, {"xml"}),
    "leading blanks": (b"\n\n" + rss(*ITEMS), FIVE, {"xml"}),
    "breaks off in a link": (rss(*ITEMS, item(67)).partition(b"7</link>")[0], FIVE, {"xml", "feed-entry"}),
    "breaks off between": (rss(*ITEMS).partition(b"</channel>")[0], FIVE, {"xml"}),
    "a bad address": (rss(ITEMS[0], item(9, "http://a.[b/c"), *ITEMS[1:]), FIVE, {"url"}),
    "a bad port": (rss(ITEMS[0], item(9, "http://a.example:99999999/c"), *ITEMS[1:]), FIVE, {"url"}),
    "another scheme": (rss(ITEMS[0], item(9, "ftp://a.example/c"), *ITEMS[1:]), FIVE, {"url"}),
    "a broken tag in one": (rss(*ITEMS[:2], "<item<link</item</link<tests", *ITEMS[2:]), FIVE, {"xml"}),
    "json with a bad address": (
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "items": [{"id": n, "url": f"/{n}"} for n in range(5)]
                + [{"id": "x", "url": "http://a.[b/c"}, 7, {"id": [], "url": {}}, {"url": "http://\ud800/"}],
            }
        ).encode(),
        FIVE,
        {"url", "feed-entry"},
    ),
    "json that breaks off": (
        b'{"version": "https://jsonfeed.org/version/1", "items": ['
        + b",".join(b'{"id": %d, "url": "/%d"}' % (n, n) for n in range(5))
        + b', {"id": 5, "url": "/5',
        FIVE,
        {"feed"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN_FEEDS)
def test_one_bad_entry_costs_itself(name: str) -> None:
    payload, pages, errors = BROKEN_FEEDS[name]
    found, told = of_feed(payload)
    assert found == pages
    assert set(told) == errors


def test_what_an_entry_says_of_entities_is_text() -> None:
    body = rss(*ITEMS, item(5, more="<description><![CDATA[<!DOCTYPE r [<!ENTITY a 'b'>]>]]></description>"))
    assert of_feed(body) == ([*FIVE, "/5"], [])


def test_entries_without_a_page_are_texts_of_their_own() -> None:
    text = "<description>&lt;p&gt;The ferry runs again.&lt;/p&gt;</description>"
    text += "<pubDate>Fri, 01 Mar 2024 06:00:00 GMT</pubDate>"
    body = rss(
        f"<item><title>Ferry &amp;amp; quay</title><guid isPermaLink='false'>tag:1</guid>{text}</item>",
        f"<item><title>Two</title><guid>plain</guid>{text}</item>",
        f"<item><title>Three</title>{text}</item>",
        item(4),
    )
    found = list(feed.found(body, "http://paper.example/feed"))
    own = [each for each in found if isinstance(each, Inline)]
    assert (len(own), len(found)) == (3, 4)
    assert [each.url for each in own[:2]] == [
        "http://paper.example/feed#entry=tag%3A1",
        "http://paper.example/feed#entry=plain",
    ]
    assert b"<h1>Ferry &amp; quay</h1>\n<p>The ferry runs again.</p>" in own[0].payload
    assert b'content="2024-03-01T06:00:00Z"' in own[0].payload
    listed = {"id": "7", "title": "Seven", "content_text": "One <line>.\n\nTwo.", "authors": [{"name": "A"}]}
    (seven,) = feed.found(json.dumps({"version": "https://jsonfeed.org/version/1", "items": [listed]}).encode(), AT)
    assert isinstance(seven, Inline)
    assert b"<p>One &lt;line&gt;.</p>\n<p>Two.</p>" in seven.payload


def test_entries_that_share_an_id_are_told_apart() -> None:
    found = list(feed.found(rss(*(item(n).replace(f"g{n}", "same") for n in range(3))), AT))
    assert len({each.key for each in found if isinstance(each, Want)}) == 3


# ---------------------------------------------------------------- mutants


def mutants(data: bytes, seed: int, number: int) -> Iterator[bytes]:
    """Cut, doubled, swapped, flipped, and filled with what breaks readers."""
    made = random.Random(seed)
    bits = [
        b"<",
        b">",
        b"&",
        b"]]>",
        b"<![CDATA[",
        b"<!--",
        b"\0",
        b"\xff\xfe",
        b"</item>",
        b"http://[",
        b"<url>",
        b"'",
    ]
    for _ in range(number):
        out = bytearray(data)
        for _ in range(made.randint(1, 6)):
            at = made.randrange(len(out) or 1)
            to = min(len(out), at + made.randint(1, 60))
            match made.randrange(5):
                case 0:
                    out[at:to] = b""
                case 1:
                    out[at:at] = out[at:to]
                case 2:
                    out[at:at] = made.choice(bits)
                case 3 if out:
                    out[at] = made.randrange(256)
                case _:
                    del out[max(1, made.randrange(len(out) or 1)) :]
        yield bytes(out)


ATOM = (
    b"<feed xmlns='http://www.w3.org/2005/Atom' xml:base='/q/'><entry><id>urn:1</id><title>a</title><link href='z'/>"
    b"<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>x</div></content></entry></feed>"
)

LISTS: dict[str, tuple[Callable[[bytes, str], Any], bytes]] = {
    "sitemap": (sitemap.listed, urlset(6)),
    "index": (sitemap.listed, urlset(6).replace(b"urlset", b"sitemapindex").replace(b"url>", b"sitemap>")),
    "gzip": (sitemap.listed, gzip.compress(urlset(6))),
    "addresses": (sitemap.listed, "\n".join(PLAIN).encode()),
    "rss": (feed.found, rss(*ITEMS)),
    "json": (feed.found, BROKEN_FEEDS["json with a bad address"][0]),
    "atom": (feed.found, ATOM),
}


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("seed", [1, 2])
def test_no_mutant_of_a_list_breaks_its_reader(name: str, seed: int) -> None:
    reader, data = LISTS[name]
    for number, mutant in enumerate(mutants(data, seed, 150)):
        try:
            for each in reader(mutant, AT):
                assert isinstance(each, FetchError | Inline) or each.url.startswith("http")
        except FetchError:
            pass
        except Exception as error:
            raise AssertionError(f"{name}, seed {seed}, mutant {number}: {mutant!r}") from error


# ---------------------------------------------------------------- whole runs


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


@pytest.fixture
def web() -> Iterator[Site]:
    with serving({f"/{n}": Page(story(n)) for n in range(60)}) as running:
        yield running


def source(kind: str, location: str, **options: Any) -> Source:
    return Source(id="s", kind=kind, location=location, options={"allow_private": True, "backoff": 0.01} | options)


def captured(archive: Archive) -> int:
    return int(archive.sql("SELECT count(DISTINCT uri) FROM captures")[0][0])


def rejected(archive: Archive) -> set[str]:
    return {error for (error,) in archive.sql("SELECT error FROM rejects WHERE stage = 'capture'")}


def test_a_sitemap_that_was_cut_is_not_taken_for_whole_the_next_time(archive: Archive, web: Site) -> None:
    whole = gzip.compress(urlset(60, web.url()), 0)
    web.pages["/s.xml.gz"] = Page(
        cut(whole), "application/gzip", headers=(("Last-Modified", "Fri, 01 Mar 2024 00:00:00 GMT"),)
    )
    of_site = source("sitemap", web.url("/s.xml.gz"))
    archive.take(of_site)
    assert 35 <= captured(archive) < 60
    assert {"gzip", "xml"} <= rejected(archive)
    assert archive.sql("SELECT status FROM source_runs") == [("ok",)]
    web.asked.clear()
    archive.take(of_site)
    (asked,) = [headers for path, headers in web.asked if path == "/s.xml.gz"]
    assert not {"if-none-match", "if-modified-since"} & set(asked)
    web.pages["/s.xml.gz"] = Page(whole, "application/gzip")
    archive.take(of_site)
    assert captured(archive) == 60
    web.asked.clear()
    archive.take(of_site)
    assert [(path, "if-none-match" in headers) for path, headers in web.asked if path != "/robots.txt"] == [
        ("/s.xml.gz", True)
    ]
    assert archive.findings() == []
    assert archive.differences() == []


@pytest.mark.parametrize("encoded", [cut(gzip.compress(noise(300))), gzip.compress(noise(300)) + b"x"])
def test_a_list_that_came_damaged_keeps_no_validator(archive: Archive, web: Site, encoded: bytes) -> None:
    web.pages["/s.xml"] = Page(encoded, XML, headers=(("Content-Encoding", "gzip"),))
    of_site = source("sitemap", web.url("/s.xml"), include="/nothing-of-it$")
    for _ in range(2):
        archive.take(of_site)
    asked = [headers for path, headers in web.asked if path == "/s.xml"]
    sound = encoded.endswith(b"x")
    assert [("if-none-match" in headers) for headers in asked] == [False, sound]
    assert ("undecodable" in rejected(archive)) is not sound


def test_an_index_with_a_broken_child(archive: Archive, web: Site) -> None:
    host = web.url()
    parts = {f"/s{n}.xml": urlset(60, host) for n in range(3)}
    for n, name in enumerate(parts):
        lines = parts[name].splitlines(keepends=True)
        web.pages[name] = Page(b"".join([*lines[:2], *lines[2 + n * 20 : 22 + n * 20], lines[-1]]), XML)
    web.pages["/s1.xml"] = Page(b"<html><body>Internal error", XML)
    names = [*parts, "/gone.xml", "http://a.[b/s.xml"]
    inner = "".join(f"<sitemap><loc>{name}</loc></sitemap>" for name in names)
    web.pages["/index.xml"] = Page(f"<sitemapindex>{inner}</sitemapindex>".encode(), XML)
    of_site = source("sitemap", web.url("/index.xml"))
    archive.take(of_site)
    assert captured(archive) == 40
    assert rejected(archive) >= {"xml", "http-404", "url"}
    web.pages["/s1.xml"] = Page(b"".join(urlset(40, host).splitlines(keepends=True)[22:]), XML)
    archive.take(of_site)
    assert captured(archive) == 60
    assert archive.findings() == []
    assert archive.differences() == []


@pytest.mark.parametrize("body", [b"<channel<item<link</item</link<tests", b"<rss><item", b"<item></item>"])
def test_a_feed_that_cannot_be_read_is_kept_all_the_same(archive: Archive, web: Site, body: bytes) -> None:
    web.pages["/feed"] = Page(body, XML)
    archive.take(source("feed", web.url("/feed")))
    assert archive.sql("SELECT count(*) FROM rejects") > [(0,)]
    held = b"".join(gzip.decompress(path.read_bytes()) for path in archive.warcs())
    assert body in held


def test_a_reader_that_crashes_costs_its_list(archive: Archive, web: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(payload: bytes, url: str) -> Any:
        raise KeyError("links")

    monkeypatch.setattr(feed, "found", crash)
    web.pages["/feed"] = Page(rss(*ITEMS), XML)
    archive.take(source("feed", web.url("/feed")))
    assert archive.sql("SELECT error FROM rejects") == [("crash",)]
    assert rss(*ITEMS) in b"".join(gzip.decompress(path.read_bytes()) for path in archive.warcs())


def test_entries_without_a_page_are_captured_once_and_again_when_they_change(archive: Archive, web: Site) -> None:
    def entry(text: str) -> bytes:
        paragraphs = "".join(
            f"&lt;p&gt;{text} {n}：渡口今日恢复通航，往来客货如常，岸边值守如旧。&lt;/p&gt;" for n in range(4)
        )
        return rss(
            f"<item><title>渡口通航</title><guid>n1</guid><description>{paragraphs}</description></item>", item(3)
        )

    of_feed = source("feed", web.url("/feed"))
    web.pages["/feed"] = Page(entry("早报"), XML)
    archive.take(of_feed)
    archive.take(of_feed)
    own = web.url("/feed#entry=n1")
    assert archive.sql("SELECT count(*) FROM captures WHERE uri = $1", own) == [(1,)]
    assert archive.sql("SELECT headline FROM articles ORDER BY 1") == [("渡口通航",), ("第3号公报",)]
    for path in (archive.warehouse.state / "marks").glob("*"):
        path.unlink()
    archive.take(of_feed)
    assert archive.sql("SELECT count(*) FROM captures WHERE uri = $1", own) == [(1,)]
    web.pages["/feed"] = Page(entry("晚报"), XML)
    archive.take(of_feed)
    assert archive.sql("SELECT count(*) FROM captures WHERE uri = $1", own) == [(2,)]
    assert archive.findings() == []
    assert archive.differences() == []
