"""A digest per table that does not depend on the order of rows, and can be added to and taken from.

Each row is written as JSON over the table's columns, volatile ones left out, and hashed with MD5; the
digest is the sum of the hashes modulo 2**128, in hex. Sums, unlike XOR, see a row that stands twice.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from schemas.render.sql import quoted
from schemas.table import Table

_MODULUS = 1 << 128
EMPTY = "0" * 32


def digest_of(table: Table, rows: pa.Table, con: duckdb.DuckDBPyConnection | None = None) -> str:
    """Digest of Arrow rows that have the table's columns, by a connection whose time zone is UTC if one is at hand."""
    if rows.num_rows == 0:
        return EMPTY
    if con is None:
        with duckdb.connect() as own:
            own.execute("SET TimeZone = 'UTC'")
            return digest_of(table, rows, own)
    con.register("digested", rows)
    try:
        return digest_in(con, table, "digested")
    finally:
        con.unregister("digested")


def digest_in(con: duckdb.DuckDBPyConnection, table: Table, relation: str) -> str:
    """Digest of a relation that DuckDB knows, be it a view or `read_parquet(…)`."""
    packed = ", ".join(f"{quoted(n)} := {quoted(n)}" for n in table.names if n not in table.volatile)
    ((low, high),) = con.execute(
        f"SELECT sum(md5_number_lower(t)::HUGEINT), sum(md5_number_upper(t)::HUGEINT) "
        f"FROM (SELECT to_json(struct_pack({packed}))::VARCHAR AS t FROM {relation})"
    ).fetchall()
    return f"{(int(low or 0) + (int(high or 0) << 64)) % _MODULUS:032x}"


def plus(one: str, other: str) -> str:
    """Digest of the rows of both."""
    return f"{(int(one, 16) + int(other, 16)) % _MODULUS:032x}"


def minus(one: str, other: str) -> str:
    """Digest of the rows of `one` without those of `other`."""
    return f"{(int(one, 16) - int(other, 16)) % _MODULUS:032x}"
