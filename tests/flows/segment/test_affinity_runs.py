"""The runs of characters of a page, which joins are judged by."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from flows.segment.affinity import _Runs

LETTERS = st.text("渡口天a\n𠮷", max_size=40)


@given(LETTERS, st.text("渡口天a\n𠮷", min_size=2, max_size=3))
def test_runs_are_those_of_the_text(text: str, run: str) -> None:
    runs = _Runs(text)
    assert (run in runs) == (run in text)
    assert runs.count(run[0], run[1]) == text.count(run[:2])
