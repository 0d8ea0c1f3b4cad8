"""Tables of records (CSV, TSV, Parquet): the file is kept, and a conversion to JSON Lines is what is read."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from flows.capture import dumps
from flows.capture.media import JSON_LINES, PARQUET, TSV
from flows.capture.rows import Origin, reject
from flows.capture.session import Batch, Session
from flows.extract.charset import decode
from flows.sources.registry import Source
from warehouse.raw import warc_date

TYPES = ("text/csv", TSV, PARQUET)
_ROWS = 5000
"""Rows of one conversion; a longer table becomes several."""


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

    try:
        for start, lines in _conversions(payload, origin.media_type, source.options.get("delimiter")):
            piece = Origin(
                source_id=origin.source_id,
                uri=f"{origin.uri}?rows={start}" if start else origin.uri,
                outlet=origin.outlet,
                media_type=JSON_LINES,
                last_modified=origin.last_modified,
                parser=origin.parser,
                name_date=origin.name_date,
            )
            dumps.write(piece, lines, hashlib.sha256(lines).hexdigest(), session, batch, before=keep)
    except (ValueError, csv.Error, pa.ArrowException) as error:
        keep(session.clock())
        why = f"The table cannot be read: {str(error).splitlines()[0] if str(error) else type(error).__name__}"
        batch.rejects.append(reject(origin.source_id, origin.uri, "table", why[:300]))


def _conversions(payload: bytes, media_type: str | None, delimiter: str | None) -> Iterator[tuple[int, bytes]]:
    """The rows of a table as JSON Lines, with the number of the first row in each piece."""
    start = 0
    for frame in _frames(payload, media_type, delimiter):
        rows = frame.to_dict(orient="records")
        text = "".join(json.dumps(_plain(row), ensure_ascii=False, default=_said) + "\n" for row in rows)
        yield start, text.encode("utf-8", "surrogatepass")
        start += len(rows)


def _frames(payload: bytes, media_type: str | None, delimiter: str | None) -> Iterator[pd.DataFrame]:
    if media_type == PARQUET:
        for rows in pq.ParquetFile(io.BytesIO(payload)).iter_batches(_ROWS):
            yield rows.to_pandas(types_mapper=pd.ArrowDtype)
        return
    text = decode(payload).text
    separator = delimiter or ("\t" if media_type == TSV else _separator(text))
    yield from pd.read_csv(io.StringIO(text), sep=separator, dtype=str, keep_default_na=False, chunksize=_ROWS)


def _separator(text: str) -> str:
    """What parts the columns of a table's first line: the commonest of comma, semicolon and tab."""
    line = text.partition("\n")[0]
    return max((",", ";", "\t"), key=line.count)


def _plain(row: dict[Any, Any]) -> dict[str, Any]:
    """A row without what is absent: to a reader an absent key and a null are the same."""
    return {str(name): value for name, value in row.items() if not (value is None or value is pd.NA or value != value)}


def _said(value: Any) -> Any:
    """A value that JSON does not know, as text; lists as lists."""
    if hasattr(value, "tolist"):
        return value.tolist()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
