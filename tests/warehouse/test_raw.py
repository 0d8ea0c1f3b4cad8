"""Segments: what is written can be read by other readers, and lies where it is said to lie."""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastwarc import ArchiveIterator as FastIterator
from fastwarc import WarcRecordType
from warcio.archiveiterator import ArchiveIterator

from warehouse import raw as raw_store
from warehouse.raw import ChangedWhileRead, Place, SegmentWriter, take_in, warc_date, warc_digest
from warehouse.records import payload_at, records

AT = datetime(2024, 3, 1, 6, 15, 2, 123456, tzinfo=UTC)
RUN = "20240301T061502-7f3a9c-tests"
TEXTS = [
    "渡口改期\n自三月起，渡船每日两班。\n".encode(),
    b"",
    bytes(range(256)) * 40,
    b"\r\n\r\nContent-Length: 3\r\n\r\n",
]


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def write(raw: Path) -> tuple[str, list[Place]]:
    """A segment of four resources, a revisit of the first, and a note."""
    with SegmentWriter(raw, RUN, AT, {"run": RUN}) as writer:
        places = [
            writer.resource(f"file:///s/{n}", text, sha(text), "text/plain", AT, {"Dibao-Source": "s"})
            for n, text in enumerate(TEXTS)
        ]
        places.append(writer.revisit("file:///s/9", sha(TEXTS[0]), "file:///s/0", AT, AT, {"Dibao-Source": "s"}))
        places.append(writer.metadata("file:///s/x.warc", {"note": "taken-in", "outlet": "江口"}, AT))
        writer.close()
        (name,) = writer.closed
    return name, places


def test_a_segment_gets_its_name_when_it_is_whole(tmp_path: Path) -> None:
    writer = SegmentWriter(tmp_path, RUN, AT, {})
    writer.resource("file:///s/1", b"x", sha(b"x"), "text/plain", AT, {})
    (left,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert left.name == f"{RUN}-00000.warc.gz.open"
    writer.close()
    assert writer.closed == [f"2024/03/{RUN}-00000.warc.gz"]
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [f"{RUN}-00000.warc.gz"]


def test_nothing_written_is_no_segment(tmp_path: Path) -> None:
    with SegmentWriter(tmp_path, RUN, AT, {}) as writer:
        pass
    assert writer.closed == []
    assert list(tmp_path.iterdir()) == []


def test_a_segment_is_never_written_over(tmp_path: Path) -> None:
    """A step that is tried again has the same run, and so the same names."""
    name, _ = write(tmp_path)
    before = (tmp_path / name).read_bytes()
    (tmp_path / f"{name}.open".replace("-00000.", "-00001.")).touch()
    again, _ = write(tmp_path)
    assert again == name.replace("-00000.", "-00002.")
    assert (tmp_path / name).read_bytes() == before


def test_warcio_reads_it_and_the_digests_hold(tmp_path: Path) -> None:
    name, _ = write(tmp_path)
    bodies = []
    with (tmp_path / name).open("rb") as file:
        for record in ArchiveIterator(file, check_digests="raise"):
            assert record.rec_headers.protocol == "WARC/1.1"
            body = record.content_stream().read()
            if record.rec_type == "resource":
                bodies.append(body)
                assert record.digest_checker.passed is True
                assert record.rec_headers["WARC-Date"] == "2024-03-01T06:15:02.123456Z"
    assert bodies == TEXTS


def test_fastwarc_reads_it_and_the_digests_hold(tmp_path: Path) -> None:
    name, _ = write(tmp_path)
    seen = []
    with (tmp_path / name).open("rb") as file:
        for record in FastIterator(file, parse_http=False):
            if record.record_type == WarcRecordType.resource:
                assert record.verify_block_digest()
                seen.append(record.reader.read())
    assert seen == TEXTS


def test_the_first_record_describes_the_segment(tmp_path: Path) -> None:
    name, _ = write(tmp_path)
    first = next(records(tmp_path / name))
    assert first.kind == "warcinfo"
    assert f"run: {RUN}".encode() in (first.payload or b"")


def test_places_are_exact(tmp_path: Path) -> None:
    """Each place is one gzip member, and the members fill the file to the last byte."""
    name, places = write(tmp_path)
    data = (tmp_path / name).read_bytes()
    assert [place.warc_file for place in places] == [name] * len(places)
    at = places[0].offset
    for place in places:
        assert place.offset == at
        member = gzip.decompress(data[place.offset : place.offset + place.length])
        assert member.startswith(b"WARC/1.1\r\n")
        assert member.endswith(b"\r\n\r\n")
        at += place.length
    assert at == len(data)
    listed = [(record.offset, record.length) for record in records(tmp_path / name)][1:]
    assert listed == [(place.offset, place.length) for place in places]


def test_payloads_are_read_back_by_their_place(tmp_path: Path) -> None:
    name, places = write(tmp_path)
    for text, place in zip(TEXTS, places, strict=False):
        assert payload_at(tmp_path, name, place.offset, place.length, "resource") == text


def test_a_revisit_says_what_it_refers_to(tmp_path: Path) -> None:
    name, _ = write(tmp_path)
    (revisit,) = [record for record in records(tmp_path / name) if record.kind == "revisit"]
    assert revisit.headers["warc-payload-digest"] == warc_digest(sha(TEXTS[0]))
    assert revisit.headers["warc-refers-to-target-uri"] == "file:///s/0"
    assert revisit.headers["warc-refers-to-date"] == warc_date(AT)
    assert revisit.payload is None


def test_digests_and_dates_as_warc_writes_them() -> None:
    assert warc_date(datetime.fromisoformat("2024-03-01T14:00:00+08:00")) == "2024-03-01T06:00:00.000000Z"
    value = warc_digest(sha(b"x")).removeprefix("sha256:")
    assert base64.b32decode(value) == hashlib.sha256(b"x").digest()


def test_segments_are_closed_when_they_have_grown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw_store, "SEGMENT_BYTES", 2000)
    with SegmentWriter(tmp_path, RUN, AT, {}) as writer:
        for number in range(6):
            text = hashlib.sha512(bytes([number])).digest() * 20
            writer.resource(f"file:///s/{number}", text, sha(text), "text/plain", AT, {})
    assert len(writer.closed) > 1
    found = [r.uri for name in writer.closed for r in records(tmp_path / name) if r.kind == "resource"]
    assert found == [f"file:///s/{number}" for number in range(6)]


