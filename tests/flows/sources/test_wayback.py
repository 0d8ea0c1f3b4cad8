"""Captures of another archive, through its index."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from flows.fetch.errors import FetchError
from flows.sources.registry import Source
from flows.sources.wayback import listed
from tests.makers.archive import Archive, story
from tests.makers.web_server import Page, Site, serving

HEAD = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]


def sha1(body: bytes) -> str:
    return base64.b32encode(hashlib.sha1(body).digest()).decode()


@pytest.fixture
def web() -> Iterator[Site]:
    with serving() as running:
        yield running


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


def source(web: Site) -> Source:
    options = {"cdx": web.url("/cdx"), "replay": web.url("/web"), "allow_private": True, "tries": 1}
    return Source(id="w", kind="wayback", location="paper.example/*", options=options)


def index(web: Site, rows: list[list[str]]) -> None:
    """The index in two pages, the second behind a resume key."""

    def answer(handler: Any) -> None:
        asked = parse_qs(urlsplit(handler.path).query)
        part: list[Any] = [HEAD, rows[-1]] if "resumeKey" in asked else [HEAD, *rows[:-1], [], ["next"]]
        body = json.dumps(part).encode()
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    class Pages(dict):  # type: ignore[type-arg]
        def get(self, path: str, default: Any = None) -> Any:
            return answer if path.startswith("/cdx?") else super().get(path, default)

    web.pages = Pages(web.pages)


def test_originals_are_taken_with_their_own_dates(archive: Archive, web: Site) -> None:
    original = (("x-archive-orig-content-type", "text/html"), ("x-archive-orig-etag", '"e"'), ("x-ts", "200"))
    moved = (("Location", "/elsewhere"), ("x-archive-orig-location", "/2"))
    web.pages = {
        "/web/20200102030405id_/http://paper.example/1": Page(story(1), headers=original, validators=False),
        "/web/20210102030405id_/http://paper.example/1": Page(story(1), headers=original, validators=False),
        "/web/20200202000000id_/http://paper.example/old": Page(status=301, headers=moved, validators=False),
        "/web/20200303000000id_/http://paper.example/bad": Page(story(3), headers=original, validators=False),
    }
    rows = [
        ["k", "20200102030405", "http://paper.example:80/1", "text/html", "200", sha1(story(1)), "1"],
        ["k", "20210102030405", "http://paper.example/1", "warc/revisit", "-", sha1(story(1)), "1"],
        ["k", "20200202000000", "http://paper.example/old", "text/html", "301", sha1(b""), "1"],
        ["k", "20200303000000", "http://paper.example/bad", "text/html", "200", sha1(b"other"), "1"],
        ["k", "20200404000000", "http://paper.example/lost", "text/html", "200", sha1(b"x"), "1"],
    ]
    index(web, rows)
    archive.take(source(web))
    found = archive.sql("SELECT uri, captured_at, http_status, record_type, location FROM captures ORDER BY ALL")
    one, old = "http://paper.example/1", "http://paper.example/old"
    assert found == [
        (one, datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC), 200, found[0][3], None),
        (one, datetime(2021, 1, 2, 3, 4, 5, tzinfo=UTC), 200, found[1][3], None),
        ("http://paper.example/bad", datetime(2020, 3, 3, tzinfo=UTC), 200, "response", None),
        (old, datetime(2020, 2, 2, tzinfo=UTC), 301, "response", "http://paper.example/2"),
    ]
    assert {found[0][3], found[1][3]} == {"response", "revisit"}
    assert archive.sql("SELECT DISTINCT etag, media_type, outlet FROM captures WHERE uri = $1", one) == [
        ('"e"', "text/html", "paper.example")
    ]
    rejected = archive.sql("SELECT error FROM rejects WHERE stage = 'capture' ORDER BY error")
    assert rejected == [("digest",), ("replay",)]
    assert archive.differences() == []
    web.asked.clear()
    for path in (archive.warehouse.state / "marks").glob("*"):
        path.unlink()
    archive.take(source(web))
    assert [path for path in web.paths() if path.startswith("/web/")] == [
        "/web/20200404000000id_/http://paper.example/lost"
    ]


def test_indexes_of_both_forms_are_read() -> None:
    line = {"timestamp": "20200102030405", "url": "http://paper.example/1", "status": "200", "digest": "D", "mime": "x"}
    (found,), resume, _ = listed(json.dumps(line).encode() + b"\n")
    assert (found.uri, found.status, resume) == ("http://paper.example/1", 200, None)
    assert listed(b"[]") == ([], None, [])
    with pytest.raises(FetchError):
        listed(b"<html>")


@pytest.mark.parametrize(
    "bad",
    [
        '{"timestamp": "20200102030405", "url": "http://a.[b/c"}',
        '{"timestamp": "20209902030405", "url": "http://a.example/"}',
        '{"timestamp": "20200102030405"}',
        '{"timestamp": null, "url": []}',
        '["x"]',
        "7",
        '{"timestamp": "2020',
    ],
)
def test_one_bad_line_of_an_index_costs_itself_and_is_said(bad: str) -> None:
    good = json.dumps({"timestamp": "20200102030405", "url": "http://paper.example/1", "status": "²00"})
    found, _, errors = listed(f"{good}\n{bad}\n".encode())
    assert [one.uri for one in found] == ["http://paper.example/1"]
    assert len(errors) == 1
