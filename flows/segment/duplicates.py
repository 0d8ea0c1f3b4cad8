"""Second printings: lines that a page prints twice."""

from __future__ import annotations

from rapidfuzz import fuzz, process

from flows.segment.lines import Line

_LONG = 20
"""Code points from which a line that comes back is no accident."""
_FURNITURE = ("masthead", "advert")
_ALIKE = 90.0
_COMPARED = 400
"""Lines up to which near copies are looked for; beyond, only exact ones."""


def second_printings(lines: list[Line], *, near: bool) -> dict[int, int]:
    """Line number of a second printing -> of the first.

    With `near`, copies that OCR slips set apart count too, unless the page is very large.
    """
    first: dict[str, int] = {}
    out: dict[int, int] = {}
    for line in lines:
        if len(line.text) >= _LONG and line.kind in ("body", "caption", "headline"):
            known = first.setdefault(line.text, line.number)
            if known != line.number:
                out[line.number] = known
    if not near:
        return out
    long = [line for line in lines if len(line.text) >= 2 * _LONG and line.number not in out]
    if 1 < len(long) <= _COMPARED:
        texts = [line.text for line in long]
        scores = process.cdist(texts, texts, scorer=fuzz.ratio, score_cutoff=_ALIKE)
        for row, col in zip(*scores.nonzero(), strict=True):
            if row > col and long[row].number not in out:
                out[long[row].number] = long[col].number
    return out


def closings(lines: list[Line], twice: dict[int, int]) -> dict[int, int]:
    """Where a tail that is printed twice ends its article: the line after the second printing -> the tail's last line.

    A run of lines that stands right above a headline in its first printing is the end of an article, and so it is where
    it is printed again.
    """
    out: dict[int, int] = {}
    for copy, original in twice.items():
        after = next((line for line in lines[copy + 1 :] if line.kind not in _FURNITURE), None)
        below = next((line for line in lines[original + 1 :] if line.kind not in _FURNITURE), None)
        if after is not None and after.number not in twice and below is not None and below.kind == "headline":
            out[after.number] = original
    return out
