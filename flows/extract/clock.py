"""Times of the day beside a date, and their zones."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from flows.extract import calendar_names as names
from flows.extract.languages import folded, words

_SIGNS = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670"  # accents, points, vowels above and below
    "\u0900-\u0963\u0970-\u0dff\u0e01-\u0e4e\u0e80-\u0eff\u1000-\u109f\u1780-\u17d3"  # India and further east
)
LETTER = rf"(?:[^\W\d_]|[{_SIGNS}])"
"""A letter, or a sign that Python takes for none: the vowels of India and further east."""
WORD = re.compile(rf"{LETTER}(?:{LETTER}|[.'’ʼ`´׳״\u200c](?={LETTER}))*")
"""A word; full stops and apostrophes within it are its own (มิ.ย., d’abril)."""

_SPACE = re.compile(r"[\s,،，|·•@/–—‒\-()（）\[\].:：、]*")
_TIME = re.compile(
    r"(?P<hour>[01]?\d|2[0-4])(?:\s*(?P<by>[:：h時时點点시.])\s*(?P<minute>[0-5]\d)(?!\d)\s*[分분]?"
    r"(?:\s?[:：.]?\s?(?P<second>[0-5]\d)(?![\d:])\s*[秒초]?(?:[.,]\d+)?)?)"
)
_HOUR = re.compile(r"(?P<hour>1[0-2]|0?[1-9])\s*(?=[ap]\.?\s?m\b)", re.I)
_NOON = re.compile(r"\s*([ap])\.?\s?m(?:\.|(?![^\W\d_]))", re.I)
_LOOKS = re.compile(r"\d\s*[:：h時时點点시.]\s*[0-5]\d|\d\s*[ap]\.?\s?m", re.I)
NEAR = 48
"""A time stands at most as many characters from its date."""
_MOST_WORDS = 6
_OFFSETS = {
    "Z": 0, "GMT": 0, "UTC": 0, "WET": 0, "WEST": 60, "BST": 60, "CET": 60, "CEST": 120, "MEZ": 60, "MESZ": 120,
    "EET": 120, "EEST": 180, "MSK": 180, "МСК": 180, "TRT": 180, "SAST": 120, "EAT": 180, "WAT": 60, "CAT": 120,
    "IST": 330, "PKT": 300, "NPT": 345, "ICT": 420, "WIB": 420, "WITA": 480, "WIT": 540, "HKT": 480, "SGT": 480,
    "MYT": 480, "PHT": 480, "AWST": 480, "JST": 540, "KST": 540, "ACST": 570, "AEST": 600, "AEDT": 660,
    "NZST": 720, "NZDT": 780, "EST": -300, "EDT": -240, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480,
    "PDT": -420, "AKST": -540, "AKDT": -480, "HST": -600, "BRT": -180, "ART": -180,
}  # fmt: skip
"""Minutes east of Greenwich. CST is also China's, so it says nothing. IST is India's, where most write it."""
_REGIONS = {"ET": "America/New_York", "PT": "America/Los_Angeles", "MT": "America/Denver", "CT": "America/Chicago"}
_ZONE = re.compile(
    r"\s*[,(（\[]?\s*(?:(?P<sign>(?:GMT|UTC)\s*[+\-−]\s?\d\d?(?::?\d\d)?(?!\d)|[+\-−]\d\d:?\d\d(?!\d))|"
    rf"(?P<name>{'|'.join(sorted([*_OFFSETS, *_REGIONS, 'CST'], key=lambda n: (-len(n), n)))})"
    rf"(?!{LETTER}))\s*[)）\]]?",
    re.I,
)
_SIGNED = re.compile(r"([+\-−])\s?(\d\d?):?(\d\d)?\Z")
_FARTHEST = 840


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of the day, `hour` from 0 to 24 and beyond where it is of the night after; and where it stands."""

    hour: int
    minute: int
    second: int | None
    zone: tzinfo | None
    start: int
    end: int


@cache
def _words_before(language: str) -> frozenset[str]:
    """Folded words that stand before a time, in any language, and its own in the page's."""
    return frozenset(folded(word) for each in words().values() for word in each.get("at", ()))


@cache
def _units() -> frozenset[str]:
    return frozenset(folded(word) for each in words().values() for word in each.get("unit", ()))


def zone_named(text: str | None) -> tzinfo | None:
    """The zone that a text names by its letters or its distance from UTC; None where it says nothing of use."""
    if not text:
        return None
    name = text.strip(" ()（）[],").upper()
    if name in _REGIONS:
        return ZoneInfo(_REGIONS[name])
    if signed := _SIGNED.search(name):
        minutes = int(signed[2]) * 60 + int(signed[3] or 0)
        return timezone(timedelta(minutes=minutes if signed[1] == "+" else -minutes)) if minutes <= _FARTHEST else None
    return timezone(timedelta(minutes=_OFFSETS[name])) if name in _OFFSETS else None


