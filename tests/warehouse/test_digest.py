"""A table's digest sees every change of its rows, and no change of their order."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import TABLES, Table, table
from tests.makers.world import world_rows
from warehouse.digest import EMPTY, digest_in, digest_of, minus, plus

EDITS = table("edits")
TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
ROW = st.fixed_dictionaries(
    {
        "passage_id": TEXT,
        "ordinal": st.integers(0, 9),
        "rule": TEXT,
        "rule_version": st.integers(0, 2),
        "start": st.integers(0, 1 << 40),
        "before": TEXT,
        "after": TEXT,
    }
)
ROWS = st.lists(ROW, max_size=12)


def mark(rows: list[dict[str, Any]]) -> str:
    return digest_of(EDITS, EDITS.rows(rows))


@settings(max_examples=20)
@given(ROWS, st.randoms(use_true_random=False))
def test_order_changes_nothing(rows: list[dict[str, Any]], chance: random.Random) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)
    assert mark(shuffled) == mark(rows)


@settings(max_examples=20)
@given(ROWS, ROWS)
def test_digests_add_up_and_take_away(one: list[dict[str, Any]], other: list[dict[str, Any]]) -> None:
    assert plus(mark(one), mark(other)) == mark(one + other)
    assert minus(mark(one + other), mark(other)) == mark(one)


@settings(max_examples=20)
@given(st.lists(ROW, min_size=1, max_size=6))
def test_a_row_that_stands_twice_is_seen(rows: list[dict[str, Any]]) -> None:
    assert mark([*rows, rows[0]]) != mark(rows)
    assert mark([*rows, rows[0], rows[0]]) != mark(rows)


@settings(max_examples=20)
@given(ROW, st.sampled_from([c.name for c in EDITS.columns]))
def test_a_change_in_any_column_is_seen(row: dict[str, Any], column: str) -> None:
    value = row[column]
    assert mark([row | {column: value + 1 if isinstance(value, int) else value + "x"}]) != mark([row])


def test_values_do_not_run_into_the_next_column() -> None:
    row = {"passage_id": "p", "ordinal": 0, "rule": "r", "rule_version": 1, "start": 0}
    assert mark([row | {"before": "ab", "after": "c"}]) != mark([row | {"before": "a", "after": "bc"}])


def test_no_rows_have_the_empty_digest() -> None:
    assert mark([]) == EMPTY
    assert minus(mark([]), mark([])) == EMPTY


@pytest.mark.parametrize("each", [each for each in TABLES if each.volatile], ids=lambda each: each.name)
def test_volatile_columns_are_left_out_and_others_are_not(each: Table) -> None:
    rows = world_rows(each.name)
    for column in each.columns:
        if column.type != pa.string():
            continue
        at = each.names.index(column.name)
        other = rows.set_column(at, rows.schema.field(at), pa.array(["other"] * rows.num_rows, pa.string()))
        assert (digest_of(each, other) == digest_of(each, rows)) == (column.name in each.volatile), column.name


@pytest.mark.parametrize("each", TABLES, ids=lambda each: each.name)
def test_rows_from_a_file_have_the_digest_of_rows_in_memory(each: Table, tmp_path: Path) -> None:
    """Null, empty list and time zone survive the way through Parquet."""
    import duckdb

    rows = world_rows(each.name)
    pq.write_table(rows, tmp_path / "rows.parquet")
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    assert digest_in(con, each, f"read_parquet('{tmp_path}/rows.parquet')") == digest_of(each, rows)
