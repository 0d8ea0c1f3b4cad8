"""Payloads that are no answers of a web server: kept once, and a revisit whenever they come again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flows.capture.known import First
from flows.capture.rows import Origin, row
from flows.capture.session import Batch, Session


def keep(
    origin: Origin,
    payload: bytes | Iterable[bytes],
    sha256: str,
    size: int,
    at: datetime,
    first: First | None,
    session: Session,
    batch: Batch,
    *,
    of: dict[str, str] | None = None,
) -> None:
    """Write a payload of known hash to WARC, with a row of `captures`.

    Nothing is written of what was taken down. `first` is where its bytes lie, if they do. With `of`, what a record says
    of the file that it was made of, it is a `conversion`. Raises ChangedWhileRead where a stream has another hash.
    """
    if sha256 in session.removed.payloads or session.removed.closed(origin.uri):
        return
    writer, media_type, more = session.writer, str(origin.media_type), of or {}
    kind = "revisit" if first is not None else "conversion" if of else "resource"
    if first is not None:
        # The block of a revisit has no content type of its own to tell the payload's.
        headers = origin.headers() | {"Dibao-Media-Type": media_type, "Dibao-Payload-Bytes": str(size)}
        # A revisit refers to the record that holds its bytes.
        headers |= {name: value for name, value in more.items() if not name.startswith("WARC-Refers-To")}
        place = writer.revisit(origin.uri, sha256, first.uri, first.captured_at, at, headers)
    elif isinstance(payload, bytes):
        place = writer.resource(origin.uri, payload, sha256, media_type, at, origin.headers() | more, kind=kind)
    else:
        place = writer.resource_stream(origin.uri, payload, size, sha256, media_type, at, origin.headers())
    if first is None:
        session.firsts[sha256] = First(origin.uri, at, None, place, kind)
    batch.captures.append(row(origin, at, sha256, size, place, kind, session.run_id))
    batch.bytes += size
