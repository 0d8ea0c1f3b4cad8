"""Tables of records (CSV, TSV, Parquet): the file is kept, and a conversion to JSON Lines is what is read.

What can be read of a table is taken; each fault is a reject with its place in the table.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from flows.capture import delimited, dumps
from flows.capture.delimited import Fault
from flows.capture.media import JSON_LINES, PARQUET, TSV
from flows.capture.rows import Origin, reject
from flows.capture.session import Batch, Session
from flows.extract.binary import refuse, refuse_decoded, refuse_pointer
from flows.extract.charset import decode, looks_binary
from flows.extract.reading import UnreadableError
from flows.sources.registry import Source
from warehouse.raw import warc_date

TYPES = ("text/csv", TSV, PARQUET)
_PIECE = 8 << 20
"""Bytes of one conversion, more or less; a longer table becomes several."""
_ROWS = 256
"""Rows that are unpacked at once: a table packed as a dictionary may unpack to any size."""

FREE_ROWS = 20_000
"""Rows that any table may have, however small its file is."""
BYTES_A_ROW = 8
"""Bytes of a file that each further row must have: rows of text that differ pack into no less."""
FREE_BYTES = 64 << 20
SWELLING = 200
"""How many times its size a table may unpack to beyond FREE_BYTES, as for the files in a WACZ."""
MOST_TOLD = 200
"""Faults of one table that are told one by one; the others are counted."""


class _Piece(NamedTuple):
    """Rows as JSON Lines, and the number of the first among the rows of the table."""

    start: int
    lines: bytes


def write(source: Source, origin: Origin, payload: bytes, sha256: str, session: Session, batch: Batch) -> None:
    """Capture the rows of a table as records. A table that cannot be read is kept, and is a reject."""
    kept: dict[str, str] = {}

    def keep(at: datetime) -> dict[str, str]:
        """Write the table itself, once, and only if a row of it is new."""
        if not kept:
            session.writer.resource(origin.uri, payload, sha256, str(origin.media_type), at, {})
            kept["WARC-Refers-To-Target-URI"] = origin.uri
            kept["WARC-Refers-To-Date"] = warc_date(at)
        return kept

    faults: list[Fault] = []
    pieces = _conversions(payload, origin, source, faults)
    while True:
        try:
            piece = next(pieces, None)
        except UnreadableError as error:
            faults.append(Fault(0, error.error, error.message))
            break
        except Exception as error:  # a broken table fails in as many ways as its reader has lines
            first = next(iter(str(error).splitlines()), "") or type(error).__name__
            faults.append(Fault(0, "table", f"The table cannot be read: {first}"[:300]))
            break
        if piece is None:
            break
        uri = f"{origin.uri}?rows={piece.start}" if piece.start else origin.uri
        part = replace(origin, uri=uri, media_type=JSON_LINES)
        dumps.write(part, piece.lines, hashlib.sha256(piece.lines).hexdigest(), session, batch, before=keep)
    if faults:
        keep(session.clock())
        batch.rejects += _told(origin, faults)


def _told(origin: Origin, faults: list[Fault]) -> list[dict[str, Any]]:
    """Rejects for the faults of a table, each with its line."""
    out = []
    for line, error, message in faults[:MOST_TOLD]:
        uri = f"{origin.uri}#line={line}" if line else origin.uri
        out.append(reject(origin.source_id, uri, error, message))
    if len(faults) > MOST_TOLD:
        message = f"The table has {len(faults) - MOST_TOLD} more faults like those that are told."
        out.append(reject(origin.source_id, origin.uri, "more-faults", message))
    return out


def _conversions(payload: bytes, origin: Origin, source: Source, faults: list[Fault]) -> Iterator[_Piece]:
    """The rows of a table as JSON Lines; what cannot be read is added to the faults."""
    most_bytes = max(FREE_BYTES, SWELLING * len(payload))
    start = size = total = 0
    lines: list[str] = []
    for number, row in enumerate(_rows(payload, origin, source, faults), 1):
        line = json.dumps(row, ensure_ascii=False, default=_said) + "\n"
        lines.append(line)
        size += len(line)
        if size >= _PIECE:
            total += size
            yield _Piece(start, "".join(lines).encode("utf-8", "surrogatepass"))
            start, size, lines = number, 0, []
        if total + size > most_bytes:
            message = f"The table unpacks to more than {most_bytes >> 20} MB; its first {number} rows were taken."
            faults.append(Fault(0, "too-large", message))
            break
    if lines:
        yield _Piece(start, "".join(lines).encode("utf-8", "surrogatepass"))


def _rows(payload: bytes, origin: Origin, source: Source, faults: list[Fault]) -> Iterator[dict[str, Any]]:
    refuse_pointer(payload)
    if origin.media_type == PARQUET:
        yield from _parquet(payload, faults)
        return
    refuse(payload)
    decoded = decode(payload)
    refuse_decoded(payload, decoded)
    if not decoded.text.strip():
        raise UnreadableError("table", "The table cannot be read: it is empty.")
    given = source.options.get("delimiter")
    separator = str(given) if given else "\t" if origin.media_type == TSV and "\t" in decoded.text else None
    mapping = json.loads(origin.parser) if origin.parser else {}
    for row in delimited.rows(decoded.text, separator, mapping):
        if isinstance(row, Fault):
            faults.append(row)
        else:
            yield row.cells


def _parquet(payload: bytes, faults: list[Fault]) -> Iterator[dict[str, Any]]:
    file = pq.ParquetFile(io.BytesIO(payload))
    most = max(FREE_ROWS, len(payload) // BYTES_A_ROW)
    names = delimited.distinct(file.schema_arrow.names)
    unread: dict[str, int] = {}
    left = most
    for batch in file.iter_batches(_ROWS):
        batch = batch.slice(0, left)
        columns = [_values(column, name, unread) for column, name in zip(batch.columns, names, strict=True)]
        for values in zip(*columns, strict=True):
            # To a reader an absent key and a null are the same.
            yield {name: each for name, each in zip(names, values, strict=True) if each is not None and each == each}
        left -= batch.num_rows
        if not left and file.metadata.num_rows > most:
            rows = file.metadata.num_rows
            message = f"The table of {len(payload)} bytes says that it has {rows} rows; the first {most} were taken."
            faults.append(Fault(0, "too-many-rows", message))
            break
    for name, count in unread.items():
        message = f"The column `{name}` holds bytes that are no text in {count} rows; they are in the table only."
        faults.append(Fault(0, "binary-column", message))


def _values(column: pa.Array, name: str, unread: dict[str, int]) -> list[Any]:
    """The values of a column as JSON knows them, or as `_said` makes of them."""
    if isinstance(column, pa.ExtensionArray):
        column = column.storage
    try:
        values: list[Any] = column.to_pylist()
    except (ValueError, OverflowError, pa.ArrowException):
        values = [_value(each) for each in column]
    if any(isinstance(each, bytes) for each in values):
        values = _decoded(values)
        count = sum(isinstance(each, bytes) for each in values)
        if count:
            unread[name] = unread.get(name, 0) + count
            values = [None if isinstance(each, bytes) else each for each in values]
    return values


def _value(scalar: pa.Scalar[Any]) -> Any:
    """One value; a moment that is beyond the years of Python's calendar as its own unit writes it."""
    try:
        return scalar.as_py()
    except (ValueError, OverflowError, pa.ArrowException):
        count = getattr(scalar, "value", None)
        unit: Any = getattr(scalar.type, "unit", "D")
        return str(np.datetime64(count, unit)) if isinstance(count, int) else str(scalar)


def _decoded(values: list[Any]) -> list[Any]:
    """Values of bytes as text, in the encoding that the column as a whole is in; those that are no text as they are."""
    out = []
    held = b"\n".join(each for each in values if isinstance(each, bytes))
    codec = decode(held).charset_used if not looks_binary(held) else "utf-8"
    for each in values:
        if isinstance(each, bytes):
            for name in dict.fromkeys(("utf-8", codec)):
                try:
                    text = each.decode(name)
                except UnicodeDecodeError:
                    continue
                if not delimited.CONTROL.search(text):
                    each = text
                    break
        out.append(each)
    return out


def _said(value: Any) -> Any:
    """A value that JSON does not know, as text; lists as lists."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
