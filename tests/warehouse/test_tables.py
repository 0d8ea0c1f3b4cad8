"""Delta tables that a DuckDB without extensions can read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

from schemas import TABLES, Table, table
from tests.makers.world import world_rows
from warehouse.tables import TableState, append, folder, replace, roll_back, state, stream, swap

PASSAGES = table("passages")


def read(root: Path, each: Table, now: TableState | None) -> list[dict[str, Any]]:
    """The rows of exactly the files that a state names, by DuckDB alone."""
    if now is None or not now.files:
        return []
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    listed = [str(folder(root, each) / name) for name in now.files]
    return con.sql("SELECT * FROM read_parquet($1) ORDER BY ALL", params=[listed]).to_arrow_table().to_pylist()


@pytest.mark.parametrize("each", TABLES, ids=lambda each: each.name)
def test_every_table_comes_back_as_it_was(each: Table, tmp_path: Path) -> None:
    rows = world_rows(each.name)
    now = append(tmp_path, each, rows)
    con = duckdb.connect()
    con.register("rows", rows)
    con.execute("SET TimeZone = 'UTC'")
    assert read(tmp_path, each, now) == con.sql("SELECT * FROM rows ORDER BY ALL").to_arrow_table().to_pylist()
    assert DeltaTable(str(folder(tmp_path, each))).to_pyarrow_table().num_rows == rows.num_rows


def test_no_table_is_no_state(tmp_path: Path) -> None:
    assert state(tmp_path, PASSAGES) is None


def test_appending_keeps_the_files_that_are_there(tmp_path: Path) -> None:
    rows = world_rows("passages")
    first = append(tmp_path, PASSAGES, rows.slice(0, 1))
    second = append(tmp_path, PASSAGES, rows.slice(1))
    assert set(first.files) < set(second.files)
    assert (first.version, second.version) == (0, 1)
    assert len(read(tmp_path, PASSAGES, first)) == 1
    assert len(read(tmp_path, PASSAGES, second)) == 2
    assert state(tmp_path, PASSAGES, 0) == first
    assert state(tmp_path, PASSAGES) == second


def test_replacing_leaves_the_old_files_where_they_lie(tmp_path: Path) -> None:
    rows = world_rows("passages")
    first = append(tmp_path, PASSAGES, rows)
    second = replace(tmp_path, PASSAGES, rows.slice(1))
    assert not set(first.files) & set(second.files)
    assert len(read(tmp_path, PASSAGES, second)) == 1
    assert len(read(tmp_path, PASSAGES, first)) == 2, "an older snapshot still reads"


def test_commits_that_no_snapshot_names_are_undone(tmp_path: Path) -> None:
    rows = world_rows("passages")
    first = append(tmp_path, PASSAGES, rows.slice(0, 1))
    append(tmp_path, PASSAGES, rows.slice(1))
    replace(tmp_path, PASSAGES, rows.slice(0, 0))
    roll_back(tmp_path, PASSAGES, first.version)
    now = state(tmp_path, PASSAGES)
    assert now is not None
    assert now.files == first.files
    third = append(tmp_path, PASSAGES, rows.slice(1))
    assert len(read(tmp_path, PASSAGES, third)) == 2


def test_a_table_that_had_no_commit_is_emptied(tmp_path: Path) -> None:
    append(tmp_path, PASSAGES, world_rows("passages"))
    roll_back(tmp_path, PASSAGES, None)
    now = state(tmp_path, PASSAGES)
    assert now is not None
    assert now.files == ()
    assert len(read(tmp_path, PASSAGES, append(tmp_path, PASSAGES, world_rows("passages")))) == 2


def test_nothing_to_undo_makes_no_commit(tmp_path: Path) -> None:
    first = append(tmp_path, PASSAGES, world_rows("passages"))
    roll_back(tmp_path, PASSAGES, first.version)
    assert state(tmp_path, PASSAGES) == first
    roll_back(tmp_path, table("stories"), None)
    assert state(tmp_path, table("stories")) is None


def test_nothing_that_plain_parquet_readers_cannot_follow(tmp_path: Path) -> None:
    rows = world_rows("captures")
    append(tmp_path, table("captures"), rows)
    replace(tmp_path, table("captures"), rows)
    log = folder(tmp_path, table("captures")) / "_delta_log"
    actions = [json.loads(line) for path in sorted(log.glob("*.json")) for line in path.read_text("utf-8").splitlines()]
    (metadata,) = [action["metaData"] for action in actions if "metaData" in action]
    assert metadata["partitionColumns"] == []
    assert "delta.columnMapping.mode" not in metadata["configuration"]
    protocols = [action["protocol"] for action in actions if "protocol" in action]
    assert all(each["minReaderVersion"] == 1 for each in protocols)
    assert not any(action["add"].get("deletionVector") for action in actions if "add" in action)


def test_ids_have_bloom_filters_and_few_values_a_dictionary(tmp_path: Path) -> None:
    now = append(tmp_path, PASSAGES, world_rows("passages"))
    path = folder(tmp_path, PASSAGES) / now.files[0]
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


def test_swapping_leaves_other_files_as_they_are(tmp_path: Path) -> None:
    rows = world_rows("passages")
    first = append(tmp_path, PASSAGES, rows.slice(0, 1))
    second = append(tmp_path, PASSAGES, rows.slice(1))
    (drop,) = set(second.files) - set(first.files)
    after = swap(tmp_path, PASSAGES, [drop], rows.slice(1, 1))
    assert after == state(tmp_path, PASSAGES)
    assert after.version == second.version + 1
    assert set(first.files) < set(after.files)
    assert drop not in after.files
    assert read(tmp_path, PASSAGES, after) == read(tmp_path, PASSAGES, second)
    delta = DeltaTable(str(folder(tmp_path, PASSAGES)))
    assert delta.to_pyarrow_table().num_rows == rows.num_rows
    assert all(count is not None for count in pa.table(delta.get_add_actions(flatten=True))["num_records"].to_pylist())
    nothing = swap(tmp_path, PASSAGES, list(after.files), rows.slice(0, 0))
    assert read(tmp_path, PASSAGES, nothing) == []
    assert not (tmp_path / ".tmp" / "swap-passages").exists()
    back = roll_back(tmp_path, PASSAGES, second.version)
    assert back is not None
    assert back.files == second.files
    assert read(tmp_path, PASSAGES, back) == read(tmp_path, PASSAGES, second)
