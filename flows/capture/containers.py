"""Members of containers: ZIP, tar, and files packed by gzip, bzip2, xz or Zstandard, alone or as a tar file.

Nothing is unpacked to a path. A member is read into memory or, beyond a few megabytes, into a file without a name, and
only as far as its limits go: what a container of some bytes swells to is bounded, and so is the number of members.
"""

from __future__ import annotations

import hashlib
import io
import struct
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, NamedTuple, cast

from flows.capture import tars, zips
from flows.capture.container_names import is_hidden, parts_of
from flows.capture.media import CARRIERS, HEAD_BYTES, MBOX, PACKED, PACKED_SUFFIXES, TAR, ZIP
from flows.capture.unpacking import BROKEN, Peeked, unpacked
from flows.extract import mail
from flows.extract.reading import UnreadableError
from flows.sources import marked

MOST_MEMBERS = 100_000
"""Members of one container that are taken, those of containers in it included."""
FREE_BYTES = 32 << 20
"""Bytes that any member may unpack to, as many as the largest payload that is read has."""
SWELLING = 50
"""How many times its size a member may unpack to beyond that. Text packs to a fifth, tables and logs to a twentieth."""
FREE_TOTAL = 512 << 20
"""Bytes that all members of any container may unpack to; beyond that SWELLING times the container's size."""
_IN_MEMORY = 1 << 20
_CHUNK = 1 << 18

_DAMAGED = (*BROKEN, zipfile.BadZipFile, tarfile.TarError, NotImplementedError, RuntimeError, struct.error)


class Fault(NamedTuple):
    """What could not be taken: steps of the member's name (none: the container itself), short name and sentence."""

    parts: list[str]
    error: str
    message: str


@dataclass
class Member:
    """A member that was unpacked. `broken_off` says why it is not whole, where it is not."""

    parts: list[str]
    file: BinaryIO
    size: int
    sha256: str
    head: bytes
    modified: datetime | None = None
    broken_off: str | None = None

    @property
    def name(self) -> str:
        return self.parts[-1] if self.parts else "unnamed"


@dataclass
class Limits:
    """What is left of what a container, with all containers in it, may come to."""

    bytes: int
    members: int = MOST_MEMBERS
    scratch: str | None = field(default=None)
    """Where members lie that are too large for memory."""

    @classmethod
    def of(cls, size: int, scratch: str | None = None) -> Limits:
        return cls(max(FREE_TOTAL, SWELLING * size), scratch=scratch)


class Exhausted(Exception):  # noqa: N818
    """The limits of the whole container are reached."""

    def __init__(self, error: str, message: str) -> None:
        super().__init__(message)
        self.error = error
        self.message = message


def members(file: BinaryIO, kind: str, name: str, size: int, limits: Limits) -> Iterator[Member | Fault]:
    """The members of a container of `size` bytes in their order, and what of it could not be taken.

    `name` is the container's: a packed file's member has it without its ending. A member is to be used before the next
    is asked for. Raises Exhausted where no more will be unpacked.
    """
    try:
        if kind == ZIP:
            yield from _zip(file, limits)
            return
        if kind in CARRIERS:
            yield from _attached(file, kind, limits)
            return
        stream = Peeked(file if kind == TAR else unpacked(file, kind), HEAD_BYTES)
        if tars.is_tar(stream.head) or kind == TAR:
            whole = None if kind == TAR else max(FREE_BYTES, SWELLING * size)
            yield from _tar(cast(BinaryIO, stream), limits, whole)
        elif kind in PACKED:
            yield _one(cast(BinaryIO, stream), name, size, limits)
    except zips.TooMany:
        yield Fault([], "too-many-members", f"The container names more than {MOST_MEMBERS} members; none was taken.")
    except _DAMAGED as error:
        yield Fault([], "damaged", _sentence(error))


def _sentence(error: BaseException) -> str:
    said = " ".join(str(error).split())[:200] or type(error).__name__
    return said if said.endswith(".") else f"The container cannot be read to its end: {said}."


def _one(stream: BinaryIO, name: str, size: int, limits: Limits) -> Member | Fault:
    """The one member of a packed file, named as the file without its ending."""
    path = PurePath(name)
    parts = [path.stem if path.suffix.lower() in PACKED_SUFFIXES else name]
    member = _spooled(stream, parts, max(FREE_BYTES, SWELLING * size), limits)
    if isinstance(member, Member) and member.broken_off and not member.size:
        return Fault([], "damaged", f"Nothing of the file can be unpacked: {member.broken_off}.")
    return member


