"""The head of a page."""

from __future__ import annotations

import pytest

from flows.extract.web.dom import parse
from flows.extract.web.head import read_head


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        (" \n", "\n "),
        ("<!--\n", "\n-->"),
        ("//<![CDATA[\n", "\n//]]>"),
        ("/* x */", ";"),
        ("<![CDATA[", " // ]]> "),
        ("\u3000;", "\u3000// -->\u3000"),
    ],
)
def test_json_within_comments_and_white_space(before: str, after: str) -> None:
    code = f'{before}{{"@type": "NewsArticle", "headline": "Ferry stops"}}{after}'
    markup = f'<html><head><script type="application/ld+json">{code}</script></head></html>'
    root = parse(markup)
    assert root is not None
    assert read_head(root, markup).article["headline"] == "Ferry stops"


@pytest.mark.parametrize(
    "code",
    [
        '{"@type":"Article","headline":"The "new" pier","author":[{"name":"Ada Holm"},{"name":"Bo Lind"}]}',
        '{"@type":"WebSite"}{"@type":"Article","headline":"P","author":[{"name":"Ada Holm"},{"name":"Bo Lind"}]}',
        '{"@type":"Article", /* of today */ "headline":"P","author":[{"name":"Ada Holm"},{"name":"Bo Lind"}] // all\n}',
        '{"@type":"Article","author":[{"name":"Ada Holm"},{"name":"Bo Lind"}]}'.replace('"', "&quot;"),
        '{"@type":"Article","headline":"P",,"author":[{"name":"Ada Holm"},{"name":"Bo Lind",}],}',
        '{"@type":"Article","headline":"P\nQ","author":[{"name":"Ada Holm"},{"name":"Bo Lind"}]',
        "{'@type':'Article','headline':'P','author':[{'name':'Ada Holm'},{'name':'Bo Lind'}]}",
        '{"@type":"Article","headline":"P","author":[{"name":"Ada&#32;Holm"},{"name":"Bo&nbsp;Lind"}]}',
    ],
)
def test_json_that_is_nearly_right_says_what_it_says(code: str) -> None:
    markup = f'<html><head><script type="application/ld+json">{code}</script></head></html>'
    root = parse(markup)
    assert root is not None
    head = read_head(root, markup)
    assert [" ".join(author["name"].split()) for author in head.article["author"]] == ["Ada Holm", "Bo Lind"]


@pytest.mark.parametrize(
    "code", ["[" * 100_000, '{"a":' * 50_000, "var x = 1;", '{"a":"b"c"' * 5_000, "<p>text</p>", "{" * 90_000]
)
def test_what_is_no_json_says_nothing(code: str) -> None:
    markup = f'<html><head><script type="application/ld+json">{code}</script></head></html>'
    root = parse(markup)
    assert root is not None
    assert read_head(root, markup).article == {}
