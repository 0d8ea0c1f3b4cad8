"""Taking in WARC and ARC files: revisits resolved, duplicates known, broken ones taken as far as they go."""

from __future__ import annotations

import hashlib
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from flows.examine import examine
from flows.progress import Silent
from flows.rebuild import rebuild
from flows.settings import Settings
from tests.jobs import digests, ingest, rows, value
from tests.makers.make_samples import NOTICE_URI, PAGE_URI, crawl, page
from tests.makers.warc_bytes import digest, gzipped, http_response, info, record, response
from warehouse.store import Warehouse

DATE = "2024-03-07T10:00:01Z"
LATER = "2024-03-09T10:00:01Z"
BODY = "<html><body><h1>渡口改期</h1><p>自三月起，渡船每日两班，票价不变，老人免费。</p></body></html>".encode()
SHA = hashlib.sha256(BODY).hexdigest()
URI = "http://www.jiangkou.example.org/1.html"


def put(folder: Path, name: str, *pieces: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(gzipped(*pieces))
    return path


def original(uri: str = URI, body: bytes = BODY, *headers: tuple[str, str], status: str = "200 OK") -> bytes:
    return response(uri, DATE, http_response(body, "text/html; charset=utf-8", *headers, status=status), body)


def revisit(uri: str = URI, body: bytes = BODY) -> bytes:
    message = http_response(b"", "text/html", status="304 Not Modified")
    return record("revisit", uri, LATER, "application/http", message, ("WARC-Payload-Digest", digest(body)))


def taken(root: Path) -> list[tuple[Any, ...]]:
    return rows(root, "SELECT uri, record_type, payload_sha256 FROM captures ORDER BY captured_at, uri")


def test_a_crawl_keeps_its_own_dates_and_addresses(tmp_path: Path) -> None:
    put(tmp_path / "in", "x.warc.gz", *crawl())
    ingest(tmp_path / "w", tmp_path / "in")
    page_sha = hashlib.sha256(page("crawl.html").encode()).hexdigest()
    got = rows(
        tmp_path / "w",
        "SELECT uri, strftime(captured_at, '%d'), record_type, http_status, etag, outlet, media_type, payload_sha256 "
        "FROM captures ORDER BY captured_at",
    )
    html = "text/html; charset=utf-8"
    host = "www.lanwang.example.org"
    assert got[0] == (PAGE_URI, "07", "response", 200, '"b71c"', host, html, page_sha)
    assert got[1] == (PAGE_URI, "08", "revisit", 304, '"b71c"', host, html, page_sha)
    assert got[2][:3] == (NOTICE_URI, "08", "resource")
    assert value(tmp_path / "w", "SELECT count(*) FROM documents") == 2
    assert value(tmp_path / "w", "SELECT count(*) FROM rejects") == 0


def test_the_file_is_kept_whole_and_listed(tmp_path: Path) -> None:
    path = put(tmp_path / "in", "x.warc.gz", *crawl())
    ingest(tmp_path / "w", tmp_path / "in")
    ((name, sha, size, count, origin),) = rows(
        tmp_path / "w",
        "SELECT warc_file, sha256, bytes, records, origin_uri FROM warc_files WHERE origin_uri IS NOT NULL",
    )
    assert (sha, size) == (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size)
    assert (Warehouse(tmp_path / "w").raw / name).read_bytes() == path.read_bytes()
    assert (count, origin) == (3, "file:///in/x.warc.gz")


def test_the_same_file_under_another_name_is_known(tmp_path: Path) -> None:
    put(tmp_path / "in", "a.warc.gz", *crawl())
    put(tmp_path / "in", "b.warc.gz", *crawl())
    ingest(tmp_path / "w", tmp_path / "in")
    assert len(taken(tmp_path / "w")) == 3
    put(tmp_path / "more", "c.warc.gz", *crawl())
    outcome = ingest(tmp_path / "w", tmp_path / "more")
    assert outcome.counts["captures"] == 0
    assert value(tmp_path / "w", "SELECT count(*) FROM warc_files WHERE origin_uri IS NOT NULL") == 1


def test_the_same_records_in_another_file_are_not_captured_twice(tmp_path: Path) -> None:
    put(tmp_path / "in", "a.warc.gz", info(DATE), original())
    ingest(tmp_path / "w", tmp_path / "in")
    put(tmp_path / "in", "b.warc.gz", info(DATE), original(), original(URI + "?2", BODY + b" "))
    ingest(tmp_path / "w", tmp_path / "in")
    assert sorted(uri for uri, _, _ in taken(tmp_path / "w")) == [URI, URI + "?2"]


@pytest.mark.parametrize("order", permutations(["original", "revisit"]))
def test_a_revisit_finds_its_original_wherever_it_stands(tmp_path: Path, order: tuple[str, ...]) -> None:
    pieces = {"original": original(), "revisit": revisit()}
    put(tmp_path / "in", "one.warc.gz", info(DATE), *(pieces[name] for name in order))
    for number, name in enumerate(order):
        put(tmp_path / "apart", f"{number}.warc.gz", info(DATE), pieces[name])
    for folder in ("in", "apart"):
        root = tmp_path / f"w-{folder}"
        ingest(root, tmp_path / folder)
        assert taken(root) == [(URI, "response", SHA), (URI, "revisit", SHA)]
        assert value(root, "SELECT count(*) FROM rejects") == 0
        assert value(root, "SELECT count(DISTINCT payload_bytes) FROM captures") == 1


def test_the_order_of_files_changes_no_row(tmp_path: Path) -> None:
    for name, pieces in {"ab": (original(), revisit()), "ba": (revisit(), original())}.items():
        for number, piece in enumerate(pieces):
            put(tmp_path / name / "in", f"{number}.warc.gz", info(DATE), piece)
        ingest(tmp_path / f"w-{name}", tmp_path / name / "in")
    names = ("captures", "documents", "articles", "passages", "rejects")
    assert digests(tmp_path / "w-ab", names) == digests(tmp_path / "w-ba", names)


def test_a_revisit_of_what_an_earlier_run_took(tmp_path: Path) -> None:
    put(tmp_path / "in", "a.warc.gz", info(DATE), original())
    ingest(tmp_path / "w", tmp_path / "in")
    put(tmp_path / "in", "b.warc.gz", info(LATER), revisit())
    ingest(tmp_path / "w", tmp_path / "in")
    assert taken(tmp_path / "w")[1] == (URI, "revisit", SHA)


COMPARED = ("captures", "documents", "articles", "passages", "rejects")
RUNS = (
    pytest.param([["original", "revisit"], []], id="in one file"),
    pytest.param([["original"], ["revisit"]], id="the original first"),
    pytest.param([["revisit"], ["original"]], id="the revisit first"),
    pytest.param([["revisit"], ["revisit", "original"]], id="the revisit twice"),
    pytest.param([["undated", "revisit"], ["original"]], id="with something else to say"),
)


@pytest.mark.parametrize("runs", RUNS)
def test_a_revisit_finds_its_original_in_whatever_run_either_comes(tmp_path: Path, runs: list[list[str]]) -> None:
    pieces = {
        "original": original(),
        "revisit": revisit(),
        "undated": revisit(URI + "?2").replace(LATER.encode(), b"soon"),
    }
    names = sorted({name for run in runs for name in run})
    put(tmp_path / "whole" / "in", "0.warc.gz", info(DATE), *(pieces[name] for name in names))
    ingest(tmp_path / "w-whole", tmp_path / "whole" / "in")
    root = tmp_path / "w"
    for number, run in enumerate(runs):
        put(tmp_path / "in", f"{number}.warc.gz", info(DATE), *(pieces[name] for name in run))
        ingest(root, tmp_path / "in")
    assert digests(root, COMPARED) == digests(tmp_path / "w-whole", COMPARED)
    ids = "SELECT capture_id FROM captures"
    if "undated" not in names:
        assert taken(root) == [(URI, "response", SHA), (URI, "revisit", SHA)]
    assert value(root, "SELECT count(*) FROM rejects WHERE error = 'revisit-unresolved'") == 0
    assert value(root, f"SELECT count(*) FROM rejects WHERE capture_id NOT IN ({ids})") == 0
    rebuilt = Warehouse(tmp_path / "anew")
    rebuild(Warehouse(root), rebuilt, Settings(warehouse=rebuilt.root), Silent())
    assert digests(rebuilt.root, COMPARED) == digests(root, COMPARED)


@pytest.mark.parametrize("order", permutations(["one", "other", "revisit"]))
def test_of_two_originals_the_order_does_not_decide(tmp_path: Path, order: tuple[str, ...]) -> None:
    """An archive whose records state one digest for two payloads."""
    message = http_response(BODY + b" ", "text/html; charset=utf-8")
    lie = response(URI + "?2", DATE, message, BODY + b" ", payload_digest=digest(BODY))
    pieces = {"one": original(), "other": lie, "revisit": revisit()}
    for name in order:
        put(tmp_path / "in", f"{name}.warc.gz", info(DATE), pieces[name])
        ingest(tmp_path / "w", tmp_path / "in")
    least = min(SHA, hashlib.sha256(BODY + b" ").hexdigest())
    assert rows(tmp_path / "w", "SELECT payload_sha256 FROM captures WHERE record_type = 'revisit'") == [(least,)]


def test_a_revisit_of_nothing_is_kept_and_said(tmp_path: Path) -> None:
    put(tmp_path / "in", "a.warc.gz", info(LATER), revisit())
    ingest(tmp_path / "w", tmp_path / "in")
    assert taken(tmp_path / "w") == [(URI, "revisit", None)]
    ((error, capture),) = rows(tmp_path / "w", "SELECT error, capture_id FROM rejects")
    assert (error, [(capture,)]) == ("revisit-unresolved", rows(tmp_path / "w", "SELECT capture_id FROM captures"))


def test_a_wrong_digest_is_said_and_the_text_taken(tmp_path: Path) -> None:
    message = http_response(BODY, "text/html")
    wrong = response(URI, DATE, message, BODY, payload_digest=digest(b"other"))
    put(tmp_path / "in", "a.warc.gz", info(DATE), wrong)
    ingest(tmp_path / "w", tmp_path / "in")
    assert taken(tmp_path / "w") == [(URI, "response", SHA)]
    assert rows(tmp_path / "w", "SELECT stage, error FROM rejects") == [("capture", "digest")]
    assert value(tmp_path / "w", "SELECT count(*) FROM documents") == 1


@pytest.mark.parametrize("share", [0.4, 0.6, 0.8, 0.95])
def test_a_file_that_is_cut_gives_the_records_before_the_cut(tmp_path: Path, share: float) -> None:
    pages = [original(f"{URI}?{n}", BODY + str(n).encode()) for n in range(8)]
    path = put(tmp_path / "in", "a.warc.gz", info(DATE), *pages)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    ingest(tmp_path / "w", tmp_path / "in")
    whole = sum(len(gzipped(info(DATE), *pages[: n + 1])) <= int(len(data) * share) for n in range(8))
    assert len(taken(tmp_path / "w")) == whole
    ((uri, stage, message),) = rows(tmp_path / "w", "SELECT uri, stage, message FROM rejects")
    assert (uri, stage) == ("file:///in/a.warc.gz", "capture")
    assert "before it" in message or "Unreadable" in message or "no whole record" in message
    assert value(tmp_path / "w", "SELECT count(*) FROM documents") == whole


def test_a_cut_file_that_is_completed_later_brings_the_rest(tmp_path: Path) -> None:
    pages = [original(f"{URI}?{n}", BODY + str(n).encode()) for n in range(4)]
    path = put(tmp_path / "in", "a.warc.gz", info(DATE), *pages)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])
    ingest(tmp_path / "w", tmp_path / "in")
    before = len(taken(tmp_path / "w"))
    assert 0 < before < 4
    path.write_bytes(data)
    outcome = ingest(tmp_path / "w", tmp_path / "in")
    assert outcome.counts["captures"] == 4 - before
    assert value(tmp_path / "w", "SELECT count(DISTINCT uri) FROM captures") == 4


