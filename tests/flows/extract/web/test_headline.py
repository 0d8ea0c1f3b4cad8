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
    assert visible_headline(texts, np.array([False, True, False, False]), plain, 3, marked_only=True) == 1
    assert visible_headline(texts, np.zeros(4, dtype=bool), plain, 3, marked_only=False) == 2
    assert visible_headline(texts, np.zeros(4, dtype=bool), plain, 3, marked_only=True) == -1
