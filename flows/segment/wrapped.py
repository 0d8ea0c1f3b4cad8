"""Texts that were wrapped by hand or machine: at which width, and which of their lines go on in the next."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.segment.lines import Line
from flows.segment.words import in_words, parted

_FEWEST = 6
"""Lines, and pairs of them, that show how a text is wrapped."""
_WRAPPED_SHARE = 0.6
_WRAP_WIDTHS = (12, 64)
_WORD_WIDTHS = (20, 100)
_GLUED_FROM = 50
"""Width from which lines wrapped at words are put together; a narrower text may as well be verse or a list."""
_UNFIT_SHARE = 0.92
"""Share of the lines wrapped at words that had no room for the next line's first word: all but ends of paragraphs."""
_INDENT_MOST = 8
_CAPITALS_MOST, _DISTINCT_LEAST = 0.6, 0.9
"""Verse begins its lines with capitals wherever they stand in a sentence, and prose seldom says a line twice."""
_HAN_SEAM = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef“”‘’—…]")
_BULLET = re.compile(r"[*+•·▪◦]\s|[>|#=]")
_MARK = re.compile(r"[-–—]\s|[(（]?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)）]\s")
"""What begins an item of a list surely, and what may stand in a sentence as well."""
_STOP = re.compile(r"[。！？!?…；;：:.][”’」』》）)\]\"'】]*$")
"""How a line ends behind which the first item of a list may begin: a bracket or a quotation mark ends no sentence.

A dash stands in sentences too, and now and then at the beginning of a line. It is no item for another such line above
it, unless that one is."""
_HYPHENS = "-‐‑–—/"
"""After what a line may be broken where there was no space."""
_CELLS = re.compile(r"\t|\s{3}|\|")
"""What parts the cells of a table, or sets off a column."""


def wrap_width(texts: list[str], gaps: list[int]) -> int:
    """The width at which a text was wrapped by hand or machine, in code points; 0 where each line is a paragraph.

    `texts` and `gaps` are those of `read_page`.
    """
    if len(texts) < _FEWEST or max(gaps[1:], default=0) == 0:
        return 0
    if at_words := _width_at_words(texts, gaps):
        return at_words
    width = sorted(len(text) for text in texts)[int(len(texts) * 0.7)]
    if not _WRAP_WIDTHS[0] <= width <= _WRAP_WIDTHS[1]:
        return 0
    full = [text for text in texts if width - 2 <= len(text) <= width + 2]
    broken = sum(1 for text in full if not Line(0, text, False).ends)
    return width if len(full) >= _WRAPPED_SHARE * len(texts) and broken >= 0.5 * len(full) else 0


def _width_at_words(texts: list[str], gaps: list[int]) -> int:
    """The width at which a text was wrapped between words, 0 where it was not.

    No line of such a text has room for the first word of the next, but where a paragraph ends. A word alone, such as
    an address, may be longer than a line.
    """
    pairs = list(_adjacent(texts, gaps))
    if len(pairs) < max(_FEWEST, len(texts) // 2):
        return 0
    width = max((len(line) for line, _, _ in pairs if " " in line), default=0)
    if not _WORD_WIDTHS[0] <= width <= _WORD_WIDTHS[1]:
        return 0
    unfit = sum(_unfit(line, after, indent, width) for line, after, indent in pairs)
    seams = sum(bool(_HAN_SEAM.match(line[-1]) and _HAN_SEAM.match(after[0])) for line, after, _ in pairs)
    broken = sum(not Line(0, line, False).ends for line, _, _ in pairs)
    wrapped = unfit >= _UNFIT_SHARE * len(pairs) and 4 * seams < len(pairs) and 2 * broken >= len(pairs)
    return width if wrapped else 0


def _adjacent(texts: list[str], gaps: list[int]) -> Iterator[tuple[str, str, int]]:
    """Lines, those right below them with nothing between but a line break, and how far the first may be set in."""
    step = _step(gaps)
    for line, above, after, gap in zip(texts, gaps, texts[1:], gaps[1:], strict=False):
        if gap == step:
            yield line, after, _indent(above, step)


def _step(gaps: list[int]) -> int:
    """Code points from one line to the next where no blank line parts them: one, or two."""
    least = min((gap for gap in gaps[1:] if gap), default=0)
    return least if least <= 2 else 0


def _indent(gap: int, step: int) -> int:
    """How far a line may be set in, in code points, by what stands before it."""
    return min(max(0, gap - step), _INDENT_MOST)


def _unfit(line: str, after: str, indent: int, width: int) -> bool:
    """Whether a line has no room for the first word of the next."""
    return indent + len(line) + 1 + len(after.split(maxsplit=1)[0]) > width


def continuing(texts: list[str], gaps: list[int], width: int) -> list[bool]:
    """For each line, whether it goes on in the one before.

    A line that was cut by length goes on anywhere. In a wrapped text Han letters go on where a line is full; words do
    where there was no room for the next, if the text is prose, and neither line is of a list or a table.
    """
    prose = _is_prose(texts, gaps, width)
    step = _step(gaps)
    out = [False]
    item = bool(_MARK.match(texts[0])) if texts else False
    for before, above, text, gap in zip(texts, gaps, texts[1:], gaps[1:], strict=False):
        item = bool(_MARK.match(text)) and (item or gap != step or bool(_STOP.search(before)))
        if prose and gap:
            full = gap == step and _unfit(before, text, _indent(above, step), width)
            seam = full and (parted(before, text) or before[-1] in _HYPHENS)
            out.append(seam and not (item or _set_apart(before, text)))
        elif _HAN_SEAM.match(before[-1]) or _HAN_SEAM.match(text[0]):
            full = 0 < width <= len(before) + 2 and gap <= 2
            out.append(gap == 0 or (full and not in_words(before + text)))
        else:
            out.append(False)
    return out


def _is_prose(texts: list[str], gaps: list[int], width: int) -> bool:
    """Whether a text wrapped between words may be put together again: it is wide, and neither verse nor a refrain."""
    if width < _GLUED_FROM or _width_at_words(texts, gaps) != width:
        return False
    pairs = list(_adjacent(texts, gaps))
    if not in_words("".join(line for line, _, _ in pairs)):
        return False
    within = [after for line, after, _ in pairs if not Line(0, line, False).ends and after[0].isalpha()]
    capitals = sum(after[0].isupper() for after in within)
    distinct = len({line for line, _, _ in pairs})
    return capitals <= _CAPITALS_MOST * len(within) and distinct >= _DISTINCT_LEAST * len(pairs)


def _set_apart(before: str, text: str) -> bool:
    """Whether a line is surely an item of a list, or one of the two a row of a table."""
    return bool(_BULLET.match(text) or _CELLS.search(before) or _CELLS.search(text))
