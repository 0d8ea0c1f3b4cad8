"""Spans of lines follow what cleaning makes of the text."""

from __future__ import annotations

import pytest

from flows.clean.edits import Edit
from flows.clean.lines import _moved


@pytest.mark.parametrize(
    ("span", "edits", "moved"),
    [
        ((0, 4), [], (0, 4)),
        ((4, 9), [Edit("x", 1, 1, "bb", "b")], (3, 8)),
        ((0, 2), [Edit("x", 1, 4, "bb", "b")], (0, 2)),
        ((2, 6), [Edit("x", 1, 1, "bbb", "b")], (2, 4)),
        ((0, 3), [Edit("x", 1, 0, "aa", "")], (0, 1)),
        ((6, 9), [Edit("x", 1, 0, "aa", ""), Edit("x", 1, 3, "c", "ccc")], (6, 9)),
    ],
)
def test_spans_follow(span: tuple[int, int], edits: list[Edit], moved: tuple[int, int]) -> None:
    assert _moved(*span, (0, 9, edits)) == moved


def test_a_line_of_another_piece_is_left_out() -> None:
    assert _moved(0, 4, (4, 9, [])) is None
    assert _moved(2, 6, (4, 9, [])) == (0, 2)
