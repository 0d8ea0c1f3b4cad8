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
