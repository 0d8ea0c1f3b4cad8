"""Answers that are no page are kept, never read, and asked for again; hosts that ask for rest are left alone."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from flows.fetch.crawl import Crawl, Job
from flows.fetch.limits import Limits
from flows.sources.memory import Memory
from flows.sources.owing import Owing, distance
from flows.sources.registry import Source
from flows.sources.rests import LONGEST, Rests
from tests.makers.archive import Archive, story
from tests.makers.web_server import Page, Site, serving

CHECK = Page(
    b"<html><title>Wait</title><script>document.cookie='k=1';location.reload()</script></html>", validators=True
)
BAD: dict[str, tuple[Page, str]] = {
    "404": (Page(story(90), status=404, validators=False), "http-404"),
    "403": (Page(story(90), status=403), "http-403"),
    "500": (Page(story(90), status=500, validators=False), "http-500"),
    "a check": (CHECK, "challenge"),
    "a check that says so": (Page(story(90), headers=(("cf-mitigated", "challenge"),)), "challenge"),
    "a check with an error": (Page(story(90), status=403, headers=(("cf-mitigated", "challenge"),)), "challenge"),
}
START = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Time:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


@pytest.fixture
def web() -> Iterator[Site]:
    with serving({f"/{n}": Page(story(n)) for n in range(12)}) as running:
        yield running


def source(kind: str, location: str, **options: Any) -> Source:
    quick = {"allow_private": True, "backoff": 0.01, "tries": 1, "robots": False}
    return Source(id="s", kind=kind, location=location, options=quick | options)


def rss(*numbers: int) -> Page:
    items = "".join(f"<item><title>{n}</title><link>/{n}</link><guid>g{n}</guid></item>" for n in numbers)
    return Page(f"<rss version='2.0'><channel>{items}</channel></rss>".encode(), "application/xml")


def sitemap(*numbers: int) -> Page:
    inner = "".join(f"<url><loc>/{n}</loc><lastmod>2024-01-01</lastmod></url>" for n in numbers)
    return Page(f"<urlset>{inner}</urlset>".encode(), "application/xml")


def paths(web: Site) -> list[str]:
    asked = sorted(web.paths())
    web.asked.clear()
    return asked


@pytest.mark.parametrize(("name", "make"), [*((name, rss) for name in BAD), ("404", sitemap)])
def test_what_is_no_page_is_no_article_and_is_asked_for_again(
    archive: Archive, web: Site, name: str, make: Callable[..., Page]
) -> None:
    page, error = BAD[name]
    listing = source("feed" if make is rss else "sitemap", web.url("/list"))
    web.pages |= {"/list": make(1, 2), "/2": page}
    archive.take(listing)
    assert archive.sql("SELECT headline FROM articles") == [("第1号公报",)]
    assert archive.sql("SELECT uri, http_status, payload_bytes > 0 FROM captures WHERE uri = $1", web.url("/2")) == [
        (web.url("/2"), page.status, True)
    ]
    assert archive.sql("SELECT uri, error FROM rejects WHERE stage = 'capture'") == [(web.url("/2"), error)]
    paths(web)
    web.pages["/2"] = Page(story(2))
    archive.take(listing)
    assert paths(web) == ["/2", "/list"]
    assert archive.sql("SELECT headline FROM articles ORDER BY 1") == [("第1号公报",), ("第2号公报",)]
    if name in ("404", "a check"):
        archive.take(listing)
        assert paths(web) == ["/list"]
        assert archive.findings() == []
        assert archive.differences() == []


def test_it_is_asked_for_at_growing_distances(archive: Archive, web: Site) -> None:
    """Also when the feed names it no longer, and when the working files are lost."""
    time = Time()
    of_feed = source("feed", web.url("/list"))
    web.pages |= {"/list": rss(1, 2), "/2": Page(status=404)}
    archive.take(of_feed, clock=time)
    web.pages["/list"] = rss(1)
    asked: list[int] = []
    for hour in range(24 * 8):
        if hour in (0, 1, 8, 100, 101, 128, 160):
            time.now = START + timedelta(hours=hour, minutes=1)
            if hour == 1:
                shutil.rmtree(archive.warehouse.state / "marks")
            paths(web)
            archive.take(of_feed, clock=time)
            asked += [hour] * paths(web).count("/2")
    assert asked == [0, 1, 8, 100, 128, 160]


def test_what_is_owed_is_asked_for_until_it_was_too_often(tmp_path: Path) -> None:
    memory = Memory(tmp_path, "s", "")
    times = {f"http://a.example/{n}": (n, START) for n in range(1, 20)}
    owing = Owing(memory, times, lambda: START + timedelta(days=60), by_list=True)
    assert sorted(owing.due(lambda url: not url.endswith("/3"))) == sorted(
        f"http://a.example/{n}" for n in range(1, 11) if n != 3
    )
    for _ in range(5):
        owing.missed("http://a.example/x", "put-off")
    assert "http://a.example/x" in owing.due(lambda url: False)
    for _ in range(11):
        owing.missed("http://a.example/x", "connect")
        owing.missed("http://a.example/y", "robots")
    assert owing.due(lambda url: False) == []


def test_distances() -> None:
    assert distance(1) == timedelta(0)
    assert all(distance(n) < distance(n + 1) for n in range(1, 11))
    assert distance(10_000) == timedelta(days=7)


def test_a_page_that_was_good_is_asked_for_with_the_validators_of_the_good_one(archive: Archive, web: Site) -> None:
    pages = source("pages", web.url("/1"))
    archive.take(pages)
    web.pages["/1"] = CHECK
    archive.take(pages)
    web.pages["/1"] = Page(story(1))
    web.asked.clear()
    archive.take(pages)
    assert archive.sql("SELECT http_status FROM captures ORDER BY captured_at") == [(200,), (200,), (304,)]
    assert archive.sql("SELECT count(*) FROM articles") == [(1,)]


def hang_up(handler: Any) -> None:
    handler.close_connection = True


def test_an_entry_that_was_not_reached_is_asked_for_when_the_feed_names_it_no_longer(
    archive: Archive, web: Site
) -> None:
    of_feed = source("feed", web.url("/list"))
    web.pages |= {"/list": rss(1, 2), "/2": hang_up}
    archive.take(of_feed)
    web.pages |= {"/list": rss(1), "/2": Page(story(2))}
    archive.take(of_feed)
    assert archive.sql("SELECT count(*) FROM captures WHERE uri = $1", web.url("/2")) == [(1,)]
    paths(web)
    archive.take(of_feed)
    assert paths(web) == ["/list"]


def test_a_body_that_breaks_off_is_told_and_gives_no_validator(archive: Archive, web: Site) -> None:
    import gzip

    packed = gzip.compress(story(1) + b"<!-- " + bytes(range(33, 127)) * 40)
    web.pages["/1"] = Page(packed[:-200], headers=(("Content-Encoding", "gzip"),))
    pages = source("pages", web.url("/1"))
    archive.take(pages)
    assert archive.sql("SELECT error FROM rejects WHERE stage = 'capture'") == [("undecodable",)]
    web.asked.clear()
    archive.take(pages)
    assert [("if-none-match" in headers) for _, headers in web.asked] == [False]
    assert archive.findings() == []
    assert archive.differences() == []


# ---------------------------------------------------------------- rests


def busy(after: str | None, status: int = 429) -> Page:
    headers = (("Retry-After", after),) if after is not None else ()
    return Page(b"Too many", status=status, headers=headers, validators=False)


AFTERS: dict[str, tuple[str | None, timedelta]] = {
    "an hour": ("3600", timedelta(hours=1)),
    "a date": (format_datetime(START + timedelta(hours=5), usegmt=True), timedelta(hours=5)),
    "years": ("99999999999999", LONGEST),
    "a date in years": ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST),
    "nothing": (None, timedelta(minutes=15)),
    "a word": ("soon", timedelta(minutes=15)),
    "less than nothing": ("-5", timedelta(minutes=15)),
    "another script": ("\xb2", timedelta(minutes=15)),
    "a date that is over": ("Sat, 01 Jan 2000 00:00:00 GMT", timedelta(minutes=15)),
}


@pytest.mark.parametrize("name", AFTERS)
def test_how_long_a_host_rests(tmp_path: Path, web: Site, name: str) -> None:
    after, rest = AFTERS[name]
    web.pages |= {f"/{n}": busy(after) for n in range(12)}
    limits, rests = Limits.of({"allow_private": True, "backoff": 0.01, "tries": 3, "robots": False}), Rests(tmp_path)
    with Crawl(limits, seed="s", clock=lambda: START, rests=rests) as crawl:
        for n in range(12):
            crawl.put(Job(web.url(f"/{n}")))
        answers = list(crawl.answers())
    assert [each.error.error if each.error else None for each in answers] == [None] + ["put-off"] * 11
    assert len(web.asked) <= 3
    assert Rests(tmp_path).until(f"127.0.0.1:{web.port}", START) == START + rest


@pytest.mark.parametrize("name", ["an hour"])
def test_a_host_that_asks_for_rest_is_left_alone_over_runs(archive: Archive, web: Site, name: str) -> None:
    after, rest = AFTERS[name]
    web.pages |= {f"/{n}": busy(after) for n in range(12)}
    time = Time()
    pages = source("pages", "", urls=[web.url(f"/{n}") for n in range(12)], tries=3)
    archive.take(pages, clock=time)
    first = len(paths(web))
    assert first <= 3
    ((message,),) = archive.sql("SELECT message FROM rejects WHERE error = 'put-off'")
    assert "11" in message
    assert archive.sql("SELECT status FROM source_runs") == [("failed",)]
    time.now = START + rest - timedelta(minutes=1)
    archive.take(pages, clock=time)
    assert paths(web) == []
    time.now = START + rest + timedelta(minutes=1)
    web.pages |= {f"/{n}": Page(story(n)) for n in range(12)}
    archive.take(pages, clock=time)
    assert archive.sql("SELECT count(DISTINCT uri) FROM captures WHERE http_status = 200") == [(12,)]
    assert archive.findings() == []


def test_other_hosts_go_on_and_what_was_put_off_is_had_later(archive: Archive, web: Site) -> None:
    """A host that rests after each few pages is got through in the end; other hosts are visited in full each time."""
    time = Time()
    with serving({f"/{n}": Page(story(20 + n)) for n in range(4)}) as other:
        pages = source("pages", "", urls=[web.url(f"/{n}") for n in range(12)] + [other.url(f"/{n}") for n in range(4)])
        answered = Counter[str]()

        def answer(handler: Any) -> None:
            answered["all"] += 1
            number = int(handler.path[1:])
            good = answered["all"] % 5 != 0
            status = b"200 OK" if good else b"429 Busy\r\nRetry-After: 3600"
            body = story(number)
            handler.wfile.write(b"HTTP/1.1 %b\r\nContent-Length: %d\r\n\r\n" % (status, len(body)) + body)

        web.pages |= dict.fromkeys((f"/{n}" for n in range(12)), answer)
        for run in range(1, 4):
            archive.take(pages, clock=time)
            assert len(other.paths()) == 4 * run
            time.now += timedelta(hours=2)
        assert archive.sql("SELECT count(DISTINCT uri) FROM captures WHERE http_status = 200") == [(16,)]
        assert archive.sql("SELECT DISTINCT status FROM source_runs") == [("ok",)]
        assert archive.differences() == []


def test_entries_that_were_put_off_are_had_when_the_feed_names_them_no_longer(archive: Archive, web: Site) -> None:
    time = Time()
    of_feed = source("feed", web.url("/list"))
    with serving({f"/{n}": busy("7200", 503) for n in range(5)}) as other:
        entries = "".join(f"<item><link>{other.url(f'/{n}')}</link></item>" for n in range(5))
        web.pages["/list"] = Page(f"<rss version='2.0'><channel>{entries}</channel></rss>".encode(), "text/xml")
        archive.take(of_feed, clock=time)
        assert len(other.asked) == 1
        web.pages["/list"] = rss(1)
        other.pages |= {f"/{n}": Page(story(n)) for n in range(5)}
        archive.take(of_feed, clock=time)
        assert len(other.asked) == 1
        time.now += timedelta(hours=3)
        archive.take(of_feed, clock=time)
        assert archive.sql("SELECT count(DISTINCT uri) FROM captures WHERE http_status = 200") == [(6,)]


def test_a_robots_txt_that_asks_for_rest(archive: Archive, web: Site) -> None:
    web.pages["/robots.txt"] = busy("3600")
    pages = source("pages", "", urls=[web.url(f"/{n}") for n in range(12)], robots=True, tries=3)
    for _ in range(2):
        archive.take(pages)
    assert web.paths() == ["/robots.txt"]


def test_one_page_that_fails_puts_nothing_off(archive: Archive, web: Site) -> None:
    web.pages["/3"] = busy(None, 503)
    archive.take(source("pages", "", urls=[web.url(f"/{n}") for n in range(12)]))
    assert archive.sql("SELECT count(*) FROM captures WHERE http_status = 200") == [(11,)]


def test_rests_that_cannot_be_read_are_forgotten(tmp_path: Path) -> None:
    for text in ("", "[]", '{"a": 1}', '{"a": "x"}', '{"a": "2026-03-01T00:00:00"}'):
        (tmp_path / "rests.json").write_text(text)
        rests = Rests(tmp_path)
        rests.rest("b", START, 60)
        assert Rests(tmp_path).until("b", START) == START + timedelta(seconds=60)
