"""Taking the bytes of records out of WARC and ARC files that are kept, every other record staying where it is.

A record that goes is overwritten by a metadata record, a tombstone, of the same length to the byte; one of which only
parts go has them blanked. Where a record is a gzip member, the length is made up by the member's comment, which RFC
1952 lets be of any length, and readers pass over.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import struct
import uuid
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from isal import isal_zlib

from warehouse.errors import WarehouseError
from warehouse.raw import warc_digest
from warehouse.storage import at

NOTE = "takedown"
"""The `dibao-note` of a tombstone."""

_GZIP = b"\x1f\x8b"
_COMMENT = 0x10
_CHUNK = 1 << 20
_LEAST = b"WARC/1.1\r\nWARC-Type: metadata\r\nContent-Length: 0\r\n\r\n\r\n\r\n"
_DIGEST = re.compile(rb"(?i)(\r\nWARC-(?:Payload|Block)-Digest: *)[^\r\n]*")
_ID = re.compile(rb"(?i)(\r\nWARC-Record-ID: *)<[^>\r\n]*>")
_DATE = re.compile(rb"(?i)\r\nWARC-Date: *([^\r\n]+)")


@dataclass(frozen=True)
class Span:
    """A part of a payload, half-open, in bytes, and what makes as many bytes that stand in its place."""

    start: int
    end: int
    blank: Callable[[bytes], bytes]


@dataclass(frozen=True)
class Cut:
    """A record that goes: its place and length in the file; with `spans`, only these parts of it do."""

    offset: int
    length: int
    spans: tuple[Span, ...] = ()


def scrub(raw: Path, warc_file: str, cuts: Sequence[Cut], said: Mapping[str, str]) -> None:
    """Overwrite records of a file below `raw/`, which is replaced whole; one that a link stands for becomes a file.

    `said` are the fields of the tombstones. What is a tombstone already stays.
    """
    storage = at(raw)
    with storage.stream(warc_file) as file, storage.writing(warc_file) as out:
        for cut in sorted(cuts, key=lambda each: each.offset):
            _copy(file, out, cut.offset - file.tell())
            held = file.read(cut.length)
            new = _without(held, cut.spans) if cut.spans else _tombstone(held, said)
            if len(new) != len(held):
                raise WarehouseError(f"raw/{warc_file}: the record at byte {cut.offset} cannot be overwritten.")
            out.write(new)
        shutil.copyfileobj(file, out, _CHUNK)


def _copy(file: BinaryIO, out: BinaryIO, length: int) -> None:
    while length > 0:
        piece = file.read(min(length, _CHUNK))
        if not piece:
            return
        out.write(piece)
        length -= len(piece)


def is_tombstone(fields: Mapping[str, str]) -> bool:
    """Whether the fields of a metadata record are those of a tombstone."""
    return fields.get("dibao-note") == NOTE


def _tombstone(held: bytes, said: Mapping[str, str]) -> bytes:
    """As many bytes as the record has, which are a record that says that one was taken down."""
    packed = held.startswith(_GZIP)
    plain = _unpacked(held) if packed else held
    if f"dibao-note: {NOTE}".encode() in plain[:2048] and plain.startswith(b"WARC/"):
        return held
    if not plain.startswith(b"WARC/"):
        first, end, rest = plain.partition(b"\n")  # an ARC record is its line, and as many bytes as that says
        blank = first + end + b" " * (len(rest.rstrip(b"\r\n"))) + rest[len(rest.rstrip(b"\r\n")) :]
        return _packed(blank, len(held)) if packed else blank
    date = _DATE.search(plain[:8192])
    fields = "".join(f"{name}: {value}\r\n" for name, value in {"dibao-note": NOTE, **said}.items()).encode()
    lines = b"WARC/1.1\r\nWARC-Type: metadata\r\n"
    name = hashlib.sha256(held).hexdigest()
    lines += f"WARC-Record-ID: <urn:uuid:{uuid.UUID(name[:32])}>\r\n".encode()
    lines += b"WARC-Date: " + (date[1] if date else b"1970-01-01T00:00:00Z") + b"\r\n"
    lines += b"Content-Type: application/warc-fields\r\n"
    for head, block in ((lines, fields), (lines, b""), (b"", b"")):
        record = _record(head, block) if head else _LEAST
        made = _packed(record, len(held)) if packed else _filled(head, block, held)
        if len(made) == len(held):
            return made
    return b""


def _record(head: bytes, block: bytes) -> bytes:
    return head + b"Content-Length: %d\r\n\r\n" % len(block) + block + b"\r\n\r\n"


def _filled(head: bytes, block: bytes, held: bytes) -> bytes:
    """A record as long as another, its block filled up with spaces; nothing where it does not fit.

    What ends a record may stand beyond it, as warcio counts.
    """
    length, tail = len(held), b"\r\n\r\n" if held.endswith(b"\r\n\r\n") else b""
    if not head:
        head = b"WARC/1.1\r\nWARC-Type: metadata\r\n"
    for pad in (b"", b"\t"):  # where the block's length has one digit more the total jumps by two
        for digits in range(1, 12):
            size = length - len(head) - len(b"Content-Length: \r\n\r\n") - len(pad) - digits - len(tail)
            if size >= len(block) and len(str(size)) == digits:
                line = b"Content-Length: %s%d\r\n\r\n" % (pad, size)
                return head + line + block.ljust(size) + tail
    return b""


def _without(held: bytes, spans: Sequence[Span]) -> bytes:
    """The record with parts of its payload blanked, its digests made right; as long as it was."""
    packed = held.startswith(_GZIP)
    plain = _unpacked(held) if packed else held
    end = plain.index(b"\r\n\r\n") + 4
    found = re.search(rb"(?i)\r\nContent-Length: *(\d+)", plain[:end])
    size = int(found[1]) if found else 0
    block = blanked(plain[end : end + size], spans)
    digest = warc_digest(hashlib.sha256(block).hexdigest()).encode()
    head = _DIGEST.sub(lambda match: match[1] + digest, plain[:end])
    new = head + block + plain[end + size :]
    if not packed:
        return new
    # Blanks press well, but a short part among many like it may have pressed better: a plain id makes room for that.
    plainer = _ID.sub(rb"\1<urn:uuid:00000000-0000-0000-0000-0000%08x>" % zlib.crc32(held), new, count=1)
    return _packed(new, len(held)) or _packed(plainer, len(held))


def blanked(payload: bytes, spans: Sequence[Span]) -> bytes:
    """A payload with parts of it blanked, as long as it was."""
    out = bytearray(payload)
    for span in spans:
        out[span.start : span.end] = span.blank(payload[span.start : span.end])
    return bytes(out)


def _unpacked(member: bytes) -> bytes:
    press = zlib.decompressobj(31)
    return press.decompress(member) + press.flush()


def _packed(plain: bytes, length: int) -> bytes:
    """One gzip member of so many bytes, its comment as long as need be; nothing where it would be longer."""
    presses: list[Any] = [
        zlib.compressobj(9, zlib.DEFLATED, -15, 9, each) for each in (zlib.Z_DEFAULT_STRATEGY, zlib.Z_FILTERED)
    ]
    presses.append(isal_zlib.compressobj(3, isal_zlib.DEFLATED, -15))
    body: bytes = min((press.compress(plain) + press.flush() for press in presses), key=len)
    tail = struct.pack("<II", zlib.crc32(plain), len(plain) & 0xFFFFFFFF)
    room = length - 10 - len(body) - len(tail)
    if room < 0:
        return b""
    comment = b"" if room == 0 else b" " * (room - 1) + b"\0"
    head = struct.pack("<2sBBIBB", _GZIP, 8, _COMMENT if comment else 0, 0, 2, 255)
    return head + comment + body + tail
