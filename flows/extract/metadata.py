"""Decide what a web page says of itself: title, authors, publisher, dates, addresses, language, tags."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flows.extract import dates
from flows.extract.language import guess_language
from flows.extract.reading import Reading
from flows.extract.web.credits import (
    Credits,
    is_organisation,
    is_person,
    read_credits,
    signed,
    split_names,
    western_byline,
)
from flows.extract.web.head import Head, squeeze
from flows.extract.web.headline import fold, main_part, title_parts

_PUBLISHED = (
    "article:published_time", "og:published_time", "og:article:published_time", "datepublished", "pubdate",
    "publishdate", "publish_date", "published_time", "publish-date", "publication_date", "publicationdate",
    "dc.date.issued", "dc.date.created", "dcterms.created", "dcterms.issued", "dc.date", "dcterms.date",
    "date", "sailthru.date", "parsely-pub-date", "weibo:article:create_at", "article.published",
    "originalpublicationdate", "cxenseparse:recs:publishtime", "apub:time", "pubtime",
    "citation_publication_date", "citation_date", "last-modified-date", "eprints.date",
    "bytedance:published_time", "publication-date", "created", "firstcreatetime",
)  # fmt: skip
_AUTHORS = ("author", "article:author", "byl", "sailthru.author", "parsely-author", "dc.creator", "creator")
_MODIFIED = (
    "article:modified_time", "og:updated_time", "og:modified_time", "datemodified", "lastmod",
    "last-modified", "dcterms.modified", "dc.date.modified", "revised", "weibo:article:update_at",
    "bytedance:updated_time", "updated_time",
)  # fmt: skip
_LANGUAGE = re.compile(r"\A[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*\Z")
_PATH_DATE = re.compile(r"/((?:19|20)\d\d)[-/]?(1[0-2]|0[1-9])[-/]?(3[01]|[12]\d|0[1-9])(?=[/_\-tT.])")
_SENTENCE = re.compile(r"[，。！？“”\"!?]")
_SCRIPT_TELLS = frozenset(("zh", "ja", "ko", "el", "ar", "he", "th", "hi"))
_CHINESE = timezone(timedelta(hours=8))


@dataclass(slots=True)
class Page:
    """What the blocks tell, in document order.

    `headline` is the visible headline, `heading` whether its element is a heading, `visible` whether only its
    place tells it, `near` the short blocks around it and
    around the article's beginning, `tail` those at its end, `body` the article's paragraphs, `authored` finds the texts
    of elements named after authors, `lone` the names that stand alone between the headline and the article.
    """

    headline: str | None = None
    heading: bool = False
    visible: bool = False
    near: list[str] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    authored: Callable[[], list[str]] = list
    lone: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Facts:
    """Values of the columns of the `documents` table that they are named after."""

    title: str | None = None
    authors: list[str] = field(default_factory=list)
    publisher: str | None = None
    published_at: datetime | None = None
    published_precision: str | None = None
    modified_at: datetime | None = None
    language: str | None = None
    canonical_uri: str | None = None
    original_uri: str | None = None
    tags: list[str] = field(default_factory=list)


def strip_site(title: str, site: str | None, headline: str | None = None) -> str:
    """A title without the name of its site or section: the part that the headline repeats, else the longest."""
    parts = title_parts(title)
    if headline and len(parts) > 1:
        wanted = fold(headline)
        if wanted and wanted in fold(title):
            return headline
    if site and len(parts) > 1:
        named = fold(site)
        rest = [part for part in parts if fold(part) not in (named, "")]
        if rest and len(rest) < len(parts) and title.startswith(rest[0]):
            return title[: title.rfind(rest[-1]) + len(rest[-1])].strip(" _-|")
    return main_part(title)


def _title(head: Head, page: Page) -> str | None:
    site = head.site
    marked = head.article.get("headline")
    candidates = [marked if isinstance(marked, str) else None, head.meta("og:title"), head.meta("twitter:title")]
    named = [squeeze(c) for c in candidates if c and squeeze(c)]
    document = head.titles[0] if head.titles else None
    if page.headline:
        wanted = fold(page.headline)
        known = [fold(t) for t in head.titles]
        if (
            page.heading
            or page.visible
            or any(wanted == t or (len(wanted) >= 6 and t.startswith(wanted)) for t in known)
        ):
            return squeeze(page.headline)
    if named:
        return strip_site(named[0], site, page.headline)
    if document:
        return strip_site(document, site, page.headline)
    return squeeze(page.headline) or None


def _names(head: Head, value: Any) -> list[str]:
    """Names in a JSON-LD author: a string, an object, a reference, or a list of them."""
    out: list[str] = []
    for entry in value if isinstance(value, list) else [value]:
        entry = head.resolved(entry)
        name = entry.get("name") if isinstance(entry, dict) else entry
        for one in name if isinstance(name, list) else [name]:
            if isinstance(one, str) and squeeze(one):
                text = squeeze(one)
                out += split_names(text) if isinstance(entry, str) else [text]
    return list(dict.fromkeys(out))


def _usable(names: list[str], barred: set[str]) -> list[str]:
    """Names that are not an address, nor the site's own."""
    return [n for n in names if fold(n) and fold(n) not in barred and not n.startswith(("http", "www."))]


