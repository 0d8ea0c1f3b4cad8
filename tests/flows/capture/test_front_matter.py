"""A page with front matter is Markdown, whatever its file is called."""

from __future__ import annotations

import pytest

from flows.capture.media import media_type

PAGE = '---\nlayout: default\ntitle: "桥通了"\ntags:\n- 桥\n\nauthor: 林晓舟\n---\n\n正文。\n'


@pytest.mark.parametrize("name", ["a.txt", "a", "a.md"])
@pytest.mark.parametrize("text", [PAGE, "\ufeff" + PAGE, PAGE.replace("\n", "\r\n")])
def test_front_matter_tells(name: str, text: str) -> None:
    assert media_type(name, text.encode()) == "text/markdown"


@pytest.mark.parametrize(
    "text",
    ["---\n\n正文。\n---\n", "------\n标题: 桥通了\n", "桥通了\n---\ntitle: x\n---\n", "---\ntitle: x\n没有结束\n"],
)
def test_a_rule_across_the_page_does_not(text: str) -> None:
    assert media_type("a.txt", text.encode()) == "text/plain"


def test_a_page_named_otherwise_keeps_its_name() -> None:
    assert media_type("a.html", PAGE.encode()) == "text/html"
