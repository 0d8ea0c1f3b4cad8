"""Tables as Parquet files that snapshots name, and the Delta logs that follow the snapshots.

A Delta log lets stock readers of Delta read a table; nothing here reads it but to bring it up to the snapshot. It has
no partition columns, deletion vectors or column mapping, so that readers of plain Parquet can follow.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake import (
    BloomFilterProperties,
    ColumnProperties,
    CommitProperties,
    DeltaTable,
    Schema,
    WriterProperties,
    write_deltalake,
)
from deltalake.exceptions import DeltaError
from deltalake.transaction import AddAction, RemoveAction

from schemas.table import Table
from warehouse import delta_logs
from warehouse.disk import flush, flush_folder, sha256_file
from warehouse.manifests import FileEntry
from warehouse.storage import at

_ROW_GROUP = 65_536
_FILE_BYTES = 256 << 20
_CHANGED_BYTES = 16 << 20
"""Bytes of a file whose rows were changed once: what changes again is rewritten file by file."""
_LEVEL, _LEVEL_COMPACTED = 3, 6
_LOW_CARDINALITY = frozenset(
    [
        "source_id",
        "outlet",
        "media_type",
        "record_type",
        "kind",
        "rule",
        "relation",
        "class",
        "status",
        "stage",
        "error",
        "extractor",
        "extractor_version",
        "segment_version",
        "clean_version",
        "charset_used",
        "charset_declared",
        "language",
        "page_kind",
        "published_precision",
        "warc_file",
        "run_id",
        "parser",
    ]
)


@dataclass(frozen=True)
class DataFile:
    """A Parquet file of a table: what a snapshot says of it, and its statistics as Delta writes them, in JSON."""

    entry: FileEntry
    stats: str


def folder(root: Path, table: Table) -> Path:
    return root / "tables" / table.name


def write(
    root: Path,
    table: Table,
    rows: pa.Table | pa.RecordBatchReader,
    *,
    known: Container[str] = (),
    compact: bool = False,
    small: bool = False,
) -> list[DataFile]:
    """Put rows as files of a table, durable and named by their content; no snapshot names them yet.

    `known` are paths that are taken: rows that a table holds twice are two files. `compact` presses harder, for files
    that are to stay; `small` makes small ones, for rows that may change again.
    """
    storage = at(root)
    out: list[DataFile] = []
    # A Delta table of its own writes the files, with their statistics.
    with storage.scratch(f"write-{table.name}") as beside:
        write_deltalake(
            str(beside),
            rows,
            writer_properties=_properties(table, _LEVEL_COMPACTED if compact else _LEVEL),
            target_file_size=_CHANGED_BYTES if small else _FILE_BYTES,
        )
        log = (beside / "_delta_log" / f"{0:020d}.json").read_text("utf-8")
        # One action a line; `splitlines` would also part it at a line separator inside a statistic.
        adds = [action["add"] for action in map(json.loads, filter(None, log.split("\n"))) if "add" in action]
        taken: set[str] = set()
        for add in adds:
            made = beside / unquote(add["path"])
            sha256, size = sha256_file(made), made.stat().st_size
            path = next(name for name in _names(table, sha256) if name not in known and name not in taken)
            taken.add(path)
            storage.put_file(path, made)
            out.append(DataFile(FileEntry(path, sha256, size), add["stats"]))
    return sorted(out, key=lambda file: file.entry.path)


def _names(table: Table, sha256: str) -> Iterator[str]:
    """Paths for a file with that content, the first that is free to be taken."""
    stem = f"tables/{table.name}/part-{sha256[:32]}"
    yield f"{stem}.parquet"
    for number in count(2):
        yield f"{stem}-{number}.parquet"


def follow(root: Path, table: Table, files: Collection[FileEntry], stats: Mapping[str, str], snapshot: int) -> bool:
    """Bring the table's Delta log to name exactly the files of a snapshot; False where it did already.

    `stats` holds statistics of files by path, as far as they are at hand. A log that is missing or cannot be read is
    made anew: all that it says follows from the snapshots.
    """
    try:
        return _follow(root, table, files, stats, snapshot)
    except DeltaError:
        at(root).delete(delta_logs.key(table.name))
        return _follow(root, table, files, stats, snapshot)


def _follow(root: Path, table: Table, files: Collection[FileEntry], stats: Mapping[str, str], snapshot: int) -> bool:
    where = delta_logs.at_hand(root, table.name)
    there = DeltaTable.is_deltatable(str(where))
    if not there and not files:
        return False
    where.mkdir(parents=True, exist_ok=True)
    if there:
        delta = DeltaTable(str(where))
    else:
        delta = DeltaTable.create(str(where), schema=table.arrow, name=table.name, description=table.doc)
    first = delta.version() + there
    held = {f"tables/{table.name}/{name}" for name in state(root, table, delta)}
    wanted = {file.path: file for file in files}
    now = int(time.time() * 1000)
    actions: list[AddAction | RemoveAction] = [
        RemoveAction(_within(table, path), True, now) for path in sorted(held - wanted.keys())
    ]
    for path in sorted(wanted.keys() - held):
        told = stats.get(path) or _counted(at(root).local(path))
        actions.append(AddAction(_within(table, path), wanted[path].bytes, {}, now, True, told))
    columns = {field.name for field in delta.schema().fields}
    new = [field for field in Schema.from_arrow(table.arrow).fields if field.name not in columns]
    if new:
        delta.alter.add_columns(new)
    if actions:
        delta.create_write_transaction(
            actions,
            "append",
            delta.schema(),
            commit_properties=CommitProperties(custom_metadata={"dibao.snapshot": str(snapshot)}),
        )
    # delta-rs does not fsync.
    for version in range(first, DeltaTable(str(where)).version() + 1):
        entry = where / "_delta_log" / f"{version:020d}.json"
        if entry.exists():
            flush(entry)
    flush_folder(where / "_delta_log")
    changed = bool(actions or new or not there)
    if changed:
        delta_logs.put(root, table.name)
    return changed


def _within(table: Table, path: str) -> str:
    return path.removeprefix(f"tables/{table.name}/")


def _counted(path: Path) -> str:
    """Statistics of a file of which no others are at hand."""
    return json.dumps({"numRecords": pq.ParquetFile(path).metadata.num_rows})


def state(root: Path, table: Table, delta: DeltaTable | None = None) -> set[str]:
    """The files, below the table's folder, that its Delta log names now; none where there is no log."""
    if delta is None:
        where = delta_logs.at_hand(root, table.name)
        if not DeltaTable.is_deltatable(str(where)):
            return set()
        delta = DeltaTable(str(where))
    return {unquote(path) for path in pa.table(delta.get_add_actions(flatten=True)).column("path").to_pylist()}


