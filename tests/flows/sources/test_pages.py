"""Pages over HTTP: fetched, asked for again with conditions, kept in WARC, and made again from it."""

from __future__ import annotations

import gzip
import itertools
import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import fastwarc.warc
import pytest
from warcio.archiveiterator import ArchiveIterator

from flows.capture.session import Batch
from flows.sources import pages as kind
from flows.sources.registry import Source, save
from flows.sources.visit import TOGETHER
from tests.jobs import ROOT
from tests.makers.archive import Archive, story
from tests.makers.web_server import Page, Site, serving
from warehouse.records import records


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


def source(urls: list[str], **options: Any) -> Source:
    quick = {"allow_private": True, "backoff": 0.01, "urls": urls}
    return Source(id="watched", kind="pages", location="", options=quick | options)


def test_a_page_is_kept_as_sent_and_read(archive: Archive) -> None:
    with serving({"/a.html": Page(story(1), headers=(("Last-Modified", "Sat, 02 Mar 2024 06:00:00 GMT"),))}) as site:
        archive.take(source([site.url("/a.html")]))
        rows = archive.sql(
            "SELECT uri, outlet, http_status, etag IS NOT NULL, last_modified, media_type, record_type, "
            "payload_sha256 = sha256($1), payload_bytes FROM captures",
            story(1),
        )
        modified = datetime(2024, 3, 2, 6, tzinfo=UTC)
        expected = (site.url("/a.html"), "127.0.0.1", 200, True, modified, "text/html; charset=utf-8", "response", True)
        assert rows == [(*expected, len(story(1)))]
        assert archive.sql("SELECT headline FROM articles") == [("第1号公报",)]
        (segment,) = archive.warcs()
        kinds = [(r.rec_type, r.rec_headers["WARC-Target-URI"]) for r in ArchiveIterator(segment.open("rb"))]
        page, robots = site.url("/a.html"), site.url("/robots.txt")
        assert kinds[1:] == [("response", robots), ("request", robots), ("response", page), ("request", page)]
        assert "contact" not in site.asked[1][1]["user-agent"]
        assert site.asked[1][1]["user-agent"].startswith("dibao/")


def test_the_user_agent_says_who_to_write_to(archive: Archive) -> None:
    with serving({"/a": Page(story(1))}) as site:
        archive.take(source([site.url("/a")], contact="archive@press.example"))
        assert all("archive@press.example" in headers["user-agent"] for _, headers in site.asked)


def test_an_unchanged_page_is_a_revisit_and_sends_no_body(archive: Archive) -> None:
    with serving({f"/{n}": Page(story(n)) for n in range(5)}) as site:
        pages = source([site.url(f"/{n}") for n in range(5)])
        archive.take(pages)
        sent = site.sent
        passages = archive.sql("SELECT count(*) FROM passages")
        archive.take(pages)
        assert site.sent - sent == len(b"<h1>Not found</h1>")  # robots.txt alone
        assert archive.sql("SELECT count(*) FROM passages") == passages
        counted = archive.sql(
            "SELECT record_type, http_status, count(*), count(DISTINCT payload_sha256) FROM captures GROUP BY ALL "
            "ORDER BY ALL"
        )
        assert counted == [("response", 200, 5, 5), ("revisit", 304, 5, 5)]
        profiles = {
            record.headers["warc-profile"].rpartition("/")[2]
            for path in archive.warcs()
            for record in records(path)
            if record.kind == "revisit"
        }
        assert profiles == {"server-not-modified"}
        # A replay takes the headers of the original; those of the 304 lie beside the revisit.
        told = [r for path in archive.warcs() for r in records(path) if r.kind in ("revisit", "metadata")]
        assert {r.headers["content-length"] for r in told if r.kind == "revisit"} == {"0"}
        assert sum(b"HTTP/1.1 304" in (r.payload or b"") for r in told) == 5
        assert archive.differences() == []


def test_the_same_bytes_from_a_server_without_validators_are_a_revisit(archive: Archive) -> None:
    with serving({"/a": Page(story(1), validators=False)}) as site:
        archive.take(source([site.url("/a")]))
        archive.take(source([site.url("/a")]))
        assert archive.sql("SELECT record_type, http_status FROM captures ORDER BY captured_at") == [
            ("response", 200),
            ("revisit", 200),
        ]
        assert archive.differences() == []


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("packed", [False, True])
def test_encodings_are_kept_on_the_wire_and_undone_in_the_payload(
    archive: Archive, chunked: bool, packed: bool
) -> None:
    body = gzip.compress(story(1)) if packed else story(1)
    headers = (("Content-Encoding", "gzip"),) if packed else ()
    with serving({"/a": Page(body, chunked=chunked, headers=headers)}) as site:
        archive.take(source([site.url("/a")]))
        assert archive.sql("SELECT payload_sha256 = sha256($1) FROM captures", story(1)) == [(True,)]
        assert archive.sql("SELECT headline FROM articles") == [("第1号公报",)]
        assert archive.differences() == []
    with archive.warcs()[0].open("rb") as file:
        blocks = [r.raw_stream.read() for r in ArchiveIterator(file, no_record_parse=True) if r.rec_type == "response"]
    framed = blocks[1].partition(b"\r\n\r\n")[2]
    assert (framed == body) is not chunked
    assert framed.endswith(b"0\r\n\r\n") is chunked


