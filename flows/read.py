"""One partition of payloads through extract, segment and clean: the part of a run that is spread over processes."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from flows import versions
from flows.capture.rows import reject
from flows.clean.facts import clean_documents
from flows.clean.stage import clean
from flows.extract.reading import TRUNCATED, UnreadableError
from flows.extract.registry import extractor_for
from flows.extract.stage import Read, gather
from flows.faults import sentence, told
from flows.segment.amend import AMEND, amended
from flows.segment.stage import segment
from flows.workers import Fault
from schemas import table
from schemas.ids import text_sha256
from warehouse.errors import Damaged
from warehouse.records import MAX_PAYLOAD, payload_at
from warehouse.storage import at

_log = logging.getLogger(__name__)

PARTITION_BYTES = 8 << 20
PARTITION_PAYLOADS = 2000
TABLES = ("documents", "articles", "passages", "edits", "lines", "rejects")


@dataclass(frozen=True)
class Work:
    """A payload to read, and where its bytes lie. `uri` and `source_id` only name it should it fail."""

    payload_sha256: str
    payload_bytes: int
    media_type: str | None
    parser: str | None
    warc_file: str
    warc_offset: int
    warc_length: int
    record_type: str
    part_start: int | None
    part_end: int | None
    uri: str
    source_id: str
    capture_id: str


@dataclass(frozen=True)
class Partition:
    """Work for one process. Which payloads share a partition changes no row.

    `name` sorts partitions, and the parts they are cut into, by the place of their work.
    """

    name: str
    work: tuple[Work, ...]

    @property
    def large(self) -> bool:
        """Whether it is one payload that is more than a partition's worth."""
        return len(self.work) == 1 and self.work[0].payload_bytes > PARTITION_BYTES

    def halves(self) -> tuple[Partition, ...]:
        """Two partitions that hold the same work; none where it is one payload."""
        middle = len(self.work) // 2
        if not middle:
            return ()
        return Partition(f"{self.name}-0", self.work[:middle]), Partition(f"{self.name}-1", self.work[middle:])


def partitions(work: Iterable[Work]) -> Iterator[Partition]:
    """Cut work, in the order of its place in the raw store, into partitions of bounded size."""
    held: list[Work] = []
    size = number = 0
    for each in work:
        if held and (size + each.payload_bytes > PARTITION_BYTES or len(held) >= PARTITION_PAYLOADS):
            yield Partition(f"{number:06d}", tuple(held))
            number, held, size = number + 1, [], 0
        held.append(each)
        size += each.payload_bytes
    if held:
        yield Partition(f"{number:06d}", tuple(held))


@dataclass(frozen=True)
class Written:
    """What a partition came to: for each table with rows, a whole Parquet file below the staging folder."""

    files: dict[str, str]


def read_partition(raw: Path, partition: Partition, out: Path) -> Written:
    """Read a partition and write one Parquet file a table below `out`; tells which.

    A payload that cannot be read becomes a row of `rejects`; none stops the others. The files get their names when
    they are whole, and each attempt has names of its own: what a killed attempt left, or one that another process is
    still at, is never taken for this one's.
    """
    tables = read_payloads(payloads_of(raw, partition.work))
    attempt = f"{partition.name}.{secrets.token_hex(6)}"
    files = {}
    for name in TABLES:
        if tables[name].num_rows == 0:
            continue
        files[name] = f"{name}/{attempt}.parquet"
        with at(out).making(files[name]) as path:
            pq.write_table(tables[name], path, compression="zstd", compression_level=1)
    return Written(files)


def payloads_of(raw: Path, work: Sequence[Work]) -> Iterator[tuple[Work, bytes | UnreadableError]]:
    """Each piece of work with its bytes; the record of a dump is unpacked once for all its parts."""
    last: tuple[str, int] | None = None
    whole: bytes | UnreadableError = b""
    for each in work:
        if each.payload_bytes > MAX_PAYLOAD:
            size, limit = each.payload_bytes >> 20, MAX_PAYLOAD >> 20
            message = f"The payload has {size} MB and readers stop at {limit} MB; its bytes are kept."
            yield each, UnreadableError("too-large", message)
            continue
        place = (each.warc_file, each.warc_offset)
        if place != last:
            last = place
            try:
                whole = payload_at(raw, each.warc_file, each.warc_offset, each.warc_length, each.record_type)
            except Damaged as error:
                whole = UnreadableError("damaged", str(error))
        part = isinstance(whole, bytes) and each.part_start is not None
        yield each, whole[each.part_start : each.part_end] if part and isinstance(whole, bytes) else whole


