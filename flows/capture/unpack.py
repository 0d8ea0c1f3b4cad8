"""Capturing the members of a container: each a record of its own, a conversion of the container, which is kept once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from flows.capture import archives, dumps, payloads, tabular
from flows.capture.container_names import Addresses
from flows.capture.containers import Exhausted, Fault, Limits, Member, members
from flows.capture.media import CARRIERS, CONTAINERS, DUMPS, WARC, ZIP, document_in_zip, media_type
from flows.capture.rows import Origin, reject
from flows.capture.session import Batch, Session
from flows.capture.walk import FileFound, name_date
from flows.capture.zips import names
from flows.extract.reading import TRUNCATED
from flows.extract.registry import canonical
from flows.sources.registry import Source
from warehouse.raw import warc_date
from warehouse.records import MAX_PAYLOAD

MOST_LEVELS = 3
"""Containers in one another that are opened: one, one in it, and one in that."""
MOST_TOLD = 200
"""Members of one container of which it is told one by one that they were not taken; the others are counted."""
_HOLDS_NOTHING = ("link", "not-a-file")
"""Members that have no bytes of their own."""
_BATCH = 256
_BATCH_BYTES = 8 << 20
_COPIED = 1 << 20


@dataclass
class _Found:
    """A member that waits to be written."""

    origin: Origin
    payload: bytes
    sha256: str
    outermost: bool = False
    """Whether it is the file itself, which others are attached to."""


class _Container:
    """The container itself: written once, before the first of its members that is new."""

    def __init__(self, origin: Origin, sha256: str, size: int, chunks: Callable[[], Iterator[bytes]], session: Session):
        self._origin, self._sha256, self._size, self._chunks, self._session = origin, sha256, size, chunks, session
        self._headers: dict[str, str] = {}

    def headers(self, at: datetime) -> dict[str, str]:
        """What the record of a member says of where it comes from. Raises ChangedWhileRead."""
        if not self._headers:
            self._session.writer.resource_stream(
                self._origin.uri, self._chunks(), self._size, self._sha256, str(self._origin.media_type), at, {}
            )
            self._note(at)
        return self._headers

    def is_at(self, at: datetime) -> None:
        """Know that the file itself was captured at this moment."""
        self._note(at)

    def capture(self, batch: Batch) -> None:
        """Keep it as a capture of its own, of which the reader of containers tells what cannot be taken."""
        latest = self._session.known.latest(self._origin.source_id, [self._origin.uri])
        if latest.get(self._origin.uri) == self._sha256:
            return
        at = self._session.clock()
        first = self._session.first([self._sha256]).get(self._sha256)
        payloads.keep(self._origin, self._chunks(), self._sha256, self._size, at, first, self._session, batch)
        self._note(at)

    def _note(self, at: datetime) -> None:
        self._headers = {
            "WARC-Refers-To-Target-URI": self._origin.uri,
            "WARC-Refers-To-Date": warc_date(at),
            "Dibao-Container": f"sha256:{self._sha256}",
        }


def seen_through(kind: str, file: BinaryIO) -> str:
    """The media type of a file, of a ZIP file by what it holds: it may be a document."""
    if kind == ZIP:
        kind = document_in_zip(names(file)) or kind
        file.seek(0)
    return kind


def take(source: Source, found: FileFound, origin: Origin, sha256: str, size: int, session: Session) -> Iterator[Batch]:
    """Capture the members of a container that are new, batch by batch. Raises ChangedWhileRead, and OSError where the
    file cannot be read.

    What cannot be taken is a reject with the member's address, and the container is then a capture of its own.
    """
    scratch = str(session.raw.parent / "state")
    taking = _Taking(source, found, session, _Container(origin, sha256, size, lambda: _chunks(found.path), session))
    with found.path.open("rb") as file:
        if origin.media_type in CARRIERS:
            taking.itself(origin, file.read(), sha256)
            file.seek(0)
        addresses = Addresses(found.uri)
        try:
            yield from taking.walk(file, origin, found.path.name, size, Limits.of(size, scratch), addresses, 1)
        except Exhausted as error:
            taking.tell(found.uri, error.error, error.message)
    yield taking.end()


class _Taking:
    """The taking of one container, with all that are in it."""

    def __init__(self, source: Source, found: FileFound, session: Session, container: _Container) -> None:
        self._source, self._found, self._session, self._container = source, found, session, container
        self._pending: list[_Found] = []
        self._held = 0
        self._batch = Batch()
        self._rejects: list[dict[str, Any]] = []
        self._untold = 0
        self._lost = False
        self._members = 0

    def walk(
        self, file: BinaryIO, origin: Origin, name: str, size: int, limits: Limits, addresses: Addresses, level: int
    ) -> Iterator[Batch]:
        """Take the members of a container, and those of containers in it."""
        for each in members(file, str(origin.media_type), name, size, limits):
            if isinstance(each, Fault):
                self.tell(addresses.of(each.parts) if each.parts else origin.uri, each.error, each.message)
                continue
            with each.file:
                uri = addresses.of(each.parts)
                if each.broken_off:
                    message = f"The file breaks off ({each.broken_off}); what could be unpacked was taken."
                    self.tell(uri, "cut", message)
                kind = seen_through(media_type(each.name, each.head), each.file)
                inner = self._origin(origin, uri, kind, each)
                if kind in CONTAINERS and level < MOST_LEVELS:
                    below = Addresses(uri)
                    yield from self.walk(each.file, inner, each.name, each.size, limits, below, level + 1)
                else:
                    self._member(inner, each)
                if kind in CARRIERS and level < MOST_LEVELS:
                    each.file.seek(0)
                    yield from self.walk(each.file, inner, each.name, each.size, limits, Addresses(uri), level + 1)
            if len(self._pending) >= _BATCH or self._held >= _BATCH_BYTES or self._batch.taken_in:
                yield self._flush()

    def itself(self, origin: Origin, payload: bytes, sha256: str) -> None:
        """Take a message or mailbox as what it is; what is attached to it refers to it."""
        self._members += 1
        self._pending.append(_Found(origin, payload, sha256, outermost=True))

    def tell(self, uri: str, error: str, message: str) -> None:
        """A reject, unless there are too many."""
        self._lost = self._lost or error not in _HOLDS_NOTHING
        if len(self._rejects) < MOST_TOLD:
            self._rejects.append(reject(self._source.id, uri, error, message))
        else:
            self._untold += 1

    def end(self) -> Batch:
        """What is left, with the rejects; the container itself is a capture where anything of it was not taken."""
        batch = self._flush()
        if not self._members and not self._rejects:
            self.tell(self._found.uri, "empty", "The container holds no file.")
        if self._untold:
            message = f"{self._untold} more members like those that are told were not taken."
            self._rejects.append(reject(self._source.id, self._found.uri, "more-faults", message))
        if self._lost:
            self._container.capture(batch)
        batch.rejects += self._rejects
        return batch

    def _origin(self, outer: Origin, uri: str, kind: str, member: Member) -> Origin:
        parser = outer.parser
        if member.broken_off:
            parser = canonical({**(json.loads(parser) if parser else {}), TRUNCATED: "container"})
        dated = name_date(self._source.name_date, member.name) or outer.name_date
        return replace(
            outer,
            uri=uri,
            media_type=kind,
            parser=parser,
            name_date=dated,
            last_modified=member.modified or outer.last_modified,
        )

    def _member(self, origin: Origin, member: Member) -> None:
        kind = str(origin.media_type)
        self._members += 1
        if kind == WARC:
            self._archive(origin, member)
        elif kind in CONTAINERS:
            message = f"Containers are opened to {MOST_LEVELS} levels; this one lies deeper."
            self.tell(origin.uri, "nested", message)
        elif member.size > (limit := dumps.MAX_DUMP if kind in DUMPS else MAX_PAYLOAD):
            message = f"The member has {member.size >> 20} MB and readers stop at {limit >> 20} MB; it was left out."
            self.tell(origin.uri, "too-large", message)
        else:
            payload = member.file.read()
            self._pending.append(_Found(origin, payload, member.sha256))
            self._held += len(payload)

    def _archive(self, origin: Origin, member: Member) -> None:
        """WARC and ARC files are taken in whole, as those of a folder are."""
        with TemporaryDirectory(dir=self._session.raw.parent / "state", prefix="member-") as folder:
            path = Path(folder) / ("part.warc" + (".gz" if member.head.startswith(b"\x1f\x8b") else ""))
            with path.open("wb") as out:
                while chunk := member.file.read(_COPIED):
                    out.write(chunk)
            state = path.stat()
            part = self._found._replace(place=str(path), uri=origin.uri, size=state.st_size)
            archives.take(self._source, part, self._session, self._batch)

    def _flush(self) -> Batch:
        """Write what waits and is new; returns the batch with its rows."""
        session, batch, container = self._session, self._batch, self._container
        plain = [each for each in self._pending if each.origin.media_type not in DUMPS]
        latest = session.known.latest(self._source.id, [each.origin.uri for each in plain])
        session.look_up((each.sha256 for each in plain), {})
        for each in self._pending:
            kind = each.origin.media_type
            if each.sha256 in session.removed.payloads:
                session.spoilt.add(self._found.uri)
            elif kind in DUMPS:
                before = None if each.outermost else container.headers
                dumps.write(each.origin, each.payload, each.sha256, session, batch, before=before)
            elif self._source.kind == "records" and kind in tabular.TYPES:
                tabular.write(self._source, each.origin, each.payload, each.sha256, session, batch)
            elif latest.get(each.origin.uri) != each.sha256:
                first = session.first([each.sha256]).get(each.sha256)
                at = session.clock()
                if each.outermost:
                    container.is_at(at)
                of = None if each.outermost else container.headers(at)
                size = len(each.payload)
                payloads.keep(each.origin, each.payload, each.sha256, size, at, first, session, batch, of=of)
        self._pending, self._held, self._batch = [], 0, Batch()
        return batch


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_COPIED):
            yield chunk
