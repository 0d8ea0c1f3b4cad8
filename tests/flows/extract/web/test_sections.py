"""Comments below their heading, and pages that differ in nothing but their language."""

from __future__ import annotations

import pytest

from flows.extract.html import read
from tests.gate.measures import f1, grams
from tests.makers.layouts import LAYOUTS, Layout, page
from tests.makers.tongues import TONGUES, Tongue

BEHIND = 0.03
"""A language may be read as much worse than English in the same layout."""
LEAST = 0.94


def quality(layout: Layout, tongue: Tongue) -> float:
    markup, article = page(layout, tongue)
    found = "\n".join(b.text for b in read(markup.encode(), {}).blocks if b.article is not None and b.kind != "byline")
    return f1(grams(found), grams(article))


@pytest.mark.parametrize("layout", LAYOUTS, ids=[layout.__name__ for layout in LAYOUTS])
def test_no_language_is_read_worse_than_english(layout: Layout) -> None:
    figures = {tongue.code: quality(layout, tongue) for tongue in TONGUES}
    assert min(figures.values()) >= max(LEAST, figures["en"] - BEHIND), figures


def test_comments_are_told_as_such() -> None:
    markup, _ = page(LAYOUTS[4], TONGUES[0])
    kinds = [block.kind for block in read(markup.encode(), {}).blocks if block.text.startswith("Why does nobody")]
    assert len(kinds) == 6
    assert set(kinds) == {"comment"}


def test_a_link_to_the_comments_above_an_article_changes_nothing() -> None:
    text = "".join(
        f"<p>过江的人第{n}天只好绕路，多走二十里，渡口的老人说，木桩已经朽坏，不能再停船。</p>" for n in range(12)
    )
    for top in ("", "<h3>网友评论</h3>"):
        reading = read(f"<title>渡口停航</title><h1>渡口停航</h1><p>2012-03-03 17:58</p>{top}{text}".encode(), {})
        assert sum(block.article is not None and block.text.startswith("过江") for block in reading.blocks) == 12
