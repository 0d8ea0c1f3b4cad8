"""Who wrote a page: JSON-LD, the byline, meta names, elements named after authors, weighed against each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from lxml import etree
from rapidfuzz.fuzz import ratio

from flows.extract import dates
from flows.extract.clock import WORD
from flows.extract.names import HAN, has_surname, is_name, is_organisation, is_person, split_names
from flows.extract.web.beginnings import beginnings, places
from flows.extract.web.bylines import byline, is_of_others, plausible, tidied, uninverted
from flows.extract.web.credits import Credits, posted_by, read_credits, signed, works_by
from flows.extract.web.head import COMMENTING, Head, squeeze, within
from flows.extract.web.headline import fold, title_parts
from flows.extract.wordlist import any_of

_METAS = (
    "author", "article:author", "authors", "byl", "sailthru.author", "parsely-author", "dc.creator",
    "dcterms.creator", "dc.contributor", "creator", "citation_author", "article:author_name", "author_name",
    "mediator_author", "enp:author",
)  # fmt: skip
_WRITTEN_BY = re.compile(
    r"(?:written by|author|verfasst von|geschrieben von|écrit par|escrito por|scritto da|napisane przez|autor|"
    r"автор|написано автором|συντάχθηκε από|συντάκτης|yazan|door|作者|執筆者|글쓴이|كُتب بواسطة|كتبه)",
    re.I,
)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_NAMING = frozenset(["author", "authors", "byline", "writer", "contributor", "reporter", "journalist", "zuozhe"])
_BESIDE = frozenset(
    [
        "bio", "biography", "image", "img", "avatar", "photo", "picture", "pic", "icon", "comment", "comments",
        "related", "share", "social", "follow", "more", "date", "time", "role", "job", "position", "desc",
        "description", "count", "list", "archive", "recent", "search",
    ]
)  # fmt: skip
"""Words in the names of elements: those of authors, and those of what stands beside them."""
_LINKS = re.compile(
    r"(?:\A|/)(?:authors?|contributors?|writers?|reporters?|journalists?|by|auteurs?|autor(?:en|es)?|redakcja)/[^/]",
    re.I,
)
_LINK_WORDS = ("author", "contributor", "writer", "reporter", "journalist", "by/", "auteur", "autor", "redakcja")
"""One of them is in every such link."""
_NAME_WORDS = ("author", "byline", "writer", "zuozhe", "contributor", "reporter", "journalist")
"""One of them is in every page that has elements named after authors,"""
_WORDS = re.compile(any_of([*_NAME_WORDS, *_LINK_WORDS]).encode())
"""and one of these in the tag of each."""
_MAY_BE_WORD = beginnings([*_NAME_WORDS, *_LINK_WORDS], 3)
_NAME = re.compile(rb"[a-z][a-z0-9]*")
_CODE = ("script", "style")
FAR = 4_096
"""A tag is looked for as many bytes before a word of authors,"""
MANY = 1_000
"""and for as many words."""
_QUERY = re.compile(r"\Aauthor(?:_name)?=[^&]+\Z")
_ASIDE = re.compile(
    r"comment|reply|replies|respond|pinglun|related|recommend|sidebar|teaser|card|footer|most-?read|popular", re.I
)
_HOLDERS = frozenset(
    ("a", "span", "div", "p", "address", "cite", "li", "em", "strong", "b", "h3", "h4", "h5", "h6", "dd", "td")
)
_BLOG = re.compile(
    r"\A[\[【「《]?(?P<owner>[^\s|｜_«»\[\]【】]{2,16}?)[\]】」》]?\s*(?:的|'s |’s )\s*(?:个人|個人)?"
    r"(?:博客|部落格|网志|網誌|网络日志|blog)",
    re.I,
)
_BLOG_HOST = re.compile(r"\A(?:blogs?|weblog)\.[\w.-]+\Z", re.I)
_PHRASE = re.compile(r"\s(?:a|an|the|of|with|in|to|for)\s", re.I)
PIECES = 40
"""Texts of an element that are looked at for a name at its beginning."""
_ALIKE = 85
"""Per cent by which an account and the name of a host are alike where it is the owner's."""
_CAPITALS = 0.25
"""A text with a larger share of words in capitals is in a language that writes nouns so, as German does."""
LONG_NAME = 8
"""Chinese characters beyond which what a head or an element gives as a name is a slogan or a sentence."""
_DIGIT = re.compile(r"\d")


