"""A text document, read as what it is: one plain text, or a newspaper page with several articles."""

from __future__ import annotations

from dataclasses import dataclass, field

from flows.segment.duplicates import second_printings
from flows.segment.heads import Head, head
from flows.segment.lines import Line, typed
from flows.segment.profiles import JUMP_LEAD, JUMP_TAIL
from flows.segment.signs import is_newspaper
from flows.segment.threads import threaded
from flows.segment.wrapped import continuing, wrap_width
from schemas.columns import TEXT_KINDS


@dataclass(slots=True)
class Placed:
    """What segmentation says of one line."""

    kind: str
    article: int | None = None
    place: int | None = None
    glued: bool = False
    flags: list[str] = field(default_factory=list)


def read_page(
    texts: list[str], gaps: list[int], title: str | None, told: bool | None = None
) -> tuple[list[Placed], list[Head], bool]:
    """Kinds, articles and reading order of a document's lines, the heads of its articles, and whether the document is a
    newspaper page.

    `texts` are the lines that are not blank, in order; `gaps[i]` counts the code points between line i and the one
    before it (0 where a long line was cut). The document is looked at alone; only what it is may be `told` by its
    source. A text that neither is told nor shows itself to be a newspaper page is one article in its own order, however
    many short lines and unfinished paragraphs it has: plain texts, forums and lists of dated entries have plenty.
    """
    width = 0 if told else wrap_width(texts, gaps)
    lines = [Line(i, text, False) for i, text in enumerate(texts)] if width else typed(texts, gaps)
    newspaper = told if told is not None else not width and is_newspaper(lines)
    placed = _newspaper(lines) if newspaper else _plain(lines, continuing(texts, gaps, width))
    return placed, _heads(lines, placed, title), newspaper


def _plain(lines: list[Line], goes_on: list[bool]) -> list[Placed]:
    """One article: everything but mastheads and adverts, in the order printed. `goes_on` says which lines go on in the
    line before."""
    twice = second_printings(lines, near=False)
    out: list[Placed] = []
    place = 0
    before: Line | None = None
    opening = True
    for line in lines:
        kind = line.kind
        if kind == "headline" and not opening and before is not None and before.kind == "headline":
            kind = "body"  # a run of short lines is a list or verse
        opening = opening and kind not in ("body", "list")
        if kind in ("masthead", "advert"):
            out.append(Placed(kind))
            continue
        item = Placed(kind, 0, flags=["duplicate"] if line.number in twice else [])
        if kind in TEXT_KINDS:
            item.place = place
            item.glued = place > 0 and goes_on[line.number] and before is not None
            place += 1
            before = line
        out.append(item)
    if place == 0:  # furniture only: then that is the text
        for i, item in enumerate(out):
            item.kind, item.article, item.place = "body", 0, i
    return out


def _newspaper(lines: list[Line]) -> list[Placed]:
    """Several articles, put together by `threads`; second printings are left out of their texts."""
    twice = second_printings(lines, near=True)
    threads = threaded(lines, twice)
    out = [Placed(line.kind) for line in lines]
    for article, thread in enumerate(threads):
        place = 0
        for number in thread.lines:
            item = out[number]
            if item.kind in ("headline", "body"):
                item.kind = "headline" if number in thread.headlines else "body"
            item.article = article
            if item.kind in TEXT_KINDS:
                item.place = place
                item.glued = number in thread.glued
                place += 1
        for number in thread.breaks:
            out[number].flags.append("gap")
    for copy, original in sorted(twice.items()):
        out[copy].flags.append("duplicate")
        out[copy].article = out[original].article
    return out


def _heads(lines: list[Line], placed: list[Placed], title: str | None) -> list[Head]:
    """Heads of the articles, by their number."""
    members: dict[int, list[tuple[tuple[int, int], int]]] = {}
    for number, item in enumerate(placed):
        if item.article is not None and "duplicate" not in item.flags:
            members.setdefault(item.article, []).append(((item.place or 0, number), number))
    lone = len(members) == 1
    heads = []
    for article, keyed in sorted(members.items()):
        numbers = [number for _, number in sorted(keyed)]
        texts = [lines[n].text for n in numbers if placed[n].kind == "body"]
        broken = any(placed[n].kind == "jump" or "gap" in placed[n].flags for n in numbers) or any(map(_jumps, texts))
        parts = [(placed[n].kind, lines[n].text) for n in numbers]
        heads.append(head(article, parts, title=title if lone else None, complete=not broken))
    return heads


def _jumps(text: str) -> bool:
    """Whether a jump line is glued to a paragraph."""
    if "版" not in text and "age" not in text and "AGE" not in text:
        return False
    return bool(JUMP_LEAD.match(text) or JUMP_TAIL.search(text[-40:]))
