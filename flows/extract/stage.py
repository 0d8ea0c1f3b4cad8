"""Readings to Arrow: the `documents` rows (text hash still empty) and the blocks that segment takes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pyarrow as pa

from flows.extract.reading import Reading
from schemas import table
from schemas.ids import content_id
from schemas.tables.blocks import BLOCKS


class Extracted(NamedTuple):
    """Documents in their table's schema, `text_sha256` empty, and BLOCKS."""

    documents: pa.Table
    blocks: pa.Table


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
    "published_precision",
    "language",
    "canonical_uri",
    "original_uri",
    "archived_uris",
    "tags",
    "agreement",
)


def gather(readings: Iterable[tuple[str, str, str, Reading]]) -> Extracted:
    """Arrow tables of readings, each with its payload's SHA-256, extractor and version stamp."""
    documents: dict[str, list[Any]] = {name: [] for name in table("documents").names}
    blocks: dict[str, list[Any]] = {name: [] for name in BLOCKS.names}
    for payload_sha256, extractor, stamp, reading in readings:
        document_id = content_id(payload_sha256, extractor, stamp)
        documents["document_id"].append(document_id)
        documents["payload_sha256"].append(payload_sha256)
        documents["extractor"].append(extractor)
        documents["extractor_version"].append(stamp)
        for name in _COPIED:
            documents[name].append(getattr(reading, name))
        documents["published_at"].append(_utc(reading.published_at))
        documents["modified_at"].append(_utc(reading.modified_at))
        documents["text_sha256"].append("")
        mine = reading.blocks
        blocks["document_id"] += [document_id] * len(mine)
        blocks["ordinal"] += range(len(mine))
        for name in ("kind", "text", "selector", "raw_start", "raw_end", "flags", "article", "after"):
            blocks[name] += [getattr(block, name) for block in mine]
    schema = table("documents").arrow
    return Extracted(
        pa.table({name: pa.array(documents[name], schema.field(name).type) for name in schema.names}, schema=schema),
        pa.table(
            {name: pa.array(blocks[name], BLOCKS.arrow.field(name).type) for name in BLOCKS.names}, schema=BLOCKS.arrow
        ),
    )


def _utc(moment: datetime | None) -> datetime | None:
    """A naive moment is local midnight and stays as it is printed; an aware one is turned to UTC."""
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
