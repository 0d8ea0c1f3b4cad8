"""Markdown pages of text archives: front matter, credit lines, and blocks with exact offsets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from flows.extract import credit_lines, dates, digest, frontmatter, markdown_cut
from flows.extract.addresses import of_a_text
from flows.extract.fields import put_authors, put_date, put_tags, zone_of
from flows.extract.frontmatter import FrontMatter
from flows.extract.language import guess_language, settle
from flows.extract.markdown_cut import Piece
from flows.extract.reading import PREFORMATTED, Block, Reading, UnreadableError
from flows.extract.text import LONGEST, decode_text, sentence_cut

MEDIA_TYPE = "text/markdown"

HEAD_PIECES = 15
FOOT_PIECES = 6
"""How many pieces at the head and at the foot of a page may be credits."""
LANGUAGE_SAMPLE = 4_000
"""Characters of the body by which its language is told."""
LONG_PIECE = 150
"""Characters that only body text has; no credits of the head stand after it."""

_TITLE = ("title", "headline", "标题", "題名", "题名", "名称")
_DATE = ("date", "published", "published_at", "publish_date", "publishdate", "pubdate", "date_published", "created",
         "created_at", "time", "日期", "发布时间", "发表时间", "时间")  # fmt: skip
_MODIFIED = ("modified", "updated", "lastmod", "last_modified", "last_modified_at", "date_modified", "更新时间")
_AUTHOR = (
    "author",
    "authors",
    "author.name",
    "authors.name",
    "author.literal",
    "authors.literal",
    "by",
    "byline",
    "writer",
    "creator",
    "作者",
    "撰文",
    "记者",
)
_AUTHOR_ELSEWHERE = ("taxonomies.authors", "taxonomies.author", "params.author", "params.authors", "extra.author",
                     "extra.authors")  # fmt: skip
"""Where static site generators put authors whom the page itself does not name at its top."""
_TAGS = ("tags", "tag", "keywords", "taxonomies.tags", "标签", "关键词")
_ORIGIN = ("original_url", "original_uri", "original_link", "original", "source_url", "source_link", "from", "link",
           "url", "source", "原文链接", "原文", "链接", "来源")  # fmt: skip
_COPIES = ("archive", "archived", "archive_url", "archived_url", "archive_link", "archives", "archived_uris", "backup",
           "backup_url", "mirror", "备份", "备份链接", "存档")  # fmt: skip
_PUBLISHER = ("publisher", "publication", "media", "site", "site_name", "媒体")
_CREDITED = ("origin", "source", "from", "来源", "來源", "出处", "出處")
_URI = re.compile(r"https?://[^\s<>\"]+", re.I)
_MARKUP_BODY = re.compile(r"\s*<(?:!doctype html|(html|body|article|main|section|div|table)\b[^<>]*)>", re.I)
_FOLDED = re.compile(r"[\W_]+")


def read(payload: bytes, parser: Mapping[str, Any]) -> Reading:
    """A markdown page as a document: one article, or one for each item of a digest.

    Front matter and credit lines give the metadata. Inline marks stay in the blocks' text, which is the exact slice of
    the decoded payload. A body that is a web page goes to the reader of web pages, and its blocks have XPaths.
    Raises UnreadableError (`empty`, `binary`) where there is no text; never for what the front matter holds.
    """
    if not payload.strip():
        raise UnreadableError("empty", "The file holds no text.")
    decoded = decode_text(payload, parser)
    text = decoded.text
    head = frontmatter.parse(text)
    reading = Reading(
        media_type=MEDIA_TYPE,
        charset_declared=decoded.charset_declared,
        charset_used=decoded.charset_used,
        decode_skip=decoded.decode_skip,
        replaced=decoded.replaced,
        language=guess_language(text[head.end : head.end + LANGUAGE_SAMPLE]),
    )
    _describe(reading, head, text, parser)
    if (markup := _markup_body(text, head.end)) is not None:
        _page(reading, text, markup, head, parser)
        return reading
    pieces = markdown_cut.cut(text, head.end)
    items = digest.items(text, pieces, titled=reading.title is not None)
    if items:
        _digest(reading, text, pieces, items, parser)
    else:
        _article(reading, text, pieces, head, parser)
    return reading


def _describe(reading: Reading, head: FrontMatter, text: str, parser: Mapping[str, Any]) -> None:
    """Metadata from the front matter. What it writes wrongly (a date of 0000-00-00) is left null."""
    if declared := head.first("lang", "language", "locale"):
        reading.language = settle(declared.text, text[head.end : head.end + LANGUAGE_SAMPLE])
    if title := head.first(*_TITLE):
        reading.title = title.text
    if date := head.first(*_DATE):
        _date(reading, date.text, parser)
    if (modified := head.first(*_MODIFIED)) and (moment := dates.parse(modified.text, reading.language)):
        reading.modified_at = moment.placed(zone_of(parser, reading.language))
    put_authors(reading, (value.text for value in head.all(*_AUTHOR) or head.all(*_AUTHOR_ELSEWHERE)))
    put_tags(reading, (value.text for value in head.all(*_TAGS)))
    if (canonical := head.first("canonical", "canonical_url")) and (uri := _URI.search(canonical.text)):
        reading.canonical_uri = uri.group()
    for value in head.all(*_COPIES):
        reading.archived_uris += [uri for uri in _URI.findall(value.text) if uri not in reading.archived_uris]
    for value in head.all(*_ORIGIN):
        if uri := _URI.search(value.text):
            _take_uris(reading, credit_lines.Credit("", uri.group()))
    reading.publisher = _named(head, _PUBLISHER)
    reading.origin = _named(head, _CREDITED)


def _named(head: FrontMatter, keys: tuple[str, ...]) -> str | None:
    """The first of some fields that holds a name, and no address or sentence."""
    return next((v.text for v in head.all(*keys) if not _URI.search(v.text) and len(v.text) <= 40), None)


def _date(reading: Reading, text: str, parser: Mapping[str, Any]) -> None:
    if moment := dates.parse(text, reading.language):
        put_date(reading, moment, parser)


def _take_uris(reading: Reading, credit: credit_lines.Credit) -> None:
    """The first original of a text counts; an address in a web archive is a copy, whatever it is called."""
    for uri in ([credit.original_uri] if credit.original_uri else []) + credit.archived_uris:
        if uri in credit.archived_uris or credit_lines.is_archive(uri):
            if uri not in reading.archived_uris:
                reading.archived_uris.append(uri)
        elif reading.original_uri is None and of_a_text(uri):
            reading.original_uri = uri


def _finish_uris(reading: Reading) -> None:
    """Where only copies are named, the address of one may carry the original's."""
    if reading.original_uri is None:
        reading.original_uri = next(filter(None, map(credit_lines.embedded_original, reading.archived_uris)), None)


