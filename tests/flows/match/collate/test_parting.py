"""Places that differ, parted: letters answer to letters, marks to marks, and no part begins or ends alike."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.match.collate.parting import parted
from flows.match.collate.side import as_text

Parts = list[tuple[str, str]]


def _parts(*pairs: tuple[str, str]) -> list[tuple[int, int, int, int, int]]:
    """The parts of readings that stand one behind another: the number of the pair, and where they start and end."""
    mine, theirs = np.cumsum([0, *(len(a) for a, _ in pairs)]), np.cumsum([0, *(len(b) for _, b in pairs)])
    spans = np.stack([mine[:-1], mine[1:], theirs[:-1], theirs[1:]], axis=1)
    leader, witness = (as_text("".join(pair[side] for pair in pairs)) for side in (0, 1))
    found, owner = parted(leader, witness, spans)
    found = found - spans[owner][:, [0, 0, 2, 2]]
    return sorted((number, *row) for number, row in zip(owner.tolist(), found.tolist(), strict=True))


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        ("，王", "。李", [("，", "。"), ("王", "李")]),
        ("王，", "李", [("王", "李"), ("，", "")]),
        ("李", "王，", [("李", "王"), ("", "，")]),
        ("”，王", "”,李", [("，", ","), ("王", "李")]),
        ("，\n", "。", [("，\n", "。")]),
        ("“ ", "“\n", []),
        ("，王，李", "王，", [("，王，李", "王，")]),
        ("b_a", "_b", [("b_a", "_b")]),
    ],
)
def test_letters_answer_to_letters_and_marks_to_marks(mine: str, theirs: str, expected: Parts) -> None:
    assert [(mine[a:b], theirs[c:d]) for _, a, b, c, d in _parts((mine, theirs))] == expected


_READING = st.text("ab_王的,，.。 \n\u3000“”😀𠀀²", max_size=6)


@given(
    st.lists(st.tuples(_READING, _READING).filter(any), min_size=1, max_size=6).filter(
        lambda p: all(map(any, zip(*p, strict=True)))
    )
)
def test_the_parts_put_into_one_reading_give_the_other(pairs: list[tuple[str, str]]) -> None:
    parts = _parts(("x", "x"), *pairs, ("x", "x"))
    for number, (mine, theirs) in enumerate(pairs, 1):
        out, at = [], 0
        for _, start, end, other, other_end in (part for part in parts if part[0] == number):
            one, two = mine[start:end], theirs[other:other_end]
            assert one != two
            if "".join(one.split()) and "".join(two.split()):
                assert one[0] != two[0]
                assert one[-1] != two[-1]
            out += [mine[at:start], two]
            at = end
        assert "".join("".join([*out, mine[at:]]).split()) == "".join(theirs.split())