@dataclass(slots=True)
class Signs:
    """Texts that may name the authors.

    `near` and `tail` are the lines around the article's beginning and at its end, `posts` all its short lines, `body`
    its paragraphs, `lone` names that stand alone under the headline, `elements` finds those named after authors.
    """

    near: list[str] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)
    posts: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    lone: list[str] = field(default_factory=list)
    headline: str | None = None
    elements: Callable[[], list[str]] = list


def _stated(head: Head, value: Any) -> tuple[list[str], list[str]]:
    """Persons and bodies in a JSON-LD author: a string, an object, a reference, or a list of them."""
    persons: list[str] = []
    bodies: list[str] = []
    for entry in value if isinstance(value, list) else [value]:
        entry = head.resolved(entry)
        typed = str(entry.get("@type", "")).lower() if isinstance(entry, dict) else ""
        name = entry.get("name") if isinstance(entry, dict) else entry
        for one in name if isinstance(name, list) else [name]:
            if not isinstance(one, str) or not squeeze(one) or "://" in one:
                continue
            text = squeeze(one)
            found = [text] if "organization" in typed and plausible(text) else _listed(text)
            if not found and "person" in typed and 1 < len(text.split()) <= 4 and is_name(text):
                found = [text]  # who is called a person may write their name in small letters
            into = bodies if "organization" in typed and "person" not in typed else persons
            into += [n for n in found if is_name(n) or typed == "person"]
    return list(dict.fromkeys(persons)), list(dict.fromkeys(bodies))


def decide(head: Head, signs: Signs, site: Iterable[str | None], *, chinese: bool) -> tuple[list[str], Credits]:
    """The authors, and what the lines said. `site` are the names of the site and the publisher.

    A byline that says that it is one comes first, then a person in JSON-LD, what the head names, the text's own
    signature and elements named after authors. The site's own name is no author, unless nobody else is named and the
    head calls it one. In a Chinese page the `author` in the head is mostly whoever made the template, so it comes late
    there, and an editor stands in where nobody else is named.
    """
    elements = cache(signs.elements)
    near, tail = read_credits(signs.near), read_credits(signs.tail, labelled=True)
    credits = Credits(near.authors or tail.authors, near.editors or tail.editors, near.source or tail.source)
    own_names = {fold(name) for name in site if name}
    barred = {fold(name) for name in site if name and (chinese or not is_person(name))} | {fold(signs.headline or "")}
    persons, bodies = _stated(head, head.article.get("author") or head.article.get("creator"))
    in_head = _in_head(head)
    in_items = [n for v in head.items.get("author", [])[:3] for n in (byline(v) or _listed(v))]
    own = signed(signs.body)
    seen = [own, near.authors] if set(own) > set(near.authors) else [near.authors, own]
    pairs = zip(["", *signs.posts], signs.posts, strict=False)
    posted = next((names for above, line in pairs if (names := posted_by(line, above))), [])
    owner = _blog_owner(head)
    prefix = _before_headline(signs.headline, signs.body)
    if chinese:
        persons = [n for n in persons if not is_organisation(n)]
        in_head = [n for n in in_head if not is_organisation(n)]
        in_head = in_head if len(in_head) == 1 or any(map(has_surname, in_head)) else []
        ranked = [persons, *seen, prefix, posted, tail.authors, in_items]
        last = [owner, credits.editors, in_head]
    else:
        # What nothing calls a name must have no word of the story in it.
        ordinary = _ordinary(signs)
        called = read_credits(signs.near, labelled=True).authors
        signature = [n for n in own if n in called or not ordinary(n, alone=True)]
        seen = [signature if names is own else [n for n in names if n in called or not ordinary(n)] for names in seen]
        lone = [n for n in signs.lone if not ordinary(n)]
        beside = [
            n
            for n in _beside_site([*signs.near, *(t for t in signs.body[:2] if len(t) <= 60)], own_names)
            if not ordinary(n)
        ]
        by_date = [n for n in _by_a_date(signs.near) if not ordinary(n, alone=True)]
        labelled = _western(signs.near)
        accounts = [n for n in (*persons, *in_head) if _is_account(n)]
        if accounts:
            shown = _shown(signs, elements())
            persons = [n for n in persons if not _is_account(n) or fold(n) in shown]
            in_head = [n for n in in_head if not _is_account(n) or fold(n) in shown]
        told = persons or in_head
        if told and all(any(fold(n) in fold(m) for m in labelled) for n in told):
            persons = labelled
        ranked = [labelled, persons, in_items, in_head, *seen, lone, beside, by_date, posted, tail.authors]
        last = [owner]
    # Someone whom JSON-LD calls a person may have the site's name: it is then named after its owner.
    typed = "person" in str(head.resolved(head.article.get("author"))).lower()
    for names in ranked:
        if usable := _usable(names, set() if typed and names is persons else barred, own_names):
            return usable, credits
    in_elements = [n for v in elements() for n in _element_names(v)]
    if not chinese:
        in_elements = [n for n in in_elements if not ordinary(n)]
    for names in (in_elements, *last):
        if usable := names if names is owner else _usable(names, barred, own_names):
            return usable, credits
    if chinese:
        return [], credits
    # An account that the page does not show names somebody where nothing else does.
    return (bodies or in_head or in_items or _owner_of_site(head, own_names) or accounts)[:1], credits