def _blocks(
    text: str, kind: str, start: int, end: int, article: int | None, *, listing: bool = False
) -> Iterator[Block]:
    """The block of a piece; several where it is very long."""
    flags = (PREFORMATTED,) if listing else ()
    while end - start > LONGEST:
        cut = sentence_cut(text, start)
        if part := text[start:cut].rstrip():
            yield Block(kind, part, f"char={start},{start + len(part)}", start, start + len(part), flags, article)
        start = end - len(text[cut:end].lstrip())
    if start < end:
        yield Block(kind, text[start:end], f"char={start},{end}", start, end, flags, article)


def _same(left: str, right: str) -> bool:
    return _FOLDED.sub("", left).casefold() == _FOLDED.sub("", right).casefold()


def _article(reading: Reading, text: str, pieces: list[Piece], head: FrontMatter, parser: Mapping[str, Any]) -> None:
    """The page as one article."""
    if reading.title is None and (first := _title_piece(pieces)) is not None:
        reading.title = text[first.start : first.end]
    credits = _credits(reading, text, pieces)
    for credit in credits.values():
        _take(reading, credit, parser)
    _finish_uris(reading)
    blocks = reading.blocks
    _headline(reading, text, head, [text[p.start : p.end] for p in pieces[:4] if p.kind == "headline"])
    for at, (kind, start, end, _, listing) in enumerate(pieces):
        if kind == "rule":
            continue
        if at in credits:
            kind = credits[at].kind
        blocks += _blocks(text, kind, start, end, None if kind in ("boilerplate", "navigation") else 0, listing=listing)


