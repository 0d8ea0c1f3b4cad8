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


def digest_of(table: Table, rows: pa.Table) -> str:
    """Digest of Arrow rows that have the table's columns."""
    if rows.num_rows == 0:
        return EMPTY
    con = duckdb.connect()
    try:
        con.execute("SET TimeZone = 'UTC'")
        con.register("rows", rows)
        return digest_in(con, table, "rows")
    finally:
        con.close()


def digest_in(con: duckdb.DuckDBPyConnection, table: Table, relation: str) -> str:
    """Digest of a relation that DuckDB knows, be it a view or `read_parquet(…)`."""
    packed = ", ".join(f"{quoted(n)} := {quoted(n)}" for n in table.names if n not in table.volatile)
    row = con.execute(
        f"SELECT sum(md5_number_lower(t)::HUGEINT), sum(md5_number_upper(t)::HUGEINT) "
        f"FROM (SELECT to_json(struct_pack({packed}))::VARCHAR AS t FROM {relation})"
    ).fetchone()
    low, high = (int(value or 0) for value in row or (0, 0))
    return f"{(low + (high << 64)) % _MODULUS:032x}"


def plus(one: str, other: str) -> str:
    """Digest of the rows of both."""
    return f"{(int(one, 16) + int(other, 16)) % _MODULUS:032x}"


def minus(one: str, other: str) -> str:
    """Digest of the rows of `one` without those of `other`."""
    return f"{(int(one, 16) - int(other, 16)) % _MODULUS:032x}"
