"""SQL that follows from a table's definition: types, empty views, comments."""

from __future__ import annotations

import pyarrow as pa

from schemas.table import Column, Table
from schemas.view import Macro, View

_SCALARS = {
    pa.string(): "VARCHAR",
    pa.int32(): "INTEGER",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    pa.date32(): "DATE",
}


def sql_type(kind: pa.DataType) -> str:
    """DuckDB's name for an Arrow type that the definitions use; KeyError for any other."""
    if pa.types.is_list(kind):
        return f"{sql_type(kind.value_type)}[]"
    if pa.types.is_timestamp(kind):
        return "TIMESTAMPTZ"
    return _SCALARS[kind]


def literal(text: str) -> str:
    """A string as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def column_list(table: Table, alias: str | None = None, *, stamp: bool = True) -> str:
    """The table's columns in order, each quoted, for a SELECT; without the stamp where that is not wanted."""
    prefix = f"{alias}." if alias else ""
    return ", ".join(prefix + quoted(name) for name in (table.names if stamp else table.unstamped))


def empty_select(table: Table) -> str:
    """A SELECT with the table's columns and types and no row, for a table that has no file yet."""
    columns = ", ".join(f"CAST(NULL AS {sql_type(c.type)}) AS {quoted(c.name)}" for c in table.columns)
    return f"SELECT {columns} WHERE false"


def describe(column: Column) -> str:
    """A column's meaning in one line, with its unit and its closed vocabulary."""
    parts = [column.doc]
    if column.unit:
        parts.append(f"In {column.unit}.")
    if column.values:
        parts.append("One of " + ", ".join(column.values) + ".")
    return " ".join(parts)


def comments(table: Table | View) -> list[str]:
    """COMMENT statements for a view, or the view of a table, and for its columns."""
    statements = [f"COMMENT ON VIEW {quoted(table.name)} IS {literal(f'{table.doc} One row per {table.grain}.')}"]
    statements += [
        f"COMMENT ON COLUMN {quoted(table.name)}.{quoted(column.name)} IS {literal(describe(column))}"
        for column in table.columns
    ]
    return statements


def macro_comment(macro: Macro) -> str:
    """The COMMENT statement for a function."""
    kind = "MACRO" if macro.columns is None else "MACRO TABLE"
    return f"COMMENT ON {kind} {quoted(macro.name)} IS {literal(f'{macro.call}: {macro.doc}')}"