def test_the_same_payload_in_another_wrapping_is_a_revisit(archive: Archive) -> None:
    with serving({"/a": Page(story(1), validators=False)}) as site:
        archive.take(source([site.url("/a")]))
        site.pages["/a"] = Page(gzip.compress(story(1)), headers=(("Content-Encoding", "gzip"),), validators=False)
        archive.take(source([site.url("/a")]))
        rows = archive.sql("SELECT record_type, payload_sha256, warc_digest FROM captures ORDER BY captured_at")
        assert [row[0] for row in rows] == ["response", "revisit"]
        assert rows[0][1:] == rows[1][1:]
        assert archive.differences() == []


def test_every_digest_verifies_in_two_readers(archive: Archive) -> None:
    gz = (("Content-Encoding", "gzip"),)
    told: dict[str, Any] = {
        "/plain": Page(story(1)),
        "/chunked": Page(story(2), chunked=True),
        "/gzip": Page(gzip.compress(story(3)), headers=gz),
        "/both": Page(gzip.compress(story(4)), chunked=True, headers=gz),
        "/gone": Page(b"gone", status=410),
        "/moved": Page(status=301, headers=(("Location", "/plain"),)),
    }
    with serving(told) as site:
        for _ in range(2):
            archive.take(source([site.url(path) for path in told]))
    for path in archive.warcs():
        checked: Counter[tuple[str, object]] = Counter()
        with path.open("rb") as file:
            for record in ArchiveIterator(file, check_digests=True):
                record.content_stream().read()
                checked[record.rec_type, record.digest_checker.passed] += 1
        assert not [key for key in checked if key[1] is False], checked
        assert checked["request", True] == sum(n for (kind, _), n in checked.items() if kind in ("response", "revisit"))
        with path.open("rb") as file:
            for record in fastwarc.warc.ArchiveIterator(file, parse_http=False):
                assert record.verify_block_digest()
                if record.record_type == fastwarc.warc.WarcRecordType.response:
                    record.parse_http()
                    assert record.verify_payload_digest()


def test_a_redirect_is_followed_and_both_steps_are_captures(archive: Archive) -> None:
    told: dict[str, Any] = {"/old": Page(status=301, headers=(("Location", "new#part"),)), "/new": Page(story(1))}
    with serving(told) as site:
        archive.take(source([site.url("/old"), site.url("/new")]))
        rows = archive.sql("SELECT uri, http_status, location FROM captures ORDER BY http_status")
        moved = (site.url("/old"), 301, site.url("/new#part"))
        assert rows == [(site.url("/new"), 200, None), moved]
        assert site.paths().count("/new") == 1
        assert archive.differences() == []


def test_an_answer_that_is_no_page_is_kept_too(archive: Archive) -> None:
    with serving({"/gone": Page(b"<h1>Gone</h1>", status=410)}) as site:
        archive.take(source([site.url("/gone")]))
        assert archive.sql("SELECT http_status, payload_bytes FROM captures") == [(410, 13)]


def test_a_page_that_changes_and_changes_back_is_three_captures_and_two_texts(archive: Archive) -> None:
    with serving() as site:
        for body in (story(1), story(1, "更正。"), story(1)):
            site.pages["/a"] = Page(body)
            archive.take(source([site.url("/a")]))
        assert archive.sql("SELECT count(*), count(DISTINCT payload_sha256) FROM captures") == [(3, 2)]
        assert archive.sql("SELECT count(*) FROM documents") == [(2,)]
        assert archive.differences() == []


