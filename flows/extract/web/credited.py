"""Whether a short line is one of credits (who wrote or sent out the text, and when) or part of the text itself.

A line of credits is one by what it says whole: names, labels, dates, counts, and nothing else. A word such as "by" or
"published", a date or a time of day stand in sentences as well; what is doubtful is text.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path

from flows.extract import dates
from flows.extract.web.credits import is_byline
from flows.extract.web.phrases import DATE, has

LINE = 160
"""A line of credits is at most this long."""
NAMES = 8
"""Capitalised words that are no labels: as many as two or three names and an agency have."""
ALONE = 2
"""Such words beside a time of day that has no date and no label."""
UNSPACED = 24
"""Characters beside labels and dates in a script that has no spaces: names and the name of a paper."""
TOGETHER = 6
"""Characters in a row, where no colon follows a label: two names or that of a paper, not a clause."""
CLAUSE = 8
"""As many on both sides of a comma are clauses."""

_LISTS = tomllib.loads(Path(__file__).with_name("credited.toml").read_text(encoding="utf-8"))
_LEAD, _BESIDE = frozenset(_LISTS["lead"]), frozenset(_LISTS["beside"])
_MARKS = re.compile(
    "|".join(re.escape(word) for word in sorted(_LISTS["unspaced"], key=lambda word: (-len(word), word)))
)
_WORD = re.compile(r"[^\W\d_]+(?:['’.\-‐][^\W\d_]+)*")
_UNSPACED = re.compile(r"[\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0e7f]")
_CLOCK = re.compile(r"\d{1,2}\s*[:：.h]\s*\d\d(?:[:：]\d\d)?")
_ENDED = re.compile(r"(?P<word>[^\W_]*)[.!?;…।؟۔։](?:[\"”»’')\]]|\s)*\Z|[。！？；…](?:[”」』）)])*\Z")
_FULL = re.compile(r"[。！？]")
_BETWEEN = re.compile(r"[|•·:：\n/／–—]+|\s-\s")
_ADDRESS = re.compile(r"\S+@\S+|@\w+|https?://\S+|www\.\S+")


@lru_cache(maxsize=4_096)
def is_credit(text: str) -> bool:
    """Whether all of a line is credits. Longer ones than LINE are not."""
    if len(text) > LINE:
        return False
    if is_byline(text):
        return True
    rest, days = _without_dates(text)
    times = len(_CLOCK.findall(rest))
    rest = _ADDRESS.sub("|", _CLOCK.sub("|", rest))
    dated = days > 0 or DATE.search(text.casefold()) is not None
    if len(_UNSPACED.findall(rest)) * 2 > len(_letters(rest)):
        return _unspaced(text, rest, days > 0, bool(times) or dated)
    return _spaced(text, rest, days > 0, dated or bool(times))


def _letters(text: str) -> str:
    return "".join(filter(str.isalpha, text))


def _without_dates(text: str) -> tuple[str, int]:
    """The line with a bar in place of each date, and how many there are."""
    pieces, at, count = [], 0, 0
    for moment in dates.find(text):
        if moment.start < at:
            continue
        pieces += [text[at : moment.start], "|"]
        at, count = moment.end, count + 1
    return "".join([*pieces, text[at:]]), count


def _spaced(text: str, rest: str, day: bool, dated: bool) -> bool:
    """The verdict on a line of words with spaces; `day` tells that it has a date, `dated` that it has one or a time."""
    words = _WORD.findall(rest)
    folded = [word.casefold() for word in words]
    first = next((i for i, word in enumerate(folded) if word not in _BESIDE), None)
    led = first is not None and folded[first] in _LEAD
    labelled = led or has("credit", _first_part(text))
    if not (labelled or dated):
        return False
    known = [word in _LEAD or word in _BESIDE for word in folded]
    unknown = [word for word, is_known in zip(words, known, strict=True) if not is_known]
    cased = [word for word in unknown if word.lower() != word.upper()]
    small = sum(word[0].islower() for word in cased)
    uncased = len(unknown) - len(cased)
    ended = _ends_a_sentence(text)
    if ended and (small or uncased > 1 or len(words) > 5):
        return False
    if uncased:
        return uncased <= (6 if labelled else 4 if day else 2)
    if len(unknown) - small > NAMES:
        return False
    if not labelled and not day and (small or len(unknown) > ALONE):
        return False
    if not dated and labelled and len(unknown) == 0:
        return False
    return small <= (1 if day or labelled else 0) or (day and small == 2 and len(_letters(rest)) <= UNSPACED)


def _first_part(text: str) -> str:
    """What stands before the first colon or bar, case-folded."""
    return _BETWEEN.split(text.casefold(), maxsplit=1)[0][:24] + ":"


def _ends_a_sentence(text: str) -> bool:
    found = _ENDED.search(text)
    if found is None:
        return False
    word = found["word"]
    return word is None or len(word) > 3 or word.isdigit()


def _unspaced(text: str, rest: str, day: bool, dated: bool) -> bool:
    """The verdict on a line in a script without spaces."""
    if _FULL.search(text):
        return False
    labelled = _MARKS.search(rest) is not None and _has_label(rest)
    others = len(_letters(_MARKS.sub("", rest)))
    if "，" in rest or "、" in rest or "," in rest:
        clauses = [len(_letters(_MARKS.sub("", part))) for part in re.split("[，,]", rest)]
        if sum(size >= CLAUSE for size in clauses) > 0:
            return False
    if not (labelled or dated):
        return False
    if (
        dated
        and not labelled
        and re.search(r"[\u3041-\u30ff\u3400-\u9fff]{4}\||\|[\u3041-\u30ff\u3400-\u9fff]{2}", rest)
    ):
        return False  # the date is part of a clause
    runs = [len(run) for part in _MARKS.split(rest) for run in _RUN.findall(part)]
    if not _COLON.search(rest) and max(runs, default=0) > TOGETHER:
        return False
    return others <= (UNSPACED if labelled else UNSPACED // 2 if day else 2)


_IN_CLAUSE = re.compile(r"[\u3041-\u30ff\u3400-\u9fff]{4}\||\|[\u3041-\u30ff\u3400-\u9fff]{2}")
_RUN = re.compile(r"[^\W\d_]+")
_COLON = re.compile(rf"(?:{_MARKS.pattern})\s*[:：/／]")
_LABELLED = re.compile(
    rf"(?:\A|[\s|（(\[【　・])(?:{_MARKS.pattern})+\s*[:：/／|　・\s]|(?:{_MARKS.pattern})+\s*[:：/／]"
    r"|\A\W*(?:本报|本報|新华社|记者|記者|通讯员)|기자"
)


def _has_label(rest: str) -> bool:
    """Whether a label stands where one does: before a colon or a space, or at the line's beginning."""
    return _LABELLED.search(rest) is not None
