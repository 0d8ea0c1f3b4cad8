"""Polish, Greek and Russian pages: the article without what such sites put around it, its author and its day."""

from __future__ import annotations

import pytest

from flows.extract import dates
from flows.extract.html import read
from flows.extract.web.bylines import byline
from tests.gate.measures import days, f1, folded, grams
from tests.makers.regions import REGIONS, Made, Region, pages

LEAST = 0.965
"""A picture's caption may be taken for the article's; little else."""


@pytest.mark.parametrize("made", pages(), ids=lambda made: made.name)
def test_a_page(made: Made) -> None:
    reading = read(made.html.encode(), {})
    inside = [block.text for block in reading.blocks if block.article is not None and block.kind != "byline"]
    assert f1(grams("\n".join(inside)), grams(made.article)) >= LEAST, [
        text for text in inside if text not in made.article
    ]
    assert folded(reading.title) == folded(made.article.split("\n")[0])
    assert [folded(name) for name in reading.authors] == [folded(made.author)] * bool(made.author)
    assert made.day in days(reading.published_at, reading.published_precision, "zh")


@pytest.mark.parametrize("region", REGIONS, ids=lambda region: region.tongue.code)
def test_credits(region: Region) -> None:
    for line, author, day in region.credits:
        assert next(dates.find(line)).when.date().isoformat() == day, line
        if author and not line.startswith(author):
            assert byline(line) == [author], line


@pytest.mark.parametrize(("line", "month"), [("3 ΜΑΪΟΥ 2012", 5), ("3 ΣΕΠΤΕΜΒΡΙΟΥ 2012", 9), ("3 Σεπτ 2012", 9)])
def test_greek_months_without_accents(line: str, month: int) -> None:
    moment = dates.parse(line)
    assert moment is not None
    assert moment.when.month == month
