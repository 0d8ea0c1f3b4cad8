"""Kind `warc`: collections of WARC, ARC and WACZ files, with their own dates and addresses.

Location: a file or a folder. Option `copy`: false leaves the files where they are, and the raw store refers to them;
they must then stay there unchanged. The files in a WACZ are always copied.
"""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO
from urllib.parse import quote

from flows.capture import archives
from flows.capture.media import HEAD_BYTES, WARC, media_type
from flows.capture.rows import reject
from flows.capture.seen import Seen
from flows.capture.session import Batch, Session
from flows.capture.walk import FileFound, NotTaken, walk
from flows.capture.writing import being_written
from flows.sources.kinds import SourceFailed
from flows.sources.registry import Source
from warehouse.disk import is_full
from warehouse.raw import ChangedWhileRead

MOST = 16 << 30
"""Bytes that one file in a WACZ may unpack to."""
SWELLING = 200
"""How many times its size a file in a WACZ may unpack to; WARC in it is packed already."""
_CHUNK = 1 << 20


def capture(source: Source, session: Session, seen: Seen) -> Iterator[Batch]:
    """Take in each file that is new, whole; every record of it is a capture."""
    if not os.path.lexists(source.path):
        raise SourceFailed("missing", f"There is nothing at {source.location}.", source.uri)
    for found in walk(source):
        batch = Batch()
        if isinstance(found, NotTaken):
            batch.rejects.append(reject(source.id, found.uri, found.error, found.message))
        elif not seen.unchanged(found):
            try:
                _take(source, found, session, batch)
                batch.files.append(found)
            except ChangedWhileRead:
                message = "Somebody was writing to the file; the next run takes it."
                batch.rejects.append(reject(source.id, found.uri, "changed", message))
            except (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
                if isinstance(error, OSError) and is_full(error):
                    raise
                message = f"The file cannot be read: {error}."[:300]
                batch.rejects.append(reject(source.id, found.uri, "unreadable", message))
        yield batch


def _take(source: Source, found: FileFound, session: Session, batch: Batch) -> None:
    with found.path.open("rb") as file:
        if being_written(file.fileno()):
            raise ChangedWhileRead
        head = file.read(HEAD_BYTES)
    if media_type(found.path.name, head) == WARC:
        archives.take(source, found, session, batch, link=source.options.get("copy") in (False, "false"))
    elif head.startswith(b"PK\x03\x04"):
        _take_wacz(source, found, session, batch)
    else:
        message = "This is no WARC, ARC or WACZ file."
        batch.rejects.append(reject(source.id, found.uri, "not-an-archive", message))


def _take_wacz(source: Source, found: FileFound, session: Session, batch: Batch) -> None:
    """The WARC files in a WACZ. Their names are told, and never used as paths."""
    state = session.raw.parent / "state"
    with zipfile.ZipFile(found.path) as pack:
        members = [each for each in pack.infolist() if each.filename.startswith("archive/") and not each.is_dir()]
        if not members:
            message = "The ZIP file holds no archive/ folder, so it is no WACZ."
            batch.rejects.append(reject(source.id, found.uri, "not-an-archive", message))
        for member in sorted(members, key=lambda each: each.filename):
            uri = f"{found.uri}#{quote(member.filename)}"
            if member.file_size > min(MOST, SWELLING * max(member.compress_size, 1 << 16)):
                message = f"The file would unpack from {member.compress_size} to {member.file_size} bytes."
                batch.rejects.append(reject(source.id, uri, "too-large", message))
                continue
            with TemporaryDirectory(dir=state, prefix="wacz-") as folder:
                path = Path(folder) / ("part.warc" + (".gz" if member.filename.endswith(".gz") else ""))
                with pack.open(member) as packed, path.open("wb") as out:
                    _copy(packed, out, member.file_size)
                part = found._replace(place=str(path), uri=uri, size=member.file_size)
                with path.open("rb") as file:
                    kind = media_type(path.name, file.read(HEAD_BYTES))
                if kind == WARC:
                    archives.take(source, part, session, batch)


def _copy(packed: IO[bytes], out: IO[bytes], size: int) -> None:
    """Unpack as much as was announced, and no more."""
    left = size
    while left > 0 and (chunk := packed.read(min(left, _CHUNK))):
        out.write(chunk)
        left -= len(chunk)
    if left or packed.read(1):
        raise zipfile.BadZipFile("a file in it has another size than it announces")
