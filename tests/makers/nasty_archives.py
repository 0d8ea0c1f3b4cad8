"""Web archives and compressed files that are damaged, lying or enormous. Each function takes the folder to fill."""

from __future__ import annotations

import gzip
import struct
import zlib
from pathlib import Path
from typing import BinaryIO

import brotli

from tests.makers.warc_bytes import digest, gzipped, http_response, info, record, response

DATE = "2024-03-07T10:00:00Z"
HTML = "text/html; charset=utf-8"
GIGABYTE = 1_000_000_000
_MEMBER = 100_000_000


def page(title: str) -> bytes:
    """A small page with an article."""
    words = f"{title}，这是一段足够长的正文，好让读页面的程序看出它是文章。河面上起了雾，渡船在对岸敲了三下钟。"
    body = f"<h1>{title}</h1>" + f"<p>{words}</p>" * 3
    head = f"<meta charset=utf-8><title>{title}</title>"
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode()


def _captured(number: int) -> bytes:
    body = page(f"第{number}页")
    return response(f"http://www.example.org/{number}.html", DATE, http_response(body, HTML), body)


def warc_cut_in_a_record(folder: Path) -> None:
    """Two pages are whole; the third breaks off inside its block. Expected: 2 documents, reject `cut`."""
    whole = info(DATE) + _captured(1) + _captured(2) + _captured(3)
    (folder / "cut.warc").write_bytes(whole[:-150])


def warc_gz_cut_in_a_member(folder: Path) -> None:
    """As before, cut inside the last gzip member. Expected: 2 documents, reject `cut`."""
    (folder / "cut.warc.gz").write_bytes(gzipped(info(DATE), _captured(1), _captured(2), _captured(3))[:-60])


def warc_with_a_wrong_digest(folder: Path) -> None:
    """The label of the first page is not its digest. Expected: reject `digest` for it, the second page a document."""
    body = page("第1页")
    message = http_response(body, HTML)
    lying = response("http://www.example.org/1.html", DATE, message, body, payload_digest=digest(b"another"))
    (folder / "digest.warc").write_bytes(info(DATE) + lying + _captured(2))


def warc_with_brotli(folder: Path) -> None:
    """Content-Encoding br. Expected: a document whose title is 压缩页; the second page too."""
    body = brotli.compress(page("压缩页"))
    message = http_response(body, HTML, ("Content-Encoding", "br"))
    compressed = response("http://www.example.org/br.html", DATE, message, body)
    (folder / "brotli.warc").write_bytes(info(DATE) + compressed + _captured(2))


def warc_with_broken_brotli(folder: Path) -> None:
    """The body breaks off in the middle of the compressed stream. Expected: a reject for it, the second page read."""
    body = brotli.compress(page("压缩页"))[:-40]
    message = http_response(body, HTML, ("Content-Encoding", "br"))
    compressed = response("http://www.example.org/br.html", DATE, message, body)
    (folder / "broken-brotli.warc").write_bytes(info(DATE) + compressed + _captured(2))


def warc_with_garbage_between(folder: Path) -> None:
    """Bytes that belong to no record. Expected: both pages documents, a reject for what stands between, no crash."""
    (folder / "garbage.warc").write_bytes(info(DATE) + _captured(1) + b"\x00\xff not a record \r\n" * 50 + _captured(2))


def warc_of_one_gzip_member(folder: Path) -> None:
    """All records in one gzip member, against the standard. Expected: 2 documents, or one clear reject."""
    (folder / "one-member.warc.gz").write_bytes(gzip.compress(info(DATE) + _captured(1) + _captured(2), mtime=0))


def warc_with_a_lying_length(folder: Path) -> None:
    """Content-Length is larger than the file. Expected: a reject, the page before it a document."""
    head = b"WARC/1.1\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:uuid:0f6b5f0c-0000-4000-8000-000000000000>\r\n"
    head += (
        b"WARC-Date: 2024-03-07T10:00:00Z\r\nWARC-Target-URI: http://www.example.org/x\r\nContent-Type: text/plain\r\n"
    )
    (folder / "length.warc").write_bytes(info(DATE) + _captured(1) + head + b"Content-Length: 99999999999\r\n\r\nabc")


def warc_with_odd_dates(folder: Path) -> None:
    """WARC-Date of 0000-00-00 and one that is no date. Expected: no crash; rejects or documents, both accounted for."""
    body = page("没有日子")
    parts = [info(DATE)]
    for number, date in enumerate(("0000-00-00T00:00:00Z", "yesterday")):
        parts.append(response(f"http://www.example.org/{number}", date, http_response(body, HTML), body))
    (folder / "dates.warc").write_bytes(b"".join(parts) + _captured(2))


