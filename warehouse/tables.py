"""Delta tables: append, replace, swap files, roll back. No partition columns, deletion vectors or column mapping."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import unquote

import pyarrow as pa
from deltalake import BloomFilterProperties, ColumnProperties, DeltaTable, WriterProperties, write_deltalake
from deltalake.transaction import AddAction, RemoveAction

from schemas.table import Table
from warehouse.disk import flush, flush_folder
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
class TableState:
    """A table at one Delta version: its files, below the table's folder, sorted."""

    version: int
    files: tuple[str, ...]


def folder(root: Path, table: Table) -> Path:
    return root / "tables" / table.name


def append(root: Path, table: Table, rows: pa.Table | pa.RecordBatchReader) -> TableState:
    """Append rows as one commit, made durable, and return the table's new state."""
    return _commit(root, table, rows, "append", _LEVEL)


def replace(root: Path, table: Table, rows: pa.Table | pa.RecordBatchReader, *, compact: bool = False) -> TableState:
    """Replace all rows in one commit, made durable; pressed harder where the files are to stay."""
    return _commit(root, table, rows, "overwrite", _LEVEL_COMPACTED if compact else _LEVEL)


def swap(root: Path, table: Table, drop: Sequence[str], rows: pa.Table | pa.RecordBatchReader) -> TableState:
    """Put rows in the place of those of some files, in one commit; the other files stay as they are.

    `drop` names files of the table's present state. The table must be there.
    """
    where = folder(root, table)
    delta = DeltaTable(str(where))
    before = _state(delta)
    # A table of its own writes the files, with their statistics; they move over before the commit names them.
    with at(root).scratch(f"swap-{table.name}") as beside:
        properties = _properties(table, _LEVEL)
        write_deltalake(str(beside), rows, writer_properties=properties, target_file_size=_CHANGED_BYTES)
        log = beside / "_delta_log" / f"{0:020d}.json"
        written = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
        adds = [each["add"] for each in written if "add" in each]
        for each in adds:
            at(root).put_file(f"tables/{table.name}/{each['path']}", beside / each["path"])
    now = int(time.time() * 1000)
    actions: list[AddAction | RemoveAction] = [RemoveAction(name, True, now) for name in drop]
    actions += [
        AddAction(each["path"], each["size"], {}, each["modificationTime"], True, each["stats"]) for each in adds
    ]
    delta.create_write_transaction(actions, "append", delta.schema())
    delta.update_incremental()
    after = _state(delta)
    _flush(where, after, before)
    return after


def _commit(
    root: Path,
    table: Table,
    rows: pa.Table | pa.RecordBatchReader,
    mode: Literal["append", "overwrite"],
    level: int,
) -> TableState:
    where = folder(root, table)
    delta = DeltaTable(str(where)) if DeltaTable.is_deltatable(str(where)) else None
    before = _state(delta) if delta else None
    write_deltalake(
        delta or str(where),
        rows,
        mode=mode,
        name=table.name,
        description=table.doc,
        writer_properties=_properties(table, level),
        target_file_size=_FILE_BYTES,
    )
    after = _state(delta or DeltaTable(str(where)))
    _flush(where, after, before)
    return after


def _state(delta: DeltaTable) -> TableState:
    paths = pa.table(delta.get_add_actions(flatten=True)).column("path").to_pylist()
    return TableState(delta.version(), tuple(sorted(unquote(path) for path in paths)))


def state(root: Path, table: Table, version: int | None = None) -> TableState | None:
    """The table's present state, or that at a version; None where it has never been written."""
    where = folder(root, table)
    if not DeltaTable.is_deltatable(str(where)):
        return None
    return _state(DeltaTable(str(where), version=version))


def roll_back(root: Path, table: Table, version: int | None) -> TableState | None:
    """Undo commits that no snapshot names, as a crash leaves them, and return the table's state then.

    `None` means that the table had no commit.
    """
    now = state(root, table)
    if now is None or now.version == version:
        return now
    delta = DeltaTable(str(folder(root, table)))
    if version is None:
        delta.delete()
    else:
        delta.restore(version)
    after = _state(DeltaTable(str(folder(root, table))))
    _flush(folder(root, table), after, now)
    return after


def _flush(where: Path, after: TableState, before: TableState | None) -> None:
    """delta-rs does not fsync: do it for every new file, its folder and the log."""
    known: set[str] = set(before.files) if before else set()
    for name in after.files:
        if name not in known:
            flush(where / name)
    flush_folder(where)
    log = where / "_delta_log"
    first = before.version + 1 if before else 0
    for version in range(first, after.version + 1):
        entry = log / f"{version:020d}.json"
        if entry.exists():
            flush(entry)
    flush_folder(log)


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
    import pyarrow.parquet as pq

    def batches() -> Iterable[pa.RecordBatch]:
        for file in files:
            for batch in pq.ParquetFile(file).iter_batches(batch_size=8192):
                yield pa.Table.from_batches([batch]).cast(table.arrow).combine_chunks().to_batches()[0]

    return pa.RecordBatchReader.from_batches(table.arrow, batches())


def joined(table: Table, kept: pa.RecordBatchReader, add: pa.Table) -> pa.RecordBatchReader:
    """Rows that stay and rows that come, as one stream in the table's schema."""

    def batches() -> Iterable[pa.RecordBatch]:
        for batch in kept:
            yield from pa.Table.from_batches([batch]).cast(table.arrow).to_batches()
        yield from add.cast(table.arrow).to_batches()

    return pa.RecordBatchReader.from_batches(table.arrow, batches())
