"""Floors on the development gold for web pages. They are raised when passed, and lowered by nobody.

The table of weights was trained on these pages, so the figures say that nothing broke, not how well unseen pages are
read; for that, `tests/train/train_blocks.py` cross-validates by site.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.extract.html import read
from tests.gate.measures import digest, score

FLOORS = {
    "html-zh-dev": ("c5ac8dea6f354f58", {"text": 0.973}),
    "html-en-dev": ("36b97c4010774d78", {"text": 0.96, "title": 0.9, "authors": 0.89, "date": 0.84}),
    "html-gne": ("72fca1381d7373bd", {"text": 0.98, "body": 0.992}),
    "metadata": ("3bc9bbe6ff26c129", {"text": 0.982, "body": 0.985, "authors": 0.97, "date": 0.88}),
}
"""Gold folder: its digest, and the least that each mean may be."""


@pytest.mark.corpus
@pytest.mark.slow
@pytest.mark.parametrize("name", FLOORS)
def test_floors(shared: Path, name: str) -> None:
    folder = shared / "gold" / name
    if not folder.is_dir():
        pytest.skip(f"no gold at {folder}")
    known, floors = FLOORS[name]
    assert digest(folder) == known, "other gold than the floors were set on"
    figures = score(folder, read)
    below = {field: (round(figures[field], 4), floor) for field, floor in floors.items() if figures[field] < floor}
    assert not below
