"""When a page was published and last changed: what its head says, weighed against the lines around the article."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import time
from typing import Any

import htmldate

from flows.extract import dates
from flows.extract.calendar_names import begins_with_weekday
from flows.extract.clock import WORD
from flows.extract.languages import NOT_ON, NOT_WITHIN, folded, pattern_of, vocabulary
from flows.extract.web.credits import LINE, read_credits
from flows.extract.web.head import Head

_PUBLISHED = (
    "article:published_time", "og:published_time", "og:article:published_time", "datepublished", "pubdate",
    "publishdate", "publish_date", "published_time", "publish-date", "publication_date", "publicationdate",
    "publishtime",
    "dc.date.issued", "dc.date.created", "dcterms.created", "dcterms.issued", "dc.date", "dcterms.date",
    "date", "sailthru.date", "parsely-pub-date", "weibo:article:create_at", "article.published", "article:create_at",
    "originalpublicationdate", "cxenseparse:recs:publishtime", "apub:time", "pubtime", "enp:date", "datecreated",
    "citation_publication_date", "citation_date", "last-modified-date", "eprints.date", "article_date_original",
    "bytedance:published_time", "publication-date", "created", "firstcreatetime", "firstpublishedtime", "pub_date",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "og:updated_time", "og:modified_time", "datemodified", "lastmod",
    "last-modified", "dcterms.modified", "dc.date.modified", "revised", "weibo:article:update_at",
    "bytedance:updated_time", "updated_time", "article:update_at",
)  # fmt: skip
_CHANGED = re.compile(rf"{NOT_WITHIN}(?:{pattern_of('updated')})[^\d]{{0,24}}\Z", re.I)
_STATED = re.compile(
    rf"(?:{NOT_WITHIN}(?:{pattern_of('published')})|"
    rf"(?:\A|[|｜•·;；(（【\[\t　]|\s\s|(?<=[\u3041-\u9fff])\s?)\W*(?:{pattern_of('date')}))[^\d]{{0,24}}\Z",
    re.I,
)
_OF_EVENT = re.compile(rf"{NOT_WITHIN}(?:{pattern_of('event')}){NOT_ON}[^\d]{{0,24}}\Z", re.I)
_PATH = re.compile(
    r"/(?:[a-z]{1,2}_?)?((?:19|20)\d\d)[-/_]?(1[0-2]|0[1-9])[-/_]?(3[01]|[12]\d|0[1-9])(?:\d{4,6})?(?=[/_\-tT.]|\Z)"
)
_DATELINE = re.compile(r"\s*(?:--|[—–)）\]】]|[-:]\s|[讯訊电電]|消息)")
# It begins with a set of letters, which the engine looks for at great speed.
_SCRIPTED = re.compile(
    r"""[DdPp](?i:(?<![a-z].)(?:(?<=d)ate_?published|(?<=p)ublish(?:ed)?_?(?:time|date|at)|(?<=p)ub_?(?:date|time)|"""
    r"""(?<=p)ublish_?timestamp)["']?\s*[:=]\s*"""
    r"""(?:new Date\()?\s*["']?((?:(?:19|20)\d\d[^"'<>,;{}]{4,26})|1\d{9}(?:\d{3})?(?!\d)))""",
)
_EARLIEST, _LATEST = "1990-01-01", "2099-12-31"
_COARSE = ("year", "month")
_MIDNIGHT = time()
LARGE = 500_000
"""Characters of markup beyond which scripts are not searched, and a library is not asked."""
_OF_PAGES = frozenset(
    (
        "min", "mins", "minute", "minutes", "read", "reads", "reading", "views", "view", "comments", "comment", "share",
        "shares", "ago", "admin", "last", "lesezeit", "minuten", "kommentare", "vues", "lecture", "lectura", "lettura",
        "leestijd", "просмотров", "комментариев", "wyswietlen", "komentarzy",
    )
)  # fmt: skip
"""Words that stand beside dates on pages."""
_ENDED = re.compile(r"[.!?。！？…।۔]['\"”’」』)）]*\s*\Z")
_MANY = 4
"""Words of no credits that make a line a sentence though it does not end like one."""
BESIDE = 40
"""A line that holds little more than a date, at most as many characters, states it."""


@dataclass(slots=True)
class Dated:
    """Lines that may hold the date of publication, the likeliest first.

    `near` stand around the headline and the article's beginning, `beside` a little further down, `tail` at its end,
    `opening` are the first of its long paragraphs, `closing` its last one. `scripts` finds the date in the page's
    scripts, `guess` that of a library.
    """

    near: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)
    opening: list[str] = field(default_factory=list)
    closing: list[str] = field(default_factory=list)
    language: str | None = None
    scripts: Callable[[], dates.Moment | None] = lambda: None
    guess: Callable[[], dates.Moment | None] = lambda: None