def _zip(file: BinaryIO, limits: Limits) -> Iterator[Member | Fault]:
    for entry in zips.entries(file):
        parts = parts_of(entry.name)
        if entry.is_folder or is_hidden(parts):
            continue
        most = max(FREE_BYTES, SWELLING * entry.packed)
        if entry.problem is not None or entry.stream is None:
            yield _counted(Fault(parts, *(entry.problem or ("damaged", "The member cannot be read."))), limits)
        elif entry.size > most:
            yield _counted(_swells(parts, most, entry.size), limits)
        else:
            with entry.stream:
                yield _whole(_spooled(entry.stream, parts, most, limits))


def _tar(stream: BinaryIO, limits: Limits, whole: int | None) -> Iterator[Member | Fault]:
    """`whole` is what all members together may have, where the tar file is packed."""
    for entry in tars.entries(stream):
        if isinstance(entry, str):
            yield Fault([], "damaged", entry)
            continue
        parts = parts_of(entry.name)
        if entry.is_folder or is_hidden(parts):
            continue
        if entry.problem is not None or entry.stream is None:
            yield _counted(Fault(parts, *(entry.problem or ("damaged", "The member cannot be read."))), limits)
            continue
        if whole is not None:
            whole -= entry.size
            if whole < 0:
                message = f"The container swells to more than {SWELLING} times its size; the members before were taken."
                raise Exhausted("too-large", message)
        member = _spooled(entry.stream, parts, max(FREE_BYTES, entry.size), limits)
        if isinstance(member, Member):
            member.modified = entry.modified
        yield _whole(member)


def _attached(file: BinaryIO, kind: str, limits: Limits) -> Iterator[Member | Fault]:
    """What is attached to a message, or to the messages of a mailbox: those in a folder with the message's number."""
    payload = file.read()
    parts = marked.messages(payload) if kind == MBOX else [None]
    try:
        for number, record in enumerate(parts, 1):
            message = payload if record is None else payload[record.start : record.end]
            for attachment in mail.attachments(message):
                steps = parts_of(attachment.name)[-1:] or ["unnamed"]
                steps = steps if record is None else [str(number), *steps]
                yield _spooled(io.BytesIO(attachment.payload), steps, len(payload), limits)
    except UnreadableError:
        return  # of which the reader tells


def _whole(member: Member | Fault) -> Member | Fault:
    """A member of an archive that is not whole is none: the archive knows what it should be."""
    if isinstance(member, Member) and member.broken_off:
        return Fault(member.parts, "damaged", f"The member cannot be unpacked: {member.broken_off}.")
    return member


def _swells(parts: list[str], most: int, size: int | None = None) -> Fault:
    what = "swells to" if size is None else f"says that it has {size >> 20} MB,"
    message = f"The member {what} more than the {most >> 20} MB that what is packed so small may have; it was left out."
    return Fault(parts, "too-large", message)


def _counted(found: Fault, limits: Limits) -> Fault:
    limits.members -= 1
    if limits.members < 0:
        message = f"The container holds more than {MOST_MEMBERS} members; no more were taken."
        raise Exhausted("too-many-members", message)
    return found


def _spooled(stream: BinaryIO, parts: list[str], most: int, limits: Limits) -> Member | Fault:
    """A member read to its end, or as far as it can be; a Fault where it has more than `most` bytes."""
    _counted(Fault(parts, "", ""), limits)
    file = cast(BinaryIO, SpooledTemporaryFile(max_size=_IN_MEMORY, dir=limits.scratch))  # noqa: SIM115
    digest, size, head = hashlib.sha256(), 0, b""
    broken_off = None
    try:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > most:
                file.close()
                return _swells(parts, most)
            limits.bytes -= len(chunk)
            if limits.bytes < 0:
                raise Exhausted("too-large", "The container unpacks to more than its size allows; no more was taken.")
            if len(head) < HEAD_BYTES:
                head += chunk[: HEAD_BYTES - len(head)]
            digest.update(chunk)
            file.write(chunk)
    except _DAMAGED as error:
        broken_off = " ".join(str(error).split())[:200].rstrip(".") or type(error).__name__
    file.seek(0)
    return Member(parts, file, size, digest.hexdigest(), head, broken_off=broken_off)
