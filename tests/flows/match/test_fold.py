"""Folding: what it evens out, what it keeps, and the way back."""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.match import fold as module
from flows.match.fold import fold, fold_column, fold_columns, fold_table, fold_with_offsets

ANY_TEXT = st.text(st.characters(), max_size=60) | st.text(
    st.sampled_from("臺灣ABCßé㈱①㍿,。 \nwww.http://x.cn/a٣كـتَابการีก"), max_size=60
)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("臺灣與體育", "台湾与体育"),
        ("ＡＢＣ，１２３。", "abc 123"),
        ("Straße", "STRASSE"),
        ("café", "cafe\u0301"),
        ("Η θάλασσα είναι ήρεμη", "η θαλασσα ειναι ηρεμη"),
        ("ΟΔΟΣ", "οδος"),
        ("Ёлка", "елка"),
        ("أَحْمَد", "احمد"),
        ("كـــتاب", "كتاب"),
        ("الصفحة ٣٤", "الصفحة 34"),
        ("ｶﾞｽ", "ガス"),
        ("が", "か\u3099"),
        ("㈱第①号", "株第1号"),
        ("葛\U000e0100城", "葛城"),
        ("⾦融", "金融"),
        ("他著急地在這裡等", "他着急地在这里等"),
        ("裏外説爲汚戸産", "里外说为污户产"),
        ("気象図と対策", "氣象圖と對策"),
        ("کتاب یکی", "كتاب يكي"),
    ],
)
def test_copies_that_differ_in_form_fold_alike(left: str, right: str) -> None:
    assert fold(left) == fold(right) != ""


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("कि", "की"),
        ("กิน", "กุน"),
        ("한국", "한글"),
        ("か", "さ"),
        ("十二", "十三"),
        ("12", "13"),
        ("辨", "辩"),
        ("欠", "缺"),
    ],
)
def test_different_words_stay_different(left: str, right: str) -> None:
    assert fold(left) != fold(right)


def test_punctuation_spaces_and_marks_go() -> None:
    assert fold("“春 风”，——\u3000（拂面）……\t\u200b\ufeff！") == "春风拂面"


def test_urls_are_masked_and_end_where_their_row_ends() -> None:
    assert fold("见HTTPS://Example.org/a?b=1，下文") == "见下文"
    assert fold("at www.example.org/x now") == "atnow"
    assert fold("比例1:2，awwwb.c") == "比例12awwwbc"
    column = pa.array(["见 http://example.org/a", "b c", "://", "http:", "//d"])
    assert fold_column(column).to_pylist() == ["见", "bc", "", "http", "d"]


def test_surrogates_private_and_unassigned_fold_to_nothing() -> None:
    assert fold("a\ud800b\udfffc\ue000d\u0378e\U0010ffff\U000f0000") == "abcde"


def test_offsets_lead_back_through_expansions() -> None:
    folded, origin = fold_with_offsets("“ß㍿”，x")
    assert folded == "ss株式会社x"
    assert origin.tolist() == [1, 1, 2, 2, 2, 2, 5]


@given(ANY_TEXT)
def test_each_letter_comes_from_its_character(text: str) -> None:
    folded, origin = fold_with_offsets(text)
    assert len(folded) == len(origin)
    assert np.all(np.diff(origin) >= 0)
    for letter, index in zip(folded, origin.tolist(), strict=True):
        assert letter in fold(text[index])


@given(ANY_TEXT)
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text)
    assert fold(once) == once


@given(st.lists(st.none() | ANY_TEXT.filter(lambda t: not any(0xD800 <= ord(c) < 0xE000 for c in t)), max_size=8))
def test_the_column_is_folded_as_its_rows(texts: list[str | None]) -> None:
    column = pa.array(texts, pa.string())
    expected = [None if text is None else fold(text) for text in texts]
    assert fold_column(column).to_pylist() == expected
    assert fold_column(pa.chunked_array([column[:3], column[3:]])).to_pylist() == expected
    assert fold_column(column[1:]).to_pylist() == expected[1:]
    rows = []
    for part in fold_columns(column):
        for start, end in zip(part.bounds[:-1].tolist(), part.bounds[1:].tolist(), strict=True):
            rows.append((part.codes[start:end].tobytes().decode("utf-32-le"), part.origin[start:end].tolist()))
    folded = [fold_with_offsets(text or "") for text in texts]
    assert rows == [(letters, origin.tolist()) for letters, origin in folded]


def test_small_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    column = pa.array(["河口大桥，今日通车。", "", None, "x" * 40, "見 http://example.org", "終"] * 7)
    whole = fold_column(column)
    monkeypatch.setattr(module, "CHUNK_BYTES", 16)
    assert fold_column(column).equals(whole)


def test_every_kept_letter_is_a_letter_number_or_vowel_sign() -> None:
    table = fold_table()
    codes = np.unique(np.concatenate([table.single[table.single < 1 << 31], table.many]))
    kinds = {unicodedata.category(chr(code))[0] for code in codes.tolist() if code}
    assert kinds == {"L", "N", "M"}
