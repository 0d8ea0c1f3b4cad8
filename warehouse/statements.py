"""Telling SQL that only reads from SQL that does more, by what the parser makes of it.

A word such as SELECT at the beginning says little: the body of a common table expression may be COPY, INSERT, UPDATE
or DELETE, and EXPLAIN ANALYZE runs what it explains. So the tree of the statement is walked. This is the first of two
doors: the connection of `warehouse.reading` has no file that it could write to, whatever gets past this one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import duckdb
from duckdb import StatementType

from warehouse.errors import NotAQuery

LONGEST = 1_000_000
"""Characters of SQL that are looked at; the parser's tree takes some hundred times as many bytes."""

_NODES = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"})
"""Query nodes that read. All others (COPY_QUERY_NODE, INSERT_QUERY_NODE, …) are refused, those to come as well."""

_TABLE_FUNCTIONS = frozenset(
    re.findall(
        r"\w+",
        """
        range generate_series unnest repeat repeat_row json_each json_tree summary test_all_types histogram
        histogram_values duckdb_columns duckdb_constraints duckdb_databases duckdb_functions duckdb_indexes
        duckdb_keywords duckdb_memory duckdb_schemas duckdb_settings duckdb_tables duckdb_types duckdb_variables
        duckdb_views icu_calendar_names pg_timezone_names pragma_collations pragma_database_size pragma_platform
        pragma_show pragma_table_info pragma_version
        """,
    )
)
"""Table functions that only read, and only what is in the catalogue or the query; its macros come on top."""

_SCALARS = frozenset({"write_log", "getenv", "setval", "nextval", "sleep_ms", "query", "query_table"})
"""Scalar functions with an effect beyond their value."""

_WRITING = frozenset({"copy", "insert", "update", "delete", "merge", "truncate", "create", "attach", "export", "set"})
"""Words that a statement which the parser cannot show as a tree (PIVOT) must not hold outside quotes."""

_ONLY = "Only queries can be run here: SELECT, FROM, WITH, PIVOT, DESCRIBE, SHOW or EXPLAIN"


def one_query(con: duckdb.DuckDBPyConnection, sql: str) -> str:
    """The one statement of an SQL text, without the semicolon behind it.

    Raises NotAQuery where there is none, or more than one, or it does anything but read, and duckdb.Error where the
    text is no SQL.
    """
    statements = _extracted(con, sql)
    if not statements:
        raise NotAQuery("There is no statement in this; give a query such as SELECT count(*) FROM articles.")
    if len(statements) > 1:
        raise NotAQuery(f"These are {len(statements)} statements; give one at a time.")
    (statement,) = statements
    _check(con, statement)
    return _without_semicolon(statement.query)


def only_reads(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Raise NotAQuery where SQL does anything but select, describe or explain, and duckdb.Error where it is no SQL."""
    for statement in _extracted(con, sql):
        _check(con, statement)


def _extracted(con: duckdb.DuckDBPyConnection, sql: str) -> list[duckdb.Statement]:
    if len(sql) > LONGEST:
        raise NotAQuery(f"The statement has {len(sql):,} characters; at most {LONGEST:,} are taken.")
    try:
        sql.encode()
    except UnicodeEncodeError as error:
        raise NotAQuery("The statement is not UTF-8 text; save it as UTF-8 and run it again.") from error
    if "\0" in sql:
        raise NotAQuery("The statement holds a null character; leave it out.")
    return con.extract_statements(sql)


def _check(con: duckdb.DuckDBPyConnection, statement: duckdb.Statement) -> None:
    kind, text = _kind(statement), statement.query
    if kind == StatementType.EXPLAIN:
        inner = con.extract_statements(_explained(text))
        if len(inner) != 1:
            raise NotAQuery(f"{_ONLY}.")
        kind, text = _kind(inner[0]), inner[0].query
    if kind == StatementType.MULTI:  # what PIVOT turns into; the parser shows no tree of it
        if word := next((word for word in _words(text) if word in _WRITING), None):
            raise NotAQuery(f"{_ONLY}; put {word} into double quotes if it is the name of a column.")
        return
    if kind != StatementType.SELECT:
        raise NotAQuery(f"{_ONLY}.")
    ((told,),) = con.execute("SELECT json_serialize_sql($1::VARCHAR)", [text]).fetchall()
    tree = json.loads(told)
    if tree["error"]:
        raise NotAQuery(f"{_ONLY}; DuckDB cannot show what this one does.")
    for node in _nodes(tree["statements"]):
        _check_node(con, node)


def _kind(statement: duckdb.Statement) -> StatementType:
    try:
        return statement.type
    except ValueError:  # a kind of statement, such as UPDATE EXTENSIONS, that DuckDB's Python part has no name for
        return StatementType.INVALID


def _check_node(con: duckdb.DuckDBPyConnection, node: dict[str, Any]) -> None:
    kind = node.get("type")
    if "info_type" in node or (isinstance(kind, str) and kind.endswith("_NODE") and kind not in _NODES):
        raise NotAQuery(f"{_ONLY}.")
    if kind == "TABLE_FUNCTION":
        name = str(node["function"].get("function_name", "")).lower()
        if name not in _TABLE_FUNCTIONS and not _is_macro(con, name):
            raise NotAQuery(f"The function {name} cannot be used here: queries read the published tables and views.")
    elif kind == "FUNCTION" and str(node.get("function_name", "")).lower() in _SCALARS:
        raise NotAQuery(f"The function {node['function_name']} does more than read.")


def _is_macro(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    ((found,),) = con.execute(
        "SELECT count(*) > 0 FROM duckdb_functions() "
        "WHERE NOT internal AND function_type = 'table_macro' AND lower(function_name) = $1",
        [name],
    ).fetchall()
    return bool(found)


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object of a tree, without recursion: how deep it is, is for whoever wrote the statement to say."""
    waiting = [tree]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            yield each
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each


def _tokens(sql: str) -> list[tuple[int, str]]:
    """(offset, text) of each token that is no comment; offsets in code points."""
    data = sql.encode()
    found = duckdb.tokenize(sql)
    ends = [offset for offset, _ in found[1:]] + [len(data)]
    out = []
    for (start, kind), end in zip(found, ends, strict=True):
        if kind != duckdb.token_type.comment:
            out.append((len(data[:start].decode()), data[start:end].decode().strip()))
    return out


def _words(sql: str) -> list[str]:
    return [text.lower() for _, text in _tokens(sql)]


def _explained(sql: str) -> str:
    """What an EXPLAIN explains: the text behind EXPLAIN, ANALYZE and options in brackets."""
    tokens = _tokens(sql)
    at = 1
    if at < len(tokens) and tokens[at][1].lower() in ("analyze", "analyse"):
        at += 1
    if at < len(tokens) and tokens[at][1] == "(" and not _begins_query(tokens, at + 1):
        depth = 0
        while at < len(tokens):
            depth += {"(": 1, ")": -1}.get(tokens[at][1], 0)
            at += 1
            if depth == 0:
                break
    return sql[tokens[at][0] :] if at < len(tokens) else ""


def _begins_query(tokens: list[tuple[int, str]], at: int) -> bool:
    words = ("select", "from", "with", "values", "table", "(", "pivot", "unpivot", "describe", "show", "summarize")
    return at < len(tokens) and tokens[at][1].lower() in words


def _without_semicolon(sql: str) -> str:
    for at, text in reversed(_tokens(sql)):
        if text != ";":
            break
        sql = sql[:at]
    return sql
