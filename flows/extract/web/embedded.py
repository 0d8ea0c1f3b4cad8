"""Articles that no element holds: a page drawn by its scripts, whose text is in its JSON-LD alone."""

from __future__ import annotations

from lxml import etree

from flows.extract.reading import Block
from flows.extract.web.flat import lines_of
from flows.extract.web.head import Head, squeeze

UNSEEN = ("other", "front", "list", "paywall")
"""Page kinds that may hide an article."""
LEAST = 200
"""A shorter text is a summary."""


def blocks_of(root: etree._Element, head: Head) -> list[Block]:
    """The headline and paragraphs of the `articleBody` in a page's JSON-LD, none where it has none of any length.

    Every block's selector leads to the script that holds the text.
    """
    body = head.article.get("articleBody")
    if not isinstance(body, str) or len(body) < LEAST:
        return []
    place = next((script for script in root.iter("script") if script.text and "articleBody" in script.text), None)
    if place is None:
        return []
    path = root.getroottree().getpath(place)
    headline = head.article.get("headline")
    blocks = [Block("headline", squeeze(headline), path, article=0)] if isinstance(headline, str) and headline else []
    return blocks + [Block("body", line, path, article=0) for line in lines_of(body)]
