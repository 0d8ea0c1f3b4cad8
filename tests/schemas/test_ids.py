"""Ids depend on their parts and on nothing else."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from schemas.ids import article_ids, content_id, passage_ids, text_sha256

PARTS = st.lists(st.one_of(st.none(), st.text(st.characters(exclude_characters="\x1f\x00"))), min_size=1, max_size=4)


def test_an_id_is_the_head_of_a_sha256() -> None:
    assert content_id("a", 1) == hashlib.sha256(b"a\x1f1").hexdigest()[:32]


@given(PARTS, PARTS)
def test_other_parts_make_another_id(one: list[str | None], other: list[str | None]) -> None:
    assert (content_id(*one) == content_id(*other)) == (one == other)


def test_none_is_not_the_empty_string() -> None:
    assert content_id("a", None) != content_id("a", "")
    assert content_id("ab", "c") != content_id("a", "bc")


ROWS = st.lists(st.tuples(*[st.text(st.characters(codec="utf-8", exclude_characters="\x1f"), max_size=3)] * 3))


@given(ROWS)
def test_passages_are_told_apart_by_document_place_and_text_and_equal_ones_counted(
    rows: list[tuple[str, ...]],
) -> None:
    columns = [[row[n] for row in rows] for n in range(3)]
    ids = passage_ids(*columns)
    assert len(set(ids)) == len(rows)
    wanted = [content_id(*row[:2], rows[:place].count(row), row[2]) for place, row in enumerate(rows)]
    assert ids == wanted


@given(ROWS)
def test_articles_are_told_apart_by_document_and_text_and_equal_ones_by_count(rows: list[tuple[str, ...]]) -> None:
    documents, texts = [row[0] for row in rows], [row[1] for row in rows]
    ids = article_ids(documents, texts)
    assert len(set(ids)) == len(rows)
    # What stands between equal ones changes nothing.
    assert article_ids(documents[:1], texts[:1]) == ids[:1]


def test_an_id_says_nothing_of_what_stands_around() -> None:
    assert passage_ids(["d"] * 3, ["1", "2", "3"], ["a", "b", "c"])[2] == passage_ids(["d"], ["3"], ["c"])[0]


def test_lone_surrogates_have_a_hash_too() -> None:
    assert len(text_sha256("\ud800")) == 64
    assert len(content_id("\ud800")) == 32
    assert text_sha256("邸报") == hashlib.sha256("邸报".encode()).hexdigest()
