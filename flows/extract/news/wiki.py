"""Pages of MediaWiki exports: the latest revision as text, its markup taken off by mwparserfromhell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import mwparserfromhell
from mwparserfromhell.nodes import Heading, Tag, Template, Wikilink

from flows.extract.language import guess_language
from flows.extract.reading import Block, Reading, UnreadableError
from flows.extract.xml_tree import Tree, name, text_of

MEDIA_TYPE = "application/vnd.mediawiki.page+xml"
_REDIRECT = re.compile(r"\s*#\s*(?:REDIRECT|重定向|WEITERLEITUNG|REDIRECTION|転送|ПЕРЕНАПРАВЛЕНИЕ)\b", re.I)
_FILE = re.compile(r"\s*(?:File|Image|Category|文件|图像|圖像|分类|分類|檔案|Datei|Bild|Kategorie|Fichier|Catégorie|"
                   r"Файл|Категория|ファイル|カテゴリ)\s*:", re.I)  # fmt: skip
_LINK = re.compile(r"\[\[\s*(?:Category|分类|分類|Kategorie|Catégorie|Категория|カテゴリ)\s*:\s*([^\]|]+)", re.I)
_SILENT = frozenset(
    ("ref", "references", "gallery", "math", "timeline", "syntaxhighlight", "source", "score", "noinclude")
)
_SWITCH = re.compile(r"__[A-Z]+__")
_RULES = re.compile(r"-\{([^{}]*)\}-")
"""What Chinese wikis convert: `-{zh-cn:one;zh-tw:other}-`, or words that stay as they are."""
_MARKS = "*#:;"


def read_tree(tree: Tree, parser: Mapping[str, Any]) -> Reading:
    """Read a page. Selectors are `char=` into the wikitext of its last revision.

    UnreadableError (`no-text`) where there is no text. A redirect makes no article.
    """
    page = tree.root
    revisions = [each for each in page if name(each) == "revision"]
    if not revisions:
        raise UnreadableError("no-text", "This is no page of a wiki, or one without a revision.")
    last = revisions[-1]
    holder = next((each for each in last if name(each) == "text"), None)
    wikitext = "" if holder is None else "".join(map(str, holder.itertext()))
    reading = Reading(media_type=MEDIA_TYPE)
    reading.title = next((text_of(each) for each in page if name(each) == "title"), None)
    reading.modified_at = _moment(next((text_of(each) for each in last if name(each) == "timestamp"), ""))
    reading.tags = list(dict.fromkeys(found.strip() for found in _LINK.findall(wikitext)))
    if _REDIRECT.match(wikitext):
        reading.page_kind = "other"
        first = wikitext.strip().splitlines()[0]
        reading.blocks = [Block("navigation", first, f"char=0,{len(wikitext)}")]
        return reading
    blocks = list(_blocks(wikitext))
    if not blocks:
        raise UnreadableError("no-text", "The page holds no text.")
    if reading.title:
        reading.blocks.append(Block("headline", reading.title, "title", article=0))
    reading.blocks += blocks
    reading.language = guess_language("\n".join(block.text for block in blocks[:50]))
    return reading


def _blocks(wikitext: str) -> Iterator[Block]:
    """A block for each line with text, by the line's place in the wikitext."""
    code = mwparserfromhell.parse(wikitext, skip_style_tags=True)
    for node in list(code.ifilter(recursive=False)):
        if isinstance(node, Template) or (isinstance(node, Tag) and str(node.tag).lower() in (*_SILENT, "table")):
            code.remove(node)
    for node in list(code.ifilter(recursive=True)):
        silent = isinstance(node, Tag) and str(node.tag).strip().lower() in _SILENT
        if silent or (isinstance(node, Wikilink) and _FILE.match(str(node.title))):
            try:
                code.remove(node)
            except ValueError:  # it went with what holds it
                continue
    at = 0
    for piece in _pieces(code):
        kind, text = piece
        for line in text.splitlines():
            plain = _plain(line)
            if not plain:
                continue
            found = wikitext.find(plain[:12], at)
            at = found if found >= 0 else at
            listed = bool(re.match(r"\s*[*#:;]", line)) and kind == "body"
            yield Block("list" if listed else kind, plain, f"char={at},{at + len(plain)}", article=0)


def _pieces(code: Any) -> Iterator[tuple[str, str]]:
    """Headings and what stands between them, without marks."""
    held: list[str] = []
    for node in code.nodes:
        if isinstance(node, Heading):
            yield "body", "".join(held)
            held = []
            yield "headline", str(node.title.strip_code(normalize=True, collapse=False))
        else:
            inner = mwparserfromhell.wikicode.Wikicode([node])
            mark = str(getattr(node, "wiki_markup", None) or "")
            held.append(mark if mark in _MARKS else "")
            held.append(str(inner.strip_code(normalize=True, collapse=False)))
    yield "body", "".join(held)


def _plain(line: str) -> str:
    line = _RULES.sub(lambda found: _first_variant(found[1]), _SWITCH.sub("", line))
    line = re.sub(r"'{2,5}", "", line)
    line = re.sub(r"^\s*[*#:;]+\s*", "", line)
    return " ".join(line.split())


def _first_variant(rules: str) -> str:
    """The first of several variants, without the flag and the names of scripts."""
    first = rules.rpartition("|")[2].partition(";")[0]
    return first.rpartition(":")[2].strip()


def _moment(text: str) -> datetime | None:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return when if when.tzinfo else None
