"""METS: what a library says of an issue whose pages lie in other files: title, day, and the list of its articles.

The text is that of the pages, which are documents of their own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lxml import etree

from flows.extract import dates
from flows.extract.fields import put_date
from flows.extract.language import guess_language
from flows.extract.reading import Block, Reading, UnreadableError
from flows.extract.xml_tree import Tree, name, path_of, text_of

MEDIA_TYPE = "application/mets+xml"
_DAY = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d)|\d{4}-(?:0[13-9]|1[0-2])-30|\d{4}-(?:0[13578]|1[02])-31")
_DATES = ("dateIssued", "dateCreated", "date", "issued")


def read_tree(tree: Tree, parser: Mapping[str, Any]) -> Reading:
    """Read a METS file: a list, with the titles of the articles that it names. UnreadableError (`no-text`) where it
    says nothing of what it is about."""
    root = tree.root
    reading = Reading(media_type=MEDIA_TYPE, page_kind="list")
    described = next((each for each in root if name(each) == "dmdSec"), root)
    reading.title = next((text_of(e) for e in described.iter() if name(e) == "title" and text_of(e)), None)
    label = root.get("LABEL") or next(
        (e.get("LABEL") for e in root.iter() if name(e) == "div" and e.get("LABEL")), None
    )
    reading.title = reading.title or label
    for each in described.iter():
        said = text_of(each) if name(each) in _DATES else ""
        if _DAY.fullmatch(said):  # of any century: newspapers are older than what reads dates in free text believes
            reading.published_at, reading.published_precision = datetime.fromisoformat(said), "day"
            break
        if said and (moment := dates.parse(said)) is not None:
            put_date(reading, moment, parser)
            break
    if label:
        reading.blocks.append(Block("navigation", " ".join(label.split()), "/*/@LABEL"))
    for each in _articles(root):
        if text := " ".join((each.get("LABEL") or "").split()):
            reading.blocks.append(Block("navigation", text, f"{path_of(each)}/@LABEL"))
    if not reading.blocks and reading.title:
        reading.blocks.append(Block("navigation", reading.title, path_of(described)))
    if not reading.blocks:
        raise UnreadableError("no-text", "The file lists pages, and says nothing of what they are.")
    reading.language = guess_language("\n".join(block.text for block in reading.blocks[1:50]))
    return reading


def _articles(root: etree._Element) -> list[etree._Element]:
    """The articles that the logical structure names, in order."""
    maps = [e for e in root if name(e) == "structMap" and (e.get("TYPE") or "").upper() != "PHYSICAL"]
    return [e for each in maps for e in each.iter() if name(e) == "div" and (e.get("TYPE") or "").upper() == "ARTICLE"]
