"""The raw store: WARC 1.1 segments, one gzip member a record, written once and never changed.

A segment is spooled, flushed to disk, then put whole. What a crash leaves spooled is salvaged record by record by
`flows.capture.salvage`.
"""

from __future__ import annotations

import base64
import hashlib
import io
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from isal import isal_zlib
from warcio.recordloader import ArcWarcRecord
from warcio.warcwriter import WARCWriter

from warehouse.storage import at

SEGMENT_BYTES = 1 << 30
"""A segment that has grown beyond this is closed and the next one begun."""

_GZIP_LEVEL = 2
_GZIP_WINDOW = 16 + isal_zlib.MAX_WBITS
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Place:
    """Where a record lies: file below `raw/`, first byte and length in that file."""

    warc_file: str
    offset: int
    length: int


class ChangedWhileRead(Exception):  # noqa: N818
    """A stream did not hold the bytes whose hash was announced."""


@lru_cache(maxsize=16)
def warc_date(moment: datetime) -> str:
    """A UTC moment as a WARC-Date with microseconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@lru_cache(maxsize=256)
def warc_digest(sha256_hex: str) -> str:
    """A SHA-256 as WARC digest headers write it: base32 behind the algorithm's name."""
    return "sha256:" + base64.b32encode(bytes.fromhex(sha256_hex)).decode("ascii")


class SegmentWriter:
    """Writes the segments of one run. Use as a context manager; `close` makes the bytes durable.

    `description` goes into each segment's warcinfo record as `name: value` lines.
    """

    def __init__(self, raw: Path, run_id: str, started_at: datetime, description: Mapping[str, str]) -> None:
        self._storage = at(raw)
        self._run_id = run_id
        self._folder = started_at.strftime("%Y/%m")
        self._description = {"software": "dibao", "format": "WARC File Format 1.1", "run": run_id, **description}
        self._number = 0
        self._out: BinaryIO | None = None
        self._name = ""
        self.closed: list[str] = []
        """Segments that are complete, below `raw/`."""

    def __enter__(self) -> SegmentWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def resource(
        self,
        uri: str,
        payload: bytes,
        sha256: str,
        media_type: str,
        captured_at: datetime,
        extra: Mapping[str, str],
        *,
        kind: str = "resource",
    ) -> Place:
        """Write a `resource` record, or a `conversion`, that holds a payload whose SHA-256 is known."""
        headers = self._headers(captured_at, sha256, extra) | {"WARC-Block-Digest": warc_digest(sha256)}
        record = self._builder.create_warc_record(uri, kind, io.BytesIO(payload), len(payload), media_type, headers)
        return self.write(record)

    def resource_stream(
        self,
        uri: str,
        chunks: Iterable[bytes],
        size: int,
        sha256: str,
        media_type: str,
        captured_at: datetime,
        extra: Mapping[str, str],
    ) -> Place:
        """Write a `resource` record from a stream too large to hold.

        Raises ChangedWhileRead, and leaves no trace in the segment, where the stream is not `size` bytes
        of that SHA-256.
        """
        headers = self._headers(captured_at, sha256, extra) | {"WARC-Block-Digest": warc_digest(sha256)}
        record = self._builder.create_warc_record(uri, "resource", None, None, media_type, headers)
        record.rec_headers.replace_header("Content-Type", media_type)
        record.rec_headers.replace_header("Content-Length", str(size))
        head = record.rec_headers.to_bytes(encoding="utf-8")
        return self._member(_verified(head, chunks, size, sha256))

    def revisit(
        self,
        uri: str,
        sha256: str,
        refers_to_uri: str,
        refers_to_date: datetime,
        captured_at: datetime,
        extra: Mapping[str, str],
        http_headers: Any = None,
    ) -> Place:
        """Write a `revisit` record: the same payload was retrieved again."""
        headers = {"WARC-Date": warc_date(captured_at), **extra}
        record = self._builder.create_revisit_record(
            uri, warc_digest(sha256), refers_to_uri, warc_date(refers_to_date), http_headers, headers
        )
        return self.write(record)

    def message(self, kind: str, uri: str, block: bytes, captured_at: datetime, headers: Mapping[str, str]) -> Place:
        """Write an HTTP message as it went over the wire: `request`, `response`, or the head of a `revisit`.

        Header values are ASCII on one line each. Nothing of the block is parsed or made anew.
        """
        kind_of_message = "request" if kind == "request" else "response"
        return self._record(kind, uri, block, captured_at, headers, f"application/http; msgtype={kind_of_message}")

    def _record(
        self, kind: str, uri: str, block: bytes, captured_at: datetime, headers: Mapping[str, str], content_type: str
    ) -> Place:
        lines = {
            "WARC-Type": kind,
            "WARC-Record-ID": self.record_id(),
            "WARC-Target-URI": uri,
            "WARC-Date": warc_date(captured_at),
            "WARC-Block-Digest": warc_digest(hashlib.sha256(block).hexdigest()),
            **headers,
            "Content-Type": content_type,
            "Content-Length": str(len(block)),
        }
        head = "WARC/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items()) + "\r\n"
        return self._member([head.encode(), block, b"\r\n\r\n"])

    @staticmethod
    def record_id() -> str:
        """A new name for a record, so that others can refer to it."""
        return f"<urn:uuid:{uuid.uuid4()}>"

    def flush(self) -> None:
        """Hand what was written to the operating system, so that it outlives this process."""
        if self._out is not None:
            self._out.flush()

    def metadata(self, uri: str, fields: Mapping[str, str], captured_at: datetime) -> Place:
        """Write a `metadata` record of `name: value` lines about a URI."""
        block = "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode()
        return self._record("metadata", uri, block, captured_at, {}, "application/warc-fields")

    def write(self, record: ArcWarcRecord) -> Place:
        """Write any record as one gzip member."""
        plain = io.BytesIO()
        WARCWriter(plain, gzip=False, warc_version="1.1").write_record(record)
        return self._member([plain.getvalue()])

    def close(self) -> None:
        """Flush the open segment to disk and give it its final name."""
        if self._out is None:
            return
        self._out.close()
        self._out = None
        self._storage.keep(self._name)
        self.closed.append(self._name)

    @property
    def _builder(self) -> WARCWriter:
        return WARCWriter(io.BytesIO(), gzip=False, warc_version="1.1")

    def _headers(self, captured_at: datetime, sha256: str, extra: Mapping[str, str]) -> dict[str, str]:
        return {"WARC-Date": warc_date(captured_at), "WARC-Payload-Digest": warc_digest(sha256), **extra}

    def _member(self, plain: Iterable[bytes]) -> Place:
        if self._out is not None and self._out.tell() > SEGMENT_BYTES:
            self.close()
        if self._out is None:
            self._open()
        assert self._out is not None
        start = self._out.tell()
        press = isal_zlib.compressobj(_GZIP_LEVEL, isal_zlib.DEFLATED, _GZIP_WINDOW)
        try:
            for piece in plain:
                self._out.write(press.compress(piece))
            self._out.write(press.flush())
        except BaseException:
            self._out.seek(start)
            self._out.truncate()
            raise
        return Place(self._name, start, self._out.tell() - start)

    def _open(self) -> None:
        while self._is_taken():  # by a first try of the same step
            self._number += 1
        self._out = self._storage.spool(self._name).open("xb")
        info = self._builder.create_warcinfo_record(Path(self._name).name, self._description)
        self.write(info)

    def _is_taken(self) -> bool:
        self._name = f"{self._folder}/{self._run_id}-{self._number:05d}.warc.gz"
        return self._storage.size(self._name) is not None or self._storage.spool(self._name).exists()


