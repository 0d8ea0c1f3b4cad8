"""Overwriting records: nothing moves, others are as they were, and any reader of WARC passes over what is left."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from tests.makers.warc_bytes import gzipped, http_response, info, response
from warehouse.raw import SegmentWriter
from warehouse.records import payload_at, records
from warehouse.scrub import Cut, Span, scrub

WORDS = ("The mail boat is late today", "High water at nine", "Nets are to be dried by the wall", "No fish was landed")
DATE = "2024-03-01T06:00:00Z"


def made(count: int, size: int) -> list[bytes]:
    out = [info(DATE)]
    for number in range(count):
        body = f"page {number} ".encode() * size
        out.append(response(f"http://paper.example/{number}", DATE, http_response(body, "text/plain"), body))
    return out


@pytest.mark.parametrize("size", [1, 2, 30, 900, 20_000])
@pytest.mark.parametrize("packed", [True, False])
def test_a_record_is_overwritten_in_its_place(tmp_path: Path, size: int, packed: bool) -> None:
    name = "a.warc.gz" if packed else "a.warc"
    (tmp_path / name).write_bytes(gzipped(*made(3, size)) if packed else b"".join(made(3, size)))
    before = [(each.offset, each.length, each.uri, each.payload) for each in records(tmp_path / name)]
    offset, length, *_ = before[2]
    scrub(tmp_path, name, [Cut(offset, length)], {"takedown": "1f2e"})
    after = [(each.offset, each.length, each.uri, each.payload) for each in records(tmp_path / name)]
    assert [each[:2] for each in after] == [each[:2] for each in before]
    assert [each for place, each in enumerate(after) if place != 2] == [
        each for place, each in enumerate(before) if place != 2
    ]
    data = (tmp_path / name).read_bytes()
    assert b"page 1" not in (gzip.decompress(data) if packed else data)
    with (tmp_path / name).open("rb") as file:
        kinds = [each.rec_type for each in ArchiveIterator(file, check_digests="raise")]
    assert kinds == ["warcinfo", "response", "metadata", "response"]
    again = (tmp_path / name).read_bytes()
    scrub(tmp_path, name, [Cut(offset, length)], {"takedown": "other"})
    assert (tmp_path / name).read_bytes() == again  # a tombstone stays what it is


def test_a_part_of_a_payload_is_blanked_and_the_digests_are_right(tmp_path: Path) -> None:
    payload = json.dumps([{"text": f"{words} {number}"} for number, words in enumerate(WORDS)]).encode()
    first = payload.index(b"}") + 3
    end = payload.index(b"}", first) + 1
    with SegmentWriter(tmp_path, "20240301T060000-00000a-desk", datetime(2024, 3, 1, tzinfo=UTC), {}) as out:
        place = out.resource(
            "file:///a.json",
            payload,
            sha256(payload).hexdigest(),
            "application/json",
            datetime(2024, 3, 1, tzinfo=UTC),
            {},
        )
    span = Span(first, end, lambda part: b"{" + b" " * (len(part) - 2) + b"}")
    scrub(tmp_path, place.warc_file, [Cut(place.offset, place.length, (span,))], {})
    now = payload_at(tmp_path, place.warc_file, place.offset, place.length, "resource")
    assert now == payload[:first] + b"{" + b" " * (end - first - 2) + b"}" + payload[end:]
    assert [each.digest_ok for each in records(tmp_path / place.warc_file)][1:] == [True]


def test_an_arc_record_keeps_its_line_and_loses_its_bytes(tmp_path: Path) -> None:
    version = b"1 0 test\nURL IP-address Archive-date Content-type Archive-length\n"
    head = b"filedesc://a.arc 0.0.0.0 20240301060000 text/plain %d\n" % len(version) + version + b"\n"
    body = http_response(b"secret words of a page", "text/plain")
    line = b"http://paper.example/a 127.0.0.1 20240301060000 text/plain %d\n" % len(body)
    (tmp_path / "a.arc.gz").write_bytes(b"".join(gzip.compress(each) for each in (head, line + body + b"\n")))
    before = list(records(tmp_path / "a.arc.gz"))
    scrub(tmp_path, "a.arc.gz", [Cut(before[1].offset, before[1].length)], {})
    assert b"secret" not in gzip.decompress((tmp_path / "a.arc.gz").read_bytes())
    assert (tmp_path / "a.arc.gz").stat().st_size == before[1].offset + before[1].length
