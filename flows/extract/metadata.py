"""Decide what a web page says of itself: title, authors, publisher, dates, addresses, language, tags."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rapidfuzz.fuzz import partial_ratio

from flows.extract import dates
from flows.extract.addresses import of_a_text
from flows.extract.fields import put_date, zone_of
from flows.extract.language import settle
from flows.extract.languages import primary
from flows.extract.names import split_names
from flows.extract.reading import Reading
from flows.extract.web import authors, published
from flows.extract.web.credits import read_credits
from flows.extract.web.head import TITLES, Head, squeeze
from flows.extract.web.headline import ALIKE, fold, main_part, title_parts

_LANGUAGE = re.compile(r"\A[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*\Z")
_TITLE_LABEL = re.compile(r"\A(?:标\s*题|標\s*題|title)\s*[:：]\s*", re.I)
_SENTENCE = re.compile(r"[，。！？“”\"!?]")
_LONGEST_NAME = 60
"""Characters of the longest name of a source; what is longer is a sentence."""


@dataclass(slots=True)
class Page:
    """What the blocks tell, in document order.

    `headline` is the visible headline, `heading` whether its element is a heading, `visible` whether only its place
    tells it, `near` the blocks around it and around the article's beginning, `beside` those that stand a little
    further down and are not of the article, or hold a date, `tail` those at its end, `posts` the short blocks from
    the one to the other, `body` the article's paragraphs, `lone` the names that stand alone between the headline and
    the article. `elements` finds the texts of elements named after authors, `scripts` the date in the page's scripts,
    `guess` a date that a library guesses.
    """

    headline: str | None = None
    heading: bool = False
    visible: bool = False
    near: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)
    posts: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    lone: list[str] = field(default_factory=list)
    elements: Callable[[], list[str]] = list
    scripts: Callable[[], dates.Moment | None] = lambda: None
    guess: Callable[[], dates.Moment | None] = lambda: None


@dataclass(slots=True)
class Facts:
    """Values of the columns of the `documents` table that they are named after."""

    title: str | None = None
    authors: list[str] = field(default_factory=list)
    publisher: str | None = None
    origin: str | None = None
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


def _alike(headline: str, title: str) -> bool:
    """Whether a headline and a title that the head gives are of one text."""
    left, right = fold(headline), fold(title)
    return left in right or right in left or partial_ratio(left, right) >= 100 * ALIKE


def _title(head: Head, page: Page) -> str | None:
    site = head.site
    marked = head.article.get("headline")
    candidates = [marked if isinstance(marked, str) else None, *(head.meta(name) for name in TITLES)]
    named = [squeeze(c) for c in candidates if c and squeeze(c)]
    document = head.titles[0] if head.titles else None
    told = strip_site(named[0], site) if named else ""
    every = (*named, *head.titles, *(each for name in TITLES for each in head.metas.get(name, [])))
    if page.headline and told and fold(told) != fold(site or "") and not any(_alike(page.headline, n) for n in every):
        return told  # the block that stands where a headline does is something else
    if page.headline:
        wanted = fold(page.headline)
        known = [fold(t) for t in head.titles]
        if (
            page.heading
            or page.visible
            or any(wanted == t or (len(wanted) >= 6 and t.startswith(wanted)) for t in known)
        ):
            return _TITLE_LABEL.sub("", squeeze(page.headline))
    if named:
        return strip_site(named[0], site, page.headline)
    if document:
        return strip_site(document, site, page.headline)
    return squeeze(page.headline) or None


def _site_in_title(head: Head, headline: str | None) -> str | None:
    """The last part of the document's title, where what stands before it is the headline."""
    parts = title_parts(head.titles[0]) if head.titles else []
    if (
        headline
        and len(parts) > 1
        and fold(headline).startswith(fold(parts[0]))
        and 1 < len(parts[-1]) <= 40
        and not _SENTENCE.search(parts[-1])
        and fold(parts[-1]) not in fold(headline)
        and re.search(r"\w", parts[-1])
    ):
        return parts[-1]
    return None


