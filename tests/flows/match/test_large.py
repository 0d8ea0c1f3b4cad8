"""More text in one run than strings with offsets of 32 bits can be together."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from flows.inputs import _articles
from flows.match.archive import arrive, empty_archive
from flows.match.fold import CHUNK_BYTES
from flows.match.stage import MATCH_INPUT, _name, _texts
from tests.flows.match.corpus import Piece, as_input

MOST = 1 << 31
"""Bytes that strings with short offsets can be together, less one."""
ROW = 1 << 22
ROWS = MOST // ROW + 16


def _large() -> tuple[pa.Table, np.ndarray[Any, np.dtype[np.uint8]]]:
    """Articles whose texts are one chunk of more than two gigabytes, and the bytes of the last one.

    The texts are NULs which the system keeps once for all pages that nobody writes to.
    """
    letters = np.zeros(ROWS * ROW, np.uint8)
    bounds = np.arange(0, (ROWS + 1) * ROW, ROW)
    text = pa.LargeStringArray.from_buffers(ROWS, pa.py_buffer(bounds), pa.py_buffer(letters))
    head = as_input([Piece(f"article{n}", "", "one", n % 300) for n in range(ROWS)]).drop_columns("text")
    # As the stage does with whatever it is given.
    new = head.append_column(MATCH_INPUT.field("text"), text).select(MATCH_INPUT.names).cast(MATCH_INPUT)
    return new, letters[-ROW:]


@pytest.mark.slow
def test_texts_beyond_two_gigabytes_are_named_taken_in_and_read() -> None:
    new, last = _large()
    assert pc.sum(pc.binary_length(new["text"])).as_py() > MOST
    name = _name(None, new, None)
    last[-1] = ord("x")
    assert _name(None, new, None) != name
    arrivals = arrive(empty_archive(), new, None, lambda article, text: False)
    assert arrivals.fresh.tolist() == list(range(ROWS))
    assert len(arrivals.archive) == ROWS
    again = new.slice(ROWS - 2)
    compared = []
    arrive(arrivals.archive, again, None, lambda article, text: compared.append((article, text[-1])))
    assert compared == [(ROWS - 2, "\0"), (ROWS - 1, "x")]
    wanted = np.arange(1, ROWS)
    parts = [(len(some), pc.sum(pc.binary_length(some)).as_py() or 0) for some in _texts(new, wanted)]
    assert sum(rows for rows, _ in parts) == ROWS - 1
    assert sum(size for _, size in parts) == (ROWS - 1) * ROW > MOST
    assert all(rows == 1 or size <= CHUNK_BYTES for rows, size in parts)
    *_, end = _texts(new, np.array([ROWS - 1]))
    assert end[0].as_py().endswith("\0x")


def test_the_warehouse_gives_texts_with_offsets_of_64_bits() -> None:
    """A chunk of DuckDB's holds a million rows: it must be able to hold them before it is cast to anything."""
    types = []

    class Connection:
        def __init__(self) -> None:
            self.real = duckdb.connect()

        def execute(self, sql: str) -> Any:
            return self.real.execute(sql)

        def sql(self, sql: str) -> Any:
            types.append(self.real.sql(sql).to_arrow_table().schema.field("text").type)
            return self.real.sql(sql)

    con = Connection()
    con.real.register("input", as_input([Piece("one", "一段文字。", "one", 0)]))
    assert _articles(con, "FROM input").schema == MATCH_INPUT  # type: ignore[arg-type]
    assert types == [pa.large_string()]
