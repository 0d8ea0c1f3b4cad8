"""Addresses of texts, told from those of people and of whole sites."""

from __future__ import annotations

import pytest

from flows.extract import html, markdown
from flows.extract.addresses import of_a_text


@pytest.mark.parametrize(
    ("uri", "told"),
    [
        ("http://paper.example/2024/0302/ferry.html", True),
        ("https://paper.example/the-ferry-stops", True),
        ("https://paper.example/12345", True),
        ("https://paper.example/?p=12", True),
        ("https://paper.example/#!/a/1", True),
        ("https://paper.example/u/ada/posts/7", True),
        ("https://weibo.com/1234567890/AbCdE", True),
        ("https://blog.example/@ada/the-ferry", True),
        ("https://paper.example/", False),
        ("https://paper.example", False),
        ("http://192.0.2.7:8088/", False),
        ("https://paper.example/ferry", True),
        ("https://paper.example/people/ada-whitlow", False),
        ("https://paper.example/author/ada/", False),
        ("https://forum.example/space/u/991", False),
        ("https://weibo.com/1234567890", False),
        ("https://blog.example/@ada", False),
        ("http://[bad", True),
    ],
)
def test_addresses(uri: str, told: bool) -> None:
    assert of_a_text(uri) is told


def test_a_person_is_no_original() -> None:
    page = "# 渡口\n\n原文来自微博 [@阿木](https://weibo.com/1234567890)\n\n河面上起了雾。\n"
    assert markdown.read(page.encode(), {}).original_uri is None
    head = "---\ntitle: 渡口\nlink: https://blog.example/people/amu\nurl: https://blog.example/2024/dukou.html\n---\n\n河面上起了雾。\n"
    assert markdown.read(head.encode(), {}).original_uri == "https://blog.example/2024/dukou.html"
    body = "<p>河面上起了雾，渡船停在对岸，没有人说话。</p>" * 4
    for content, told in (("https://paper.example/author/ada", None), ("https://paper.example/a/1.html",) * 2):
        head = f'<title>渡口</title><meta name="original-source" content="{content}">'
        markup = f"<html><head>{head}</head><body><h1>渡口</h1>{body}"
        assert html.read(markup.encode(), {}).original_uri == told
