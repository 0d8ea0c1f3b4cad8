"""Whether a markdown page is a digest of several titled items, and which pieces make up each.

An essay has subheads too, so headings alone say nothing. What tells is that the sections come from elsewhere one by
one: a link of its own to the original under each, or an agency's dateline at its head.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from flows.extract import credit_lines
from flows.extract.markdown_cut import Piece

LEAST_ITEMS = 3
LEAST_SHARE = 2 / 3
"""Items with a source of their own, of all sections under headings of their level."""

_DATELINE = re.compile(
    r"(?:<[^<>]{1,80}>|[\s*_（(【\[])*"
    r"(?:(?:据)?[\u4e00-\u9fff]{1,10}(?:社|网|報|报|台|通讯)(?:<[^<>]{1,80}>|[\u4e00-\u9fff\d\s*_（）()、·]){0,30}?(?:电|電|讯|訊|消息)"
    r"(?=[\s*_（()）】\]：:<，,\u3000])"
    r"|[A-Z][A-Z .'-]{2,30}(?:, [A-Z][\w. ]{2,20})?(?: \([A-Z]\w+\))? ?(?:--|[-–—]) )"
)
_URI = re.compile(r"\]\(\s*<?(https?://[^\s<>()]+)")


def items(text: str, pieces: Sequence[Piece], *, titled: bool) -> list[tuple[int, int]]:
    """Half-open ranges of pieces, one for each item, or an empty list where the page is one article.

    `titled` says that the page has a title in its front matter; otherwise a higher heading must come before the items.
    """
    heads = [(at, piece.level) for at, piece in enumerate(pieces) if piece.level]
    for level in sorted({level for _, level in heads}, reverse=True):
        starts = [at for at, own in heads if own == level]
        if len(starts) < LEAST_ITEMS or not (titled or any(own < level for at, own in heads if at < starts[0])):
            continue
        sources: set[str] = set()
        sourced = 0
        for at in starts:
            found = _source(text, pieces, at)
            if found is not None and found not in sources:
                sourced += 1
                sources.add(found)
        if sourced >= LEAST_ITEMS and sourced >= LEAST_SHARE * len(starts):
            ends = [next((at for at, own in heads if at > start and own <= level), len(pieces)) for start in starts]
            ends[-1] = _foot(pieces, starts[-1], ends[-1])
            return list(zip(starts, ends, strict=True))
    return []


def _source(text: str, pieces: Sequence[Piece], head: int) -> str | None:
    """What shows that the section is a text from elsewhere: its link, or the place of its dateline."""
    first = True
    dated: str | None = None
    for piece in pieces[head + 1 :]:
        if piece.level:
            break
        line = text[piece.start : piece.end]
        if credit_lines.is_source_link(line) and (uri := _URI.search(line)):
            return uri.group(1)
        if first and piece.kind == "body":
            first = False
            if _DATELINE.match(line):
                dated = f"dateline {piece.start}"
    return dated


def _foot(pieces: Sequence[Piece], start: int, end: int) -> int:
    """Where the last item ends: what follows a rule across the page is the page's own."""
    return next((at for at in range(start, end) if pieces[at].kind == "rule"), end)
