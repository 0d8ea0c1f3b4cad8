"""Rules for sites that general methods misread: CSS selectors in a source's `parser` hints.

[parser.select]                      # for every page of the source
body = ".TRS_Editor"

[parser.sites."gov.example"]         # for pages that name this host, or one below it, as their own
body = ".TRS_Editor"
title = "h1.bt"
date = "span.fbrq"
authors = ".zz"
drop = ".TRS_Editor .fj"
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flows.extract.web.head import Head, squeeze

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

FIELDS = ("body", "title", "date", "authors", "publisher", "origin", "drop")


@dataclass(frozen=True, slots=True)
class Picked:
    """What a rule's selectors found: texts of the fields, XPaths of the body's elements and of those dropped."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    body: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()

    def holds(self, selector: str) -> bool:
        """Whether a block with this selector is in the body and not in what is dropped."""
        return _below(selector, self.body) and not _below(selector, self.drop)


def _below(selector: str, paths: tuple[str, ...]) -> bool:
    return any(selector == path or selector.startswith(f"{path}/") for path in paths)


def hosts_of(head: Head) -> list[str]:
    """The hosts that a page names as its own: canonical link, og:url, base, JSON-LD."""
    named = [head.canonical, head.meta("og:url"), head.meta("twitter:url"), head.base, head.article.get("url")]
    hosts = [_host(value) for value in named if isinstance(value, str) and value.startswith("http")]
    return list(dict.fromkeys(host.lower() for host in hosts if host))


def _host(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:  # brackets that are no IPv6 address, or signs that hide others
        return None


def rule_for(parser: Mapping[str, Any], head: Head) -> dict[str, str]:
    """Selectors by field: those of the source, overridden by those of the page's host; empty where there are none."""
    rule: dict[str, str] = {}
    sources = [parser.get("select")]
    sites = parser.get("sites")
    if isinstance(sites, Mapping):
        for host in hosts_of(head):
            matching = [site for site in sites if host == site or host.endswith(f".{site}")]
            sources += [sites[site] for site in sorted(matching, key=len)]
    for source in sources:
        if isinstance(source, Mapping):
            rule |= {
                name: value for name, value in source.items() if name in FIELDS and isinstance(value, str) and value
            }
    return rule


def pick(markup: str, rule: Mapping[str, str]) -> Picked:
    """What the selectors of a rule find in a page. A selector that finds nothing, or is none, leaves its field out."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(markup, "lxml")
    texts: dict[str, list[str]] = {}
    for name in ("title", "date", "authors", "publisher", "origin"):
        found = [text for tag in _select(soup, rule.get(name)) if (text := squeeze(tag.get_text(" ")))]
        if found:
            texts[name] = found
    paths = [tuple(path_of(tag) for tag in _select(soup, rule.get(name))) for name in ("body", "drop")]
    return Picked(texts, *paths)


def path_of(tag: Tag) -> str:
    """XPath of an element, written as blocks' selectors are."""
    chain = [tag, *(parent for parent in tag.parents if parent.name != "[document]")]
    steps = [f"{each.name}[{1 + len(each.find_previous_siblings(each.name))}]" for each in chain[:-2]]
    return "/" + "/".join([each.name for each in chain[:-3:-1]] + steps[::-1])


def _select(soup: BeautifulSoup, selector: str | None) -> list[Tag]:
    if not selector:
        return []
    try:
        return list(soup.select(selector))
    except Exception:  # soupsieve raises several kinds; a wrong selector in a registry must not stop the page
        return []
