"""SQL that follows from the definitions."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import TABLES, Table
from schemas.render.sql import column_list, comments, describe, empty_select, literal, quoted, sql_type

TYPES = {
    "VARCHAR": pa.string(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "TIMESTAMPTZ": pa.timestamp("us", tz="UTC"),
    "VARCHAR[]": pa.list_(pa.string()),
}


@pytest.mark.parametrize(("sql", "arrow"), TYPES.items())
def test_types(sql: str, arrow: pa.DataType) -> None:
    assert sql_type(arrow) == sql


def test_a_type_that_no_table_uses_is_refused() -> None:
    with pytest.raises(KeyError):
        sql_type(pa.decimal128(10, 2))


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00")))
def test_literals_come_back_as_they_went_in(text: str) -> None:
    assert duckdb.sql(f"SELECT {literal(text)}").fetchall() == [(text,)]


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1))
def test_quoted_names_are_one_name(name: str) -> None:
    assert duckdb.sql(f"SELECT 1 AS {quoted(name)}").columns == [name]


@pytest.mark.parametrize("each", TABLES, ids=lambda each: each.name)
def test_an_empty_select_has_the_columns_and_types(each: Table) -> None:
    result = duckdb.sql(empty_select(each))
    assert result.columns == list(each.names)
    assert [str(kind) for kind in result.types] == [
        sql_type(column.type).replace("TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE") for column in each.columns
    ]
    assert result.fetchall() == []


@pytest.mark.parametrize("each", TABLES, ids=lambda each: each.name)
def test_arrow_rows_are_what_the_views_promise(each: Table) -> None:
    """An Arrow table of the definition, read by DuckDB, has the types that the SQL says."""
    con = duckdb.connect()
    con.register("rows", each.empty())
    assert con.sql("SELECT * FROM rows").types == con.sql(empty_select(each)).types


@pytest.mark.parametrize("each", TABLES, ids=lambda each: each.name)
def test_comments_can_be_made_and_read_back(each: Table) -> None:
    con = duckdb.connect()
    con.execute(f"CREATE VIEW {quoted(each.name)} AS {empty_select(each)}")
    for statement in comments(each):
        con.execute(statement)
    said = dict(con.sql("SELECT column_name, comment FROM duckdb_columns() WHERE NOT internal").fetchall())
    assert said == {column.name: describe(column) for column in each.columns}
    ((whole,),) = con.sql("SELECT comment FROM duckdb_views() WHERE NOT internal").fetchall()
    assert each.doc in whole
    assert each.grain in whole


def test_a_description_tells_unit_and_vocabulary() -> None:
    kind = next(each for each in TABLES if each.name == "passages").column("kind")
    assert "One of headline, byline" in describe(kind)
    start = next(each for each in TABLES if each.name == "passages").column("article_start")
    assert "In code points." in describe(start)


def test_columns_can_be_listed_behind_an_alias() -> None:
    fixity = next(each for each in TABLES if each.name == "fixity")
    assert column_list(fixity, "t").startswith('t."checked_at", t."target"')
    assert column_list(fixity).count("t.") == 0
