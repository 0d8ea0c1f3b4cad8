"""Fingerprints: what they guarantee, and that neighbours and batches are nothing to them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flows.match.winnow import GRAM, WINDOW, winnow

TEXTS = st.lists(st.text(st.sampled_from("abcdefg"), max_size=60), max_size=6)


def _codes(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-32-le"), np.uint32)


def _fingerprints(text: str) -> list[tuple[int, int]]:
    _, position, hashes = winnow(_codes(text), np.array([0, len(text)]))
    return list(zip(position.tolist(), hashes.tolist(), strict=True))


@given(TEXTS)
def test_a_row_has_the_fingerprints_it_has_alone(texts: list[str]) -> None:
    bounds = np.concatenate([[0], np.cumsum([len(text) for text in texts])]).astype(np.int64)
    kept, position, hashes = winnow(_codes("".join(texts)), bounds)
    for row, text in enumerate(texts):
        part = slice(int(kept[row]), int(kept[row + 1]))
        assert list(zip(position[part].tolist(), hashes[part].tolist(), strict=True)) == _fingerprints(text)


@given(*(st.text(st.sampled_from("abcdefg"), max_size=20) for _ in range(4)), st.integers(0, 2**32))
def test_texts_that_share_a_run_share_a_fingerprint_in_it(a: str, b: str, c: str, d: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    run = "".join(rng.choice(list("hijklmnopq"), WINDOW + GRAM - 1))
    one, two = a + run + b, c + run + d
    inside_one = {h for p, h in _fingerprints(one) if len(a) <= p <= len(a) + WINDOW - 1}
    inside_two = {h for p, h in _fingerprints(two) if len(c) <= p <= len(c) + WINDOW - 1}
    assert inside_one & inside_two


def test_short_texts_have_none_and_longer_ones_do() -> None:
    assert _fingerprints("abcdefgh") == []
    assert len(_fingerprints("abcdefghi")) == 1
