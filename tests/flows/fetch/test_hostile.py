"""Servers that mean harm: each ends in a clear reject, within its limits."""

from __future__ import annotations

import gzip
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from flows.fetch.errors import FetchError
from flows.fetch.limits import Limits
from flows.fetch.robots import MOST
from flows.fetch.wire import Wire
from flows.sources.registry import Source
from tests.makers.archive import Archive, story
from tests.makers.web_server import Page, Site, serving
from warehouse.records import MAX_PAYLOAD


@pytest.fixture
def web() -> Iterator[Site]:
    with serving({"/good": Page(story(1))}) as running:
        yield running


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


def sends(*pieces: bytes, pause: float = 0.0, times: int = 1) -> Callable[[BaseHTTPRequestHandler], None]:
    """An answer sent piece by piece, the last piece over and over, and then the end of the connection."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        with suppress(OSError):
            for piece in pieces[:-1]:
                handler.wfile.write(piece)
            for _ in range(times):
                handler.wfile.write(pieces[-1])
                time.sleep(pause)

    return answer


def errors(archive: Archive, web: Site, path: str, **options: Any) -> list[str]:
    """What is rejected of a page, while the good page beside it is taken."""
    quick = {"allow_private": True, "tries": 1, "urls": [web.url(path), web.url("/good")]}
    archive.take(Source(id="w", kind="pages", location="", options=quick | options))
    assert archive.sql("SELECT count(*) FROM captures WHERE uri = $1", web.url("/good")) == [(1,)]
    return [error for (error,) in archive.sql("SELECT error FROM rejects WHERE stage = 'capture' ORDER BY error")]


OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def test_a_slow_drip(archive: Archive, web: Site) -> None:
    web.pages["/x"] = sends(OK + b"Content-Length: 100000\r\n\r\n", b"x", pause=0.05, times=400)
    assert errors(archive, web, "/x", seconds=1, idle_seconds=5) == ["slow"]


def test_a_slow_drip_of_headers(archive: Archive, web: Site) -> None:
    web.pages["/x"] = sends(OK, b"X: y\r\n", pause=0.05, times=400)
    assert errors(archive, web, "/x", seconds=1) == ["slow"]


def test_silence(archive: Archive, web: Site) -> None:
    web.pages["/x"] = sends(b"", pause=4)
    assert errors(archive, web, "/x", idle_seconds=0.5) == ["slow"]


def test_a_body_without_end(archive: Archive, web: Site) -> None:
    web.pages["/x"] = sends(OK + b"\r\n", b"x" * 65536, times=100_000)
    assert errors(archive, web, "/x", max_bytes=1 << 20) == ["too-large"]


def test_chunks_without_end(archive: Archive, web: Site) -> None:
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    web.pages["/x"] = sends(OK + b"Transfer-Encoding: chunked\r\n\r\n", chunk, times=100_000)
    assert errors(archive, web, "/x", max_bytes=1 << 20) == ["too-large"]


def test_a_content_length_that_is_too_long(archive: Archive, web: Site) -> None:
    web.pages["/x"] = sends(OK + b"Content-Length: 100\r\n\r\nshort")
    assert errors(archive, web, "/x") == ["cut"]


def test_a_content_length_that_is_too_short(archive: Archive, web: Site) -> None:
    web.pages["/x"] = sends(OK + b"Content-Length: 5\r\n\r\nlonger than that")
    assert errors(archive, web, "/x") == ["length"]
    assert archive.sql("SELECT payload_bytes FROM captures WHERE uri = $1", web.url("/x")) == [(5,)]


@pytest.mark.parametrize("value", [b"-1", b"1, 2", b"ten", b"99999999999999999999999999"])
def test_a_content_length_that_is_none(archive: Archive, web: Site, value: bytes) -> None:
    web.pages["/x"] = sends(OK + b"Content-Length: " + value + b"\r\n\r\nabc")
    (error,) = errors(archive, web, "/x")
    assert error in ("protocol", "cut")


def test_what_is_not_http(archive: Archive, web: Site) -> None:
    web.pages["/x"] = sends(b"SSH-2.0-OpenSSH_9.9\r\n")
    assert errors(archive, web, "/x") == ["protocol"]


@pytest.mark.parametrize("hops", [1, 2])
def test_a_redirect_loop(archive: Archive, web: Site, hops: int) -> None:
    for n in range(hops):
        web.pages[f"/{n}"] = Page(status=302, headers=(("Location", f"/{(n + 1) % hops}"),), validators=False)
    assert errors(archive, web, "/0") == ["redirect-loop"]


def test_redirects_without_end(archive: Archive, web: Site) -> None:
    for n in range(30):
        web.pages[f"/{n}"] = Page(status=302, headers=(("Location", f"/{n + 1}"),), validators=False)
    assert errors(archive, web, "/0", redirects=5) == ["redirects"]
    assert "/6" not in web.paths()


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://a.example/", "javascript:alert(1)", "http://u:p@a.example/", "gopher://x"]
)
def test_a_redirect_to_what_is_not_fetched(archive: Archive, web: Site, target: str) -> None:
    web.pages["/x"] = Page(status=302, headers=(("Location", target),), validators=False)
    assert errors(archive, web, "/x") == ["redirect"]


def test_a_redirect_to_a_private_address(web: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server counts as public here; what it redirects to does not."""
    from flows.fetch import address

    web.pages["/x"] = Page(status=302, headers=(("Location", "http://127.0.0.2/latest/"),), validators=False)
    real = address.is_public
    monkeypatch.setattr(address, "is_public", lambda text: text == "127.0.0.1" or real(text))
    with Wire(Limits()) as wire:
        answer = wire.get(web.url("/x"))
        assert answer.status == 302
        with pytest.raises(FetchError) as caught:
            wire.get(answer.headers["location"])
    assert caught.value.error == "address"


