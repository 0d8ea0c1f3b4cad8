"""Reading WARC and ARC files, whole and broken."""

from __future__ import annotations

import gzip
import hashlib
import resource
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest

from tests.makers.make_samples import NOTICE, PAGE_URI, crawl, page
from tests.makers.warc_bytes import digest, gzipped, http_response, info, record, response
from warehouse.errors import Damaged
from warehouse.records import MAX_PAYLOAD, BrokenArchive, RawRecord, is_archive, payload_at, records


def until_broken(path: Path, *, payloads: bool = True) -> tuple[list[RawRecord], str]:
    """The records before a file breaks, and the short name of why; the test fails where it does not break."""
    got: list[RawRecord] = []
    try:
        for each in records(path, payloads=payloads):
            got.append(each)
    except BrokenArchive as error:
        return got, error.error
    pytest.fail("the file is read to its end")


DATE = "2024-03-07T10:00:01Z"
URI = "http://www.lanwang.example.org/a.html"
BODY = "<p>渡船每日两班。</p>".encode()


def archive(folder: Path, *pieces: bytes, name: str = "x.warc.gz") -> Path:
    path = folder / name
    path.write_bytes(gzipped(*pieces) if name.endswith(".gz") else b"".join(pieces))
    return path


def only(path: Path) -> RawRecord:
    (found,) = [each for each in records(path) if each.kind == "response"]
    return found


@pytest.mark.parametrize("name", ["x.warc.gz", "x.warc"])
def test_every_record_of_a_crawl(tmp_path: Path, name: str) -> None:
    path = archive(tmp_path, *crawl(), name=name)
    found = list(records(path))
    assert [each.kind for each in found] == ["warcinfo", "response", "request", "revisit", "resource"]
    page_record, notice = found[1], found[4]
    assert page_record.payload == page("crawl.html").encode()
    assert (page_record.http_status, page_record.http_headers["etag"]) == (200, '"b71c"')
    assert page_record.captured_at == datetime(2024, 3, 7, 10, 0, 1, tzinfo=UTC)
    assert page_record.digest_ok is True
    assert notice.payload == NOTICE.encode()
    assert found[3].payload is None
    data = path.read_bytes()
    at = 0
    for each in found:
        piece = data[each.offset : each.offset + each.length]
        assert (gzip.decompress(piece) if name.endswith(".gz") else piece).startswith(b"WARC/1.1\r\n")
        assert data[at : each.offset].strip() == b""  # between plain records stand line ends of no record
        at = each.offset + each.length
    assert data[at:].strip() == b""
    for each in (page_record, notice):
        assert payload_at(tmp_path, name, each.offset, each.length, each.kind) == each.payload


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [("gzip", gzip.compress(BODY, mtime=0)), ("deflate", zlib.compress(BODY)), ("br", brotli.compress(BODY))],
)
def test_content_encodings_are_undone(tmp_path: Path, encoding: str, packed: bytes) -> None:
    message = http_response(packed, "text/html", ("Content-Encoding", encoding))
    found = only(archive(tmp_path, info(DATE), response(URI, DATE, message, packed)))
    assert (found.payload, found.problem) == (BODY, None)


def test_chunks_are_put_together(tmp_path: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunked = b"5\r\n" + BODY[:5] + b"\r\n" + f"{len(BODY) - 5:x}\r\n".encode() + BODY[5:] + b"\r\n0\r\n\r\n"
    assert only(archive(tmp_path, response(URI, DATE, head + chunked, chunked))).payload == BODY


def test_a_gzip_body_of_several_members(tmp_path: Path) -> None:
    packed = gzip.compress(BODY[:9]) + gzip.compress(BODY[9:])
    message = http_response(packed, "text/html", ("Content-Encoding", "gzip"))
    assert only(archive(tmp_path, response(URI, DATE, message, packed))).payload == BODY


def test_a_bare_deflate_body(tmp_path: Path) -> None:
    press = zlib.compressobj(wbits=-15)
    packed = press.compress(BODY) + press.flush()
    message = http_response(packed, "text/html", ("Content-Encoding", "deflate"))
    assert only(archive(tmp_path, response(URI, DATE, message, packed))).payload == BODY


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "identity", "utf-8"])
def test_a_body_that_the_crawler_has_unpacked_stands_as_it_is(tmp_path: Path, encoding: str) -> None:
    message = http_response(BODY * 40, "text/html", ("Content-Encoding", encoding))
    found = only(archive(tmp_path, response(URI, DATE, message, BODY * 40)))
    assert (found.payload, found.problem) == (BODY * 40, None)