def _of_day(hour: int, period: str | tuple[float, float] | None) -> int:
    """The hour of 24 that an hour of 12 is in a time of the day: the one that lies in it, or the nearest to it."""
    if period is None or hour > 12:
        return hour
    if period == "am":
        return hour % 12
    if period == "pm":
        return hour % 12 + 12
    assert isinstance(period, tuple)
    begin, end = period
    # 24 and later is of the night that follows the day; a time that begins after midnight has no such hours.
    near = [each for each in (hour % 12, hour % 12 + 12, hour % 12 + 24) if each < 24 or begin >= 12]
    return min(near, key=lambda each: (max(begin - each, each - end, 0.0), each))


def _period_in(word: str, language: str) -> tuple[str | tuple[float, float] | None, int]:
    """The time of day that a word begins with, and its length; languages without spaces write more after it."""
    sizes = range(min(len(word), 4), 0, -1) if word[:1] >= "\u2e80" else (len(word),)
    for size in sizes:
        if (found := names.period(word[:size], language)) is not None:
            return found, size
    return None, 0


def after(text: str, at: int, language: str = "") -> Clock | None:
    """The time that follows a date which ends at a place: beyond a label, a weekday, a time of day only."""
    if not _LOOKS.search(text, at, at + NEAR):
        return None
    period: str | tuple[float, float] | None = None
    labelled = False
    place = at
    for _ in range(_MOST_WORDS):
        begin = place
        space = _SPACE.match(text, place)
        place = space.end() if space else place
        if time := _TIME.match(text, place) or _HOUR.match(text, place):
            return _read(text, time, period, language, labelled=labelled, gap=text[begin:place])
        word = WORD.match(text, place)
        if word is None or word.start() > at + NEAR:
            return None
        found, size = _period_in(word[0], language)
        if found is not None:
            period, place = found, place + size
            continue
        size = _known(word[0], language)
        if not size:
            return None
        labelled |= folded(word[0]) in _words_before(language)
        place += size
    return None


def _known(word: str, language: str) -> int:
    """How many letters at the beginning of a word may stand between a date and its time."""
    if folded(word) in _words_before(language) or names.is_between(word, language) or names.is_weekday(word, language):
        return len(word)
    if word[0] >= "\u2e80":
        for size in range(min(len(word), 4), 0, -1):
            if names.is_weekday(word[:size], language) or word[:size] in ("星期", "週", "周", "曜日"):
                return size
        return 1 if word[0] in "一二三四五六日天月火水木金土월화수목금토일" else 0
    return 0


def _read(
    text: str, time: re.Match[str], period: str | tuple[float, float] | None, language: str, *, labelled: bool, gap: str
) -> Clock | None:
    """What a time says with what stands around it; None where the figures are no time."""
    groups = time.groupdict()
    hour, minute, second = int(groups["hour"]), int(groups.get("minute") or 0), groups.get("second")
    end = time.end()
    if noon := _NOON.match(text, end):
        period, end = ("am" if noon[1] in "aA" else "pm"), noon.end()
    unit = False
    for _ in range(2):
        space = _SPACE.match(text, end, end + 3)
        word = WORD.match(text, space.end() if space else end)
        if word is None or noon:
            break
        if folded(word[0]) in _units():
            unit, end = True, word.end()
            if text[end : end + 1] == "." and len(word[0]) < 4:
                end += 1
            continue
        found, size = _period_in(word[0], language)
        if (
            period is None
            and found is not None
            and hour <= 12
            and (word[0].islower() or not word[0].isascii() or size <= 2)
        ):
            period, end = found, word.start() + size
        break
    zone = None
    if zoned := _ZONE.match(text, end):
        zone, end = zone_named(zoned["sign"] or zoned["name"]), zoned.end()
    pointed = groups.get("by") == "." and not (labelled or unit or zoned or noon)
    if pointed and (len(groups["hour"]) < 2 or "." in gap.strip() or not gap or text[end : end + 1] in ("%", "€", "$")):
        return None
    return Clock(_of_day(hour, period), minute, int(second) if second else None, zone, time.start(), end)


def before(text: str, at: int, floor: int, language: str = "") -> Clock | None:
    """The time right before a date that begins at a place; `floor` is the end of the date before that."""
    begin = max(at - NEAR, floor)
    if not _LOOKS.search(text, begin, at):
        return None
    found = None
    place = begin
    while time := _TIME.search(text, place, at):
        place = time.end()
        if time.start() and (text[time.start() - 1].isdigit() or text[time.start() - 1] in ".:-/+"):
            continue
        word = next(
            (w for w in WORD.finditer(text, begin, time.start()) if not text[w.end() : time.start()].strip()), None
        )
        period = names.period(word[0], language) if word else None
        clock = _read(text, time, period, language, labelled=False, gap=" ")
        if clock is None or clock.end > at:
            continue
        rest = text[clock.end : at]
        passed = all(_known(each, language) for each in WORD.findall(rest)) and not re.search(r"\d", rest)
        if passed or _SPACE.sub("", rest) == "":
            start = word.start() if word and period else clock.start
            found = replace(clock, start=start)
    return found
