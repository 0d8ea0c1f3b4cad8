"""Bad pages: too deep, too large, never closed. Each is read in bounded time, or says that it gave up."""

from __future__ import annotations

import pytest

from flows.extract.html import GAVE_UP, read
from flows.extract.web.blocks import MAX_BLOCKS

PARAGRAPH = "<p>守渡口的老人说，旧码头的木桩大多已经朽坏，每逢汛期都要停航，过江的人只好绕路。</p>"
HANGS = pytest.mark.timeout(120)
"""Each takes a second or two; where the work grows with the square of the input, the test is ended."""

PAGES = {
    "deep-blocks": "<div>" * 100_000 + "深处的一句话。" + "</div>" * 100_000,
    "deep-inline": "<p>" + "<b>字 " * 50_000,
    "twenty-megabytes": "<html><body>" + PARAGRAPH * (20_000_000 // len(PARAGRAPH.encode())),
    "one-paragraph": "<p>" + "每逢汛期都要停航" * 800_000,
    "many-blocks": "".join(f'<div class="c{i}"><p>第{i}段，这里有一句话。</p></div>' for i in range(50_000)),
    "many-breaks": "<div>" + "一行字<br>" * 60_000,
    "inline": "<p>" + "字<b>粗</b>" * 700_000,
    "tables-in-tables": "<table><tr><td>" * 600 + "格子里的字" + "</td></tr></table>" * 600,
    "siblings": "<i></i>" * 200_000 + PARAGRAPH,
    "attributes": "<p " + " ".join(f'a{i}="x"' for i in range(200_000)) + ">" + PARAGRAPH,
    "unclosed": "<p><div><table><tr><td><ul><li><b>字" * 3_000,
    "scripts": '<script>document.write("<p>不是正文</p>");</script>' * 20_000 + PARAGRAPH,
    "angles": "<" * 500_000 + PARAGRAPH,
    "spaces": "<p>" + " " * 3_000_000 + "字",
    "json": '<script type="application/ld+json">' + "[" * 50_000 + "</script>" + PARAGRAPH,
    "json-huge": '<script type="application/ld+json">[' + "{}," * 1_500_000 + "{}]</script>" + PARAGRAPH,
    "title-unclosed": "<title>渡口" + PARAGRAPH * 20_000,
    "quote-unclosed": "<h1 class='x>渡口</h1>" + PARAGRAPH * 20_000,
    "opened-only": "<a" * 500_000,
    "properties-in-properties": "<div itemprop=name class=author>" * 1_000 + PARAGRAPH * 5_000,
    "long-title": "<title>" + "长" * 500_000 + "</title>" + PARAGRAPH * 20,
}


@HANGS
@pytest.mark.parametrize("name", PAGES)
def test_a_bad_page_comes_to_an_end(name: str) -> None:
    reading = read(PAGES[name].encode(), {})
    assert len(reading.blocks) <= MAX_BLOCKS
    assert reading.blocks


@pytest.mark.parametrize(
    "name",
    ["deep-blocks", "deep-inline", "unclosed", "twenty-megabytes", "many-breaks", "title-unclosed", "quote-unclosed"],
)
def test_giving_up_is_marked_and_keeps_the_text(name: str) -> None:
    reading = read(PAGES[name].encode(), {})
    assert any(GAVE_UP in block.flags for block in reading.blocks)
    text = "".join(block.text for block in reading.blocks)
    assert len(text) > 5


def test_scripts_are_not_text() -> None:
    reading = read(PAGES["scripts"].encode(), {})
    assert "不是正文" not in "".join(block.text for block in reading.blocks)


def test_xhtml_with_a_wrong_doctype_and_declaration() -> None:
    page = (
        '<?xml version="1.0" encoding="gb2312"?><!DOCTYPE wml PUBLIC "-//NOBODY//DTD 0.1//XX" "x">'
        '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>渡口停航</title></head><body>'
        f"<h1>渡口停航</h1><br/>{PARAGRAPH * 3}<p/>完</body></html>"
    )
    reading = read(page.encode(), {})
    assert reading.page_kind == "article"
    assert reading.title == "渡口停航"
    assert sum(block.article == 0 for block in reading.blocks) >= 4


def test_nul_bytes_vanish() -> None:
    page = f"<p>守渡口的\x00老人说，旧码头\x00的木桩大多已经朽坏。</p>{PARAGRAPH * 3}".encode()
    assert read(page, {}).blocks[0].text == "守渡口的老人说，旧码头的木桩大多已经朽坏。"