def _owner_of_site(head: Head, own_names: set[str]) -> list[str]:
    """What the head calls the author, and is the site's name, or the name that its owner logs in by."""
    value = head.resolved(head.article.get("author") or head.article.get("creator"))
    value = value[0] if isinstance(value, list) and value else value
    named = [value.get("name") if isinstance(value, dict) else value, *(head.meta(name) for name in _METAS)]
    hosts = {fold((urlsplit(address).hostname or "").split(".")[-2:][0]) for address in _addresses(head)}
    for name in named:
        own = fold(name) if isinstance(name, str) and len(name) <= 60 else ""
        if len(own) > 3 and (own in own_names or any(ratio(own, host) >= _ALIKE for host in hosts)):
            return [squeeze(str(name))]
    return []


def _addresses(head: Head) -> list[str]:
    """The addresses that a page gives for itself."""
    out = []
    for address in (head.canonical, head.meta("og:url"), head.base):
        try:
            if address and urlsplit(address).hostname:
                out.append(address)
        except ValueError:
            continue
    return out


def _by_a_date(lines: list[str]) -> list[str]:
    """A person's name that is a line of its own above or below one that holds little more than a date."""
    dated = [len(line) <= 60 and any(len(line) - (m.end - m.start) <= 30 for m in dates.find(line)) for line in lines]
    for i, line in enumerate(lines):
        if is_person(line) and len(line.split()) <= 3 and any(dated[max(i - 1, 0) : i + 2]):
            return [line.strip()]
    return []


def _in_head(head: Head) -> list[str]:
    """The names in the head's own fields."""
    names = [n for name in _METAS for v in head.metas.get(name, []) for n in _short_list(v)]
    if _WRITTEN_BY.match(head.meta("twitter:label1") or ""):
        names += _listed(head.meta("twitter:data1") or "")
    return list(dict.fromkeys(names))


_LIST = re.compile(r"[,;|/＆&、，；]|\s(?:and|und|et|y|e|och|og|i|и|та|και|ve)\s", re.I)


def _listed(value: str) -> list[str]:
    """The names in a field of authors, each by itself; none where one of them is no name, as in a sentence."""
    if HAN.search(value):
        return split_names(value)
    if not _LIST.search(value):
        return [n for n in tidied(value, whole=True) if is_name(n)]
    if inverted := uninverted(value):
        return [inverted]
    pieces = [piece for part in split_names(value) for piece in tidied(part, whole=True)]
    return pieces if all(map(plausible, pieces)) else []


def _is_account(name: str) -> bool:
    """Whether a name is one that a person logs in by: one word in small letters."""
    return " " not in name and name.islower()


def _shown(signs: Signs, named: list[str]) -> str:
    """All short lines around the article and those `named` after authors, folded, to look for names in."""
    return fold(" | ".join([*signs.near, *signs.tail, *signs.posts, *named]))


def _ordinary(signs: Signs) -> Callable[..., bool]:
    """Tells whether a word of a name is one that the article has in small letters, or its headline at all."""

    @cache
    def known() -> tuple[frozenset[str], bool]:
        found = [word for text in signs.body for word in WORD.findall(text[:5_000])]
        words = {word.lower() for word in (*WORD.findall(signs.headline or ""), *(w for w in found if w[0].islower()))}
        return frozenset(words), sum(word[0].isupper() for word in found) > _CAPITALS * len(found)

    def ordinary(name: str, *, alone: bool = False) -> bool:
        words, capitals = known()
        found = [word.lower() in words for word in WORD.findall(name) if len(word) > 2]
        return (alone and (capitals or any(found))) or (bool(found) and all(found))

    return ordinary