@pytest.mark.parametrize("damage", ["cut", "flip"])
@pytest.mark.parametrize(
    ("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("br", brotli.compress)]
)
def test_a_body_damaged_half_way_is_kept_so_far_and_said(
    tmp_path: Path, damage: str, encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    text = "".join(hashlib.sha256(bytes([n % 256, n // 256])).hexdigest() for n in range(9000)).encode()
    packed = bytearray(pack(text))
    if damage == "cut":
        del packed[len(packed) * 3 // 4 :]
    else:
        packed[len(packed) * 3 // 4 :] = b"\xff\x00" * (len(packed) // 8)
    message = http_response(bytes(packed), "text/html", ("Content-Encoding", encoding))
    found = only(archive(tmp_path, response(URI, DATE, message, bytes(packed))))
    assert found.problem is not None
    assert found.problem[0] == "undecodable"
    assert found.problem[1].endswith(".")
    assert found.payload
    assert len(found.payload) > 100_000
    if damage == "cut":
        assert text.startswith(found.payload)


def test_a_few_bytes_of_brotli_do_not_become_gigabytes(tmp_path: Path) -> None:
    press = brotli.Compressor(quality=9)
    packed = b"".join(press.process(b"\x20" * (1 << 20)) for _ in range(300)) + press.finish()
    assert len(packed) < 1 << 16, "so that it comes as one piece"
    message = http_response(packed, "text/html", ("Content-Encoding", "br"))
    path = archive(tmp_path, response(URI, DATE, message, packed))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (found,) = records(path)
    assert found.problem == ("too-large", f"The payload unpacks to more than {MAX_PAYLOAD >> 20} MB.")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000, "kB"


def test_a_body_that_is_not_brotli_is_a_problem_of_that_record(tmp_path: Path) -> None:
    packed = b"\x00\x01" * 300
    message = http_response(packed, "text/html", ("Content-Encoding", "br"))
    path = archive(
        tmp_path, response(URI, DATE, message, packed), record("resource", "file:///n", DATE, "text/plain", b"n")
    )
    first, second = records(path)
    assert first.payload is None
    assert first.problem is not None
    assert first.problem[0] == "undecodable"
    assert second.payload == b"n"


def test_a_digest_that_is_wrong_is_told(tmp_path: Path) -> None:
    message = http_response(BODY, "text/html")
    wrong = response(URI, DATE, message, BODY, payload_digest=digest(b"other"))
    found = only(archive(tmp_path, wrong))
    assert found.digest_ok is False
    assert found.payload == BODY


def test_a_payload_beyond_the_limit_is_not_held(tmp_path: Path) -> None:
    bomb = gzip.compress(b"\x00" * (3 << 20))
    message = http_response(bomb, "text/html", ("Content-Encoding", "gzip"))
    path = archive(
        tmp_path, response(URI, DATE, message, bomb), record("resource", "file:///n", DATE, "text/plain", b"n")
    )
    first, second = records(path, limit=1 << 20)
    assert first.payload is None
    assert first.problem == ("too-large", "The payload unpacks to more than 1 MB.")
    assert second.payload == b"n"


@pytest.mark.parametrize("cut", [4, 12, 60, 120])
def test_a_cut_inside_the_head_of_the_last_record_is_seen(tmp_path: Path, cut: int) -> None:
    path = archive(tmp_path, *crawl())
    last = list(records(path))[-1]
    path.write_bytes(path.read_bytes()[: last.offset + cut])
    got, _ = until_broken(path)
    assert [each.kind for each in got] == ["warcinfo", "response", "request", "revisit"]


def test_line_ends_after_the_last_record_are_nothing(tmp_path: Path) -> None:
    path = archive(tmp_path, *crawl(), name="x.warc")
    path.write_bytes(path.read_bytes() + b"\r\n" * 9)
    assert len(list(records(path))) == 5


@pytest.mark.parametrize("share", [0.35, 0.5, 0.7, 0.9, 0.99])
@pytest.mark.parametrize("name", ["x.warc.gz", "x.warc"])
@pytest.mark.parametrize("payloads", [True, False])
def test_a_file_cut_anywhere_gives_what_lies_before_the_cut(
    tmp_path: Path, share: float, name: str, payloads: bool
) -> None:
    path = archive(tmp_path, *crawl(), name=name)
    whole = list(records(path))
    cut = int(path.stat().st_size * share)
    path.write_bytes(path.read_bytes()[:cut])
    got, error = until_broken(path, payloads=payloads)
    assert error in ("cut", "broken-archive")
    if not payloads:
        return
    assert [each.offset for each in got] == [each.offset for each in whole if each.offset + each.length <= cut]
    assert [each.payload for each in got] == [each.payload for each in whole[: len(got)]]


def test_garbage_between_records_is_said(tmp_path: Path) -> None:
    path = archive(tmp_path, info(DATE), record("resource", "file:///n", DATE, "text/plain", b"n"))
    path.write_bytes(path.read_bytes() + b"\xff\x00garbage" * 40)
    got, _ = until_broken(path)
    assert [each.uri for each in got] == [None, "file:///n"]


def arc(*documents: tuple[str, str, str, bytes]) -> bytes:
    """An ARC 1 file: the version block, then URL records."""
    version = b"1 0 InternetArchive\nURL IP-address Archive-date Content-type Archive-length\n\n"
    out = b"filedesc://x.arc 0.0.0.0 20010401000000 text/plain %d\n" % len(version) + version + b"\n"
    for uri, date, kind, block in documents:
        out += f"{uri} 127.0.0.1 {date} {kind} {len(block)}\n".encode() + block + b"\n"
    return out


def test_an_arc_file(tmp_path: Path) -> None:
    message = b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + BODY
    path = tmp_path / "x.arc"
    path.write_bytes(arc((URI, "20010401120000", "text/html", message)))
    found = [each for each in records(path) if each.kind == "response"]
    assert [(each.uri, each.payload, each.http_status) for each in found] == [(URI, BODY, 200)]
    assert found[0].captured_at == datetime(2001, 4, 1, 12, tzinfo=UTC)
    assert payload_at(tmp_path, "x.arc", found[0].offset, found[0].length, "response") == BODY


def test_an_arc_file_with_garbage_keeps_what_lies_before_it(tmp_path: Path) -> None:
    message = b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + BODY
    path = tmp_path / "x.arc"
    path.write_bytes(arc((URI, "20010401120000", "text/html", message)) + b"\x00\xff nonsense here\n" * 30)
    got, _ = until_broken(path)
    assert [each.payload for each in got if each.kind == "response"] == [BODY]


@pytest.mark.parametrize("change", ["flip", "cut", "gone", "elsewhere"])
@pytest.mark.parametrize("kind", ["response", "resource"])
def test_a_record_that_is_damaged_cannot_be_had(tmp_path: Path, change: str, kind: str) -> None:
    path = archive(tmp_path, *crawl())
    (found,) = [each for each in records(path) if each.kind == kind]
    data = bytearray(path.read_bytes())
    offset, length = found.offset, found.length
    if change == "flip":
        data[offset + length // 2] ^= 0xFF
        path.write_bytes(data)
    elif change == "cut":
        path.write_bytes(data[: offset + length // 2])
    elif change == "gone":
        path.unlink()
    else:
        offset += 3
    with pytest.raises(Damaged):
        payload_at(tmp_path, path.name, offset, length, kind)


def test_what_an_archive_looks_like() -> None:
    assert is_archive(b"WARC/1.0\r\n")
    assert is_archive(b"filedesc://x")
    assert is_archive(gzipped(info(DATE))[:200])
    assert not is_archive(gzip.compress(b"plain"))
    assert not is_archive(b"\x1f\x8bnot gzip at all")
    assert not is_archive(b"")


def test_records_can_be_listed_without_their_payloads(tmp_path: Path) -> None:
    path = archive(tmp_path, *crawl())
    found = list(records(path, payloads=False))
    assert [each.uri for each in found][1] == PAGE_URI
    assert [each.payload for each in found] == [None] * 5
    assert [(each.offset, each.length) for each in found] == [(each.offset, each.length) for each in records(path)]
