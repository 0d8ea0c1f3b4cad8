"""When a page was published and last changed: what its head says, weighed against the lines around the article."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import time
from typing import Any

import htmldate

from flows.extract import dates
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
_CHANGED = re.compile(
    r"(?:更新|修改|修订|修訂|編集|수정|update[ds]?|modified|revised|edited|reviewed|изменен[оа]?|изменён|"
    r"обновлен[оа]?|обновлён|оновлено|aktualizacja|zaktualizowano|ενημέρωση|ενημερώθηκε|"
    r"τελευταία|aktualisiert|mis à jour|actualizado|atualizado|aggiornato|"
    r"güncelle\w*|تحديث|تعديل)[^\d]{0,24}\Z",
    re.I,
)
_STATED = re.compile(
    r"(?:发布|發布|发表|發表|刊登|刊發|公開|配信|掲載|입력|등록|승인|publish(?:ed)?|posted|created|issued|released|опубликован[оа]?|дата|опубліковано|"
    r"opublikowan[oya]|dodano|δημοσίευση|δημοσιεύτηκε|ανάρτηση|veröffentlicht|publié|publicado|pubblicato|yayın\w*|نشر|"
    r"时间|時間|日期|日付)[^\d]{0,24}\Z",
    re.I,
)
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
    scripts: Callable[[], dates.Moment | None] = lambda: None
    guess: Callable[[], dates.Moment | None] = lambda: None


def first_date(values: Iterable[Any]) -> dates.Moment | None:
    """The date of the first of some fields that holds one."""
    for value in values:
        if isinstance(value, str | int) and (moment := dates.parse(str(value))) is not None:
            return moment
    return None


def _seen(lines: list[str]) -> Iterator[tuple[dates.Moment, str]]:
    """The dates in short lines, each with what the line says of it: changed, stated, or nothing."""
    for line in lines:
        if len(line) > LINE:
            continue
        last = 0
        for moment in dates.find(line):
            before = line[last : moment.start]
            last = moment.end
            if moment.precision in _COARSE:
                continue
            alone = len(line) - (moment.end - moment.start) <= BESIDE or _has_credits(line)
            yield moment, "changed" if _CHANGED.search(before) else "stated" if alone or _STATED.search(before) else ""


def _visible(lines: list[str]) -> tuple[dates.Moment | None, bool]:
    """The date that lines give for the publication, and whether one states it. Else one in passing, or of a change."""
    seen = list(_seen(lines))
    for wanted in ("stated", "", "changed"):
        for moment, label in seen:
            if label == wanted:
                return moment, label == "stated"
    return None, False


def _has_credits(line: str) -> bool:
    found = read_credits([line], labelled=True)
    return bool(found.source or found.authors or found.editors)


def _labelled(lines: list[str]) -> dates.Moment | None:
    """The first date of publication that lines call one."""
    found = ((m, line[: m.start]) for line in lines if len(line) <= LINE for m in dates.find(line))
    return next((m for m, before in found if m.precision not in _COARSE and _STATED.search(before)), None)


def _dateline(paragraphs: list[str]) -> dates.Moment | None:
    """The date in a dateline: "Ottawa (17 Jan. 2012) -", "Jan 16, 2012 --"."""
    for text in paragraphs[:2]:
        for moment in dates.find(text[:80]):
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
    said = first_date(
        [
            head.article.get("datePublished"),
            *(v for name in _PUBLISHED for v in head.metas.get(name, [])[:1]),
            *head.items.get("datepublished", [])[:1],
            head.article.get("dateCreated"),
            head.article.get("uploadDate"),
        ]
    )
    shown, stated = _visible(dated.near)
    if shown is None:
        shown, stated = _visible(dated.beside)
    stamps = [dates.parse(stamp) for stamp in head.times]
    if said is not None:
        changed = modified(head)
        rewritten = changed is not None and changed.when.date() <= said.when.date()
        if shown is not None and shown.when.date() < said.when.date() and stated and rewritten:
            said = shown
        return _exact(said, [shown, *stamps])
    if shown is not None:
        return _exact(shown, stamps)
    moment = _dateline(dated.opening) or next((m for m in stamps if m is not None), None) or _labelled(dated.tail)
    moment = moment or next(filter(None, map(in_address, addresses)), None) or dated.scripts()
    moment = moment or next((m for text in dated.closing for m in dates.find(text)), None)
    return moment or dated.guess() or _visible(dated.tail)[0]


def modified(head: Head) -> dates.Moment | None:
    """When the head says that the page was last changed."""
    return first_date(
        [head.article.get("dateModified"), *(v for name in _MODIFIED for v in head.metas.get(name, [])[:1])]
    )