def _verified(head: bytes, chunks: Iterable[bytes], size: int, sha256: str) -> Iterator[bytes]:
    yield head
    digest, seen = hashlib.sha256(), 0
    for chunk in chunks:
        digest.update(chunk)
        seen += len(chunk)
        yield chunk
    if seen != size or digest.hexdigest() != sha256:
        raise ChangedWhileRead
    yield b"\r\n\r\n"


def finish(raw: Path, warc_file: str, end: int) -> None:
    """Put a segment that a killed run left spooled, cut after its last whole record, which ends at byte `end`.

    With 0 there is none, and the segment goes.
    """
    storage = at(raw)
    left = storage.spool(warc_file)
    if end == 0:
        left.unlink()
        return
    with left.open("r+b") as file:
        file.truncate(end)
    storage.keep(warc_file)


def take_in(raw: Path, folder: str, origin: Path, sha256: str, *, link: bool = False) -> str:
    """Copy a WARC or ARC file into the raw store, durable and verified; returns its path below `raw/`.

    With `link` the file is referred to where it is. Raises ChangedWhileRead where the copy has another SHA-256.
    """
    name = f"{folder}/{sha256[:16]}-{origin.name.encode('utf-8', 'replace').decode()}"
    storage = at(raw)
    if storage.size(name) is not None:
        return name
    if link:
        storage.refer(name, origin)
        return name
    digest = hashlib.sha256()
    with origin.open("rb") as source, storage.writing(name) as copy:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            copy.write(chunk)
        if digest.hexdigest() != sha256:
            raise ChangedWhileRead
    return name