def _authors(head: Head, page: Page, near: Credits, tail: Credits, publisher: str | None, chinese: bool) -> list[str]:
    """Who wrote it. An editor stands in where nobody else is named.

    In a Chinese page the `author` in the head is mostly whoever made the template, so it comes last there.
    """
    barred = {fold(name) for name in (head.site, publisher) if name and (chinese or not is_person(name))}
    in_head = [n for name in _AUTHORS for v in head.metas.get(name, []) for n in split_names(v)]
    if chinese:
        in_head = [n for n in in_head if not is_organisation(n)]
    in_items = [n for v in head.items.get("author", [])[:3] for n in split_names(v)]
    if head.meta("twitter:label1") in ("Written by", "Author"):
        in_head += split_names(head.meta("twitter:data1") or "")
    own = signed(page.body)
    seen = [own, near.authors] if set(own) > set(near.authors) else [near.authors, own]
    seen += [page.lone, tail.authors]
    before = seen if chinese else [in_items, in_head, *seen]
    after = [near.editors, tail.editors, in_head] if chinese else []
    for names in (_names(head, head.article.get("author")), *before):
        if usable := _usable(names, barred):
            return list(dict.fromkeys(usable))
    in_elements = [n for v in page.authored() for n in _element_names(v)]
    for names in (in_items, in_elements, *after):
        if usable := _usable(names, barred):
            return list(dict.fromkeys(usable))
    return []


def _element_names(text: str) -> list[str]:
    """Names in an element named after authors: all of a short text that is no sentence."""
    names = western_byline(text) or split_names(text)
    return [
        n for n in names if 1 <= len(n.split()) <= 4 and (n[0].isupper() or not n.isascii()) and not re.search(r"\d", n)
    ][:4]


def _site_in_title(head: Head, headline: str | None) -> str | None:
    """The last part of the document's title, where what stands before it is the headline."""
    parts = title_parts(head.titles[0]) if head.titles else []
    if (
        headline
        and len(parts) > 1
        and fold(headline).startswith(fold(parts[0]))
        and 1 < len(parts[-1]) <= 40
        and not _SENTENCE.search(parts[-1])
    ):
        return parts[-1]
    return None


def _publisher(head: Head, source: str | None, headline: str | None) -> str | None:
    value = head.resolved(head.article.get("publisher"))
    if isinstance(value, list):
        value = head.resolved(value[0]) if value else None
    name = value.get("name") if isinstance(value, dict) else value
    if isinstance(name, str) and squeeze(name):
        return squeeze(name)
    return (
        source
        or head.site
        or head.meta("article:publisher_name", "dc.publisher", "publisher", "copyright_holder", "source")
        or _site_in_title(head, headline)
    )


def _first_date(values: list[Any]) -> dates.Moment | None:
    for value in values:
        if isinstance(value, str | int) and (moment := dates.parse(str(value))) is not None:
            return moment
    return None


def zone_of(parser: Mapping[str, Any], language: str | None) -> tzinfo:
    """The source's zone; without one, China's for pages in Chinese, else UTC."""
    name = parser.get("timezone")
    if isinstance(name, str):
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            pass
    return _CHINESE if (language or "").lower().startswith("zh") else UTC


