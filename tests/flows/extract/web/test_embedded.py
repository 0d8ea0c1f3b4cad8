"""An article that only a page's JSON-LD holds is read from there; one that can be seen is not read twice."""

from __future__ import annotations

import json

from flows.extract.html import read, root_of

LINES = [f"过江的人第{n}天只好绕路，多走二十里，渡口的老人说，木桩已经朽坏，不能再停船。" for n in range(8)]


def page(body: str, *, seen: str = "") -> str:
    facts = {
        "@type": "NewsArticle",
        "headline": "渡口停航",
        "articleBody": body,
        "datePublished": "2012-03-03T17:58:00+08:00",
    }
    code = json.dumps({"@graph": [facts]}, ensure_ascii=False)
    script = f'<script>var a = 1</script><script type="application/ld+json">{code}</script>'
    return f'<html><head><title>渡口停航</title>{script}</head><body><div id="app">{seen}</div></body></html>'


def test_a_page_drawn_by_scripts() -> None:
    for body in ("\n\n".join(LINES), "".join(f"<p>{line}</p>" for line in LINES)):
        markup = page(body)
        reading = read(markup.encode(), {})
        assert reading.page_kind == "article"
        assert [(b.kind, b.text) for b in reading.blocks] == [
            ("headline", "渡口停航"),
            *(("body", line) for line in LINES),
        ]
        root = root_of(markup)
        assert root is not None
        assert all("articleBody" in root.xpath(b.selector)[0].text for b in reading.blocks)


def test_what_can_be_seen_is_read_there() -> None:
    seen = "<h1>渡口停航</h1>" + "".join(f"<p>{line}</p>" for line in LINES)
    reading = read(page("\n".join(LINES), seen=seen).encode(), {})
    assert [block.text for block in reading.blocks].count(LINES[0]) == 1


def test_a_summary_is_no_article() -> None:
    assert read(page("过江的人只好绕路。").encode(), {}).page_kind == "other"
