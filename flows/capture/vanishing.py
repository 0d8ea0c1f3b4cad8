"""Files that were captured once and are there no longer, told as an address that answers 404 is.

A row of `captures` without a payload says so, and a metadata record in the raw store, from which a rebuild makes it. A
folder that is there and empty, though files of it were captured, is a mount that is missing, and no mass vanishing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, unquote_to_bytes

from flows.capture.container_names import MARK
from flows.capture.rows import Origin, reject, row
from flows.capture.session import Batch, Session
from flows.capture.walk import name_date
from flows.extract.registry import canonical
from flows.sources.names import file_uri
from flows.sources.registry import Source
from warehouse.raw import Place

NOTE = "vanished"
"""The `dibao-note` of such a record."""
KIND = "metadata"
"""The record type of such a capture."""


def in_folder(source: Source, session: Session, forget: Callable[[Iterable[str]], None]) -> Batch:
    """What vanished from a folder since it was last looked at; `forget` is told, so that what comes back is read."""
    batch = Batch()
    root, start = source.path, f"{file_uri(source.id)}/"
    if source.only or not root.is_dir():
        return batch
    gone: list[str] = []
    empty: dict[Path, int] = {}
    for uri in session.known.present(source.id):
        place = os.path.join(root, os.fsdecode(_relative(start, uri)))
        if os.path.lexists(place):
            continue
        holder = Path(place).parent
        if holder.is_dir() and not any(holder.iterdir()):
            empty[holder] = empty.get(holder, 0) + 1
        else:
            gone.append(uri)
    for folder, count in sorted(empty.items()):
        below = os.fsencode(os.path.relpath(folder, root)) if folder != root else b""
        message = f"The folder is empty where {count} captured files were; mount what belongs there, or remove it."
        batch.rejects.append(reject(source.id, file_uri(source.id, below), "emptied", message))
    batch.captures += tell(source, session, gone, session.clock())
    forget(gone)
    return batch


def _relative(start: str, uri: str) -> bytes:
    """The path below the source's folder, of the address `start`, that another stands for; of a member that of its
    container."""
    return unquote_to_bytes(uri.removeprefix(start).partition(MARK)[0])


def tell(source: Source, session: Session, uris: Iterable[str], at: datetime) -> list[dict[str, Any]]:
    """Write that these addresses were found to be gone; returns their rows."""
    out = []
    for uri in sorted(uris):
        inner = unquote(uri.removeprefix(file_uri(source.id) + "/"))
        steps = inner.split("/")
        origin = Origin(
            source_id=source.id,
            uri=uri,
            outlet=steps[0] if len(steps) > 1 else source.id,
            media_type=None,
            parser=canonical(source.hints),
            name_date=name_date(source.name_date, steps[-1]),
        )
        place = session.writer.metadata(uri, {"dibao-note": NOTE, **origin.headers()}, at)
        out.append(row(origin, at, None, None, place, KIND, session.run_id))
    return out


def of_note(uri: str, fields: Mapping[str, str], at: datetime, place: Place, run_id: str) -> dict[str, Any]:
    """The row that a record says it was written for."""
    origin = Origin.from_headers(uri, {name.lower(): value for name, value in fields.items()})
    return row(origin, at, None, None, place, KIND, run_id)
