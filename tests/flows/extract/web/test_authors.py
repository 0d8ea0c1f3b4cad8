"""Who wrote a page."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.extract.web import authors
from flows.extract.web.authors import Signs, decide, find_elements
from flows.extract.web.beginnings import CHUNK, beginnings, places
from flows.extract.web.dom import parse
from flows.extract.web.head import Head

NOWHERE = ("", "")


def who(head: Head, signs: Signs | None = None, site: str | None = None, *, chinese: bool = False) -> list[str]:
    return decide(head, signs or Signs(), [site], chinese=chinese)[0]


def linked(author: Any, **metas: list[str]) -> Head:
    return Head(article={"author": author}, metas=metas)


def test_persons_come_before_bodies() -> None:
    body = {"@type": "Organization", "name": "Northern Ledger"}
    assert who(linked({"@type": "Person", "name": "Ada Whitlow"})) == ["Ada Whitlow"]
    assert who(linked(body), Signs(near=["By Ada Whitlow"])) == ["Ada Whitlow"]
    assert who(linked(body), site="Northern Ledger") == ["Northern Ledger"]
    assert who(linked([{"@type": "Person", "name": "Ada Whitlow"}, "Ledger Editors"])) == ["Ada Whitlow"]
    assert who(linked(body), chinese=True) == []


def test_a_reference_is_followed_and_a_person_may_have_the_sites_name() -> None:
    head = linked({"@id": "#a"})
    head.objects["#a"] = {"@id": "#a", "@type": "Person", "name": "AdaWhitlow"}
    assert who(head, site="Ada Whitlow") == ["AdaWhitlow"]


def test_a_byline_comes_before_the_name_of_who_posted() -> None:
    head = Head(metas={"author": ["Tom Garrow"]})
    assert who(head, Signs(near=["By Ada Whitlow, MS, RDN"])) == ["Ada Whitlow"]
    assert who(head, Signs(near=["4 min read"])) == ["Tom Garrow"]


def test_chinese_order() -> None:
    head = Head(metas={"author": ["江口在线"]})
    credits = ["来源：江口日报 责任编辑：陈其云"]
    body = ["渡口改建工程昨日提前完工。" * 5, "末班船推迟到晚上十点。（记者 林晓舟）"]
    assert who(head, Signs(near=credits, body=body), "江口在线", chinese=True) == ["林晓舟"]
    assert who(head, Signs(near=credits), "江口在线", chinese=True) == ["陈其云"]
    assert who(head, Signs(), "江口在线新闻", chinese=True) == []
    assert who(Head(metas={"author": ["青溪旅游网,渡口票价,qingxi.example"]}), chinese=True) == []


def test_blogs() -> None:
    assert who(Head(titles=["青溪人的博客"]), chinese=True) == ["青溪人"]
    assert who(Head(titles=["青溪人 | blog.example.org"]), chinese=True) == ["青溪人"]
    signs = Signs(posts=["昨天去了渡口", "由青溪人张贴 @ 2019-04-18 03:25:55"])
    assert who(Head(titles=["渡口"]), signs, chinese=True) == ["青溪人"]


def test_a_name_beside_the_sites() -> None:
    line = ["Ada Whitlow - Northern Ledger"]
    assert who(Head(), Signs(near=line), "The Northern Ledger") == ["Ada Whitlow"]
    assert who(Head(), Signs(near=line), "Quay News") == []


def test_the_name_before_the_headlines_colon() -> None:
    signs = Signs(headline="青舟：我的渡口", body=["我的渡口", "青舟", "那年我七岁。" * 10])
    assert who(Head(), signs, chinese=True) == ["青舟"]
    assert who(Head(), Signs(headline="青舟：我的渡口", body=["那年我七岁。" * 10]), chinese=True) == []


def elements(markup: str, between: tuple[str, str] = NOWHERE) -> list[str]:
    root = parse(f"<html><body>{markup}</body></html>")
    assert root is not None
    return find_elements(root, markup, between)


def test_elements() -> None:
    assert elements('<p class="Author_author__4ceOm">Ada Whitlow</p>') == ["Ada Whitlow"]
    assert elements('<div class="post-author-text"><div>Ada Whitlow</div><p>Ada writes on bridges and ferries for the '
                    "paper, and keeps bees.</p></div>") == ["Ada Whitlow"]  # fmt: skip
    assert elements('<a href="/author/whitlow">Ada Whitlow</a>') == ["Ada Whitlow"]
    assert elements('<a href="?author=7">Ada Whitlow</a><a href="?cat=2&author=7">Bridges</a>') == ["Ada Whitlow"]
    assert elements('<div class="comment"><b class="author">Tom Garrow</b></div>') == []
    assert elements('<span class="author-bio">Ada Whitlow</span>') == []
    assert elements('<p class="author">18 April 2019</p><p class="author">Ada Whitlow</p>') == ["Ada Whitlow"]


def test_elements_elsewhere() -> None:
    page = (
        '<div class="box"><p class="author">点击登录</p></div><div class="box"><p class="author">陈其云</p></div>'
        '<div class="main"><div><div><h1>渡口</h1></div></div><p class="author">林晓舟</p>'
        "<div><div><p>文</p></div></div></div>"
        '<div class="box"><p class="author">周望</p></div>'
    )
    inside = ("/html/body/div[3]/div[1]/div[1]/h1[1]", "/html/body/div[3]/div[2]/div[1]/p[1]/node()[1]")
    assert elements(page, inside) == ["林晓舟"]
    blog = '<div><div><div><div><h1>渡口</h1></div></div></div></div><div><a href="/?author=7">青溪人</a></div>'
    heading = "/html/body/div[1]/div[1]/div[1]/div[1]/h1[1]"
    assert elements(blog, (heading, heading)) == ["青溪人"]
    assert elements(blog + '<div><a href="/?author=8">对岸人</a></div>', (heading, heading)) == []


@pytest.mark.parametrize("at", [0, CHUNK - 3, CHUNK - 2, CHUNK - 1, CHUNK, 2 * CHUNK - 1])
def test_words_may_begin_anywhere(at: int) -> None:
    assert places(b"-" * at + b"author", beginnings(["author"], 3)) == [at]
    assert places(b"-" * at + b"aut", beginnings(["author"], 3)) == [at]
    assert places(b"-" * at + b"au", beginnings(["author"], 3)) == []


@pytest.mark.parametrize(
    ("source", "tags"),
    [
        ('<p class="author">', {"p"}),
        ("<a href=/by/whitlow><span class='byline'>", {"a", "span"}),
        ('<meta name="author" content="x"><p>The author</p><script>var author = "<p>";</script>', set()),
        ('<a title="x > y" class="author">', authors._HOLDERS),
        ('<a title="<em>x</em>" class="author">', authors._HOLDERS),
        ("x" * authors.FAR + "author", authors._HOLDERS),
        ('<p class="author">' * (authors.MANY + 1), authors._HOLDERS),
        ("<a href=/by/whitlow>", set()),
    ],
)
def test_tags_that_may_name(source: str, tags: set[str]) -> None:
    assert authors._tags_that_may_name(source.encode()) == tags


PARTS = (
    '<p class="author">Ada Whitlow</p>', '<a href="/by/tom">Tom Garrow</a>', "<em id=byline>Mary Quill</em>",
    '<a title="1 > 0" rel="Author" href=x>Ann Lee</a>', '<b title="<i>x</i>" itemprop=author>Joe Pike</b>',
    '<meta name="author" content="x">', '<script>{"author": "<p>", a=1}</script>', "The author writes. ", "<div>",
    "</div>", '<img alt="a <b>c</b>">', "<!-- author -->",
)  # fmt: skip


@given(st.lists(st.sampled_from(PARTS), max_size=8).map("".join))
def test_only_elements_that_cannot_name_authors_are_passed_over(markup: str) -> None:
    found = elements(markup)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(authors, "_tags_that_may_name", lambda _: authors._HOLDERS)
        everywhere = elements(markup)
    named = any(word in markup.lower() for word in ("author", "byline"))
    assert found == (everywhere if named else [])
