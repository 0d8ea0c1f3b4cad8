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


@pytest.mark.parametrize(
    "head",
    [
        Head(titles=["Old bridge opens again | Ledger"], metas={"og:title": ["How to repair bridges"]}),
        Head(metas={"og:title": ["How to repair bridges", "Old bridge opens again"]}),
    ],
)
def test_a_headline_like_any_title_of_the_head_is_one(head: Head) -> None:
    page = Page(headline="Old bridge opens again", heading=True, body=["The bridge was opened on the first of March."])
    assert decide(head, page, {}).title == "Old bridge opens again"


@pytest.mark.parametrize(
    ("author", "meta", "near", "authors"),
    [
        ({"@type": "Person", "name": "ada holm"}, None, [], ["ada holm"]),
        ({"@type": "Thing", "name": "read more here"}, None, [], []),
        (None, "adaholm", [], ["adaholm"]),
        (None, "adaholm", ["By Ben Vale"], ["Ben Vale"]),
        (None, "admin", [], []),
        (None, None, ["By Ada Holm, Co-Founder & COO"], ["Ada Holm"]),
        (None, None, ["By Ada Holm, Editor-in-Chief"], ["Ada Holm"]),
        (None, None, ["By Ada Holm and Ben Partner"], ["Ada Holm", "Ben Partner"]),
    ],
)
def test_authors(author: dict[str, str] | None, meta: str | None, near: list[str], authors: list[str]) -> None:
    head = Head(article={"author": author} if author else {}, metas={"author": [meta]} if meta else {})
    page = Page(headline="Old bridge opens again", heading=True, body=["It was opened in March."], near=near)
    assert decide(head, page, {}).authors == authors
