"""Second printings: lines that a page prints twice."""

from __future__ import annotations

from rapidfuzz import fuzz, process

from flows.segment.lines import Line

_LONG = 20
"""Code points from which a line that comes back is no accident."""
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