def first_date(values: Iterable[Any], language: str | None = None) -> dates.Moment | None:
    """The date of the first of some fields that holds one."""
    for value in values:
        if isinstance(value, str | int) and (moment := dates.parse(str(value), language)) is not None:
            return moment
    return None


def _seen(lines: list[str], language: str | None) -> Iterator[tuple[dates.Moment, str]]:
    """The dates that short lines state, each with what the line says of it: changed, or nothing else."""
    for line in lines:
        if len(line) > LINE:
            continue
        found = [m for m in dates.find(line, language) if m.precision not in _COARSE]
        last = 0
        prose = bool(found) and is_prose(line, found)
        for moment in found:
            before = line[last : moment.start]
            last = moment.end
            alone = len(line) - (moment.end - moment.start) <= BESIDE or _has_credits(line)
            label = _CHANGED.search(before) or _STATED.search(before)
            if _OF_EVENT.search(before) and (label is None or label.re is _STATED):
                continue
            if prose and (label is None or (label.start() > 0 and _ENDED.search(line) is not None)):
                continue
            if label and label.re is _CHANGED:
                yield moment, "changed"
            elif alone or label:
                yield moment, "stated"


def is_prose(line: str, found: list[dates.Moment]) -> bool:
    """Whether a line that holds dates is a sentence of a text: beside them it has words that no line of credits has.

    Words in capitals may be names. One in small letters, or three letters of a script that has none, make a sentence
    of what ends like one; else more of them do.
    """
    pieces, last = [], 0
    for moment in found:
        pieces.append(line[last : moment.start])
        last = moment.end
    rest = " | ".join([*pieces, line[last:]])
    known = vocabulary(
        "published", "updated", "date", "author", "by", "weak", "verbs", "source", "at", "unit", "between"
    )
    known |= _OF_PAGES
    words = [w for w in WORD.findall(rest) if folded(w) not in known and not begins_with_weekday(w)]
    small = sum(w[0].islower() for w in words)
    whole = sum(_letters(w) for w in words if w[0].lower() == w[0].upper())
    ended = _ENDED.search(line) is not None
    return bool(small + whole >= (1 if ended else _MANY))


def _letters(word: str) -> float:
    """How many words one of a script without capitals counts for: those of East Asia are written together."""
    return len(word) / 3 if word[0] >= "\u2e80" or "\u0e00" <= word[0] <= "\u0eff" else 1


def _visible(lines: list[str], language: str | None) -> dates.Moment | None:
    """The date that lines give for the publication; else that of a change."""
    seen = list(_seen(lines, language))
    return next((m for wanted in ("stated", "changed") for m, label in seen if label == wanted), None)


def _has_credits(line: str) -> bool:
    found = read_credits([line], labelled=True)
    return bool(found.source or found.authors or found.editors)


def _labelled(lines: list[str], language: str | None) -> dates.Moment | None:
    """The first date of publication that lines call one."""
    for line in lines:
        for moment, label in _seen([line], language):
            if label == "stated" and _STATED.search(line[: moment.start]):
                return moment
    return None


