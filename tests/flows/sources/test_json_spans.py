"""Where JSON values end, as Python's own parser says it."""

from __future__ import annotations

import contextlib
import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.sources.json_spans import DEEPEST, BrokenError, end, flat_end
from flows.sources.records import split

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=30,
)


@given(JSON, st.sampled_from([None, 1]), st.sampled_from(["", ",", "]", " \n", "}"]))
def test_end_is_where_the_parser_ends(value: Any, indent: int | None, after: str) -> None:
    text = json.dumps(value, indent=indent)
    assert end(text + after, 0) == len(text)
    if isinstance(value, list | dict):
        members = value if isinstance(value, list) else list(value.values())
        flat = not any(isinstance(each, list | dict) for each in members)
        assert flat_end(text + after, 0) == (len(text) if flat else 0)


@given(st.text(alphabet='[]{}",:\\ a1', max_size=30))
def test_no_text_makes_it_fail_otherwise(text: str) -> None:
    with contextlib.suppress(BrokenError):
        assert 0 < end(text, 0) <= len(text)


@pytest.mark.parametrize("levels", [3, 10, DEEPEST])
def test_deep_values(levels: int) -> None:
    text = '{"a":[' * (levels // 2) + '"]}"' + "]}" * (levels // 2)
    assert end(text + ",", 0) == len(text)


def test_too_deep() -> None:
    with pytest.raises(RecursionError):
        end("[" * (DEEPEST + 1), 0)


@pytest.mark.parametrize(
    "data",
    [
        b'{"rows":[' + b",".join([b"[1,2,3]"] * 60_000) + b"]}",
        b'{"rows":[' + b"{}," * 100_000 + b"{}]}",
        b'{"rows":[' + b'[[[[[[[[["a"]]]]]]]]],' * 10_000 + b"1]}",
        b'["' + b'\\"' * 1_000_000,
    ],
    ids=["rows", "empty", "deep", "open"],
)
@pytest.mark.timeout(120)
def test_large_dumps_without_records_cost_little(data: bytes) -> None:
    tracemalloc.start()
    with contextlib.suppress(Exception):
        list(split(data, {"text": "words"}, lines=False))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000