# ---------------------------------------------------------------- streams


def large() -> Iterator[bytes]:
    """70 MB that do not stand in memory at once."""
    for number in range(70):
        yield hashlib.sha256(bytes([number])).digest() * (1 << 15)


def test_a_stream_larger_than_a_payload_may_be(tmp_path: Path) -> None:
    whole = hashlib.sha256()
    size = 0
    for chunk in large():
        whole.update(chunk)
        size += len(chunk)
    with SegmentWriter(tmp_path, RUN, AT, {}) as writer:
        place = writer.resource_stream("file:///s/1", large(), size, whole.hexdigest(), "text/plain", AT, {})
        after = writer.resource("file:///s/2", b"x", sha(b"x"), "text/plain", AT, {})
    assert after.offset == place.offset + place.length
    again = hashlib.sha256()
    with (tmp_path / place.warc_file).open("rb") as file:
        for record in ArchiveIterator(file, check_digests="raise"):
            if record.rec_headers["WARC-Target-URI"] == "file:///s/1":
                assert record.length == size
                while chunk := record.content_stream().read(1 << 20):
                    again.update(chunk)
    assert again.hexdigest() == whole.hexdigest()


@pytest.mark.parametrize("kept", [[b"other"], [b"half"], [b"whole", b" and more"], []])
def test_a_stream_that_changes_leaves_no_trace(tmp_path: Path, kept: list[bytes]) -> None:
    with SegmentWriter(tmp_path, RUN, AT, {}) as writer:
        first = writer.resource("file:///s/1", b"x", sha(b"x"), "text/plain", AT, {})
        with pytest.raises(ChangedWhileRead):
            writer.resource_stream("file:///s/2", iter(kept), 5, sha(b"whole"), "text/plain", AT, {})
        last = writer.resource("file:///s/3", b"y", sha(b"y"), "text/plain", AT, {})
    assert last.offset == first.offset + first.length
    uris = [record.uri for record in records(tmp_path / writer.closed[0])]
    assert uris == [None, "file:///s/1", "file:///s/3"]


def test_a_stream_that_breaks_leaves_no_trace(tmp_path: Path) -> None:
    def breaking() -> Iterator[bytes]:
        yield b"whole"
        raise OSError(5, "Input/output error")

    with SegmentWriter(tmp_path, RUN, AT, {}) as writer:
        writer.resource("file:///s/1", b"x", sha(b"x"), "text/plain", AT, {})
        with pytest.raises(OSError, match="Input/output"):
            writer.resource_stream("file:///s/2", breaking(), 5, sha(b"whole"), "text/plain", AT, {})
    assert [record.uri for record in records(tmp_path / writer.closed[0])] == [None, "file:///s/1"]


# ---------------------------------------------------------------- archives taken in whole


def test_an_archive_is_copied_whole_and_once(tmp_path: Path) -> None:
    origin = tmp_path / "地方志.warc.gz"
    origin.write_bytes(b"anything " * 300_000)
    raw = tmp_path / "raw"
    name = take_in(raw, "2024/03", origin, sha(origin.read_bytes()))
    assert (raw / name).read_bytes() == origin.read_bytes()
    assert take_in(raw, "2024/03", origin, sha(origin.read_bytes())) == name
    assert [path.name for path in raw.rglob("*") if path.is_file()] == [Path(name).name]


def test_an_archive_that_changes_while_it_is_copied_is_not_kept(tmp_path: Path) -> None:
    origin = tmp_path / "x.warc.gz"
    origin.write_bytes(b"now")
    with pytest.raises(ChangedWhileRead):
        take_in(tmp_path / "raw", "2024/03", origin, sha(b"before"))
    assert [path for path in (tmp_path / "raw").rglob("*") if path.is_file()] == []