def _dateline(paragraphs: list[str], language: str | None) -> dates.Moment | None:
    """The date in a dateline: "Ottawa (17 Jan. 2012) -", "Jan 16, 2012 --"."""
    for text in paragraphs[:2]:
        for moment in dates.find(text[:80], language):
            if moment.start <= 40 and moment.precision == "day" and _DATELINE.match(text[moment.end : moment.end + 4]):
                return moment
    return None


def in_address(address: str | None) -> dates.Moment | None:
    """The day that is written in the path of an address."""
    match = _PATH.search(address) if address else None
    return dates.parse("-".join(match.groups())) if match else None


def in_scripts(markup: str) -> dates.Moment | None:
    """The date of publication that a page's scripts hold, where all that hold one name the same day."""
    found = [dates.parse(value) for value in _SCRIPTED.findall(markup, 0, LARGE)]
    moments = [m for m in found if m is not None]
    return moments[0] if len({m.when.date() for m in moments}) == 1 else None


def guessed(markup: str) -> dates.Moment | None:
    """The day that htmldate finds in the markup, its bounds set so that it does not depend on today."""
    if len(markup) > LARGE:
        return None
    if markup.startswith("http"):
        markup = f" {markup}"  # what begins so the library takes for an address, and fetches it
    try:
        found = htmldate.find_date(
            markup, extensive_search=False, original_date=True, min_date=_EARLIEST, max_date=_LATEST
        )
    except Exception:  # a library's failure must not stop the page
        return None
    return dates.parse(found) if found else None


def _agree(left: dates.Moment, right: dates.Moment) -> bool:
    return left.when.date() == right.when.date()


def _exact(moment: dates.Moment, others: Iterable[dates.Moment | None]) -> dates.Moment:
    """The moment, or one of the same day that also tells the time."""
    if moment.precision != "day":
        return moment
    return next((m for m in others if m is not None and m.when.time() != _MIDNIGHT and _agree(m, moment)), moment)


def published(head: Head, dated: Dated, addresses: list[str | None]) -> dates.Moment | None:
    """When the page was published.

    The head comes first, but not before a line that states an earlier date, where the head's own date is not before
    that of the last change: it is then the day when the site was written anew.
    """
    language = dated.language
    said = first_date(
        [
            head.article.get("datePublished"),
            *(v for name in _PUBLISHED for v in head.metas.get(name, [])[:1]),
            *head.items.get("datepublished", [])[:1],
            head.article.get("dateCreated"),
            head.article.get("uploadDate"),
        ],
        language,
    )
    near = list(_seen(dated.near, language)) or list(_seen(dated.beside, language))
    shown = next((m for m, label in near if label == "stated"), None)
    stamps = [dates.parse(stamp, language) for stamp in head.times]
    if said is not None:
        changed = modified(head)
        rewritten = changed is not None and changed.when.date() <= said.when.date()
        if shown is not None and shown.when.date() < said.when.date() and rewritten:
            said = shown
        return _exact(said, [shown, *stamps])
    if shown is not None or near:
        return _exact(shown or near[0][0], stamps)
    moment = _dateline(dated.opening, language) or next((m for m in stamps if m is not None), None)
    moment = moment or _labelled(dated.tail, language)
    moment = moment or next(filter(None, map(in_address, addresses)), None) or dated.scripts()
    closing = (
        m
        for text in dated.closing
        for m in dates.find(text, language)
        if not is_prose(text, [m]) and not _OF_EVENT.search(text[: m.start])
    )
    return moment or next(closing, None) or dated.guess() or _visible(dated.tail, language)


def modified(head: Head) -> dates.Moment | None:
    """When the head says that the page was last changed."""
    return first_date(
        [head.article.get("dateModified"), *(v for name in _MODIFIED for v in head.metas.get(name, [])[:1])]
    )
