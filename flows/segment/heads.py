"""What segmentation knows of an article before cleaning: headline, byline, agency, dateline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz.fuzz import ratio

from flows.segment.profiles import AGENCY, DATELINE_PARTS, NEWS_AGENCY, RUN_IN_BYLINE

_OWN = "本"
"""How a newspaper names itself as the origin of its text."""
_SEARCHED = 60
"""Code points at the start of a paragraph where a dateline may stand."""


@dataclass(slots=True)
class Head:
    """One row of `article_heads`, without its document."""

    article: int
    headline: str | None = None
    byline: str | None = None
    agency: str | None = None
    dateline_place: str | None = None
    dateline_date: str | None = None
    complete: bool = True


def head(
    article: int,
    parts: Iterable[tuple[str, str]],
    *,
    title: str | None,
    complete: bool,
    origin: str | None = None,
    one_line: bool = False,
) -> Head:
    """The head of an article from its (kind, text) parts in reading order.

    The headline is what stands above the first paragraph, else `title`; with `one_line` only that line which is most
    like the title, or the first: on web pages the others are leads, kickers and names of the site. The dateline is
    looked for in the first paragraph and in the dateline's own line. Where neither it nor the byline names an agency,
    it is the source that the page credits (`origin`), if that is one.
    """
    out = Head(article, complete=complete)
    headline: list[str] = []
    lead: str | None = None
    for kind, text in parts:
        if kind == "headline" and lead is None:
            headline.append(text)
        elif kind == "byline" and out.byline is None:
            out.byline = text
        elif kind == "dateline":
            _dateline(out, text)
        elif kind in ("body", "list", "quote") and lead is None:
            lead = text[:_SEARCHED]
    if one_line and len(headline) > 1:
        headline = [max(headline, key=lambda line: _likeness(line, title))]
    out.headline = " ".join(headline) or title
    if lead:
        _dateline(out, lead)
        run_in = RUN_IN_BYLINE.match(lead)
        if out.byline is None and run_in:
            out.byline = next(group for group in run_in.groups() if group)
        if out.agency is None and out.byline and (named := AGENCY.search(out.byline)):
            out.agency = named[0]
    if out.agency is None and origin and is_agency(origin):
        out.agency = origin
    return out


def _likeness(line: str, title: str | None) -> float:
    """How much of a line and a title is the same, 0 to 1."""
    return ratio(line.casefold(), title.casefold()) / 100 if title else 0.0


def is_agency(name: str) -> bool:
    """Whether a source that a page credits is a news agency."""
    return NEWS_AGENCY.fullmatch(name.strip()) is not None


def _dateline(out: Head, text: str) -> None:
    """Fill what is still missing from a text that may hold a dateline."""
    found = DATELINE_PARTS.search(text)
    if found:
        parts = {name.rpartition("_")[2]: value for name, value in found.groupdict().items() if value}
        out.dateline_place = out.dateline_place or parts.get("place", "").strip() or None
        out.dateline_date = out.dateline_date or parts.get("date")
        named = parts.get("agency")
        if named and not named.startswith(_OWN) and out.agency is None:
            out.agency = named
