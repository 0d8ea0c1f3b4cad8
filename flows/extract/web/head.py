"""What a page says of itself in places that machines read: the head, JSON-LD, microdata."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate, islice
from typing import Any, cast

import json_repair
from lxml import etree

_ARTICLES = frozenset(
    (
        "article", "newsarticle", "blogposting", "reportagenewsarticle", "analysisnewsarticle",
        "opinionnewsarticle", "reviewnewsarticle", "backgroundnewsarticle", "advertisercontentarticle",
        "liveblogposting", "socialmediaposting", "discussionforumposting", "techarticle", "scholarlyarticle",
        "report", "satiricalarticle", "review", "recipe", "howto",
    )
)  # fmt: skip
_PAGES = frozenset(["webpage", "itempage", "medicalwebpage", "faqpage", "profilepage", "aboutpage"])
_WRAPPED = re.compile(r"\s*(?:/\*.*?\*/|//[^\n]*\n|<!--|<!\[CDATA\[|;)?\s*", re.S)
_MAX_OBJECTS = 5_000
_MAX_JSON = 2_000_000
_MAX_BROKEN = 50_000
_DEEPEST_BROKEN = 50
_MOST_STRAY = 60
"""Characters, objects in one another, and stray quotes beyond which JSON that is not right is not mended: the time that
the library takes grows with the square of each."""
_STRAY = re.compile(r'[^\s\[{,:"\\]\s*"(?!\s*[\]},:])')
_BEGINS_JSON = re.compile(r"[\s;]*(?:/[/*].{0,500}?)?\s*[\[{]", re.S)
_AROUND = 100
"""Elements around one that are looked at: pages that nest deeper do it by mistake."""
_MAX_VALUE = 2_000
"""More of an element's text is not gathered: no property is as long, and elements may be nested."""
_FOUNDER = re.compile(r"<!--\s*enpproperty(.{0,4000}?)-->", re.S)
_FOUNDER_FIELD = re.compile(r"<(\w+)>([^<>]{1,300})</\1>")
_UPDATED = re.compile(r"updat|modif", re.I)
_HAS_PROPERTY = etree.XPath("descendant::*[@itemprop]")
COMMENTING = re.compile(r"comment|reply|replies|respond|pinglun|guestbook|disqus", re.I)
"""In the names of elements: readers' comments."""
TITLES = (
    "og:title", "twitter:title", "dc.title", "headline", "articletitle", "contenttitle", "article:title",
    "parsely-title", "sailthru.title", "citation_title", "enp:title",
)  # fmt: skip
"""Meta names of the title, the surest first."""


@dataclass(slots=True)
class Head:
    """Names are lower case. `items` are microdata and RDFa properties of the body, in document order.

    `article` is the JSON-LD object of the article, else of the page, else empty; `objects` holds them by id.
    """

    metas: dict[str, list[str]] = field(default_factory=dict)
    items: dict[str, list[str]] = field(default_factory=dict)
    titles: list[str] = field(default_factory=list)
    canonical: str | None = None
    original: str | None = None
    base: str | None = None
    language: str | None = None
    times: list[str] = field(default_factory=list)
    frames: int = 0
    article: dict[str, Any] = field(default_factory=dict)
    is_article: bool = False
    is_discussion: bool = False
    """The page says that it is a question with answers, or a thread: its microdata or JSON-LD names no article."""
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    site: str | None = None

    def meta(self, *names: str) -> str | None:
        """The first value of the first of these meta names that has one."""
        for name in names:
            for value in self.metas.get(name, ()):
                if value:
                    return value
        return None

    def resolved(self, value: Any) -> Any:
        """A JSON-LD value, with a bare reference replaced by the object it names."""
        if isinstance(value, dict) and set(value) <= {"@id", "@type"}:
            return self.objects.get(str(value.get("@id")), value)
        return value


def squeeze(text: str | None) -> str:
    """White space of every kind evened out."""
    return " ".join((text or "").split())


def _text_of(element: etree._Element) -> str:
    """An element's text, cut off where it is too long to be a property."""
    parts: list[str] = []
    size = 0
    for part in element.itertext():
        parts.append(str(part))
        size += len(part)
        if size > _MAX_VALUE:
            break
    return squeeze("".join(parts))


def _scope_of(element: etree._Element) -> etree._Element | None:
    """The item that a property is of, in microdata; else the root."""
    around = islice(element.iterancestors(), _AROUND)
    return next((e for e in around if e.get("itemscope") is not None), element.getroottree().getroot())


def _names_of(element: etree._Element) -> str:
    """What an element is called: its class and id."""
    return f"{element.get('class') or ''} {element.get('id') or ''}"


def within(element: etree._Element, named: re.Pattern[str]) -> bool:
    """Whether an element or one around it, the body excepted, is named so."""
    ancestors = islice(element.iterancestors(), _AROUND)
    around = (e for e in (element, *ancestors) if e.tag not in ("body", "html"))
    return any(named.search(_names_of(e)) for e in around)


def _types(value: dict[str, Any]) -> set[str]:
    kinds = value.get("@type") or ()
    return {str(kind).lower().rsplit("/", 1)[-1] for kind in (kinds if isinstance(kinds, list) else [kinds])}


def _unwrapped(text: str) -> str:
    """A script without white space around it, and without the marks of comments, once."""
    opening = _WRAPPED.match(text)
    text = text[opening.end() if opening else 0 :].rstrip()
    for marks in (("-->", "]]>", ";"), ("//",)):
        mark = next(filter(text.endswith, marks), "")
        text = text.removesuffix(mark).rstrip()
    return text


