"""A source whose address fails for a moment is tried again, as often and with the waits that its options say."""

from __future__ import annotations

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from flows.fetch.wire import Wire
from flows.sources.registry import Source
from tests.makers.archive import Archive, story
from tests.makers.web_server import Page, Site, serving

FEED = (
    b"<?xml version='1.0'?><rss version='2.0'><channel><title>t</title>"
    b"<item><title>a</title><link>/1</link><guid>g1</guid></item></channel></rss>"
)


def status(code: int) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True
    handler.connection.close()


def failing(site: Site, path: str, failures: list[Callable[[BaseHTTPRequestHandler], None]], page: Page) -> None:
    """Let an address fail in these ways, one after another, before it answers."""
    left = list(failures)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        if left:
            left.pop(0)(handler)
            return
        handler.send_response(200)
        handler.send_header("Content-Type", page.content_type)
        handler.send_header("Content-Length", str(len(page.body)))
        handler.end_headers()
        handler.wfile.write(page.body)

    site.pages[path] = answer


def feed(site: Site, **options: Any) -> Source:
    more = {"allow_private": True, "backoff": 0.01, "robots": False} | options
    return Source(id="s", kind="feed", location=site.url("/feed"), options=more)


TWICE = [[status(503), status(502)], [hang_up, hang_up], [status(500), hang_up]]


@pytest.mark.parametrize("failures", TWICE, ids=["5xx", "connection", "both"])
@pytest.mark.parametrize("path", ["/feed", "/1"])
def test_what_fails_twice_is_taken_at_the_third_time(tmp_path: Path, failures: list[Any], path: str) -> None:
    archive = Archive(tmp_path)
    with serving({"/feed": Page(FEED, "application/xml"), "/1": Page(story(1))}) as site:
        failing(site, path, failures, site.pages[path])  # type: ignore[arg-type]
        outcome = archive.take(feed(site))
        assert site.paths().count(path) == 3
    assert outcome.failures == ()
    assert archive.sql("SELECT count(*) FROM documents") == [(1,)]


def test_it_is_not_asked_more_often_than_the_source_says(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    with serving({"/1": Page(story(1))}) as site:
        failing(site, "/feed", [status(503), status(503)], Page(FEED, "application/xml"))
        outcome = archive.take(feed(site, tries=2))
        assert site.paths() == ["/feed", "/feed"]
    assert [(each.part, each.name) for each in outcome.failures] == [("source", "s")]


@pytest.mark.parametrize("path", ["/feed", "/1"])
def test_an_error_that_nobody_foresaw_is_told_with_its_place_in_the_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    real = Wire.get

    def get(self: Wire, url: Any, headers: Any) -> Any:
        if str(url).endswith(path):
            raise ZeroDivisionError("of all things " + "x" * 400)
        return real(self, url, headers)

    monkeypatch.setattr(Wire, "get", get)
    archive = Archive(tmp_path)
    with serving({"/feed": Page(FEED, "application/xml"), "/1": Page(story(1))}) as site:
        archive.take(feed(site))
    told = archive.sql("SELECT message, traceback FROM rejects WHERE error = 'crash'")
    assert told
    for message, traceback in told:
        assert message.startswith("The fetch failed: ZeroDivisionError: of all things")
        assert "flows.fetch.crawl.Crawl" in traceback
        assert traceback.endswith("ZeroDivisionError: of all things " + "x" * 400)


def test_what_will_not_change_is_asked_once(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    with serving({}) as site:
        outcome = archive.take(feed(site))
        assert site.paths() == ["/feed"]
    assert [each.name for each in outcome.failures] == ["s"]