def _headline(reading: Reading, text: str, head: FrontMatter, headings: list[str]) -> None:
    """The title in the front matter is the article's headline where the body does not begin with it."""
    title = head.first(*_TITLE)
    if (
        title is not None
        and title.text == text[title.start : title.end]
        and not any(_same(title.text, h) for h in headings)
    ):
        reading.blocks += _blocks(text, "headline", title.start, title.end, 0)


def _markup_body(text: str, start: int) -> tuple[int, int] | None:
    """Where the body stands, if it is one element of a web page from its first character to its last."""
    opening = _MARKUP_BODY.match(text, start)
    if opening is None:
        return None
    end = len(text.rstrip())
    begin = opening.start() + len(opening.group()) - len(opening.group().lstrip())
    closing = f"</{opening.group(1) or 'html'}>".lower()
    return (begin, end) if text[max(begin, end - len(closing)) : end].lower() == closing else None


def _page(reading: Reading, text: str, markup: tuple[int, int], head: FrontMatter, parser: Mapping[str, Any]) -> None:
    """A body that is a web page: its blocks, and from it what the front matter does not say."""
    from flows.extract import html

    start, end = markup
    inner = html.read_markup(text[start:end], parser, selector_prefix=f"char={start},{end}")
    _finish_uris(reading)
    _headline(reading, text, head, [block.text for block in inner.blocks[:8] if block.kind == "headline"])
    reading.blocks += inner.blocks


def _title_piece(pieces: list[Piece]) -> Piece | None:
    """The heading that is the page's title: one at its very head, or its only one of the first level."""
    if pieces and pieces[0].kind == "headline":
        return pieces[0]
    first = [piece for piece in pieces if piece.level == 1]
    return first[0] if len(first) == 1 else None


def _credits(reading: Reading, text: str, pieces: list[Piece]) -> dict[int, credit_lines.Credit]:
    """The pieces at the head and the foot that are credits."""
    found: dict[int, credit_lines.Credit] = {}
    head: list[int] = []
    for at, piece in enumerate(pieces[:HEAD_PIECES]):
        if piece.listing or piece.kind in ("headline", "rule", "caption", "table"):
            continue
        head.append(at)
        if piece.end - piece.start > LONG_PIECE and "](" not in text[piece.start : piece.end]:
            break
    foot = [at for at in range(max(0, len(pieces) - FOOT_PIECES), len(pieces)) if at not in head]
    for at in head + foot:
        if pieces[at].listing:
            continue
        line = text[pieces[at].start : pieces[at].end]
        credit = credit_lines.read(line)
        if credit is None and at in head and reading.title:
            credit = credit_lines.titled_link(line, reading.title)
        if credit is not None and (at in head or credit.kind != "dateline"):
            found[at] = credit
    return found


def _take(reading: Reading, credit: credit_lines.Credit, parser: Mapping[str, Any]) -> None:
    """What a credit line says, where the front matter has not said it."""
    _take_uris(reading, credit)
    if reading.origin is None:
        reading.origin = credit.origin
    if not reading.authors:
        reading.authors = list(credit.authors)
    if reading.published_at is None and credit.date:
        _date(reading, credit.date, parser)


def _digest(
    reading: Reading, text: str, pieces: list[Piece], items: list[tuple[int, int]], parser: Mapping[str, Any]
) -> None:
    """The page as several articles; what stands before, between and after them is the page's own."""
    reading.page_kind = "newspaper"
    article_of: dict[int, int] = {at: number for number, (start, end) in enumerate(items) for at in range(start, end)}
    before = pieces[: items[0][0]]
    titles = [piece for piece in before if piece.level]
    if reading.title is None and titles:
        reading.title = text[titles[0].start : titles[0].end]
    if reading.published_at is None and reading.title:
        _date(reading, reading.title, parser)
    for at, (kind, start, end, _, listing) in enumerate(pieces):
        if kind == "rule":
            continue
        article = article_of.get(at)
        if article is None:
            kind = "masthead" if titles and start == titles[0].start else "navigation"
        elif credit_lines.is_source_link(text[start:end]):
            kind, article = "navigation", None
        reading.blocks += _blocks(text, kind, start, end, article, listing=listing)