def _parsed(text: str) -> Any:
    """What a JSON-LD script says, also where it is nearly right: in entities, with a stray quote, in pieces."""
    text = _unwrapped(text)
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        pass
    if "&quot;" in text and text.count('"') < text.count("&quot;"):
        text = html.unescape(text)
    depths = accumulate((char in "[{") - (char in "]}") for char in text[:_MAX_BROKEN])
    if (
        not _BEGINS_JSON.match(text)
        or len(text) > _MAX_BROKEN
        or max(depths) > _DEEPEST_BROKEN
        or len(_STRAY.findall(text)) > _MOST_STRAY
    ):
        return None
    try:
        return json_repair.loads(text, skip_json_loads=False)
    except (ValueError, RecursionError):
        return None


def _json_objects(text: str) -> Iterator[dict[str, Any]]:
    """Every object in a JSON-LD script, outermost first; nothing where it is not JSON."""
    queue: list[Any] = [_parsed(text)]
    seen = 0
    while queue and seen < _MAX_OBJECTS:
        value = queue.pop(0)
        seen += 1
        if isinstance(value, list):
            queue.extend(value)
        elif isinstance(value, dict):
            for key, held in value.items():
                if isinstance(held, str) and "&" in held:
                    value[key] = html.unescape(held)
                elif isinstance(held, list):
                    value[key] = [html.unescape(v) if isinstance(v, str) and "&" in v else v for v in held]
            yield value
            queue.extend(v for v in value.values() if isinstance(v, dict | list))


def _tells(article: dict[str, Any]) -> int:
    """How many of the facts that make an article a JSON-LD object holds."""
    return sum(bool(article.get(name)) for name in ("headline", "datePublished", "author"))


def _read_json(head: Head, text: str) -> None:
    for value in _json_objects(text):
        if "@id" in value and len(value) > 2:
            head.objects.setdefault(str(value["@id"]), value)
        types = _types(value)
        if types & _ARTICLES:
            # Teasers of other articles say less than the page says of its own.
            if not head.is_article or (_tells(value) > _tells(head.article) and _tells(head.article) < 2):
                head.article, head.is_article = value, True
        elif types & _PAGES and not head.article:
            head.article = value
        elif "website" in types and head.site is None and isinstance(value.get("name"), str):
            head.site = squeeze(value["name"])


_DISCUSSION = re.compile(
    r"schema\.org/(?:QAPage|DiscussionForumPosting)\b|[\"']@type[\"']\s*:\s*\[?\s*[\"'](?:QAPage|DiscussionForumPosting)[\"']"
)


def read_head(root: etree._Element, source: str) -> Head:
    """The machine-readable facts of a tree; `source` is its markup, looked at to save needless searches."""
    head = Head(is_discussion=_DISCUSSION.search(source) is not None)
    head.language = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or root.get("xml:lang")
    json_seen = 0
    for element in root.iter("title", "meta", "link", "base", "script", "time", "frame"):
        tag = element.tag
        if tag == "meta":
            name = (
                element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
            )
            value = element.get("content") or element.get("value")
            if name and value:
                head.metas.setdefault(name.strip().lower(), []).append(squeeze(value))
        elif tag == "script":
            if "ld+json" in (element.get("type") or "") and json_seen < 20:
                json_seen += 1
                code = element.text
                if code and len(code) <= _MAX_JSON:
                    _read_json(head, code)
        elif tag == "title":
            if not head.titles and element.text:
                head.titles.append(squeeze(element.text))
        elif tag == "link":
            rel = (element.get("rel") or "").lower()
            if rel == "canonical":
                head.canonical = head.canonical or element.get("href")
            elif rel in ("original", "original-source"):
                head.original = head.original or element.get("href")
        elif tag == "base":
            head.base = head.base or element.get("href")
        elif tag == "time":
            stamp = element.get("datetime")
            if stamp and len(head.times) < 50 and not _UPDATED.search(_names_of(element)):
                head.times.append(stamp)
        else:
            head.frames += 1
    if "enpproperty" in source and (found := _FOUNDER.search(source)):
        for name, value in _FOUNDER_FIELD.findall(found[1]):
            if name in ("date", "author", "title") and value.strip():
                head.metas.setdefault(f"enp:{name}", []).append(squeeze(value))
    if "itemprop" in source:
        written: etree._Element | None = None
        for element in cast("list[etree._Element]", _HAS_PROPERTY(root)):
            own = element.get("itemprop")
            if own in ("author", "datePublished") and within(element, COMMENTING):
                continue
            if own == "author":
                written = _scope_of(element) if written is None else written
                if _scope_of(element) is not written:  # of an answer, or of another article
                    continue
                named = next((e for e in element.iter() if e is not element and e.get("itemprop") == "name"), None)
                named = element if named is None else named
                value = element.get("content") or named.get("content") or _text_of(named)
            else:
                value = element.get("content") or element.get("datetime") or _text_of(element)
            if value and len(value) < 500:
                for name in (own or "").lower().split():
                    head.items.setdefault(name, []).append(value)
    for name in TITLES:
        head.titles += head.metas.get(name, [])[:1]
    headline = head.article.get("headline") or (head.article.get("name") if head.is_article else None)
    if isinstance(headline, str):
        head.titles.append(squeeze(headline))
    head.site = head.meta("og:site_name", "application-name") or head.site
    return head
