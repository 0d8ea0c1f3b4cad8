"""Manners: robots.txt, waits, attempts, one request at a time."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from flows.fetch import crawl as module
from flows.fetch.crawl import Answer, Crawl, Job
from flows.fetch.limits import Limits, OptionError
from tests.makers.web_server import Page, Site, serving

QUICK: dict[str, Any] = {"allow_private": True, "backoff": 0.01}


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as running:
        yield running


class Clock:
    """A clock of waits that only waiting moves: how long a crawl waits is told exactly, and takes no time."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.waits: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(module, "time", made)
    return made


def fetched(urls: list[str], **options: Any) -> list[Answer]:
    with Crawl(Limits.of(QUICK | options), seed="s", clock=lambda: datetime.now(UTC)) as crawl:
        for url in urls:
            crawl.put(Job(url))
        return list(crawl.answers())


def outcome(answer: Answer) -> Any:
    return answer.error.error if answer.error else answer.exchange.status if answer.exchange else None


def test_robots_txt_is_obeyed(site: Site) -> None:
    rules = b"User-agent: *\nDisallow: /private\nAllow: /private/open\n\nUser-agent: dibao\nDisallow: /no-dibao\n"
    site.pages = {"/robots.txt": Page(rules, "text/plain"), "/private": Page(b"x"), "/no-dibao": Page(b"x")}
    answers = fetched([site.url("/private"), site.url("/no-dibao")])
    assert [outcome(each) for each in answers] == [200, "robots"]
    assert site.paths() == ["/robots.txt", "/private"]
    assert [outcome(each) for each in fetched([site.url("/no-dibao")], robots=False)] == [200]


def test_no_robots_txt_allows_everything(site: Site) -> None:
    site.pages["/a"] = Page(b"x")
    assert [outcome(each) for each in fetched([site.url("/a")])] == [200]


def test_a_robots_txt_that_fails_allows_nothing(site: Site) -> None:
    site.pages = {"/robots.txt": Page(status=503), "/a": Page(b"x")}
    assert [outcome(each) for each in fetched([site.url("/a")])] == ["robots-unreachable"]
    assert "/a" not in site.paths()


def test_a_robots_txt_that_moved_is_followed(site: Site) -> None:
    site.pages = {
        "/robots.txt": Page(status=301, headers=(("Location", "/r.txt"),)),
        "/r.txt": Page(b"User-agent: *\nDisallow: /", "text/plain"),
    }
    assert [outcome(each) for each in fetched([site.url("/a")])] == ["robots"]


def test_crawl_delay_is_kept(site: Site, clock: Clock) -> None:
    times: list[float] = []

    def note(handler: BaseHTTPRequestHandler) -> None:
        times.append(clock.monotonic())
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")

    site.pages = {"/robots.txt": Page(b"User-agent: *\nCrawl-delay: 30", "text/plain")}
    site.pages |= {f"/{n}": note for n in range(3)}
    fetched([site.url(f"/{n}") for n in range(3)])
    assert [after - before for before, after in itertools.pairwise(times)] == [30.0, 30.0]


def test_a_host_is_asked_one_thing_at_a_time_and_hosts_side_by_side(site: Site) -> None:
    lock, now, most, most_per_host = threading.Lock(), {}, [0], [0]
    together = threading.Event()

    def slow(handler: BaseHTTPRequestHandler) -> None:
        host = handler.headers["Host"]
        with lock:
            now[host] = now.get(host, 0) + 1
            most[0], most_per_host[0] = max(most[0], sum(now.values())), max(most_per_host[0], now[host])
            if most[0] >= 3:
                together.set()
        together.wait(20)
        with lock:
            now[host] -= 1
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")

    site.pages = {f"/{n}": slow for n in range(4)}
    hosts = [f"127.0.0.{n}" for n in range(1, 5)]
    resolver = lambda host, port: ["127.0.0.1"]  # noqa: E731
    with Crawl(Limits.of(QUICK | {"hosts": 3}), seed="s", clock=lambda: datetime.now(UTC), resolver=resolver) as crawl:
        for host in hosts:
            for n in range(4):
                crawl.put(Job(site.url(f"/{n}", host)))
        answers = list(crawl.answers())
    assert [outcome(each) for each in answers] == [200] * 16
    assert most_per_host == [1]
    assert most == [3]


def test_a_failing_answer_is_tried_again_with_growing_waits(site: Site, clock: Clock) -> None:
    times: list[float] = []

    def failing(handler: BaseHTTPRequestHandler) -> None:
        times.append(clock.monotonic())
        status = b"503 Busy" if len(times) < 4 else b"200 OK"
        handler.wfile.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 1\r\n\r\nx")

    site.pages["/a"] = failing
    (answer,) = fetched([site.url("/a")], tries=4, backoff=8, max_wait=1000)
    assert outcome(answer) == 200
    assert [each.status for each in answer.spare if "robots" not in each.url] == [503, 503, 503]
    gaps = [after - before for before, after in itertools.pairwise(times)]
    # Half to one and a half of the backoff, doubled each time; what the server took to answer is five seconds at most.
    assert all(4 * 2**n <= gap <= 12 * 2**n for n, gap in enumerate(gaps))


def test_retry_after_is_honoured(site: Site, clock: Clock) -> None:
    times: list[float] = []

    def limited(handler: BaseHTTPRequestHandler) -> None:
        times.append(clock.monotonic())
        first = len(times) == 1
        head = b"429 Slow down\r\nRetry-After: 40" if first else b"200 OK"
        handler.wfile.write(b"HTTP/1.1 " + head + b"\r\nContent-Length: 1\r\n\r\nx")

    site.pages["/a"] = limited
    assert [outcome(each) for each in fetched([site.url("/a")])] == [200]
    assert times[1] - times[0] == 40.0


def test_a_host_that_asks_to_wait_for_long_is_left_for_the_next_run(site: Site, clock: Clock) -> None:
    site.pages["/a"] = Page(status=503, headers=(("Retry-After", "86400"),), validators=False)
    assert [outcome(each) for each in fetched([site.url("/a")], max_wait=5)] == [503]
    assert clock.waits == []
    assert site.paths().count("/a") == 1


def test_a_host_that_cannot_be_reached_is_not_asked_for_ever() -> None:
    answers = fetched([f"http://127.0.0.1:1/{n}" for n in range(40)], tries=2, robots=False)
    assert [outcome(each) for each in answers] == ["connect"] * 3 + ["host"] * 37


@pytest.mark.parametrize("options", [{"hosts": 0}, {"delay": -1}, {"tries": "x"}, {"robots": "perhaps"}])
def test_options_of_no_use_are_named(options: dict[str, Any]) -> None:
    with pytest.raises(OptionError, match=next(iter(options))):
        Limits.of(options)