def _usable(names: list[str], barred: set[str], own_names: set[str]) -> list[str]:
    """Names that are not the site's own; what is no person's only where no person is named with it."""
    out = [n for n in dict.fromkeys(names) if (own := fold(n)) and own not in barred and not _is_site(n, own_names)]
    if not any(map(is_person, out)):
        return out
    bodies = [n for n in out if is_organisation(n) or any(fold(n) in own for own in own_names)]
    return [n for n in out if n not in bodies and not _PHRASE.search(n)] or out


def _is_site(name: str, own_names: set[str]) -> bool:
    """Whether a Chinese name is that of the site or the beginning of it."""
    return HAN.search(name) is not None and any(own.startswith(fold(name)) for own in own_names)


def _short_list(value: str) -> list[str]:
    """Names in a meta value, unless it is a slogan."""
    names = _listed(value)
    sentence = any(len(HAN.findall(name)) > LONG_NAME or len(name.split()) > 6 for name in names)
    return [] if sentence or (_DIGIT.search(value) and len(value) > 40) else names


def _western(lines: list[str]) -> list[str]:
    """Names after "By" and its like in a line that begins so."""
    for line in lines:
        names = byline(line) if len(line) <= 160 and not HAN.search(line) else []
        if names and any(map(is_person, names)):
            return names
    return []


def _beside_site(lines: list[str], own_names: set[str]) -> list[str]:
    """A person's name that a line has beside the site's name and nothing else: "Ada Whitlow - Northern Ledger"."""
    for line in lines:
        parts = re.split(r"\s+[-–—|•·]\s+|,\s+", line.strip())
        if len(parts) != 2:
            continue
        for name, other in (parts, parts[::-1]):
            if is_person(name) and len(fold(other)) >= 3 and any(fold(other) in own for own in own_names):
                return [name]
    return []


def _before_headline(headline: str | None, body: list[str]) -> list[str]:
    """The name before a headline's colon, where the article also has it alone in one of its first lines."""
    name, colon, _ = re.sub(r"\s", "", headline or "").partition("：")
    alone = colon and 2 <= len(name) <= 8 and any(re.sub(r"\s", "", text) == name for text in body[:4])
    return [name] if alone else []


def _blog_owner(head: Head) -> list[str]:
    """Whose blog it is by the page's title: "青溪的博客", "青溪 | blog.example.org"."""
    for title in head.titles[:1]:
        parts = title_parts(title)
        owners = [m["owner"] for part in (*parts, title) if (m := _BLOG.match(part))]
        if len(parts) == 2 and _BLOG_HOST.match(parts[1]) and len(parts[0]) <= 16:
            owners.append(parts[0])
        if owners:
            return split_names(owners[0])[:1]
    return []


def _element_names(text: str) -> list[str]:
    """Names in an element named after authors, where all of its short text are names."""
    credit = read_credits([text], labelled=True)
    if credit.editors and not credit.authors:
        return []
    if not credit.authors and (works_by(text) is not None or is_of_others(text)):
        return []
    names = credit.authors or _listed(text)
    for name in names:
        word = name.isascii() and not name[:1].isupper()
        if word or len(name.split()) > 4 or _DIGIT.search(name) or len(HAN.findall(name)) > LONG_NAME:
            return []
    if len(names) > 1 and any(HAN.match(name) and not has_surname(name) for name in names):
        return []
    return names[:4]


