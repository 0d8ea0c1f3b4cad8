"""Texts that repeat themselves and quote one another, in one go and one after another: no fault, and the same rows."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.flows.match.corpus import Piece, noisy, sentences
from tests.flows.match.running import Archive, matched


def _fed_one_by_one(folder: Path, pieces: list[Piece]) -> Archive:
    archive = Archive(folder)
    for piece in pieces:
        archive.feed([piece])
    return archive


def _paragraphs(seed: int, count: int, language: str) -> list[str]:
    rng = random.Random(f"repeats {seed}")
    return ["".join(sentences(rng, rng.randint(3, 7), language)) for _ in range(count)]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "texts",
    [
        # Each article has the story twice over: no witness has one span of it alone.
        ("0 1 2 3 0 1 2 3", "4 0 1 2 3 5 0 1 2 3"),
        ("0 1 0 1", "1 0 1 0"),
        ("0 0", "0 0 0"),
        ("0 1 2 0 3 2", "0 3 2 4 0 1 2"),
        # What comes later gives the story other edges, or quotes an article with what it quoted.
        ("0 1 2 3 4", "0 1 2 3 4", "5 6 1 2 7 8"),
        ("5 6 1 2 7 8", "0 1 2 3 4", "0 1 2 3 4", "1 2"),
        ("0 1", "0 1 2 0 1", "3 0 1 2 0 1 4 0 1 2 0 1"),
        ("0 1 2", "2 1 0", "0 1 2 2 1 0"),
    ],
)
def test_what_repeats_itself_is_told_alike_whole_and_in_parts(
    tmp_path: Path, texts: tuple[str, ...], language: str
) -> None:
    told = _paragraphs(1, 9, language)
    pieces = [
        Piece(f"a{n}", "\n\n".join([f"Head {n * 37} of {n}", *(told[int(each)] for each in text.split())]), f"o{n}", n)
        for n, text in enumerate(texts)
    ]
    whole = matched(tmp_path / "whole", pieces)
    assert whole.rows["alignments"]
    for name, order in (("forwards", pieces), ("backwards", pieces[::-1])):
        assert _fed_one_by_one(tmp_path / name, order).digest() == whole.digest()


@st.composite
def _archives(draw: st.DrawFn) -> list[Piece]:
    """Articles of few paragraphs, repeated, cut, read badly and turned round, some of them on one day or on none."""
    rng = random.Random(draw(st.integers(0, 2**32)))
    told = _paragraphs(rng.randrange(1000), draw(st.integers(1, 4)), rng.choice(["en", "zh", "ru"]))
    pieces = []
    for number in range(draw(st.integers(2, 6))):
        parts = []
        for _ in range(draw(st.integers(1, 6))):
            part = rng.choice(told)
            fate = rng.random()
            if fate < 0.2:
                part = part[rng.randrange(len(part)) :]
            elif fate < 0.4:
                part = part[: rng.randrange(1, len(part))]
            elif fate < 0.6:
                part = noisy(rng, part, rng.choice([0.02, 0.1, 0.3]))
            parts.append(part)
        joint = rng.choice(["", " ", "\n", "\u3000", "\u2003\n", "……", "-"])
        day = rng.choice([None, 0, 0, 1, number])
        pieces.append(Piece(f"r{number}", joint.join(parts), rng.choice("ab"), day))
    return pieces


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_archives(), st.randoms(use_true_random=False))
def test_any_repeats_are_told_alike_whole_and_in_parts(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[Piece], order: random.Random
) -> None:
    whole = matched(tmp_path_factory.mktemp("whole"), pieces)
    shuffled = list(pieces)
    order.shuffle(shuffled)
    assert _fed_one_by_one(tmp_path_factory.mktemp("parts"), shuffled).digest() == whole.digest()
    for row in whole.rows["variants"].values():
        assert "".join(row["leader_text"].split()) != "".join(row["text"].split())