def _publisher(head: Head, headline: str | None) -> str | None:
    """The name of the site that prints the page; never the source that it credits."""
    value = head.resolved(head.article.get("publisher"))
    if isinstance(value, list):
        value = head.resolved(value[0]) if value else None
    name = value.get("name") if isinstance(value, dict) else value
    if isinstance(name, str) and squeeze(name):
        return squeeze(name)
    return (
        head.site
        or head.meta("article:publisher_name", "dc.publisher", "publisher", "copyright_holder")
        or _site_in_title(head, headline)
    )


def _origin(head: Head, source: str | None, publisher: str | None) -> str | None:
    """The source that the page credits, in a line beside its text or in its head; None where that is its own site."""
    named = head.resolved(head.article.get("sourceOrganization"))
    name = named.get("name") if isinstance(named, dict) else named
    marked = squeeze(name) if isinstance(name, str) else None
    if source:
        return source
    origin = marked or head.meta("contentsource", "article:source", "dc.source", "source")
    if not origin or len(origin) > _LONGEST_NAME or "://" in origin or fold(origin) == fold(publisher or ""):
        return None
    return origin


def _address(value: str | None) -> str | None:
    return value.strip() if value and re.match(r"https?://[^\s/]+", value.strip()) else None


def _declared(head: Head) -> str | None:
    named = (head.language, head.meta("content-language", "language", "og:locale", "dc.language"))
    return next((value.strip() for value in named if value and _LANGUAGE.match(value.strip())), None)


def _of_dates(declared: str | None, settled: str | None) -> str | None:
    """The tag that tells how dates are written: with its region, and of the page's frame rather than of its text.

    English is what templates say of themselves in pages of all languages.
    """
    english = (declared or "").lower().startswith("en")
    return settled if not declared or (english and primary(settled) != "en") else declared.replace("_", "-")


def decide(head: Head, page: Page, parser: Mapping[str, Any]) -> Facts:
    """The facts of a page from its head and its blocks; `parser` may name a `timezone`."""
    declared = _declared(head)
    facts = Facts(title=_title(head, page), language=settle(declared, "\n".join(page.body)[:2_000]))
    chinese = (facts.language or "").lower().startswith("zh")
    signs = authors.Signs(
        [*page.near, *page.beside], page.tail, page.posts, page.body, page.lone, page.headline, page.elements
    )
    facts.publisher = _publisher(head, page.headline)
    site = [head.site, facts.publisher]
    facts.authors, credits = authors.decide(head, signs, site, chinese=chinese)
    facts.origin = _origin(head, credits.source, facts.publisher)
    facts.canonical_uri = _address(head.canonical) or _address(head.meta("og:url", "twitter:url"))
    if facts.canonical_uri is None and isinstance(url := head.article.get("url"), str):
        facts.canonical_uri = _address(url)
    named = (head.original, head.meta("original-source"), head.meta("syndication-source"))
    facts.original_uri = next((uri for uri in map(_address, named) if uri and of_a_text(uri)), None)
    zone = zone_of(parser, facts.language)
    closing = [text for text in page.body[-1:] if len(text) <= 60]
    opening = [text for text in page.body if len(text) > 60][:2]
    dated = published.Dated(
        page.near,
        page.beside,
        page.tail,
        opening,
        closing,
        _of_dates(declared, facts.language),
        page.scripts,
        page.guess,
    )
    moment = published.published(head, dated, [facts.canonical_uri, head.meta("og:url")])
    if moment is not None:
        facts.published_at, facts.published_precision = moment.placed(zone), moment.precision
    changed = published.modified(head)
    if changed is not None:
        when = changed.placed(zone)
        facts.modified_at = when if when.tzinfo else when.replace(tzinfo=zone)
    facts.tags = _tags(head)
    return facts


def override(reading: Reading, texts: Mapping[str, list[str]], parser: Mapping[str, Any]) -> None:
    """Put what a site's rule found (title, date, authors, publisher, origin) in the place of what was read."""
    for name in ("title", "publisher", "origin"):
        if texts.get(name):
            setattr(reading, name, texts[name][0])
    if texts.get("authors"):
        names = [name for text in texts["authors"] for name in read_credits([text]).authors or split_names(text)]
        reading.authors = list(dict.fromkeys(names))
    moment = published.first_date([text[:200] for text in texts.get("date", [])], reading.language)
    if moment is not None:
        put_date(reading, moment, parser)


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