def read_payloads(work: Iterable[tuple[Work, bytes | UnreadableError]]) -> dict[str, pa.Table]:
    """Extract, segment and clean payloads; returns the rows of each of TABLES.

    What extraction gives is not kept for the next version of the segmenter or the cleaner. Of web pages it would save
    six sevenths of the time in which they are read anew, some 35 ms a page. It would take, compressed, 0.7 to 1.0 times
    the bytes of the text that they hold, and a sixth to a quarter of those of the raw store: at all times as much again
    as matching keeps, for rules that change with a version of Dibao (`tests/bench/bench_readings.py`).
    """
    readings: list[tuple[Work, Read]] = []
    rejects: list[dict[str, Any]] = []
    for each, payload in work:
        try:
            readings.append((each, extract(each.media_type, each.parser, payload)))
        except UnreadableError as error:
            # Only a fault that nobody foresaw has a cause: the exception of the reader.
            trace = told(error.__cause__) if error.error == "crash" and error.__cause__ else None
            if trace:
                _log.warning("Payload %s: %s", each.payload_sha256, error.message, exc_info=error.__cause__)
            rejects.append(_reject(each, "extract", error.error, error.message, trace))
    try:
        return _finish(readings, rejects)
    except Exception:
        # Something in the partition breaks segmentation or cleaning: find it by going one by one.
        return _one_by_one(readings, rejects)


def extract(media_type: str | None, parser: str | None, payload: bytes | UnreadableError) -> Read:
    """Read one payload. UnreadableError says why there is none."""
    if isinstance(payload, UnreadableError):
        raise payload
    extractor = extractor_for(media_type)
    if extractor is None:
        raise UnreadableError(
            "media-type", f"There is no reader for {media_type or 'an unknown media type'}; the bytes are kept."
        )
    if not payload:
        raise UnreadableError("empty", "The payload is empty.")
    hints = json.loads(parser) if parser else {}
    hints.pop(AMEND, None)
    try:
        reading = extractor.reader()(payload, hints)
    except UnreadableError:
        raise
    except (Exception, RecursionError) as error:
        raise UnreadableError("crash", f"The {extractor.name} reader failed: {sentence(error)}") from error
    if TRUNCATED in hints and reading.blocks:
        reading.blocks[-1].flags = (*reading.blocks[-1].flags, TRUNCATED)
    return Read(extractor.name, extractor.version, parser, reading)


def _finish(readings: Sequence[tuple[Work, Read]], rejects: list[dict[str, Any]]) -> dict[str, pa.Table]:
    documents, blocks = gather((each.payload_sha256, read) for each, read in readings)
    documents, heads, placed = segment(documents, blocks)
    heads, placed = amended(documents, heads, placed)
    cleaned = clean(documents, heads, placed)
    documents = clean_documents(documents)
    hashes = [
        text_sha256(cleaned.document_texts.get(document, ""))
        for document in documents.column("document_id").to_pylist()
    ]
    known = {
        "segment_version": [versions.SEGMENT] * len(hashes),
        "clean_version": [versions.CLEAN] * len(hashes),
        "text_sha256": hashes,
    }
    for name, values in known.items():
        at = documents.schema.get_field_index(name)
        documents = documents.set_column(at, documents.schema.field(at), pa.array(values, pa.string()))
    return {
        "documents": documents,
        "articles": cleaned.articles,
        "passages": cleaned.passages,
        "edits": cleaned.edits,
        "lines": cleaned.lines,
        "rejects": table("rejects").rows(rejects),
    }


def _one_by_one(readings: Sequence[tuple[Work, Read]], rejects: list[dict[str, Any]]) -> dict[str, pa.Table]:
    done = [{name: table(name).empty() for name in TABLES}]
    for each, read in readings:
        try:
            done.append(_finish([(each, read)], []))
        except Exception as error:
            message = f"Segmentation or cleaning failed: {sentence(error)}"
            _log.warning("Payload %s: %s", each.payload_sha256, message, exc_info=error)
            rejects.append(_reject(each, "segment", "crash", message, told(error)))
    out = {name: pa.concat_tables([tables[name] for tables in done]) for name in TABLES}
    return out | {"rejects": table("rejects").rows(rejects)}


def given_up(each: Work, fault: Fault) -> dict[str, Any]:
    """The reject of a payload that no process can read."""
    message = f"Reading failed: {fault.message}" if fault.error == "crash" else fault.message
    return _reject(each, "extract", fault.error, message, fault.traceback)


def _reject(each: Work, stage: str, error: str, message: str, traceback: str | None = None) -> dict[str, Any]:
    extractor = extractor_for(each.media_type)
    return reject(
        each.source_id,
        each.uri,
        error,
        message,
        capture_id=each.capture_id,
        sha256=each.payload_sha256,
        stage=stage,
        traceback=traceback,
        extractor=extractor.name if extractor else None,
        extractor_version=extractor.version if extractor else None,
        segment_version=versions.SEGMENT if extractor else None,
        clean_version=versions.CLEAN if extractor else None,
        parser=each.parser,
        media_type=each.media_type,
    )
