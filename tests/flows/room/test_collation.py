"""Which place of a witness answers to which of its leader, and rows that read across."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.room.collation import Witness, gaps, rows
from flows.room.exports import shared, tei

Edits = list[tuple[str, str, str]]


def told(edits: Edits, before: int = 0) -> tuple[dict[str, Any], Witness]:
    """A leader and a witness, from pieces: (the leader's, the witness's, class); equal pieces are no variants."""
    leader, text, variants = "·" * before, "", []
    for mine, theirs, kind in edits:
        if mine != theirs:
            variants.append(
                {
                    "leader_start": len(leader),
                    "leader_end": len(leader) + len(mine),
                    "span_start": 7 + len(text),
                    "span_end": 7 + len(text) + len(theirs),
                    "leader_text": mine,
                    "text": theirs,
                    "class": kind,
                    "kind": "substitution",
                }
            )
        leader, text = leader + mine, text + theirs
    facts = {"headline": "x", "outlets": ["o"], "printed": None, "article_id": "a", "coverage": 1.0}
    chief = facts | {"span_start": before, "span_end": len(leader), "article": leader, "text": leader[before:]}
    other = facts | {"span_start": 7, "span_end": 7 + len(text), "text": text, "variants": variants}
    return chief, Witness(other, chief)


PIECES = st.lists(
    st.one_of(
        st.text("天地玄黄。\n", min_size=1, max_size=9).map(lambda each: (each, each, "")),
        st.tuples(st.text("天地a ", max_size=4), st.text("日月b ", max_size=4), st.just("wording")),
    ),
    min_size=1,
    max_size=12,
)


def apart(edits: Edits) -> Edits:
    """With something that both have between any two variants, as they are told."""
    out: Edits = []
    for each in edits:
        if out and out[-1][0] != out[-1][1] and each[0] != each[1]:
            out.append(("同", "同", ""))
        out.append(each)
    return out


@given(PIECES.map(apart), st.integers(0, 3))
def test_rows_hold_both_texts_whole_and_mark_what_differs(edits: Edits, before: int) -> None:
    leader, witness = told(edits, before)
    if not leader["text"]:
        return
    lines = rows(leader, [witness])
    assert "".join(run.text for mine, _ in lines for run in mine) == leader["text"]
    assert "".join(run.text for _, (theirs,) in lines for run in theirs) == witness.text
    marked = [run.text for _, (theirs,) in lines for run in theirs if run.kind]
    assert marked == [theirs for mine, theirs, _ in edits if mine != theirs]
    # Row by row both are the same but for what is marked.
    for mine, (theirs,) in lines:
        agreed = ["".join(run.text for run in side if not run.kind) for side in (mine, theirs)]
        assert agreed[0] == agreed[1]


@given(PIECES.map(apart))
def test_an_apparatus_gives_every_witness_back(edits: Edits) -> None:
    from lxml import etree

    leader, witness = told(edits)
    root = etree.fromstring(tei("s", leader, [witness]))
    space = "{http://www.tei-c.org/ns/1.0}"
    place = root.find(f".//{space}body/{space}p")
    for name, whole in (("#w0", leader["text"]), ("#w1", witness.text)):
        text = place.text or ""
        for app in place:
            text += "".join(each.text or "" for each in app if name in each.get("wit").split()) + (app.tail or "")
        assert text == whole


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ([("一二三四", "一二三四", "")], [(0.0, 1.0, "has")]),
        ([("一二", "一二", ""), ("三四五六七八九十", "", "wording")], [(0.0, 0.2, "has"), (0.2, 1.0, "left-out")]),
        ([("一", "二", "number"), ("二三四", "二三四", "")], [(0.0, 0.25, "number"), (0.25, 1.0, "has")]),
        ([("一二", "一二", ""), ("", "新", "wording"), ("三四", "三四", "")], [(0.0, 1.0, "has")]),
        ([("線", "线", "orthography"), ("三", "三", "")], [(0.0, 1.0, "has")]),
    ],
)
def test_bars_show_what_is_there(edits: Edits, expected: list[tuple[float, float, str]]) -> None:
    leader, witness = told(edits)
    assert gaps(witness, leader) == expected


def test_shared_readings_are_counted() -> None:
    both: Edits = [("一", "一", ""), ("甲", "乙", "name"), ("二", "二", "")]
    alone: Edits = [("一", "一", ""), ("甲", "丙", "name"), ("二", "二", "")]
    found = shared([told(both)[1], told(alone)[1], told(both)[1]])
    assert found == [(0, 2, 1)]
