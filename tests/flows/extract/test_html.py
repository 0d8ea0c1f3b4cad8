"""The reader as a whole, on invented pages."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.extract.charset import decode
from flows.extract.html import read, read_markup, root_of
from flows.extract.reading import Reading, UnreadableError
from schemas.columns import PASSAGE_KINDS
from schemas.tables.documents import PAGE_KINDS
from tests.flows.extract.pages import PAGES, SampledPage

SOUP = [
    "<sup>", "<ruby>", "<rt>", "<math>", "<template shadowrootmode=open>", "<textarea>",
    "<pre>", "<slot>", "2", "<span>", "<p>", "</p>", "<div class=content>", "</div>", "<td>", "<table>",
    "</table>", "<br>", "<a href=x>", "</a>", "<b>",
    "<script>", "</script>", "<!--", "-->", "&nbsp;", "&#0;", "\x00", "一句话。", "words here, ",
    "<li>", "<h1>", "</h1>",
    "<pre>", "<title>", "</title>", "<noscript>", "<", ">", "\ud7ff", "<html>", "</body>", "<frameset>", "<select>",
]  # fmt: skip


def article(reading: Reading) -> list[str]:
    return [b.text for b in reading.blocks if b.article == 0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_article_is_kept_and_the_rest_is_told_apart(page: SampledPage) -> None:
    reading = read(page.html.encode(), {})
    assert reading.page_kind == "article"
    assert reading.title == page.title
    kept = article(reading)
    for paragraph in page.paragraphs:
        assert paragraph in kept
    others = {b.text: b for b in reading.blocks if b.article is None}
    for line in page.others:
        assert line in others
    headlines = [b for b in reading.blocks if b.kind == "headline" and b.article == 0]
    assert [b.text for b in headlines][:1] == [page.title]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_selectors_lead_back(page: SampledPage) -> None:
    root = root_of(page.html)
    assert root is not None
    for block in read(page.html.encode(), {}).blocks:
        found = root.xpath(block.selector)
        text = "".join(str(n) if isinstance(n, str) else "".join(map(str, n.itertext())) for n in found)
        assert "".join(text.split()) == "".join(block.text.split())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_it_reads_the_same_twice(page: SampledPage) -> None:
    assert read(page.html.encode(), {}) == read(page.html.encode(), {})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_metadata(page: SampledPage) -> None:
    reading = read(page.html.encode(), {})
    assert reading.authors == page.authors
    assert (reading.publisher, reading.origin) == (page.publisher, page.origin)
    assert reading.published_at is not None
    assert reading.published_at.date().isoformat() == page.day
    assert (reading.language or "").split("-")[0] == page.language


@settings(deadline=None, max_examples=150)
@given(
    st.lists(
        st.sampled_from(SOUP),
        max_size=60,
    )
)
def test_any_soup_is_read(parts: list[str]) -> None:
    markup = "".join(parts)
    try:
        reading = read(markup.encode(), {})
    except UnreadableError:
        # What has zeros and hardly a letter is refused as no text, and nothing else is.
        letters = sum(map(str.isalnum, re.sub("<[^>]*>", "", markup)))
        assert letters <= 10 * markup.count("\x00")
        return
    assert reading.page_kind in PAGE_KINDS
    root = root_of(decode(markup.encode(), markup=True).text)
    for block in reading.blocks:
        assert block.kind in PASSAGE_KINDS
        assert block.text.strip()
        assert block.raw_start is None
        assert root is not None
        assert root.xpath(block.selector)


def test_markup_in_another_format_is_all_article() -> None:
    reading = read_markup(
        "<p>第一段。</p><blockquote>引文。</blockquote><ul><li>一项</li></ul>", {}, selector_prefix="/items/0"
    )
    assert [(b.kind, b.text, b.article) for b in reading.blocks] == [
        ("body", "第一段。", 0),
        ("quote", "引文。", 0),
        ("list", "一项", 0),
    ]
    assert reading.blocks[0].selector == "/items/0/html/body/p[1]"


@pytest.mark.parametrize("payload", [b"\x00\x00", b"\x00" * 4096, b"\x00\x00\n\x00"])
def test_zeros_are_no_text(payload: bytes) -> None:
    with pytest.raises(UnreadableError):
        read(payload, {})


@pytest.mark.parametrize("payload", [b"", b"   \n", b"<html></html>", b"<!-- nothing -->"])
def test_nothing_to_read(payload: bytes) -> None:
    reading = read(payload, {})
    assert reading.blocks == []
    assert reading.page_kind == "other"