def test_a_redirect_to_a_private_address_is_a_reject(
    archive: Archive, web: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.fetch import address

    web.pages["/x"] = Page(status=302, headers=(("Location", "http://127.0.0.2/latest/"),), validators=False)
    real = address.is_public
    monkeypatch.setattr(address, "is_public", lambda text: text == "127.0.0.1" or real(text))
    assert errors(archive, web, "/x", allow_private=False) == ["address"]
    assert archive.sql("SELECT http_status FROM captures ORDER BY ALL") == [(200,), (302,)]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:{port}/good", "http://localhost:{port}/good", "http://[::1]:{port}/"]
)
def test_private_addresses_need_leave(web: Site, url: str) -> None:
    with Wire(Limits()) as wire, pytest.raises(FetchError) as caught:
        wire.get(url.format(port=web.port))
    assert caught.value.error == "address"
    assert web.asked == []


def test_an_address_that_changes_between_check_and_connect(web: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is resolved once for a connection, and the connection goes to the address that was checked."""
    from flows.fetch import address

    monkeypatch.setattr(address, "is_public", lambda text: text == "127.0.0.1")
    asked = []

    def resolver(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    with Wire(Limits(), resolver) as wire:
        answer = wire.get(web.url("/good", "rebound.example"))
        assert (answer.status, answer.address, len(asked)) == (200, "127.0.0.1", 1)
    with Wire(Limits(), resolver) as wire, pytest.raises(FetchError) as caught:
        wire.get(web.url("/good", "rebound.example"))
    assert caught.value.error == "address"


def test_a_gzip_bomb(archive: Archive, web: Site) -> None:
    bomb = gzip.compress(b"\0" * (MAX_PAYLOAD + (4 << 20)), 9)
    web.pages["/x"] = Page(bomb, headers=(("Content-Encoding", "gzip"),))
    tracemalloc.start()
    try:
        assert errors(archive, web, "/x") == ["too-large"]
        assert tracemalloc.get_traced_memory()[1] < 6 * MAX_PAYLOAD
    finally:
        tracemalloc.stop()
    (row,) = archive.sql("SELECT payload_sha256, record_type FROM captures WHERE uri = $1", web.url("/x"))
    assert row == (None, "response")
    assert archive.differences() == []


@pytest.mark.parametrize("line", [b"X-Long: " + b"y" * (5 << 20) + b"\r\n", b"X-Many: y\r\n" * 500_000])
def test_five_megabytes_of_headers(archive: Archive, web: Site, line: bytes) -> None:
    web.pages["/x"] = sends(OK + line + b"\r\n")
    assert errors(archive, web, "/x") == ["headers"]


def test_a_robots_txt_of_fifty_megabytes(archive: Archive, web: Site) -> None:
    rules = b"User-agent: *\nDisallow: /x\n" + b"# more\n" * (50 << 17)
    web.pages["/robots.txt"] = Page(rules, "text/plain")
    web.pages["/x"] = Page(b"x")
    assert errors(archive, web, "/x") == ["robots", "robots-too-large"]
    assert "/x" not in web.paths()
    assert sum(path.stat().st_size for path in archive.warcs()) < 2 * MOST


@pytest.mark.parametrize("said", ["gb2312", "utf-16", "x-unknown", "utf-8; charset=big5"])
def test_a_charset_that_lies(archive: Archive, web: Site, said: str) -> None:
    web.pages["/x"] = Page(story(5), f"text/html; charset={said}")
    assert errors(archive, web, "/x") == []
    assert archive.sql("SELECT count(*) FROM articles WHERE headline = '第5号公报'") == [(1,)]


def test_headers_cannot_write_records(archive: Archive, web: Site) -> None:
    evil = "e\\nWARC-Type: x \u00e9"
    web.pages["/x"] = Page(b"<p>x</p>", headers=(("ETag", f'"{evil}"'), ("Content-Type", "a\tb")), validators=False)
    errors(archive, web, "/x")
    assert archive.differences() == []
