"""A page of whole posts: the first is the article, and the others keep their text and their kinds."""

from __future__ import annotations

from flows.extract.html import read
from flows.extract.reading import Block

SENTENCES = [f"过江的人第{n}天只好绕路，多走二十里，渡口的老人说，木桩已经朽坏，不能再停船。" for n in range(8)]


def _post(title: str, date: str, texts: list[str], tag: str = "h2") -> str:
    body = "".join(f"<p>{text}</p>" for text in texts)
    return f'<div class="post"><{tag} class="title">{title}</{tag}><p class="when">{date}</p>{body}</div>'


def _blocks(body: str, title: str) -> list[Block]:
    return read(f"<title>{title}</title><body>{body}</body>".encode(), {}).blocks


def _inside(body: str, title: str = "渡口人的博客") -> list[str]:
    return [block.text for block in _blocks(body, title) if block.article is not None]


FIRST = _post("渡口停航", "2012-03-03 17:58", SENTENCES[:4])
SECOND = _post("老桥通车", "2012-03-01 08:12", SENTENCES[4:])


def test_the_first_post_is_the_article() -> None:
    inside = _inside(FIRST + SECOND)
    assert [text for text in SENTENCES if text in inside] == SENTENCES[:4]
    others = [block for block in _blocks(FIRST + SECOND, "渡口人的博客") if block.text in SENTENCES[4:]]
    assert [block.kind for block in others] == ["body"] * 4


def test_an_article_with_dated_sections_is_whole() -> None:
    inside = _inside(f"<h1>渡口停航始末</h1>{FIRST}{SECOND}", "渡口停航始末")
    assert [text for text in SENTENCES if text in inside] == SENTENCES


def test_headings_without_dates_part_nothing() -> None:
    inside = _inside(FIRST.replace("2012-03-03 17:58", "上") + SECOND.replace("2012-03-01 08:12", "下"))
    assert [text for text in SENTENCES if text in inside] == SENTENCES
