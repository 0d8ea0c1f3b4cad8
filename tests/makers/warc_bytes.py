"""WARC records as bytes, written by hand so that nothing but the arguments decides what comes out.

A writing library would put its own ids and clock in, and would refuse the damage that some tests need.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import uuid

CRLF = b"\r\n"


def digest(payload: bytes) -> str:
    """The SHA-1 of a payload as WARC files label it."""
    return "sha1:" + base64.b32encode(hashlib.sha1(payload).digest()).decode()


def http_response(body: bytes, content_type: str, *headers: tuple[str, str], status: str = "200 OK") -> bytes:
    """An HTTP/1.1 response with the given body and further headers."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {content_type}"]
    lines += [f"{name}: {value}" for name, value in headers]
    lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + CRLF * 2 + body


def http_request(uri: str) -> bytes:
    """The GET request that asks for `uri`."""
    host, _, path = uri.split("://", 1)[1].partition("/")
    return f"GET /{path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: sample/1\r\nConnection: close\r\n\r\n".encode()


def record(kind: str, uri: str | None, date: str, content_type: str, block: bytes, *headers: tuple[str, str]) -> bytes:
    """One WARC 1.1 record, not compressed. Its id follows from kind, URI and date."""
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"{kind} {uri} {date}")
    fields = [("WARC-Type", kind), ("WARC-Record-ID", f"<urn:uuid:{name}>"), ("WARC-Date", date)]
    if uri is not None:
        fields.append(("WARC-Target-URI", uri))
    fields += [*headers, ("Content-Type", content_type), ("Content-Length", str(len(block)))]
    head = "WARC/1.1\r\n" + "".join(f"{key}: {value}\r\n" for key, value in fields)
    return head.encode() + CRLF + block + CRLF * 2


def info(date: str) -> bytes:
    """The warcinfo record that opens a file."""
    text = b"software: sample\r\nformat: WARC File Format 1.1\r\n"
    return record("warcinfo", None, date, "application/warc-fields", text)


def response(uri: str, date: str, message: bytes, payload: bytes, *, payload_digest: str | None = None) -> bytes:
    """A response record around an HTTP message whose body is `payload`."""
    return record(
        "response",
        uri,
        date,
        "application/http; msgtype=response",
        message,
        ("WARC-Payload-Digest", payload_digest or digest(payload)),
    )


def gzipped(*records: bytes) -> bytes:
    """The records as a .warc.gz: one gzip member a record, with no time in it."""
    return b"".join(gzip.compress(one, 6, mtime=0) for one in records)