def has_log(root: Path, table: Table) -> bool:
    """Whether there is a Delta log, whatever it says."""
    return bool(at(root).names(delta_logs.key(table.name)))


def _properties(table: Table, level: int) -> WriterProperties:
    """zstd; bloom filters on ids; dictionaries on columns that repeat a few values only."""
    columns: dict[str, ColumnProperties] = {}
    for column in table.columns:
        if column.name.endswith("_id") and column.name not in _LOW_CARDINALITY:
            bloom = BloomFilterProperties(set_bloom_filter_enabled=True, fpp=0.01, ndv=_ROW_GROUP)
            columns[column.name] = ColumnProperties(dictionary_enabled=False, bloom_filter_properties=bloom)
        else:
            columns[column.name] = ColumnProperties(dictionary_enabled=column.name in _LOW_CARDINALITY)
    return WriterProperties(
        compression="ZSTD", compression_level=level, max_row_group_size=_ROW_GROUP, column_properties=columns
    )


def stream(table: Table, files: Sequence[Path]) -> pa.RecordBatchReader:
    """The rows of Parquet or Arrow IPC files as one stream in the table's schema, whatever their number."""

    def batches() -> Iterable[pa.RecordBatch]:
        for file in files:
            for batch in pq.ParquetFile(file).iter_batches(batch_size=8192):
                yield pa.Table.from_batches([batch]).cast(table.arrow).combine_chunks().to_batches()[0]

    return pa.RecordBatchReader.from_batches(table.arrow, batches())


def stamped(table: Table, rows: pa.Table | pa.RecordBatchReader, run_id: str) -> pa.Table | pa.RecordBatchReader:
    """Rows in the table's schema, its stamp filled with a run where it is null."""
    if table.stamp is None:
        return rows
    place = table.names.index(table.stamp)

    def filled(some: pa.Table) -> pa.Table:
        values = pc.fill_null(some.column(place), run_id)
        return some.set_column(place, table.arrow.field(place), values)

    if isinstance(rows, pa.Table):
        return filled(rows)
    batches = (batch for some in rows for batch in filled(pa.Table.from_batches([some])).to_batches())
    return pa.RecordBatchReader.from_batches(table.arrow, batches)


def joined(table: Table, kept: pa.RecordBatchReader, add: pa.Table) -> pa.RecordBatchReader:
    """Rows that stay and rows that come, as one stream in the table's schema."""

    def batches() -> Iterable[pa.RecordBatch]:
        for batch in kept:
            yield from pa.Table.from_batches([batch]).cast(table.arrow).to_batches()
        yield from add.cast(table.arrow).to_batches()

    return pa.RecordBatchReader.from_batches(table.arrow, batches())