def test_a_run_that_stops_half_way_goes_on_without_asking_again(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving({f"/{n}": Page(story(n)) for n in range(30)}) as site:
        pages = source([site.url(f"/{n}") for n in range(30)])
        real, left = kind.Visit._take, itertools.count()

        def dying(self: Any, *taken: Any) -> None:
            if next(left) == 12:
                raise KeyboardInterrupt
            real(self, *taken)

        monkeypatch.setattr(kind.Visit, "_take", dying)
        monkeypatch.setattr("warehouse.raw.SegmentWriter.close", lambda self: None)
        with pytest.raises(KeyboardInterrupt):
            archive.take(pages)
        monkeypatch.undo()
        assert list(archive.warehouse.raw.rglob("*.open"))
        archive.take(pages)
        asked = Counter(site.paths())
        # What had been written is not asked for again; what was under way or in hand is.
        assert sum(asked[f"/{n}"] == 1 for n in range(30)) >= 12
        assert sum(asked[f"/{n}"] for n in range(30)) <= 30 + TOGETHER + 2
        assert all(asked[f"/{n}"] for n in range(30))
        assert archive.sql("SELECT count(*), count(DISTINCT uri) FROM captures") == [(30, 30)]
        # The round is over: the next one asks for everything again.
        archive.take(pages)
        assert archive.sql("SELECT count(*) FROM captures") == [(60,)]


def test_a_killed_run_goes_on_without_asking_again(archive: Archive) -> None:
    """SIGKILL in the middle of a visit: what was answered is on disk, but for the answers of a moment."""
    number = 120
    with serving({f"/{n}": Page(story(n)) for n in range(number)}) as site:
        pages = source([site.url(f"/{n}") for n in range(1, number)], delay=0.01)
        pages = replace(pages, location=site.url("/0"))  # a file of a source names a location
        save(archive.warehouse.sources, pages)
        command = [sys.executable, "-m", "flows", "source", "run", pages.id, "--json"]
        env = os.environ | {"DIBAO_WAREHOUSE": str(archive.warehouse.root)}
        with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
            while len(site.asked) < number // 2:
                assert run.poll() is None
                time.sleep(0.01)
            run.kill()
        before = set(site.paths())
        assert len(before) < number
        archive.take(pages)
        asked = Counter(site.paths())
        assert archive.sql("SELECT count(*), count(DISTINCT uri) FROM captures") == [(number, number)]
        again = sum(asked[path] - 1 for path in before - {"/robots.txt"})
        assert again <= TOGETHER + 1, again
        assert archive.sql("SELECT count(*) FROM documents") == [(number,)]
        assert archive.differences() == []


def test_a_budget_ends_a_run_and_the_next_goes_on(archive: Archive) -> None:
    with serving({f"/{n}": Page(story(n)) for n in range(9)}) as site:
        pages = source([site.url(f"/{n}") for n in range(9)], max_requests=5, robots=False)
        archive.take(pages)
        assert archive.sql("SELECT count(*) FROM captures") == [(5,)]
        assert archive.sql("SELECT error FROM rejects") == [("budget",)]
        archive.take(pages)
        assert archive.sql("SELECT count(*), count(DISTINCT uri) FROM captures") == [(9, 9)]


def test_a_source_that_fails_does_not_stop_the_others_and_is_counted(archive: Archive) -> None:
    with serving({"/a": Page(story(1))}) as site:
        dead = Source(
            id="dead",
            kind="pages",
            location="http://127.0.0.1:1/",
            options={"allow_private": True, "backoff": 0.01, "tries": 2},
        )
        wrong = Source(id="wrong", kind="pages", location="http://x.example/", options={"hosts": "many"})
        for _ in range(2):
            archive.take(dead, wrong, source([site.url("/a")]))
        rows = archive.sql("SELECT source_id, status, error, count(*) FROM source_runs GROUP BY ALL ORDER BY ALL")
        assert rows == [("dead", "failed", "connect", 2), ("watched", "ok", None, 2), ("wrong", "failed", "options", 2)]
        assert archive.sql("SELECT count(*) FROM captures") == [(2,)]


def test_a_list_of_addresses_in_a_file(tmp_path: Path) -> None:
    listed = tmp_path / "list.txt"
    listed.write_text("# remark\nhttp://a.example/1\n\nhttp://a.example/2#x # why\nhttp://a.example/1\n")
    found = kind.addresses(Source(id="s", kind="pages", location=str(listed), options={"urls": "http://b.example/"}))
    assert found == ["http://b.example/", "http://a.example/1", "http://a.example/2#x"]


def test_addresses_that_are_none_are_rejects(archive: Archive) -> None:
    urls = [
        "ftp://a.example/x",
        "javascript:alert(1)",
        "http://user:word@a.example/",
        "file:///etc/passwd",
        "http:///x",
    ]
    archive.take(source(urls))
    assert archive.sql("SELECT count(*), min(error), max(error) FROM rejects WHERE uri <> ''") == [(5, "url", "url")]
    assert archive.sql("SELECT count(*) FROM captures") == [(0,)]


def test_batches_tell_how_much_was_asked(archive: Archive, site_of_three: Site) -> None:
    archive.take(source([site_of_three.url(f"/{n}") for n in range(3)]))
    assert archive.sql("SELECT requests, captures FROM source_runs") == [(4, 3)]
    assert Batch().requests == 0


@pytest.fixture
def site_of_three() -> Any:
    with serving({f"/{n}": Page(story(n)) for n in range(3)}) as site:
        yield site
