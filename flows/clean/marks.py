"""The inline marks of Markdown: which characters of a passage are marks, and what stands in their place.

Code spans come first, as CommonMark has it: nothing in them is a mark. Emphasis follows its algorithm of delimiter runs
(CommonMark 0.31, "Emphasis and strong emphasis"), but for two things: punctuation beside a run of stars does not keep
it from opening or closing, which would leave the marks round quotations in languages without spaces; and a star between
a digit and another letter or digit is one of arithmetic.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import NamedTuple

Found = tuple[int, int, str]
"""A change that a rule asks for: start and end in the text, and the text to stand there."""

MOST = 2_000
"""A passage with more runs of marks keeps those of emphasis: it is a table of signs, or made to be slow."""

ENTITY = r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
_TAGS = (
    "a|b|i|u|s|em|strong|span|font|small|sup|sub|br|img|del|mark|center|ins|kbd|code|tt|samp|var|abbr|cite|q|big|time|wbr|"
    "ruby|rb|bdi|bdo|dfn|nobr"
)
_DEST = r"\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)"
_TOKEN = re.compile(
    r"\\(?P<escaped>[\\`*_{}\[\]()#+\-.!~|<>])"
    r"|(?P<tick>`+)"
    r"|(?P<dollar>\$(?=\S)[^$\n]{0,400}?(?<=[^\s\\])\$(?!\d))"
    r"|(?P<footnote>\[\^[^\]\s]{1,40}\](?!:))"
    rf"|!\[(?P<alt>[^\]\n]*)\]{_DEST}"
    rf"|\[(?P<label>(?:[^\[\]\n]|\[[^\[\]\n]*\])*)\]{_DEST}"
    r"|(?P<reading><(?P<rt>rt|rp)\b[^<>\n]*>[^<\n]*</(?P=rt)\s*>)"
    r"|<(?P<level>sup|sub)\b[^<>\n]*>(?P<script>[^<\n]{0,24}|[^\n]{0,200}?)</(?P=level)\s*>"
    rf"|(?P<tag></?(?:{_TAGS})\b[^<>\n]*>)"
    r"|(?:(?<=\w)(?=\^)|(?<=[A-Za-z)])(?=~))(?P<caret>[\^~])(?P<power>[+-]?\d{1,4})(?P=caret)"
    rf"|(?P<entity>{ENTITY})"
    r"|(?P<run>\*+|_+|~~+)",
    re.I,
)
_LINES = re.compile(r"^(?P<lead>\s*(?:#{1,6}\s+|>\s?|[-*+]\s+(?=\S)))|(?P<tail>\s+#+\s*$)", re.M)
_NOTE = re.compile(r"\[?\d{1,3}\]?|\[[^\]]{1,20}\]\(#[^)]*\)|<a\b[^<>]*#[^<>]*>[^<]*</a>|\[\^[^\]]*\]", re.I)
_BARE_NOTE = re.compile(r"\[\d{1,3}\]")
_UP = str.maketrans("0123456789+-−–=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ⁿⁱ")
_DOWN = str.maketrans("0123456789+-−–=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎")
_DIGITS = re.compile(r"[0-9+\-−–=()]*[0-9][0-9+\-−–=()]*")


@dataclass(slots=True)
class _Run:
    """A run of one mark that may open or close emphasis; `start` and `left` shrink as marks are used up."""

    mark: str
    start: int
    left: int
    opens: bool
    closes: bool


class _Span(NamedTuple):
    start: int
    end: int


def inline(text: str) -> list[Found]:
    """The changes that turn a passage of Markdown into its text, in order and apart from each other."""
    found: list[Found] = []
    for match in _LINES.finditer(text):
        found.append((*match.span(), ""))
    begin = found[0][1] if found and found[0][0] == 0 else 0
    _scan(text, begin, len(text), found)
    found.sort()
    out: list[Found] = []
    for change in found:
        if (not out or change[0] >= out[-1][1]) and text[change[0] : change[1]] != change[2]:
            out.append(change)
    return out


def _scan(text: str, start: int, end: int, found: list[Found]) -> None:
    """Add the changes in a part of the text, which is a whole: emphasis does not cross its bounds."""
    runs: list[_Run] = []
    missing: set[int] = set()
    at = start
    while (match := _TOKEN.search(text, at, end)) is not None:
        at = match.end()
        kind = match.lastgroup
        if match["escaped"]:
            found.append((*match.span(), match["escaped"]))
        elif match["tick"]:
            at = _code(text, match, end, found, missing)
        elif match["dollar"]:
            continue
        elif match["footnote"] or match["reading"]:
            found.append((*match.span(), ""))
        elif match["alt"] is not None or match["label"] is not None:
            name = "alt" if match["alt"] is not None else "label"
            inner = match.span(name)
            found += [(match.start(), inner[0], ""), (inner[1], match.end(), "")]
            _scan(text, *inner, found)
        elif match["level"]:
            at = _script(text, match, found)
        elif match["caret"]:
            table = _UP if match["caret"] == "^" else _DOWN
            found.append((*match.span(), match["power"].translate(table)))
        elif match["tag"]:
            found.append((*match.span(), ""))
        elif match["entity"]:
            after = html.unescape(match.group())
            if after and "\ufffd" not in after:
                found.append((*match.span(), after))
        elif kind == "run" and len(runs) < MOST:
            runs.append(_run(text, match))
    if len(runs) < MOST:
        _emphasis(runs, found)


def _code(text: str, match: re.Match[str], end: int, found: list[Found], missing: set[int]) -> int:
    """A code span, its ticks taken away; returns where to go on. Ticks that nothing closes are text."""
    length = len(match["tick"])
    if length in missing:
        return match.end()
    close = re.compile(rf"(?<!`)`{{{length}}}(?!`)").search(text, match.end(), end)
    if close is None:
        missing.add(length)
        return match.end()
    inner = text[match.end() : close.start()]
    pad = int(len(inner) > 2 and inner[0] == inner[-1] == " " and not inner.isspace())
    found += [(match.start(), match.end() + pad, ""), (close.start() - pad, close.end(), "")]
    return close.end()


def _script(text: str, match: re.Match[str], found: list[Found]) -> int:
    """Raised or lowered text: no mark of a note, digits as raised or lowered ones, else without its tags."""
    inner, raised = match["script"].strip(), match["level"].lower() == "sup"
    if raised and _NOTE.fullmatch(inner) and (not inner.isdigit()) and not _is_number(inner):
        found.append((*match.span(), ""))
    elif _DIGITS.fullmatch(inner):
        found.append((*match.span(), inner.translate(_UP if raised else _DOWN)))
    else:
        found += [(match.start(), match.start("script"), ""), (match.end("script"), match.end(), "")]
        _scan(text, *match.span("script"), found)
    return match.end()


def _is_number(inner: str) -> bool:
    return _DIGITS.fullmatch(inner) is not None


def _run(text: str, match: re.Match[str]) -> _Run:
    start, stop = match.span("run")
    mark = text[start]
    before, after = text[start - 1] if start else " ", text[stop] if stop < len(text) else " "
    opens, closes = not after.isspace(), not before.isspace()
    if mark == "_":
        inside = (before.isalnum() or before == "_") and (after.isalnum() or after == "_")
        opens, closes = opens and not before.isalnum() and not inside, closes and not after.isalnum() and not inside
    elif mark == "*" and before.isalnum() and after.isalnum() and (_is_digit(before) or _is_digit(after)):
        opens = closes = False
    return _Run(mark, start, stop - start, opens, closes)


def _is_digit(character: str) -> bool:
    return character.isascii() and character.isdigit()


def _emphasis(runs: list[_Run], found: list[Found]) -> None:
    """Pair the runs from left to right, each closing one with the nearest that opens, and take both away."""
    open_runs: list[_Run] = []
    for run in runs:
        while run.closes and run.left:
            place = next(
                (i for i in range(len(open_runs) - 1, -1, -1) if open_runs[i].mark == run.mark and open_runs[i].left),
                -1,
            )
            if place < 0:
                break
            opener = open_runs[place]
            if opener.start + opener.left == run.start:  # nothing between them
                break
            used = min(opener.left, run.left, 3)
            if run.mark == "~" and used < 2:
                break
            found.append((opener.start + opener.left - used, opener.start + opener.left, ""))
            found.append((run.start, run.start + used, ""))
            opener.left -= used
            run.start, run.left = run.start + used, run.left - used
            del open_runs[place + (1 if opener.left else 0) :]
        if run.opens and run.left:
            open_runs.append(run)
