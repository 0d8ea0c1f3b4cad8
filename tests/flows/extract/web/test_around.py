"""Where an article begins, for the search for its headline."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from flows.extract.web.around import GAP, _extent

SENTENCE = "守渡口的老人说，旧码头的木桩大多已经朽坏，每逢汛期都要停航，过江的人只好绕路。"


def extent(texts: list[str], headed: frozenset[int] = frozenset()) -> tuple[int, int]:
    features: Any = SimpleNamespace(
        chars=np.array([len(text) for text in texts]),
        headed=np.array([i in headed for i in range(len(texts))]),
        linked=np.zeros(len(texts)),
    )
    page: Any = SimpleNamespace(texts=texts)
    return _extent(page, features, np.ones(len(texts), dtype=bool))


def test_a_greeting_far_above_is_not_the_article() -> None:
    links = ["存档"] * (GAP + 1)
    assert extent([SENTENCE, *links, "渡口", SENTENCE, SENTENCE]) == (GAP + 3, GAP + 4)
    assert extent([SENTENCE, "图", SENTENCE]) == (0, 2)


def test_a_headline_is_no_paragraph() -> None:
    headline = "Old harbour bridge will close for nine weeks from Monday"
    assert extent([headline, SENTENCE, SENTENCE]) == (1, 2)
    assert extent([SENTENCE, SENTENCE], headed=frozenset([0])) == (1, 1)
    assert extent(["menu"]) == (-1, -1)
