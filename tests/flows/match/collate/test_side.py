"""Two texts side by side."""

from __future__ import annotations

import random

from flows.match.collate.side import side_by_side
from tests.flows.match.corpus import sentences


def test_shared_passages_and_their_variants() -> None:
    rng = random.Random(3)
    told = sentences(rng, 10)
    left = "".join(sentences(rng, 4)) + "".join(told)
    right = "".join(told[:5]) + "另有三十人旁听。" + "".join(told[5:]).replace("。", "！", 1)
    (shared,), variants = side_by_side(left, right)
    assert abs(shared.left_start - left.index(told[0])) <= 2
    assert shared.similarity > 0.9
    assert [(each.left_text, each.right_text) for each in variants] == [("", "另有三十人旁听。"), ("。", "！")]
    assert [each.reading for each in variants] == ["wording", "punctuation"]


def test_texts_that_share_nothing_and_empty_ones() -> None:
    rng = random.Random(4)
    one = "".join(sentences(rng, 8))
    assert side_by_side(one, "") == ([], [])
    assert side_by_side("", "") == ([], [])
    assert side_by_side(one, "".join(sentences(random.Random(5), 8, "en"))) == ([], [])
