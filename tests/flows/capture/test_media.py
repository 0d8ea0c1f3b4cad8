"""What a file is."""

from __future__ import annotations

import gzip

import pytest

from flows.capture.media import JSON_LINES, WARC, media_type, served_type
from tests.makers.warc_bytes import gzipped, info

ARCHIVE = gzipped(info("2024-03-07T10:00:00Z"))


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("a.txt", b"", "text/plain"),
        ("A.TXT", b"x", "text/plain"),
        ("a.md", b"---\n", "text/markdown"),
        ("a.shtml", b"x", "text/html"),
        ("a.jsonl", b"{}", JSON_LINES),
        ("a.pdf", b"%PDF", "application/pdf"),
        ("a", b"  <!DOCTYPE html><p>", "text/html"),
        ("a", b"<!-- x --><html>", "text/html"),
        ("a", b"plain words", "text/plain"),
        ("a.unknown", b"\x00\x01", "application/octet-stream"),
        ("a.warc", b"", WARC),
        ("a.warc.gz", b"not gzip", WARC),
        ("a.arc.gz", b"", WARC),
        ("a.txt", ARCHIVE, WARC),
        ("a.txt", b"WARC/1.0\r\n", WARC),
        ("a.bin", b"filedesc://x", WARC),
        ("a.txt.gz", gzip.compress(b"x", mtime=0), "application/gzip"),
        ("20240301.第1版", b"x", "text/plain"),
    ],
)
def test_of_files(name: str, head: bytes, kind: str) -> None:
    assert media_type(name, head) == kind


@pytest.mark.parametrize(
    ("declared", "payload", "kind"),
    [
        ("text/html; charset=gbk", b"x", "text/html; charset=gbk"),
        ("application/octet-stream", b"<html>", "text/html"),
        (None, b"<!doctype html>", "text/html"),
        (None, b"x", None),
        ("  ", b"x", None),
        ("image/png", b"<html>", "image/png"),
    ],
)
def test_of_web_captures(declared: str | None, payload: bytes, kind: str | None) -> None:
    assert served_type(declared, payload) == kind
