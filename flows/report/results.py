"""The result of a query from outside: run within limits, its rows as people and programs take them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb

from flows.settings import Settings
from schemas.render.sql import quoted
from warehouse.errors import TimedOut, WarehouseError
from warehouse.reading import limited, told
from warehouse.statements import one_query
from warehouse.store import Warehouse

_NUMBERS = re.compile("U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|DOUBLE|FLOAT|DECIMAL.*")
_AS_TEXT = ("INTERVAL", "BIT", "TIME WITH TIME ZONE", "TIME_NS", "BIGNUM", "UNION(", "MAP(", "VARIANT", "GEOMETRY")
"""Types whose values Python has no equal for: an interval loses its months. DuckDB writes them as text."""
_GROWTH = 2
"""The process may grow by so many times `memory_limit`: DuckDB does not count what one function builds for one row."""


@dataclass
class Result:
    """Columns of a result, and its rows as they come."""

    columns: list[str]
    numbers: list[str]
    """Columns of numbers."""
    rows: Iterator[tuple[Any, ...]]


@contextmanager
def asked(
    settings: Settings,
    sql: str,
    *,
    seconds: float | None = None,
    stuck: Callable[[str], None] | None = None,
    con: duckdb.DuckDBPyConnection | None = None,
) -> Iterator[Result]:
    """Run one query from outside on the published tables. Its time runs until the block ends.

    In: the settings' warehouse and limits, of which `seconds` replaces the time; `stuck` is what to do with a query
    that does not heed its interruption; `con` a connection of `connected`, which stays open. Raises NotAQuery,
    TimedOut, and WarehouseError for what DuckDB refuses.
    """
    with _open(settings, con) as con, _sentences(), limits(con, settings, seconds, stuck):
        text = one_query(con, sql)
        result = con.execute(readable(con, text))
        columns = [str(each[0]) for each in result.description or []]
        numbers = [str(each[0]) for each in result.description or [] if _NUMBERS.fullmatch(str(each[1]))]
        yield Result(columns, numbers, rows_of(result))


def connected(settings: Settings, snapshot: int | None = None) -> duckdb.DuckDBPyConnection:
    """The locked connection with the settings' memory limit, to the last snapshot or an older one."""
    try:
        return Warehouse(settings.warehouse).connect(memory_limit=settings.memory_limit, snapshot=snapshot)
    except duckdb.Error as error:
        raise WarehouseError(f"The tables cannot be opened: {told(error)}.") from error


@contextmanager
def limits(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    seconds: float | None = None,
    stuck: Callable[[str], None] | None = None,
) -> Iterator[None]:
    """The settings' limits on time and memory for what runs inside the block."""
    try:
        ((limit,),) = con.execute("SELECT parse_formatted_bytes($1)", [settings.memory_limit]).fetchall()
        most = int(limit) * _GROWTH
    except duckdb.Error:
        most = None
    seconds = settings.query_seconds if seconds is None else seconds
    with limited(con, seconds or None, most_bytes=most, stuck=stuck):
        yield


@contextmanager
def _open(settings: Settings, con: duckdb.DuckDBPyConnection | None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection for the block, or the one that there is."""
    if con is not None:
        yield con
        return
    con = connected(settings)
    try:
        yield con
    finally:
        con.close()


@contextmanager
def _sentences() -> Iterator[None]:
    """Errors of DuckDB as one sentence."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise TimedOut(
            f"The query needs more memory than memory_limit allows ({told(error)}); ask for less, or raise it."
        ) from error
    except duckdb.Error as error:
        raise WarehouseError(f"DuckDB refused the query: {told(error)}.") from error


def rows_of(result: Any) -> Iterator[tuple[Any, ...]]:
    """The rows of a result as they come."""
    while rows := result.fetchmany(1024):
        yield from rows


def readable(con: duckdb.DuckDBPyConnection, sql: str) -> str:
    """The query with those of its columns as text that Python could not hold."""
    try:
        described = con.execute(f"DESCRIBE (\n{sql}\n)").fetchall()
    except duckdb.Error:  # as of EXPLAIN; the query itself says what is wrong
        return sql
    kinds = [str(row[1]) for row in described]
    if not any(_odd(kind) for kind in kinds):
        return sql
    names = [f"c{number}" for number in range(len(kinds))]
    chosen = ", ".join(
        f"{name}{'::VARCHAR' if _odd(kind) else ''} AS {quoted(str(row[0]))}"
        for name, kind, row in zip(names, kinds, described, strict=True)
    )
    return f"SELECT {chosen} FROM (\n{sql}\n) AS result({', '.join(names)})"


def _odd(kind: str) -> bool:
    return any(each in kind for each in _AS_TEXT)


def distinct(names: list[str]) -> list[str]:
    """Names of columns with none twice, as DuckDB makes them so: `a`, `a_1`."""
    out: list[str] = []
    for name in names:
        other, number = name, 0
        while other in out or (number and other in names):
            number += 1
            other = f"{name}_{number}"
        out.append(other)
    return out
