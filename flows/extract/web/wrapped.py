"""Lines of an article that were broken by hand within their paragraphs, put together again.

One line break in HTML ends a line, two part paragraphs. Pages also end each paragraph, verse or item of a list with
one, so lines are put together only where they are as wide as each other and most of them end within a sentence.
"""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np

from flows.extract.web.blocks import Cut, Mask

NARROW, WIDE = 30, 200
"""Columns of the widest line of a wrapped paragraph: narrower lines are verse or a list, wider ones paragraphs."""
FULL = 0.6
"""A line that is wrapped takes up at least this share of the widest one; the next word did not fit."""
BROKEN = 0.5
"""The least share of lines that end within a sentence."""

_END = re.compile(r"[.!?:;…。！？：；।؟۔][\"”»’')\]」』）》】]*\Z")
_IDEOGRAPH = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60“”‘’—…]")
_CJK = re.compile(r"[\u3041-\u30ff\u3400-\u9fff]")
_GOES_ON = re.compile(r"[\"“„«'‘(\[]?(?:[^\W\d_]|\d)")


def paragraphs(page: Cut, inside: Mask) -> dict[int, tuple[int, str]]:
    """For each first line of a paragraph of several lines: its last line, and the paragraph's text."""
    out: dict[int, tuple[int, str]] = {}
    places = np.flatnonzero(inside).tolist()
    holders, breaks = page.holders, page.breaks
    run: list[int] = []
    for i in [*places, -1]:
        goes_on = run and i == run[-1] + 1 and holders[i] == holders[run[-1]] and breaks[i] - breaks[run[-1]] == 1
        if goes_on:
            run.append(i)
            continue
        if len(run) > 1:
            out |= _of_run(page, run)
        run = [i] if i >= 0 and not page.whole[i] else []
    return out


def _of_run(page: Cut, run: list[int]) -> dict[int, tuple[int, str]]:
    """The paragraphs of lines with one break between each."""
    lines = [page.texts[i] for i in run]
    widths = [_width(line) for line in lines]
    widest = max(widths)
    if not NARROW <= widest <= WIDE:
        return {}
    seams = [_is_seam(*pair) for pair in pairwise(lines)]
    full = [width >= FULL * widest for width in widths[:-1]]
    if sum(seam and wide for seam, wide in zip(seams, full, strict=True)) < max(1.0, BROKEN * len(seams)):
        return {}
    out: dict[int, tuple[int, str]] = {}
    begin = 0
    for k in range(1, len(lines) + 1):
        joins = k < len(lines) and full[k - 1] and (seams[k - 1] or widths[k - 1] + _first(lines[k]) > widest)
        if joins:
            continue
        if k - begin > 1:
            out[run[begin]] = (run[k - 1], _join(lines[begin:k]))
        begin = k
    return out


def _first(line: str) -> int:
    """The width of a line's first word, and of the space before it."""
    return _width(line[:1] if _CJK.match(line) else line.split(maxsplit=1)[0]) + 1


def _width(line: str) -> int:
    return len(line) + len(_IDEOGRAPH.findall(line))


def _is_seam(line: str, after: str) -> bool:
    """Whether a sentence goes on from one line to the next."""
    if _END.search(line) or not _GOES_ON.match(after):
        return False
    begin = after.lstrip("\"“„«'‘([")[:1]
    return not begin.isupper() or line[-1:] in ",，、-–" or (line.split()[-1].islower() and _width(line) > NARROW)


def _join(lines: list[str]) -> str:
    out = lines[0]
    for line in lines[1:]:
        seamless = (_IDEOGRAPH.match(out[-1]) and _IDEOGRAPH.match(line[0])) or out.endswith("\u00ad")
        out += line if seamless else f" {line}"
    return out