def _address(value: str | None) -> str | None:
    return value.strip() if value and re.match(r"https?://[^\s/]+", value.strip()) else None


def _language(head: Head, page: Page) -> str | None:
    for value in (head.language, head.meta("content-language", "language", "og:locale", "dc.language")):
        if value and _LANGUAGE.match(value.strip()):
            declared = value.strip().replace("_", "-")
            break
    else:
        declared = ""
    named = declared.split("-")[0].lower()
    sample = "\n".join(page.body)[:2_000]
    if named and named not in _SCRIPT_TELLS and len(sample.encode()) < 1.2 * len(sample):
        return declared  # Latin letters, as the language has
    shown = guess_language(sample)
    if shown and (not named or (named != shown and (shown in _SCRIPT_TELLS or named in _SCRIPT_TELLS))):
        return shown
    return declared or None


def decide(head: Head, page: Page, parser: Mapping[str, Any]) -> Facts:
    """The facts of a page from its head and its blocks; `parser` may name a `timezone`."""
    facts = Facts(title=_title(head, page), language=_language(head, page))
    near, tail = read_credits(page.near), read_credits(page.tail)
    facts.publisher = _publisher(head, near.source or tail.source, page.headline)
    chinese = (facts.language or "").lower().startswith("zh")
    facts.authors = _authors(head, page, near, tail, facts.publisher, chinese)
    facts.canonical_uri = _address(head.canonical) or _address(head.meta("og:url", "twitter:url"))
    if facts.canonical_uri is None and isinstance(url := head.article.get("url"), str):
        facts.canonical_uri = _address(url)
    facts.original_uri = _address(head.original) or _address(head.meta("original-source", "syndication-source"))
    zone = zone_of(parser, facts.language)
    moment = _first_date(
        [
            head.article.get("datePublished"),
            *(v for name in _PUBLISHED for v in head.metas.get(name, [])[:1]),
            *head.items.get("datepublished", [])[:1],
        ]
    )
    moment = moment or near.published or _first_date(list(head.times)) or tail.published
    if moment is None and facts.canonical_uri and (match := _PATH_DATE.search(facts.canonical_uri)):
        moment = dates.parse("-".join(match.groups()))
    if moment is None and page.body:
        moment = next((m for text in page.body[-1:] if len(text) <= 60 for m in dates.find(text)), None)
    if moment is not None:
        facts.published_at, facts.published_precision = moment.placed(zone), moment.precision
    changed = _first_date(
        [head.article.get("dateModified"), *(v for name in _MODIFIED for v in head.metas.get(name, [])[:1])]
    )
    if changed is not None:
        when = changed.placed(zone)
        facts.modified_at = when if when.tzinfo else when.replace(tzinfo=zone)
    facts.tags = _tags(head)
    return facts


def override(reading: Reading, texts: Mapping[str, list[str]], parser: Mapping[str, Any]) -> None:
    """Put what a site's rule found (title, date, authors, publisher) in the place of what was read."""
    for name in ("title", "publisher"):
        if texts.get(name):
            setattr(reading, name, texts[name][0])
    if texts.get("authors"):
        authors = [name for text in texts["authors"] for name in read_credits([text]).authors or split_names(text)]
        reading.authors = list(dict.fromkeys(authors))
    moment = _first_date([text[:200] for text in texts.get("date", [])])
    if moment is not None:
        reading.published_at = moment.placed(zone_of(parser, reading.language))
        reading.published_precision = moment.precision


def _tags(head: Head) -> list[str]:
    values: list[str] = []
    keywords = head.article.get("keywords")
    for value in keywords if isinstance(keywords, list) else [keywords]:
        if isinstance(value, str):
            values += re.split(r"[,，;；、]", value)
    if not values:
        values += head.metas.get("article:tag", [])
        for value in head.metas.get("keywords", [])[:1] + head.metas.get("news_keywords", [])[:1]:
            values += re.split(r"[,，;；、|]", value) if re.search(r"[,，;；、|]", value) else value.split()
    return list(dict.fromkeys(tag for value in values if (tag := squeeze(value)) and len(tag) <= 60))[:50]
