"""What a page's head and blocks say together."""

from __future__ import annotations

import pytest

from flows.extract.metadata import Page, decide
from flows.extract.web.head import Head


@pytest.mark.parametrize(
    ("headline", "named", "site", "title"),
    [
        ("Photo via Harbour Archive", "Old bridge opens again", None, "Old bridge opens again"),
        (
            "Old bridge opens again at last",
            "Old bridge opens again | The Ledger",
            None,
            "Old bridge opens again at last",
        ),
        ("Old bridge opens again", "The Ledger", "The Ledger", "Old bridge opens again"),
        ("$165.00", "Oak table", None, "Oak table"),
        ("Old bridge opens again", None, None, "Old bridge opens again"),
    ],
)
def test_a_headline_unlike_what_the_head_calls_the_title_is_none(
    headline: str, named: str | None, site: str | None, title: str
) -> None:
    head = Head(titles=["The Ledger"], site=site, metas={"og:title": [named]} if named else {})
    page = Page(headline=headline, heading=True, body=["The bridge was opened on the first of March."])
    assert decide(head, page, {}).title == title


def test_the_language_loses_its_region_and_tells_the_order_of_day_and_month() -> None:
    page = Page(headline="Bridge", body=["The bridge was opened on the first of March."], near=["06/07/2024"])
    american = decide(Head(language="en-US"), page, {})
    british = decide(Head(language="en-GB"), page, {})
    assert (american.language, british.language) == ("en", "en")
    assert american.published_at is not None
    assert british.published_at is not None
    assert (american.published_at.month, british.published_at.month) == (6, 7)