def find_elements(root: etree._Element, source: str, between: tuple[str, str]) -> list[str]:
    """The texts of elements that are named after authors or link to an author's page, outside comments and teasers.

    `between` are XPaths of the headline and of the article's last block: elements from a little above the one to a
    little below the other come first, and others only with western names, or where all links to authors lead to one.
    Those after the first count only where they stand with it.
    """
    lower = source.encode(errors="surrogatepass").lower()  # many times as fast as that of a string
    tags = _tags_that_may_name(lower)
    if not tags:
        return []
    first, last = _around(root, between[0]), _around(root, between[1])
    inside: list[tuple[etree._Element, str]] = []
    outside: list[tuple[etree._Element, str]] = []
    begun, ending = first is None, False
    watched = {str(element.tag) for element in (first, last) if element is not None}
    for element in root.iter(*sorted(watched | tags)):
        begun = begun or element is first
        ending = ending or element is last
        if (
            not _is_authors(element)
            or element.tag not in _HOLDERS
            or within(element, _ASIDE if element.tag == "a" else COMMENTING)
        ):
            continue
        text = _first_line(element)
        if text is not None and _element_names(text):
            over = ending and last is not element and not _is_below(element, last)
            (outside if over or not begun else inside).append((element, text))
    if not inside:
        linked = {text for element, text in outside if element.tag == "a" and _is_authors_link(element)}
        inside = [
            (element, text)
            for element, text in outside
            if linked == {text} or all(map(is_person, _element_names(text)))
        ]
    holder = inside[0][0].getparent() if inside else None
    together = [text for element, text in inside if _is_below(element, holder)]
    return list(dict.fromkeys(together))[:6]


def _tags_that_may_name(lower: bytes) -> frozenset[str]:
    """The names of the elements in whose tags a source in lower case has a word of authors; all where that is unsure.

    It is unsure where a tag's end stands between its name and the word, and yet the word may be an attribute's.
    """
    hits = [hit for at in places(lower, _MAY_BE_WORD) if (hit := _WORDS.match(lower, at))]
    if {hit[0].decode() for hit in hits}.isdisjoint(_NAME_WORDS):
        return frozenset()
    if len(hits) > MANY:
        return _HOLDERS
    found: set[str] = set()
    for hit in hits:
        at = hit.start()
        opened = lower.rfind(b"<", max(at - FAR, 0), at)
        name = _NAME.match(lower, opened + 1) if opened >= 0 else None
        tag = name[0].decode() if name else ""
        _, closed, rest = lower[max(opened, 0) : at].rpartition(b">")
        if opened < 0 or (b"=" in rest and not (tag in _CODE if closed else tag)):
            return _HOLDERS
        if not closed:
            found.add(tag)
    return _HOLDERS & found


def _is_below(element: etree._Element, above: etree._Element | None) -> bool:
    return any(each is above for each in element.iterancestors())


def _around(root: etree._Element, path: str) -> etree._Element | None:
    """The element three levels above a block, or as near to it as the body allows."""
    try:
        found = root.xpath(path.split("/node()")[0]) if path else []
    except etree.XPathError:
        return None
    element = found[0] if isinstance(found, list) and found else None
    for _ in range(3):
        above = element.getparent() if isinstance(element, etree._Element) else None
        if above is None or above.tag in ("body", "html"):
            break
        element = above
    return element if isinstance(element, etree._Element) else None


def _is_authors(element: etree._Element) -> bool:
    rel = element.get("rel")
    if (rel and "author" in rel.lower().split()) or element.get("itemprop") == "author":
        return True
    if element.tag == "a" and _is_authors_link(element):
        return True
    names, ident = element.get("class"), element.get("id")
    return (names is not None and _names_authors(names)) or (ident is not None and _names_authors(ident))


@lru_cache(maxsize=65_536)
def _names_authors(names: str) -> bool:
    """Whether one of the words of a class or id says that the element names an author."""
    for name in names.split():
        words = {word.lower() for word in _WORD.findall(name)}
        if (words & _NAMING or "byline" in name.lower()) and not words & _BESIDE:
            return True
    return False


def _is_authors_link(element: etree._Element) -> bool:
    """Whether a link leads to the page of an author."""
    href = element.get("href")
    if href is None or not any(map(href.lower().__contains__, _LINK_WORDS)):
        return False
    try:
        address = urlsplit(href)
    except ValueError:
        return False
    return _LINKS.search(address.path) is not None or _QUERY.search(address.query) is not None


def _first_line(element: etree._Element) -> str | None:
    """The text of an element; of a longer one, that of its first part, with the words for "by" before it."""
    pieces = [piece for text in islice(element.itertext(), PIECES) if (piece := squeeze(str(text)))]
    if len(pieces) > 1 and len(pieces[0]) == 1:  # the letter that stands for a picture
        pieces = pieces[1:]
    whole = " ".join(pieces)
    if 1 < len(whole) <= 60:
        return whole
    lead = (
        1 if pieces and pieces[0].lower().rstrip(":") in ("by", "written by", "author", "autor", "作者", "автор") else 0
    )
    return pieces[lead] if len(pieces) > lead and 1 < len(pieces[lead]) <= 40 else None
