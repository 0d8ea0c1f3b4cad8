"""Other readers are asked where the model and the densest element keep different texts, and they speak for blocks."""

from __future__ import annotations

import numpy as np
import pytest

from flows.extract.web import vote as voting
from flows.extract.web.blocks import cut
from flows.extract.web.dom import parse
from flows.extract.web.features import measure

DENSE = "The ferry crossed the sound in the morning, and it came back, as so often, without a passenger. "
OTHER = "A boat of the customs lay at the pier; nobody, not even the pilot, could say who had sent for it. "
MARKUP = (
    f"<html><body><div>{f'<p>{DENSE}</p>' * 4}</div><table><tr><td><p>{OTHER * 3}</p></td></tr></table></body></html>"
)


def _vote(odds: list[float], monkeypatch: pytest.MonkeyPatch, says: str) -> tuple[list[int], float | None, int]:
    root = parse(MARKUP)
    assert root is not None
    page = cut(root)
    asked: list[str] = []

    def reader(markup: str) -> str:
        asked.append(markup)
        return says

    monkeypatch.setattr(voting, "READERS", (reader,))
    verdict = voting.vote(page, measure(page, []), np.array(odds), MARKUP)
    return [int(i) for i in np.flatnonzero(verdict.kept)], verdict.agreement, len(asked)


def test_nobody_is_asked_where_both_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    kept, agreement, asked = _vote([3, 3, 3, 3, -3], monkeypatch, OTHER)
    assert (kept, agreement, asked) == ([0, 1, 2, 3], 1.0, 0)


def test_a_voice_decides_where_the_model_is_unsure(monkeypatch: pytest.MonkeyPatch) -> None:
    unsure = [-1.5, -1.5, -1.5, -1.5, -0.2]
    kept, agreement, asked = _vote(unsure, monkeypatch, DENSE * 4)
    assert (kept, agreement, asked) == ([0, 1, 2, 3], 1.0, 1)


def test_a_voice_does_not_decide_where_the_model_is_sure(monkeypatch: pytest.MonkeyPatch) -> None:
    kept, agreement, asked = _vote([-6, -6, -6, -6, 6], monkeypatch, DENSE * 4)
    assert (kept, asked) == ([4], 1)
    assert agreement == 0.0
