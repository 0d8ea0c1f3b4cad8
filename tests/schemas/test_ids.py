"""Ids depend on their parts and on nothing else."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from schemas.ids import content_id, numbered_ids, text_sha256

PARTS = st.lists(st.one_of(st.none(), st.text(st.characters(exclude_characters="\x1f\x00"))), min_size=1, max_size=4)


def test_an_id_is_the_head_of_a_sha256() -> None:
    assert content_id("a", 1) == hashlib.sha256(b"a\x1f1").hexdigest()[:32]


@given(PARTS, PARTS)
def test_other_parts_make_another_id(one: list[str | None], other: list[str | None]) -> None:
    assert (content_id(*one) == content_id(*other)) == (one == other)


def test_none_is_not_the_empty_string() -> None:
    assert content_id("a", None) != content_id("a", "")
    assert content_id("ab", "c") != content_id("a", "bc")


@given(st.lists(st.tuples(st.text(st.characters(codec="utf-8")), st.integers(0, 10**6))), st.text("abc1 ", max_size=9))
def test_ids_in_bulk_are_the_same_ids(pairs: list[tuple[str, int]], version: str) -> None:
    bulk = numbered_ids([base for base, _ in pairs], [number for _, number in pairs], version)
    assert bulk == [content_id(base, number, version) for base, number in pairs]


def test_lone_surrogates_have_a_hash_too() -> None:
    assert len(text_sha256("\ud800")) == 64
    assert len(content_id("\ud800")) == 32
    assert text_sha256("邸报") == hashlib.sha256("邸报".encode()).hexdigest()
