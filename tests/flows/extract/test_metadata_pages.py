"""Title, authors and date of invented pages in many layouts and languages."""

from __future__ import annotations

import pytest

from flows.extract.html import read
from tests.gate.measures import days, folded
from tests.makers.metadata_pages import Made, pages


@pytest.mark.parametrize("made", pages(), ids=lambda made: made.name)
def test_a_page(made: Made) -> None:
    reading = read(made.html.encode(), {})
    assert reading.page_kind == "article"
    assert folded(reading.title) == folded(made.title)
    assert {folded(name) for name in reading.authors} == {folded(name) for name in made.authors}
    found = days(reading.published_at, reading.published_precision, "zh")
    assert (made.day in found) if made.day else not found
