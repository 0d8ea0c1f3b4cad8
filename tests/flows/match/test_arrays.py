"""Sets of whole numbers agree with numpy's own."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flows.match.arrays import among, distinct

whole = st.lists(st.integers(-5, 40), max_size=120).map(lambda values: np.array(values, np.int64))


@given(whole)
def test_distinct_values_come_once_and_in_order(values: np.ndarray) -> None:
    assert distinct(values).tolist() == sorted(set(values.tolist()))


@given(whole, whole)
def test_values_among_those_of_a_table(values: np.ndarray, table: np.ndarray) -> None:
    held = set(table.tolist())
    assert among(values, table).tolist() == [value in held for value in values.tolist()]
    unsigned = values.astype(np.uint64)
    assert among(unsigned, unsigned[:3]).tolist() == [
        value in set(unsigned[:3].tolist()) for value in unsigned.tolist()
    ]