@pytest.mark.parametrize(
    ("status", "modified", "uri"),
    [
        ("200 OK", "Mon, 01 Jan 0001 00:00:00 +1400", URI),
        ("999999999999 Odd", "nonsense", URI),
        ("²00 Odd", "", "http://[not-an-address/1.html"),
        ("Odd", "Thu, 99 Foo 2024", "http:///1.html"),
    ],
)
def test_odd_headers_cost_a_column_and_never_the_record(tmp_path: Path, status: str, modified: str, uri: str) -> None:
    put(tmp_path / "in", "a.warc.gz", info(DATE), original(uri, BODY, ("Last-Modified", modified), status=status))
    put(tmp_path / "in", "b.warc.gz", info(DATE), original(URI + "?2"))
    ingest(tmp_path / "w", tmp_path / "in")
    assert (uri, "response", SHA) in taken(tmp_path / "w")
    assert (URI + "?2", "response", SHA) in taken(tmp_path / "w")


def test_a_date_that_is_none_takes_that_of_the_record_before(tmp_path: Path) -> None:
    odd = original(URI + "?2").replace(DATE.encode(), b"0000-00-00T00:00:00Z")
    put(tmp_path / "in", "a.warc.gz", info(DATE), original(), odd)
    ingest(tmp_path / "w", tmp_path / "in")
    assert value(tmp_path / "w", "SELECT count(DISTINCT captured_at) FROM captures") == 1


