"""Fragments are found where they stand, and nowhere where that is in doubt."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from flows.restore.grams import SEVERAL, Grams, hashed
from flows.restore.locate import Fragments, Location, may_stand
from tests.flows.restore.archive import sentences

WITNESS = "".join(sentences("witness", 12))
FEW = st.text("甲乙a", max_size=60)


def place(letters: str, witness: str = WITNESS) -> Location | None:
    return Fragments([7], [letters]).places(Grams(witness)).get(7)


@given(FEW, FEW, st.sampled_from([8, 16]))
def test_letters_are_found_where_a_text_has_them_once(text: str, other: str, size: int) -> None:
    places = Grams(text).find(size, hashed(other, size)).tolist()
    for start, found in enumerate(places):
        wanted = other[start : start + size]
        at = [n for n in range(len(text)) if text.startswith(wanted, n)]
        assert found == (-1 if not at else at[0] if len(at) == 1 else SEVERAL)


@given(st.integers(0, len(WITNESS) - 8), st.integers(8, 90))
def test_a_fragment_that_stands_there_letter_for_letter_is_found_unless_it_stands_there_twice(
    at: int, size: int
) -> None:
    letters = WITNESS[at : at + size]
    if WITNESS.find(letters) == WITNESS.rfind(letters):
        assert place(letters) == (at, at + len(letters), 0, 0, 1.0)
    else:
        assume(len(letters) < 16)
        assert place(letters) is None


def test_a_fragment_with_a_slip_is_found_and_what_the_witness_lacks_at_its_ends_is_counted() -> None:
    letters = WITNESS[100:140]
    assert place(letters[:20] + "误" + letters[21:]) == (100, 140, 0, 0, 1 - 1 / 40)
    assert place("上接第一版" + letters) == (100, 140, 5, 0, 1.0)
    assert place(letters + "下转第四版") == (100, 140, 0, 5, 1.0)
    assert place(letters[:20] + letters[22:]) == (100, 140, 0, 0, 1 - 2 / 40)


def test_most_runs_say_where_a_fragment_stands() -> None:
    """It begins as another sentence of the witness does."""
    assert place(WITNESS[300:309] + WITNESS[100:140]) == (100, 140, 9, 0, 1.0)


def test_fragments_of_both_scripts_and_of_any_length_are_looked_up_together() -> None:
    witness = "thequickbrownfoxjumpsoverthelazydog渡船工人去过" + WITNESS
    letters = ["", "fox", "jumpsoverthe", "quickbrownfoxjumpsoverthelazydog", "渡船工人去", WITNESS[50:90]]
    places = Fragments(range(6), letters).places(Grams(witness))
    assert {number: witness[each.start : each.end] for number, each in places.items()} == {
        number: letters[number] for number in (2, 3, 4, 5)
    }


@given(FEW, FEW)
def test_what_may_not_stand_in_a_witness_has_no_place_there(text: str, letters: str) -> None:
    if not may_stand(letters, text):
        assert place(letters, text) is None
        assert not letters or letters not in text
