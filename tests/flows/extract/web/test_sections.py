"""Comments below their heading, and pages that differ in nothing but their language."""

from __future__ import annotations

import numpy as np
import pytest

from flows.extract.html import read
from flows.extract.web.blocks import cut
from flows.extract.web.dom import parse
from flows.extract.web.features import measure
from flows.extract.web.sections import weigh
from tests.gate.measures import f1, grams
from tests.makers.layouts import LAYOUTS, Layout, page
from tests.makers.tongues import TONGUES, Tongue

BEHIND = 0.03
"""A language may be read as much worse than English in the same layout."""
LEAST = 0.98


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


def test_lists_of_addresses_are_not_the_article() -> None:
    text = "".join(
        f"<p>过江的人第{n}天只好绕路，多走二十里，渡口的老人说，木桩已经朽坏，不能再停船。</p>" for n in range(8)
    )
    hidden = "".join(f"<li>第{n}号机关</li><li>http://office{n}.example/</li>" for n in range(30))
    page = f"<title>渡口停航</title><h1>渡口停航</h1><div>{text}</div><div><ul>{hidden}</ul></div>"
    inside = [block.text for block in read(page.encode(), {}).blocks if block.article is not None]
    assert sum(line.startswith("过江") for line in inside) == 8
    assert not any("http" in line for line in inside)


def test_calls_to_share_and_notices_count_less_at_the_end_only() -> None:
    line = "<p>过江的人只好绕路，多走二十里，渡口的老人说，木桩已经朽坏，不能再停船。</p>"
    call = "<p>欢迎关注我们的微博，与朋友分享，一起来讨论两岸的大小事情。</p>"
    notice = "<p>版权所有，未经授权不得转载，违者必究，本网保留追究的权利。</p>"
    root = parse(call + line * 10 + call + notice)
    assert root is not None
    page = cut(root)
    odds = np.ones(len(page.texts))
    lowered = weigh(page.texts, measure(page, []), odds) < odds
    assert lowered.tolist() == [False] * 11 + [True, True]


def test_one_address_in_a_text_stays() -> None:
    text = "".join(
        f"<p>过江的人第{n}天只好绕路，多走二十里，渡口的老人说，木桩已经朽坏，不能再停船。</p>" for n in range(8)
    )
    page = f"<title>渡口停航</title><h1>渡口停航</h1><div>{text}<p>http://ferry.example/plan</p>{text}</div>"
    assert any(b.text.startswith("http") and b.article is not None for b in read(page.encode(), {}).blocks)


def test_links_under_a_heading_of_related_stories_are_not_the_article() -> None:
    lines = [f"<p>过江的人第{n}天只好绕路，多走二十里，渡口的老人说，木桩已经朽坏。</p>" for n in range(8)]
    links = "".join(f'<li><a href="/{n}">第{n}号渡口停航</a></li>' for n in range(3))
    root = parse(f"<body><h1>渡口</h1>{lines[0]}<h3>相关新闻</h3><ul>{links}</ul>{''.join(lines[1:])}</body>")
    assert root is not None
    page = cut(root)
    odds = np.ones(len(page.texts))
    lowered = np.flatnonzero(weigh(page.texts, measure(page, []), odds) < 0)
    assert lowered.tolist() == [2, 3, 4, 5]


LINE = "<p>过江的人只好绕路，多走二十里，渡口的老人说，木桩已经朽坏，不能再停船。</p>"


def _lowered(body: str, title: str = "") -> list[str]:
    """The texts against which something speaks, where all are as likely."""
    root = parse(body)
    assert root is not None
    page = cut(root)
    odds = np.ones(len(page.texts))
    lowered = weigh(page.texts, measure(page, [title]), odds) < odds
    return [text for text, low in zip(page.texts, lowered.tolist(), strict=True) if low]


@pytest.mark.parametrize(
    "count",
    ["13 Comment(s)", "| Comments (2)", "共13条评论", "评论(13)", "Komentarze (6)", "Комментарии: 6", "Σχόλια (3)"],
)
def test_a_count_of_comments_heads_them(count: str) -> None:
    remarks = "<p><b>m.o.</b></p><p>My knees like the long way round.</p>"
    assert _lowered(f"{LINE * 10}<div>{count}</div>{remarks}") == [count, "m.o.", "My knees like the long way round."]


@pytest.mark.parametrize("count", ["0 comments", "Comments 4006900000", "He left 13 comments there", "13 letters"])
def test_other_counts_do_not(count: str) -> None:
    assert not _lowered(f"{LINE * 10}<div>{count}</div><p><b>m.o.</b></p><p>Knees.</p>")


def test_a_count_of_comments_among_long_paragraphs_does_not() -> None:
    assert not _lowered(f"{LINE * 10}<div>3 comments</div><p>{'The boat went out and came back empty. ' * 3}</p>")


def test_a_notice_is_weighed_against_the_other_text() -> None:
    notice = "版权所有，未经授权不得转载，违者必究，本网保留追究的权利。" * 3
    assert _lowered(f"{LINE * 2}<p>{notice}</p>") == [notice]
    assert not _lowered(f"<p>{notice}</p>")


def test_a_link_that_leads_on_is_no_paragraph() -> None:
    teaser = "Read also: A new bridge for the lower town"
    assert _lowered(f'{LINE * 2}<p><a href="/7">{teaser}</a></p>{LINE}') == [teaser]
    assert not _lowered(f'{LINE * 2}<p><a href="/7">The people who also read more on the bridge</a></p>{LINE}')


def test_links_under_a_line_of_related_stories_are_teasers() -> None:
    links = '<ul><li><a href="/7">A new bridge</a></li><li><a href="/8">An old ferry</a></li></ul>'
    found = _lowered(f"{LINE * 2}<div><span>Zobacz również</span>{links}</div>{LINE}")
    assert found == ["Zobacz również", "A new bridge", "An old ferry"]


def test_what_asks_for_an_address_is_not_the_article() -> None:
    ask = "Subscribe to our newsletter"
    assert _lowered(f"{LINE * 2}<p>{ask}</p>{LINE}") == [ask]
    assert _lowered(f"{LINE * 2}<form><p>I agree to what is written here.</p></form>{LINE * 4}") == [
        "I agree to what is written here."
    ]
    assert not _lowered(f"<form>{LINE * 4}<p>I agree to what is written here.</p></form>")


def test_what_stands_above_the_headline_counts_less() -> None:
    consent = "We and our partners store and read what is on a device."
    assert _lowered(f"<p>{consent}</p><h1>The ferry is back</h1>{LINE * 3}", "The ferry is back") == [consent]