def test_what_has_no_reader_is_kept_and_rejected(tmp_path: Path) -> None:
    message = http_response(b"\x00\x01", "application/x-lotus-notes")
    put(tmp_path / "in", "a.warc.gz", info(DATE), response(URI, DATE, message, b"\x00\x01"), original(URI + "?2"))
    ingest(tmp_path / "w", tmp_path / "in")
    assert rows(tmp_path / "w", "SELECT uri, error FROM rejects") == [(URI, "media-type")]
    assert value(tmp_path / "w", "SELECT count(*) FROM documents") == 1


@pytest.mark.parametrize("status", ["301 Moved Permanently", "302 Found", "307 Temporary Redirect"])
def test_what_a_redirect_says_is_kept_and_not_read(tmp_path: Path, status: str) -> None:
    """Whether or not the same bytes are a page elsewhere."""
    other = b'{"moved": "to another place"}'
    moved = original(URI, other, ("Location", "/there"), status=status)
    put(tmp_path / "in", "a.warc.gz", info(DATE), original("http://a.example.org/b"), moved)
    ingest(tmp_path / "w", tmp_path / "in")
    assert rows(tmp_path / "w", "FROM rejects") == []
    assert rows(tmp_path / "w", "SELECT location FROM captures WHERE uri = $1", URI) == [
        ("http://www.jiangkou.example.org/there",)
    ]
    assert value(tmp_path / "w", "SELECT count(*) FROM documents") == 1
    assert examine(Warehouse(tmp_path / "w")).findings == []
    put(tmp_path / "in", "b.warc.gz", info(DATE), original("http://a.example.org/c", other))
    ingest(tmp_path / "w", tmp_path / "in")
    assert value(tmp_path / "w", "SELECT count(*) FROM documents") == 2


def test_a_json_answer_with_a_wrong_digest_is_read_all_the_same(tmp_path: Path) -> None:
    body = '{"title":"渡口改期","content":"自三月起，渡船每日两班，票价不变，老人免费。"}'.encode()
    message = http_response(body, "application/json")
    wrong = response(URI, DATE, message, body, payload_digest=digest(b"other"))
    put(tmp_path / "in", "a.warc.gz", info(DATE), wrong)
    ingest(tmp_path / "w", tmp_path / "in")
    assert value(tmp_path / "w", "SELECT count(*) FROM documents") == 1
