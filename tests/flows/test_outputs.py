"""No stage gives out something else under the same version."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from flows.clean import sieve
from flows.clean.rules import RULES, Rule
from tests.jobs import ingest
from tests.outputs import COMMAND, forgotten, noted, outputs, sentence


@pytest.fixture(scope="module")
def found(sampled: Path) -> dict[str, Any]:
    return outputs(sampled)


def test_no_output_changes_without_its_version(found: dict[str, Any]) -> None:
    missed = forgotten(noted(), found)
    assert not missed, sentence(missed)
    assert noted() == found, f"Versions or samples are others than was noted: run `{COMMAND}`."


def test_a_rule_that_is_changed_under_the_same_version_is_noticed(
    found: dict[str, Any], samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = Rule("test", 1, "，", lambda text: [(at, at + 1, "、") for at, sign in enumerate(text) if sign == "，"])
    monkeypatch.setattr(sieve, "RULES", (*RULES, rule))
    ingest(tmp_path / "w", samples)
    now = outputs(tmp_path / "w")
    assert forgotten(found, now)[0] == "clean"
    now["stages"]["clean"]["version"] = "99"
    assert forgotten(found, now) == []


@pytest.mark.parametrize(
    ("changed", "raised", "missed"),
    [
        (["html"], [], ["html"]),
        (["html"], ["text"], ["html"]),
        (["html", "segment", "clean"], ["html"], []),
        (["segment", "match"], ["segment"], []),
        (["restore"], ["match"], []),
        (["match"], ["restore"], ["match"]),
        ([], ["match"], []),
    ],
)
def test_a_stage_may_change_with_those_before_it(
    found: dict[str, Any], changed: list[str], raised: list[str], missed: list[str]
) -> None:
    now = copy.deepcopy(found)
    for name in changed:
        now["stages"][name]["output"] = "other"
    for name in raised:
        now["stages"][name]["version"] = "99"
    assert forgotten(found, now) == missed


def test_other_samples_are_no_other_output(found: dict[str, Any]) -> None:
    now = copy.deepcopy(found)
    now["inputs"] = "other"
    now["stages"]["html"]["output"] = "other"
    assert forgotten(found, now) == []
