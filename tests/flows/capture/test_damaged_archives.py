"""WARC files that are damaged in the middle: every record that is whole is taken, and what was passed over is told."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from flows.sources.registry import Source
from tests.jobs import ingest, rows, value
from tests.makers.warc_bytes import gzipped, http_response, info, record, response
from warehouse.records import RawRecord, Skipped, readable

DATE = "2024-03-07T10:00:01Z"
COUNT = 6


def body(number: int) -> bytes:
    text = f"自三月起，{number}号渡船每日两班，票价不变，老人免费，汛期停航。" * 3
    return f"<html><body><h1>渡口改期{number}</h1><p>{text}</p></body></html>".encode()


def uri(number: int) -> str:
    return f"http://paper.example/{number}"


def page(number: int, *headers: tuple[str, str]) -> bytes:
    message = http_response(body(number), "text/html; charset=utf-8")
    if not headers:
        return response(uri(number), DATE, message, body(number))
    return record("response", uri(number), DATE, "application/http; msgtype=response", message, *headers)


def pieces(packed: bool) -> list[bytes]:
    made = [info(DATE), *map(page, range(COUNT))]
    return [gzipped(each) for each in made] if packed else made


def read(path: Path) -> tuple[list[str], list[tuple[int, int]]]:
    found = list(readable(path))
    return (
        [str(each.uri) for each in found if isinstance(each, RawRecord) and each.kind == "response"],
        [(each.start, each.end) for each in found if isinstance(each, Skipped)],
    )


def others(*but: int) -> list[str]:
    return [uri(number) for number in range(COUNT) if number not in but]


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("garbage", [b"\x00" * 700, b"not a record at all\r\n\r\n" * 30, b"\x1f\x8b\x08 and no member"])
def test_garbage_between_records_is_passed_over(tmp_path: Path, packed: bool, garbage: bytes) -> None:
    made = pieces(packed)
    path = tmp_path / ("a.warc.gz" if packed else "a.warc")
    path.write_bytes(b"".join([*made[:3], garbage, *made[3:]]))
    found, passed = read(path)
    before = sum(map(len, made[:3]))
    assert found == others()
    assert len(passed) == 1
    assert before - 4 <= passed[0][0] <= before
    assert passed[0][1] == before + len(garbage)


@pytest.mark.parametrize("at", [1, 3, COUNT])
def test_a_member_that_is_damaged_costs_itself_only(tmp_path: Path, at: int) -> None:
    made = pieces(packed=True)
    for place in (0, 4, 12, len(made[at]) // 2, len(made[at]) - 3):
        hurt = bytearray(made[at])
        hurt[place] ^= 0x55
        path = tmp_path / "a.warc.gz"
        path.write_bytes(b"".join([*made[:at], bytes(hurt), *made[at + 1 :]]))
        found, passed = read(path)
        assert [each for each in found if each != uri(at - 1)] == others(at - 1), place
        assert passed or uri(at - 1) in found


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("stated", ["1", "40", "99999999", "-5", "many"])
def test_a_wrong_length_costs_its_record_only(tmp_path: Path, packed: bool, stated: str) -> None:
    plain = pieces(packed=False)
    head, mark, rest = plain[3].partition(b"Content-Length: ")
    wrong = head + mark + stated.encode() + rest[rest.index(b"\r\n") :]
    made = pieces(packed)
    made[3] = gzipped(wrong) if packed else wrong
    path = tmp_path / ("a.warc.gz" if packed else "a.warc")
    path.write_bytes(b"".join(made))
    found, _ = read(path)
    assert [each for each in found if each != uri(2)] == others(2)
    ingest(tmp_path / "w", path)
    said = rows(tmp_path / "w", "SELECT error FROM rejects WHERE error IN ('broken-archive', 'cut', 'length')")
    assert said


def test_the_last_record_that_is_cut_is_told_with_its_place(tmp_path: Path) -> None:
    made = pieces(packed=True)
    path = tmp_path / "a.warc.gz"
    path.write_bytes(b"".join(made)[:-20])
    ingest(tmp_path / "w", path)
    assert value(tmp_path / "w", "SELECT count(*) FROM documents") == COUNT - 1
    ((error, message),) = rows(tmp_path / "w", "SELECT error, message FROM rejects")
    start, end = sum(map(len, made[:-1])), path.stat().st_size
    assert error in ("cut", "broken-archive")
    assert f"Bytes {start} to {end} were passed over." in message


def test_what_follows_a_damaged_place_is_an_article_and_rebuilds(tmp_path: Path) -> None:
    made = pieces(packed=True)
    path = tmp_path / "a.warc.gz"
    path.write_bytes(b"".join([*made[:3], b"\xff" * 90, *made[4:]]))
    ingest(tmp_path / "w", path)
    assert sorted(uri for (uri,) in rows(tmp_path / "w", "SELECT uri FROM captures")) == others(2)
    assert value(tmp_path / "w", "SELECT count(*) FROM articles") == COUNT - 1


def test_any_damage_leaves_the_records_that_it_does_not_touch(tmp_path: Path) -> None:
    for packed in (True, False):
        made = pieces(packed)
        whole = b"".join(made)
        ends = [sum(map(len, made[: n + 1])) for n in range(len(made))]
        path = tmp_path / ("a.warc.gz" if packed else "a.warc")
        for seed in range(40):
            rng = random.Random(seed)
            data = bytearray(whole)
            start = rng.randrange(len(data))
            stop = min(len(data), start + rng.choice([1, 1, 3, 50]))
            data[start:stop] = rng.randbytes(stop - start)
            path.write_bytes(data)
            touched = {n for n, end in enumerate(ends) if start < end and stop > (ends[n - 1] if n else 0)}
            # Line ends that part plain records are the next one's only in name.
            touched |= {n + 1 for n in touched} | {n - 1 for n in touched} if not packed else set()
            found, _ = read(path)
            missing = {uri(n - 1) for n in range(1, len(made)) if n not in touched} - set(found)
            assert not missing, f"seed {seed}, packed {packed}"


@pytest.mark.parametrize("separate", [False, True])
def test_the_text_of_a_page_is_no_second_carrier(tmp_path: Path, separate: bool) -> None:
    def text(number: int, kind: str, target: str) -> bytes:
        return record(kind, target, DATE, "text/plain; charset=utf-8", f"渡口改期{number}\n自三月起".encode())

    pages = [page(number) for number in range(3)]
    texts = [text(0, "resource", f"urn:text:{uri(0)}"), text(1, "conversion", uri(1)), text(9, "conversion", uri(9))]
    (tmp_path / "in").mkdir()
    if separate:
        (tmp_path / "in" / "a.warc.gz").write_bytes(gzipped(*pages))
        (tmp_path / "in" / "t.warc.gz").write_bytes(gzipped(texts[0]))
    else:
        (tmp_path / "in" / "a.warc.gz").write_bytes(gzipped(*pages, *texts))
    ingest(tmp_path / "w", tmp_path / "in")
    kept = [uri(0), uri(1), uri(2)] + ([] if separate else [uri(9)])  # a text whose page is not there is read
    assert [each for (each,) in rows(tmp_path / "w", "SELECT uri FROM captures ORDER BY uri")] == kept
    ((error, message),) = rows(tmp_path / "w", "SELECT error, message FROM rejects")
    assert error == "derived"
    assert message.startswith("1 records" if separate else "2 records")


@pytest.mark.parametrize("reason", ["length", "time", "disconnect", "unspecified"])
def test_a_payload_that_the_crawler_broke_off_is_not_complete(tmp_path: Path, reason: str) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzipped(page(0), page(1, ("WARC-Truncated", reason)), page(2)))
    ingest(tmp_path / "w", path)
    got: list[tuple[Any, ...]] = rows(
        tmp_path / "w",
        "SELECT c.uri, a.complete FROM captures c JOIN documents d USING (payload_sha256) "
        "JOIN articles a USING (document_id) ORDER BY 1",
    )
    assert got == [(uri(0), True), (uri(1), False), (uri(2), True)]
    assert ingest(tmp_path / "w", path).snapshot is None  # what a record says of itself no source takes back


def test_what_a_source_says_later_does_not_make_a_broken_off_payload_whole(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.warc.gz").write_bytes(gzipped(page(0), page(1, ("WARC-Truncated", "length"))))
    for zone in (None, "Asia/Shanghai"):
        ingest(tmp_path / "w", Source(id="s", location=str(tmp_path / "in"), zone=zone))
    assert rows(tmp_path / "w", "SELECT parser FROM captures ORDER BY uri") == [
        ('{"timezone":"Asia/Shanghai"}',),
        ('{"timezone":"Asia/Shanghai","truncated":"length"}',),
    ]
    complete = "SELECT complete FROM articles JOIN documents USING (document_id) JOIN captures USING (payload_sha256)"
    assert rows(tmp_path / "w", f"{complete} ORDER BY uri") == [(True,), (False,)]