def revisit_of_nothing(folder: Path) -> None:
    """A revisit whose payload is in no archive. Expected: a capture without a document, and a reject that says so."""
    message = http_response(b"", HTML, status="304 Not Modified")
    again = record(
        "revisit",
        "http://www.example.org/gone.html",
        DATE,
        "application/http; msgtype=response",
        message,
        ("WARC-Profile", "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"),
        ("WARC-Payload-Digest", digest(b"never seen")),
    )
    (folder / "revisit.warc").write_bytes(info(DATE) + again + _captured(2))


def _arc_record(number: int) -> bytes:
    message = http_response(page(f"第{number}页"), HTML)
    return (
        f"http://www.example.org/{number}.html 192.0.2.1 2024030710000{number} text/html {len(message)}\n".encode()
        + message
        + b"\n"
    )


def _arc_head() -> bytes:
    version = b"1 0 Sample\nURL IP-address Archive-date Content-type Archive-length\n"
    return f"filedesc://sample.arc 0.0.0.0 20240307100000 text/plain {len(version)}\n".encode() + version + b"\n"


def arc(folder: Path) -> None:
    """An ARC file as it should be. Expected: 2 documents."""
    (folder / "good.arc").write_bytes(_arc_head() + _arc_record(1) + _arc_record(2))


def arc_with_garbage(folder: Path) -> None:
    """A page, then garbage where a record should begin. Expected: 1 document at least, a reject for the rest."""
    (folder / "garbage.arc").write_bytes(_arc_head() + _arc_record(1) + b"\x00\x01\xfe garbage\n" * 200)


def gzip_bomb(folder: Path, size: int = 10 * GIGABYTE) -> None:
    """Some 10 MB of gzip that unpack to `size` zeros, as .txt.gz and as .warc.gz. Expected: rejects, memory small."""
    member = gzip.compress(bytes(_MEMBER), 9, mtime=0)
    for name in ("zeros.txt.gz", "zeros.warc.gz"):
        with (folder / name).open("wb") as file:
            for _ in range(size // _MEMBER):
                file.write(member)


def warc_bomb(folder: Path, size: int = 10 * GIGABYTE) -> None:
    """A sound page, then a record whose payload is `size` zeros, 10 MB on disk. Expected: the page a document, the
    record rejected (`too-large`) or kept without a document, memory small."""
    head = b"WARC/1.1\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:uuid:0f6b5f0c-0000-4000-8000-000000000001>\r\n"
    head += b"WARC-Date: 2024-03-07T10:00:00Z\r\nWARC-Target-URI: http://www.example.org/zeros\r\n"
    head += b"Content-Type: text/plain\r\n"
    head += f"Content-Length: {size}\r\n\r\n".encode()
    with (folder / "huge-record.warc.gz").open("wb") as file:
        file.write(gzipped(info(DATE), _captured(1)))
        _zeros_in_one_member(file, head, size, b"\r\n\r\n")


def _zeros_in_one_member(file: BinaryIO, head: bytes, size: int, tail: bytes) -> None:
    """A gzip member of `head`, `size` zeros and `tail`: one run of zeros is packed once and written again and again."""

    def packed(data: bytes, flush: int) -> bytes:
        squeeze = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        return squeeze.compress(data) + squeeze.flush(flush)

    run = bytes(_MEMBER)
    again = packed(run, zlib.Z_FULL_FLUSH)
    check = zlib.crc32(head)
    file.write(b"\x1f\x8b\x08" + bytes(6) + b"\xff" + packed(head, zlib.Z_FULL_FLUSH))
    for _ in range(size // _MEMBER):
        file.write(again)
        check = zlib.crc32(run, check)
    total = len(head) + size // _MEMBER * _MEMBER + len(tail)
    file.write(packed(tail, zlib.Z_FINISH) + struct.pack("<II", zlib.crc32(tail, check), total % (1 << 32)))


def html_bomb_in_warc(folder: Path, size: int = GIGABYTE) -> None:
    """A page with Content-Encoding gzip that unpacks to `size` spaces. Expected: a reject, the next page read."""
    body = gzip.compress(b" " * _MEMBER, 9, mtime=0) * (size // _MEMBER)
    message = http_response(body, HTML, ("Content-Encoding", "gzip"))
    (folder / "encoded.warc").write_bytes(
        info(DATE) + response("http://www.example.org/zip.html", DATE, message, body) + _captured(2)
    )
