"""Set phrases and dates, looked for in all texts of a page at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from flows.extract.web.phrases import LISTS, PHRASES, has, lists_of, look, opens

PARTS = sorted({phrase for phrases in PHRASES.values() for phrase in phrases})[::7]


def test_a_phrase_in_latin_letters_begins_a_word_and_others_stand_anywhere() -> None:
    assert has("share", "please share this")
    assert not has("share", "timeshare")
    assert has("copyright", "本网版权所有")


def test_greek_phrases_are_found_in_capitals_which_have_no_accents() -> None:
    assert has("related", "Διαβάστε επίσης".casefold())
    assert has("related", "ΔΙΑΒΑΣΤΕ ΕΠΙΣΗΣ".casefold())


def test_a_phrase_and_a_date_belong_to_the_text_they_stand_in() -> None:
    says, dated = look(["Share", "渡口", "", "版权所有 2020-03-10"])
    assert says[:, LISTS["share"]].tolist() == [1, 0, 0, 0]
    assert says[3, LISTS["copyright"]] > 0
    assert dated.tolist() == [False, False, False, True]


@given(st.lists(st.lists(st.sampled_from([*PARTS, " ", "x", "渡", "12:30", "4/5/2012"]), max_size=5).map("".join)))
def test_texts_are_looked_at_one_by_one(texts: list[str]) -> None:
    says, _ = look(texts)
    for row, text in zip(says.tolist(), texts, strict=True):
        found = lists_of(text.casefold())
        assert row == [found.count(place) for place in range(len(LISTS))]


def test_a_text_opens_with_a_phrase() -> None:
    assert opens("related", "» read also: a new bridge")
    assert opens("related", "Διαβάστε επίσης: νέο γεφύρι".casefold())
    assert not opens("related", "people who read also listen")
    assert not opens("share", "read also: a new bridge")
    assert not opens("related", "")
