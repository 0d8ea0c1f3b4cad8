"""Delta tables that a DuckDB without extensions can read."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, write_deltalake

from schemas import TABLES, Table, table
from tests.makers.world import world_rows
from warehouse.disk import sha256_file
from warehouse.manifests import FileEntry
from warehouse.storage import at
from warehouse.tables import DataFile, folder, follow, has_log, state, stream, write

PASSAGES = table("passages")


def read(root: Path, files: list[FileEntry]) -> list[dict[str, Any]]:
    """The rows of exactly some files, by DuckDB alone."""
    if not files:
        return []
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    listed = [str(root / file.path) for file in files]
    return con.sql("SELECT * FROM read_parquet($1) ORDER BY ALL", params=[listed]).to_arrow_table().to_pylist()


def put(root: Path, each: Table, rows: pa.Table, **options: Any) -> tuple[list[FileEntry], dict[str, str]]:
    """Files with those rows, and their statistics."""
    files: list[DataFile] = write(root, each, rows, **options)
    return [file.entry for file in files], {file.entry.path: file.stats for file in files}


def by_delta(root: Path, each: Table) -> list[dict[str, Any]]:
    """What a stock reader of Delta sees."""
    rows = DeltaTable(str(folder(root, each))).to_pyarrow_table()
    return sorted(rows.to_pylist(), key=str)


@pytest.mark.parametrize("each", TABLES, ids=lambda each: each.name)
def test_every_table_comes_back_as_it_was(each: Table, tmp_path: Path) -> None:
    rows = world_rows(each.name)
    files, stats = put(tmp_path, each, rows)
    con = duckdb.connect()
    con.register("rows", rows)
    con.execute("SET TimeZone = 'UTC'")
    assert read(tmp_path, files) == con.sql("SELECT * FROM rows ORDER BY ALL").to_arrow_table().to_pylist()
    assert follow(tmp_path, each, files, stats, 1)
    assert len(by_delta(tmp_path, each)) == rows.num_rows


def test_files_are_named_by_what_they_hold_and_no_log_names_them_yet(tmp_path: Path) -> None:
    rows = world_rows("passages")
    (first,), _ = put(tmp_path, PASSAGES, rows)
    assert sha256_file(tmp_path / first.path) == first.sha256
    assert first.sha256[:32] in first.path
    assert (tmp_path / first.path).stat().st_size == first.bytes
    assert not has_log(tmp_path, PASSAGES)
    assert state(tmp_path, PASSAGES) == set()
    assert put(tmp_path, PASSAGES, rows)[0] == [first], "what a killed run left is found again"
    (second,), _ = put(tmp_path, PASSAGES, rows, known={first.path})
    assert second.path != first.path
    assert second.sha256 == first.sha256
    assert at(tmp_path).names() == sorted([first.path, second.path])


def test_no_rows_are_no_file(tmp_path: Path) -> None:
    assert write(tmp_path, PASSAGES, world_rows("passages").slice(0, 0)) == []


def test_a_log_follows_from_snapshot_to_snapshot(tmp_path: Path) -> None:
    rows = world_rows("passages")
    one, told = put(tmp_path, PASSAGES, rows.slice(0, 1))
    two, more = put(tmp_path, PASSAGES, rows.slice(1))
    assert follow(tmp_path, PASSAGES, one, told, 1)
    assert not follow(tmp_path, PASSAGES, one, told, 1)
    assert len(by_delta(tmp_path, PASSAGES)) == 1
    assert follow(tmp_path, PASSAGES, [*one, *two], told | more, 2)
    assert by_delta(tmp_path, PASSAGES) == sorted(rows.to_pylist(), key=str)
    assert follow(tmp_path, PASSAGES, two, more, 3)
    assert len(by_delta(tmp_path, PASSAGES)) == rows.num_rows - 1
    assert len(read(tmp_path, one)) == 1, "an older snapshot still reads"
    assert follow(tmp_path, PASSAGES, (), {}, 4)
    assert by_delta(tmp_path, PASSAGES) == []
    history = DeltaTable(str(folder(tmp_path, PASSAGES))).history()
    assert [each.get("dibao.snapshot") for each in history] == ["4", "3", "2", "1", None]


def test_a_log_that_other_versions_left_ahead_is_brought_back_by_a_commit(tmp_path: Path) -> None:
    """As a killed run of a version that committed to Delta first leaves it, and what it wrote stays readable there."""
    rows = world_rows("passages")
    one, told = put(tmp_path, PASSAGES, rows.slice(0, 1))
    follow(tmp_path, PASSAGES, one, told, 1)
    write_deltalake(str(folder(tmp_path, PASSAGES)), rows.slice(1), mode="append")
    assert len(by_delta(tmp_path, PASSAGES)) == rows.num_rows
    assert follow(tmp_path, PASSAGES, one, {}, 1)
    assert len(by_delta(tmp_path, PASSAGES)) == 1
    assert DeltaTable(str(folder(tmp_path, PASSAGES))).version() == 3
    assert DeltaTable(str(folder(tmp_path, PASSAGES)), version=2).to_pyarrow_table().num_rows == rows.num_rows


@pytest.mark.parametrize("damage", ["gone", "cut", "not json", "empty"])
def test_a_log_is_made_anew(tmp_path: Path, damage: str) -> None:
    rows = world_rows("passages")
    one, told = put(tmp_path, PASSAGES, rows.slice(0, 1))
    two, more = put(tmp_path, PASSAGES, rows.slice(1))
    for number, files in ((1, one), (2, [*one, *two])):
        follow(tmp_path, PASSAGES, files, told | more, number)
    log = folder(tmp_path, PASSAGES) / "_delta_log"
    last = max(log.glob("*.json"))
    if damage == "gone":
        shutil.rmtree(log)
    else:
        last.write_bytes({"cut": last.read_bytes()[:90], "not json": b"nothing\n", "empty": b""}[damage])
    follow(tmp_path, PASSAGES, [*one, *two], {}, 2)
    assert by_delta(tmp_path, PASSAGES) == sorted(rows.to_pylist(), key=str)
    counts = pa.table(DeltaTable(str(folder(tmp_path, PASSAGES))).get_add_actions(flatten=True))["num_records"]
    assert sorted(counts.to_pylist()) == sorted([1, rows.num_rows - 1])


def test_statistics_are_in_the_log(tmp_path: Path) -> None:
    files, stats = put(tmp_path, PASSAGES, world_rows("passages"))
    follow(tmp_path, PASSAGES, files, stats, 1)
    actions = pa.table(DeltaTable(str(folder(tmp_path, PASSAGES))).get_add_actions(flatten=True)).to_pylist()
    ids = [row["passage_id"] for row in world_rows("passages").to_pylist()]
    assert [(each["min.passage_id"], each["max.passage_id"]) for each in actions] == [(min(ids), max(ids))]


def test_a_column_that_came_later_is_added_to_the_log(tmp_path: Path) -> None:
    where = folder(tmp_path, PASSAGES)
    rows = world_rows("passages")
    write_deltalake(str(where), rows.drop_columns(["flags"]))
    files, stats = put(tmp_path, PASSAGES, rows)
    follow(tmp_path, PASSAGES, files, stats, 2)
    assert by_delta(tmp_path, PASSAGES) == sorted(rows.to_pylist(), key=str)


def test_a_table_that_never_had_a_row_has_no_log(tmp_path: Path) -> None:
    assert not follow(tmp_path, PASSAGES, (), {}, 1)
    assert at(tmp_path).names() == []


def test_nothing_that_plain_parquet_readers_cannot_follow(tmp_path: Path) -> None:
    rows = world_rows("captures")
    one, told = put(tmp_path, table("captures"), rows)
    two, more = put(tmp_path, table("captures"), rows, known={one[0].path}, compact=True)
    follow(tmp_path, table("captures"), one, told, 1)
    follow(tmp_path, table("captures"), two, more, 2)
    log = folder(tmp_path, table("captures")) / "_delta_log"
    actions = [json.loads(line) for path in sorted(log.glob("*.json")) for line in path.read_text("utf-8").splitlines()]
    (metadata,) = [action["metaData"] for action in actions if "metaData" in action]
    assert metadata["partitionColumns"] == []
    assert "delta.columnMapping.mode" not in metadata["configuration"]
    protocols = [action["protocol"] for action in actions if "protocol" in action]
    assert all(each["minReaderVersion"] == 1 for each in protocols)
    assert not any(action["add"].get("deletionVector") for action in actions if "add" in action)


def test_ids_have_bloom_filters_and_few_values_a_dictionary(tmp_path: Path) -> None:
    ((file,), _) = put(tmp_path, PASSAGES, world_rows("passages"))
    path = tmp_path / file.path
    meta = pq.ParquetFile(path).metadata.row_group(0)
    columns = {meta.column(n).path_in_schema: meta.column(n) for n in range(meta.num_columns)}
    assert columns["passage_id"].compression == "ZSTD"
    assert "RLE_DICTIONARY" in columns["kind"].encodings
    assert "RLE_DICTIONARY" not in columns["text"].encodings
    con = duckdb.connect()
    offsets = dict(
        con.execute("SELECT path_in_schema, bloom_filter_offset FROM parquet_metadata($1)", [str(path)]).fetchall()
    )
    assert offsets["passage_id"] is not None
    assert offsets["text"] is None


def test_files_are_streamed_in_the_tables_types(tmp_path: Path) -> None:
    rows = world_rows("passages")
    for number in range(3):
        pq.write_table(rows, tmp_path / f"{number}.parquet")
    reader = stream(PASSAGES, sorted(tmp_path.glob("*.parquet")))
    assert reader.schema == PASSAGES.arrow
    assert reader.read_all() == pa.concat_tables([rows, rows, rows]).combine_chunks()
