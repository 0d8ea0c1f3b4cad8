"""Classes of variants told on arrays are those that the readings themselves tell, one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from flows.match.align.agree import agreed, blocks
from flows.match.collate.classes import CONTEXT, classes
from flows.match.collate.names import SURNAMES, TITLES
from flows.match.collate.numerals import other_number
from flows.match.collate.readings import by_place, by_themselves
from flows.match.collate.side import as_text
from schemas.tables.variants import VARIANT_CLASSES

_CHARS = (
    "王李张刘周 省市县区 全该某 思公 的地得着著裡里裏 一二三四五六七八九十百千万〇零 0123456789 ０３ 年月日人第约几"
    "つのんア・ー々，。,.：:；;“”\"'‘’（(）)《》…—-−_ ﹏㈱ß ABCdefgh ＡｂÉéΩω عمر ²½㊀\u3000\n"
)
_READING = st.one_of(
    st.text(_CHARS, max_size=5),
    st.text("王的省市", min_size=7, max_size=10),
    st.sampled_from(["", "www.a.b", "http://x.y/z", "three", "The Hague", "欧阳修远", *TITLES]),
)
_AROUND = st.one_of(st.text(_CHARS, max_size=3), st.sampled_from(["", *TITLES, *sorted(SURNAMES)[:9], "市", "Of the "]))


def _reference(before: str, mine: str, after: str, theirs: str) -> str:
    return by_themselves(mine, theirs) or by_place(mine, theirs, before[-CONTEXT:], after[:CONTEXT])


@settings(deadline=None)
@given(st.lists(st.tuples(_AROUND, _READING, _AROUND, _READING), min_size=1, max_size=12))
def test_classes_are_those_that_each_pair_of_readings_tells(told: list[tuple[str, str, str, str]]) -> None:
    assume(all(before + mine + after and mine + theirs for before, mine, after, theirs in told))
    for before, mine, after, theirs in told:
        leader, witness = as_text(before + mine + after), as_text(theirs)
        found = classes(leader, witness, np.array([[len(before), len(before + mine), 0, len(theirs)]]))
        assert VARIANT_CLASSES[found[0]] == _reference(before, mine, after, theirs), (before, mine, after, theirs)
    # Many at once are told as each alone; the context of one is then what stands before and after it.
    whole, other = "".join(b + m + a for b, m, a, _ in told), "".join(t for *_, t in told)
    spans, at, over = [], 0, 0
    for before, mine, after, theirs in told:
        spans.append((at + len(before), at + len(before + mine), over, over + len(theirs)))
        at, over = at + len(before + mine + after), over + len(theirs)
    found = classes(as_text(whole), as_text(other), np.array(spans))
    expected = [_reference(whole[:a], whole[a:b], whole[b:], other[c:d]) for a, b, c, d in spans]
    assert [VARIANT_CLASSES[place] for place in found.tolist()] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,234,567 tonnes", True),
        ("一千二百三十四万五千人", True),
        ("第二十一届、第二十二届", True),
        ("1,234 tonnes of coal", False),
        ("twenty-one barrels, twenty-two crates", False),
    ],
)
def test_a_long_reading_is_a_number_with_its_unit_at_most(text: str, expected: bool) -> None:
    assert other_number(text, "") == other_number("", text) == expected


_COPY = st.text("abcd", min_size=1, max_size=40)


@settings(deadline=None)
@given(_COPY, _COPY, st.integers(1, 40), st.integers(0, 60))
def test_blocks_do_not_hang_on_the_distance_that_is_told(left: str, right: str, times: int, more: int) -> None:
    one, two = left * times, (right + left) * times
    plain, told = (
        agreed([blocks(one, two, distance)], [0], [0]) for distance in (None, Levenshtein.distance(one, two) + more)
    )
    for column in ("leader", "witness", "size"):
        assert np.array_equal(getattr(plain, column), getattr(told, column))
