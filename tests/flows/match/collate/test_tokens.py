"""Where tokens start and end, as against looking for it character by character."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flows.match.collate.tokens import bounds, glued, kinds_of

_TEXT = st.text("ab1234５-−'’.,，．点點一百千 王の\u0301\uff9e\u200d·", max_size=16)


@given(_TEXT)
def test_the_ends_of_tokens_are_the_places_where_nothing_holds_the_text_together(text: str) -> None:
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    glue = glued(codes, kinds_of(codes))
    starts, ends = bounds(glue)
    place = np.arange(len(text))
    apart = np.flatnonzero(~glue)
    assert starts[place].tolist() == [max(apart[apart <= at]) for at in place.tolist()]
    assert ends[place].tolist() == [min(apart[apart > at]) for at in place.tolist()]
    assert [int(ends[at]) for at in place.tolist()] == ends[place].tolist()


@given(_TEXT)
def test_a_mark_or_a_sign_holds_a_token_together_as_it_does_in_a_longer_text(text: str) -> None:
    codes = np.frombuffer(f"{text}\n.{text}\n.".encode("utf-32-le"), np.uint32)
    glue = glued(codes, kinds_of(codes))
    alone = glued(codes[: len(text)], kinds_of(codes[: len(text)]))
    assert not glue[len(text)]
    assert glue[: len(text)].tolist() == alone[:-1].tolist()
    assert glue[len(text) + 2 : -2].tolist() == alone.tolist()
