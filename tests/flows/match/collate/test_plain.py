"""The short way for one ideograph against another, or against nothing, gives what the long way gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.match.collate import differences
from flows.match.collate.side import side_by_side

_CHARS = "河口大桥通车市民王李省一二3五門门，。 先生长長"
_TOLD = "河口大桥今日通车市民夹道欢迎渔船归港码头工人清晨开始卸货仓库管理员登记每箱重量学校操场新铺草皮孩子奔跑" * 2


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0, len(_TOLD) - 1), st.sampled_from(_CHARS), st.sampled_from("sid")),
        min_size=1,
        max_size=14,
    )
)
def test_both_ways_agree(monkeypatch: pytest.MonkeyPatch, edits: list[tuple[int, str, str]]) -> None:
    other = list(_TOLD)
    for place, char, kind in edits:
        other[place] = {"s": char, "i": other[place] + char, "d": ""}[kind]
    short = side_by_side(_TOLD, "".join(other))
    with monkeypatch.context() as patch:
        patch.setattr(differences, "plain_readings", lambda _, __, spans: np.zeros(len(spans), np.bool_))
        assert side_by_side(_TOLD, "".join(other)) == short


def test_one_ideograph_for_another_takes_the_short_way(monkeypatch: pytest.MonkeyPatch) -> None:
    met = []
    real = differences.plain_readings

    def watched(leader: object, witness: object, spans: np.ndarray) -> np.ndarray:
        met.append(int(real(leader, witness, spans).sum()))  # type: ignore[arg-type]
        return real(leader, witness, spans)  # type: ignore[arg-type]

    monkeypatch.setattr(differences, "plain_readings", watched)
    _, variants = side_by_side(_TOLD, _TOLD.replace("渔船", "渔舟", 1))
    assert met == [1]
    assert [(each.kind, each.reading, each.left_text, each.right_text) for each in variants] == [
        ("substitution", "wording", "船", "舟")
    ]
