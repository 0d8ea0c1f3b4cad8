"""flows/README.md names what is there, and its example runs."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT

README = (ROOT / "flows/README.md").read_text("utf-8")
PLACES = sorted(set(re.findall(r"`((?:[a-z_]+/)*[a-z_]+(?:/|\.py|\.md))`", README)))


@pytest.mark.parametrize("place", PLACES)
def test_what_it_names_is_there(place: str) -> None:
    assert (ROOT / "flows" / place).exists() or (ROOT / place).exists()


def test_every_folder_is_in_its_table() -> None:
    folders = {path.parent.name for path in (ROOT / "flows").glob("*/__init__.py")}
    told = {name for row in re.findall(r"^\| .*?\|", README, re.M) for name in re.findall(r"`(\w+)/`", row)}
    assert folders - told == {"layout"}, "what segment and the readers of pages share"


@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", README, re.DOTALL))
def test_its_example_runs(code: str) -> None:
    exec(compile(code, "flows/README.md", "exec"), {})
