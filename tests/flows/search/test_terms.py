"""What texts and phrases are taken apart into."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.match.fold import fold
from flows.search.scan import Scanned
from flows.search.terms import LONGEST, RUNNING, phrase, running, spelled, terms
from warehouse.catalogue import view_file


def held(text: str) -> list[tuple[str, int]]:
    """The terms of a text with their places."""
    found = terms([text])
    pairs = zip(spelled(found.pairs).to_pylist(), found.pair_at.tolist(), strict=True)
    words = zip(found.words.to_pylist(), found.word_at.tolist(), strict=True)
    return sorted([*pairs, *words], key=lambda each: each[1])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("大橋。通", [("大桥", 0), ("桥通", 1), ("通", 2)]),
        ("Well-kept CAFÉ’s", [("well", 0), ("kept", 4), ("cafe", 8), ("s", 12)]),
        ("cafe\u0301s ё Ё́лка", [("cafes", 0), ("е", 5), ("елка", 6)]),
        ("G20峰会3月", [("g20", 0), ("峰会", 3), ("会", 4), ("3", 5), ("月", 6)]),
        ("20℃ C++17", [("20c", 0), ("c", 3), ("17", 4)]),
        ("a https://x.example/y b", [("a", 0), ("b", 1)]),
        ("كتـــاب", [("كتاب", 0)]),
        ("ไทย", [("ไท", 0), ("ทย", 1), ("ย", 2)]),
        ("한국 말", [("한국", 0), ("국말", 1), ("말", 2)]),
        ("x" * (LONGEST + 2), [("x" * LONGEST, 0), ("xx", LONGEST)]),
        ("…", []),
        ("", []),
    ],
)
def test_terms_of_a_text(text: str, expected: list[tuple[str, int]]) -> None:
    assert held(text) == expected


def test_each_text_is_taken_apart_alone() -> None:
    together = terms(["大桥", "", "通车 one", "two"])
    assert together.pair_row.tolist() == [0, 0, 2, 2]
    assert (together.words.to_pylist(), together.word_row.tolist()) == (["one", "two"], [2, 3])
    assert together.letters.tolist() == [2, 0, 5, 3]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("武漢", [("武汉", 0, False)]),
        ("天氣預報", [("天气", 0, False), ("预报", 2, False)]),
        ("天氣預報員", [("天气", 0, False), ("预报", 2, False), ("报员", 3, False)]),
        ("年", [("年", 0, True)]),
        ("3月", [("3", 0, False), ("月", 1, True)]),
        ("月3", [("月", 0, False), ("3", 1, False)]),
        ("the Ferry", [("the", 0, False), ("ferry", 3, False)]),
    ],
)
def test_few_terms_cover_a_phrase(text: str, expected: list[tuple[str, int, bool]]) -> None:
    assert [(each.text, each.at, each.open) for each in phrase(text)] == expected


def test_a_last_word_may_go_on() -> None:
    assert [each.open for each in phrase("the ferr", begun=True)] == [False, True]


@settings(max_examples=40)
@given(st.text(max_size=60))
def test_terms_are_what_stands_there(text: str) -> None:
    folded = fold(text)
    for term, at in held(text):
        assert folded[at : at + len(term)] == term
    covered = np.zeros(len(folded), np.bool_)
    for each in phrase(text):
        covered[each.at : each.at + len(each.text)] = True
    assert covered.all()


@given(st.text(alphabet="汉漢字ab2 .,-é", max_size=30), st.integers(0, 29), st.integers(1, 8))
def test_a_scan_finds_what_was_cut_at_words(text: str, start: int, length: int) -> None:
    scanned, said = Scanned(text), Scanned(text[start : start + length])
    if not said.folded:
        assert scanned.places(said) == []
        return
    first = int(np.searchsorted(scanned.origin, start))
    whole = bool(scanned.edges[first]) and bool(scanned.edges[first + len(said.folded)])
    assert ((first, first + len(said.folded)) in scanned.places(said)) == whole


def test_sql_knows_the_same_scripts() -> None:
    text = view_file("90_search.sql")
    told = "".join(rf"\x{{{first:X}}}-\x{{{last:X}}}" for first, last in RUNNING)
    assert text.count(f"[{told}]") == 4
    assert f"[^ {told}]{{1,{LONGEST}}}" in text


def test_pairs_are_spelled() -> None:
    assert spelled(np.zeros(0, np.uint64)).equals(pa.array([], pa.string()))
    assert running()[ord("漢")]
    assert not running()[ord("a")]
