"""Readings to Arrow: the `documents` rows (text hash still empty) and the blocks that segment takes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pyarrow as pa

from flows.extract.fields import UNKNOWN_ZONE
from flows.extract.reading import Reading
from schemas import table
from schemas.ids import document_id
from schemas.tables.blocks import BLOCKS, LINE_FIELDS


class Extracted(NamedTuple):
    """Documents in their table's schema, still without what later stages know of them, and BLOCKS."""

    documents: pa.Table
    blocks: pa.Table


class Read(NamedTuple):
    """What came of one payload, by which reader and hints."""

    extractor: str
    version: str
    parser: str | None
    reading: Reading


_COPIED = (
    "media_type",
    "page_kind",
    "charset_declared",
    "charset_used",
    "decode_skip",
    "replaced",
    "title",
    "authors",
    "publisher",
    "origin",
    "published_precision",
    "language",
    "canonical_uri",
    "original_uri",
    "archived_uris",
    "tags",
    "agreement",
)


_LATER = ("segment_version", "clean_version", "text_sha256")
"""Columns that later stages fill."""


def gather(readings: Iterable[tuple[str, Read]]) -> Extracted:
    """Arrow tables of readings, each with its payload's SHA-256."""
    documents: dict[str, list[Any]] = {name: [] for name in table("documents").names}
    blocks: dict[str, list[Any]] = {name: [] for name in BLOCKS.names}
    for payload_sha256, (extractor, version, parser, reading) in readings:
        document = document_id(payload_sha256, extractor)
        documents["document_id"].append(document)
        documents["payload_sha256"].append(payload_sha256)
        documents["extractor"].append(extractor)
        documents["extractor_version"].append(version)
        documents["parser"].append(parser)
        for name in _COPIED:
            documents[name].append(getattr(reading, name))
        documents["published_at"].append(_utc(reading.published_at))
        documents["published_on"].append(None if reading.published_at is None else reading.published_at.date())
        documents["published_offset"].append(_offset(reading.published_at))
        documents["modified_at"].append(_utc(reading.modified_at))
        for name in _LATER:
            documents[name].append("")
        mine = reading.blocks
        blocks["document_id"] += [document] * len(mine)
        blocks["ordinal"] += range(len(mine))
        for name in ("kind", "text", "selector", "raw_start", "raw_end", "flags", "article", "after"):
            blocks[name] += [getattr(block, name) for block in mine]
        blocks["lines"] += [[{name: getattr(line, name) for name in LINE_FIELDS} for line in b.lines] for b in mine]
    schema = table("documents").arrow
    return Extracted(
        pa.table({name: pa.array(documents[name], schema.field(name).type) for name in schema.names}, schema=schema),
        pa.table(
            {name: pa.array(blocks[name], BLOCKS.arrow.field(name).type) for name in BLOCKS.names}, schema=BLOCKS.arrow
        ),
    )


def _offset(moment: datetime | None) -> int | None:
    """Minutes that a moment's clock is ahead of UTC; None where nothing tells, or it is a day and no moment."""
    ahead = None if moment is None or moment.tzinfo is UNKNOWN_ZONE else moment.utcoffset()
    return None if ahead is None else round(ahead.total_seconds() / 60)


def _utc(moment: datetime | None) -> datetime | None:
    """A naive moment is local midnight and stays as it is printed; an aware one is turned to UTC."""
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
