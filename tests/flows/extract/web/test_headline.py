"""Finding the headline, and titles without their sites."""

from __future__ import annotations

import numpy as np
import pytest

from flows.extract.metadata import strip_site
from flows.extract.web.headline import find_headline, main_part, visible_headline


@pytest.mark.parametrize(
    ("title", "main"),
    [
        ("青溪渡口改建工程提前完工_新闻频道_江口在线", "青溪渡口改建工程提前完工"),
        ("青溪渡口改建工程提前完工-江口在线", "青溪渡口改建工程提前完工"),
        ("江口在线--青溪渡口改建工程提前完工", "青溪渡口改建工程提前完工"),
        ("Harbour bridge closes for nine weeks | Northern Ledger", "Harbour bridge closes for nine weeks"),
        ("A well-known bridge", "A well-known bridge"),
    ],
)
def test_main_part(title: str, main: str) -> None:
    assert main_part(title) == main


def test_the_site_is_taken_off_and_the_rest_kept() -> None:
    assert strip_site("渡口 | 改建 | 江口在线", "江口在线") == "渡口 | 改建"
    assert strip_site("渡口改建完工 - 江口在线", None, "渡口改建完工") == "渡口改建完工"


def find(texts: list[str], headings: list[bool], titles: list[str]) -> int:
    marks = np.array(headings)
    return find_headline(texts, marks, marks, titles)[0]


def test_a_heading_wins_over_a_breadcrumb_and_over_the_whole_title() -> None:
    texts = ["江口在线", "渡口改建完工-江口在线", "渡口改建完工", "渡口改建完工", "渡口改建的消息传开了。"]
    assert find(texts, [False, False, False, True, False], ["渡口改建完工-江口在线"]) == 3


def test_a_first_heading_may_differ_by_some_words() -> None:
    texts = ["menu", "Harbour bridge closed for nine weeks from Monday", "text"]
    assert find(texts, [False, True, False], ["Harbour bridge closes for 9 weeks from Monday"]) == 1


def test_no_headline() -> None:
    assert find(["首页", "渡口"], [False, False], []) == -1
    assert find(["首页", "渡口"], [False, False], ["完全不同的标题"]) == -1


def test_a_line_set_in_bold_above_the_text_is_a_headline() -> None:
    texts = ["首页", "渡口改建完工", "副题一行", "正文" * 30]
    plain = np.array([False, True, True, True])
    bold, none = np.array([False, True, False, False]), np.zeros(4, dtype=bool)
    assert visible_headline(texts, (bold,), plain, 3, any_line=False) == 1
    assert visible_headline(texts, (none,), plain, 3, any_line=True) == 2
    assert visible_headline(texts, (none,), plain, 3, any_line=False) == -1


@pytest.mark.parametrize("line", ["——副题一行", "江口在线 / 新闻", "首页 > 新闻", "记者说了这些话。", "Home » News"])
def test_subtitles_trails_and_sentences_are_no_headlines(line: str) -> None:
    texts = ["渡口改建完工", line, "正文" * 30]
    bold = np.array([False, True, False])
    assert visible_headline(texts, (bold,), np.ones(3, dtype=bool), 2, any_line=True) == 0


def test_the_first_part_of_a_title_will_do_where_keywords_follow_it() -> None:
    title = "History of salt | Origin, Spread, Mines, Trade, Facts and Timeline | Northern Encyclopaedia"
    texts = ["Home", "history of salt", "More on salt", "text"]
    assert find(texts, [False, True, False, False], [title]) == 1


def test_a_heading_over_the_comments_does_not_win_over_the_headline() -> None:
    texts = ["渡口改建工程提前完工", "正文" * 30, "《渡口改建工程提前完工》已有1件评论"]
    assert find(texts, [False, False, True], ["江口博客 » 渡口改建工程提前完工"]) == 0
