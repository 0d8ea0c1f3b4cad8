"""What changed inside a passage is told by words, and leads from one version to the other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.report.word_changes import changes, marked, paired

TEXT = st.text(st.sampled_from("渡口恢复 ab12.,\n"), max_size=40)


@given(TEXT, TEXT)
def test_they_make_one_version_of_the_other(before: str, after: str) -> None:
    made, at = "", 0
    for each in changes(before, after):
        made += before[at : each.before_start] + after[each.after_start : each.after_end]
        at = each.before_end
    assert made + before[at:] == after
    assert changes(before, before) == []


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("渡口恢复通航，六名值守", "渡口恢复通航，九名值守", "渡口恢复通航，[-六-]{+九+}名值守"),
        ("It cost 1,250 pounds.", "It cost 1,350 pounds.", "It cost [-1,250-]{+1,350+} pounds."),
        ("the ferry", "the old ferry", "the {+old +}ferry"),
        ("the old ferry", "the ferry", "the [-old -]ferry"),
        ("same", "same", "same"),
    ],
)
def test_a_passage_is_marked(before: str, after: str, shown: str) -> None:
    assert marked(before, after) == shown


def test_passages_that_are_alike_are_paired_once_the_most_alike_first() -> None:
    went = ["渡口今日恢复通航。", "码头的灯全部换过。"]
    came = ["码头的灯已全部换过。", "渡口明日再恢复通航。", "渡口今日恢复通航！", "另有一事。"]
    assert paired(went, came) == [(0, 2), (1, 0)]
    assert paired([], came) == paired(went, []) == []
