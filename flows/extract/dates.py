"""Dates as the world writes them, to a time and how exact it is.

A date is found by its year; the day and the month stand before or after it, the month in figures or by a name of any
language that CLDR knows. Years may be of the Buddhist era, of the Persian or the Islamic calendar, or of an era of
China or Japan. Figures may be of any script.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache, lru_cache

from babel import localedata

from flows.extract import calendar_names as names
from flows.extract import clock
from flows.extract.calendars import BUDDHIST, ERAS, to_day
from flows.extract.languages import primary, words

_DIGITS = {char: number for number, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "０": 0, "元": 1}
_NUMERAL = r"[〇○零一二三四五六七八九十百]"
_YEARS = re.compile(
    r"(?<!\d)(?:"
    r"(?P<compact>(?:19|20)\d\d(?:1[0-2]|0[1-9])(?:3[01]|[12]\d|0[1-9]))"
    r"(?:T?(?P<h>[01]\d|2[0-3])(?P<i>[0-5]\d)(?P<s>[0-5]\d)?)?(?!\d)|"
    r"(?P<year>(?:1[3489]|2[045])\d\d)(?!\d)|"
    r"(?:(?<=['’ʼ])|(?<=[\u0e01-\u0e4e]\.)|(?<=[\u0e01-\u0e4e]\s)|(?<=[\u0e01-\u0e4e]\.\s))(?P<short>\d\d)(?![\d:.]))"
    rf"|(?P<era>民國|民国|令和|平成|昭和|大正|明治)\s*(?P<erayear>元|\d{{1,3}}|{_NUMERAL}{{1,5}})\s*(?=[年./-])"
    rf"|(?P<written>[一二][〇○零九八九七六五四三二一０]{{3}})(?=年)"
    r"|(?:(?<=[间期布]：)|(?<=[间期布]:)|(?<=[间期布]： ))"
    r"(?P<two>[012]\d)(?=-(?:1[0-2]|0[1-9])-(?:3[01]|[12]\d|0[1-9])\s*\d\d:\d\d)"
    r"|(?<![\d./-])(?P<roc>1[01]\d)"
    r"(?=(?P<sep>[./-])(?:1[0-2]|0?[1-9])(?P=sep)(?:3[01]|[12]\d|0?[1-9])(?![\d/-])|年(?:1[0-2]|0?[1-9])月)"
)
_MAY_BE = re.compile(
    r"1[3489]\d\d|2[045]\d\d|['’ʼ]\d\d|[\u0e01-\u0e4e][.\s]{0,2}\d\d|1[01]\d[./年-]|[间期布][:：]\s?\d\d-|"
    r"[民令平昭大明][國国和成正治]|[一二][〇○零九八七六五四三二一０]{3}年"
)
"""A text in which it finds nothing has no year."""
_AFTER = re.compile(
    r"\s*(?P<sep>[-/.年년–])\s*(?P<m>1[0-2]|0?[1-9])\s*[-/.月월–]\s*(?P<d>3[01]|[12]\d|0?[1-9])"
    r"(?:(?!\d)|(?=[0-2]\d:[0-5]\d))\s*[日號号일]?"
)
_WRITTEN = re.compile(rf"年\s*(?P<m>{_NUMERAL}{{1,3}}|\d\d?)\s*月\s*(?P<d>{_NUMERAL}{{1,3}}|\d\d?)\s*[日號号]")
_MONTH_ONLY = re.compile(r"\s*[年년]\s*(?P<m>1[0-2]|0?[1-9])\s*[月월](?!\s*\d)|[-/](?P<n>1[0-2]|0[1-9])(?![-/\d.])")
_BEFORE = re.compile(
    r"(?<![\d.])(?P<d>3[01]|[12]\d|0?[1-9])(?:(?P<sep>\s?[./-]\s?))(?P<m>3[01]|[12]\d|0?[1-9])(?P=sep)\Z"
)
_LAST = re.compile(rf"(?P<number>\d+)|(?P<word>{clock.WORD.pattern})")
_GAP = re.compile(r"[\s.,،、·\-–—'’ʼ/()|]*\Z")
_WIDEST = 4
"""Marks and spaces between the parts of a date."""
_REACH = 56
"""A date reaches at most as many characters from its year."""
_PASSED = 4
"""Words that may stand between the parts."""
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = re.compile(rf"\b({'|'.join(_WEEKDAYS)})[a-z]*,?\s*\Z", re.I)
_HIJRI = re.compile(r"\s*(?:هـ|ه(?!\w)|AH\b|H\b)")
_PERSIAN_FIGURES = re.compile("[۰-۹]")
_OTHER_FIGURES = re.compile(r"(?![0-9])\d|[：\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SHORT = 240
"""Texts up to this length are remembered."""
_EPOCH = re.compile(r"\A\s*(1\d{9})(\d{3})?\s*\Z")
_BY_NOON = re.compile(r"[\s,@|-]*\d{1,2}:\d\d(?::\d\d)?\s*[ap]\.?m", re.I)
_MONTH_FIRST = ("en-us", "en-ph", "fil", "tl")
"""Where a date in figures begins with its month: the United States, and the Philippines after them (CLDR)."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A date found in a text: where, when and how exactly.

    `when` is naive; `zone` is what the text says of it, or None.
    """

    start: int
    end: int
    when: datetime
    precision: str
    zone: tzinfo | None

    def placed(self, zone: tzinfo) -> datetime:
        """Naive midnight at day precision or coarser, else aware, in its own zone or the one given.

        A time in UTC is how machines write an instant, and says nothing of the clock that the page goes by: it is told
        by the one given.
        """
        if self.precision in ("year", "month", "day"):
            return self.when
        placed = self.when.replace(tzinfo=self.zone or zone)
        if placed.utcoffset() or zone.utcoffset(self.when) in (None, timedelta(0)):
            return placed
        try:
            return placed.astimezone(zone)
        except OverflowError:  # on the first or the last day that there is
            return placed


@dataclass(frozen=True, slots=True)
class _Day:
    """A day (0 where only the month is told) and where it stands."""

    calendar: names.Calendar
    month: int
    day: int
    start: int
    end: int


@cache
def _figures() -> dict[int, str]:
    """The figures of all scripts, as ours; marks of direction, as spaces."""
    marks = {0xFF1A: ":"} | dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)], " ")
    points = range(128, sys.maxunicode + 1)
    return marks | {p: str(unicodedata.decimal(chr(p))) for p in points if unicodedata.category(chr(p)) == "Nd"}


def _number(numeral: str) -> int:
    """A number below 1,000 in figures or in Chinese numerals; 0 where it is none."""
    if numeral.isdecimal():
        return int(numeral)
    if not re.search("[十百]", numeral):
        return int("".join(str(_DIGITS[char]) for char in numeral))
    value = last = 0
    for char in numeral:
        if char in "十百":
            value, last = value + (last or 1) * (10 if char == "十" else 100), 0
        else:
            last = _DIGITS[char]
    return value + last


@cache
def _year_first(language: str) -> bool:
    """Whether a language writes the year before the day (CLDR's long form)."""
    if not localedata.exists(language):
        return False
    form = str(getattr(localedata.load(language).get("date_formats", {}).get("long"), "pattern", ""))
    return 0 <= form.find("y") < form.find("d")


def find(text: str, language: str | None = None) -> Iterator[Moment]:
    """The dates in a text, from left to right.

    `language` is the tag of the page's, where it is known: it decides what a name of a month means that several
    languages have, and which of day and month in figures comes first. Without it the day does, unless it cannot.
    """
    tag = (language or "").lower()
    return iter(_found(text, tag)) if len(text) <= _SHORT else _find(text, tag)


@lru_cache(maxsize=2_048)
def _found(text: str, tag: str) -> tuple[Moment, ...]:
    """The dates in a line: those around an article are looked at several times."""
    return tuple(_find(text, tag))


def _find(text: str, tag: str) -> Iterator[Moment]:
    persian = False
    if not text.isascii() and _OTHER_FIGURES.search(text):
        persian = _PERSIAN_FIGURES.search(text) is not None
        text = text.translate(_figures())
    if not _MAY_BE.search(text):
        return
    done = 0
    for year in _YEARS.finditer(text):
        if year.start() >= done and (moment := _moment(text, year, done, tag, persian=persian)):
            yield moment
            done = moment.end


def _moment(text: str, year: re.Match[str], floor: int, tag: str, *, persian: bool) -> Moment | None:
    """The date whose year this is; what stands before `floor` is of another."""
    language = primary(tag)
    if year["compact"]:
        digits = year["compact"]
        when = _at_midnight("gregorian", int(digits[:4]), int(digits[4:6]), int(digits[6:]))
        if when is None or not year["h"]:
            return Moment(*year.span(), when, "day", None) if when else None
        when += timedelta(hours=int(year["h"]), minutes=int(year["i"]), seconds=int(year["s"] or 0))
        return Moment(*year.span(), when, "second" if year["s"] else "minute", None)
    day = _day_of(text, year, floor, tag)
    if day is None:
        return None
    number = _year(text, year, day, language, persian=persian)
    when = _at_midnight(*number, day.month, day.day or 1) if number else None
    if when is None:
        return None
    if not day.day:
        return Moment(day.start, day.end, when, "month", None)
    time = clock.after(text, day.end, language)
    early = clock.before(text, day.start, floor, language) if time is None else None
    if found := time or early:
        when += timedelta(hours=found.hour, minutes=found.minute, seconds=found.second or 0)
        start, end = (day.start, found.end) if time else (found.start, day.end)
        return Moment(start, end, when, "minute" if found.second is None else "second", found.zone)
    return Moment(day.start, day.end, when, "day", None)


def _at_midnight(calendar: names.Calendar, year: int, month: int, day: int) -> datetime | None:
    found = to_day(calendar, year, month, day)
    return datetime(found.year, found.month, found.day) if found else None


def _year(
    text: str, year: re.Match[str], day: _Day, language: str, *, persian: bool
) -> tuple[names.Calendar, int] | None:
    """The calendar and the number of a year, by its name or its size, and by the month and the language."""
    if year["era"]:
        return "gregorian", ERAS[year["era"]] + _number(year["erayear"])
    if year["written"]:
        return "gregorian", int("".join(str(_DIGITS[char]) for char in year["written"]))
    if year["roc"]:
        return ("gregorian", ERAS["民國"] + int(year["roc"])) if language == "zh" else None
    if year["two"]:
        return "gregorian", 2000 + int(year["two"])
    if year["short"]:
        if text[year.start() - 1] in "'’ʼ":
            return "gregorian", 2000 + int(year["short"])
        return "gregorian", 2500 + int(year["short"]) - BUDDHIST
    number = int(year["year"])
    if day.calendar != "gregorian":
        return (day.calendar, number) if 1300 <= number < 1500 else None
    if number >= 2400:
        thai = language in ("th", "lo", "km", "my") or re.search("[\u0e01-\u0eff]", text)
        return ("gregorian", number - BUDDHIST) if thai else None
    if number < 1500:
        if _HIJRI.match(text, day.end) or (language == "ar" and not persian):
            return "islamic", number
        return ("persian", number) if persian or language in ("fa", "ps", "ckb") else None
    return ("gregorian", number) if number >= 1900 and number < 2100 else None


def _day_of(text: str, year: re.Match[str], floor: int, tag: str) -> _Day | None:
    """The day and the month beside a year."""
    if year["roc"] or year["two"] or year["era"] or year["written"]:
        found = _AFTER.match(text, year.end()) or _WRITTEN.match(text, year.end())
        if found:
            return _Day("gregorian", _number(found["m"]), _number(found["d"]), year.start(), found.end())
        return None
    language = primary(tag)
    if not year["short"]:
        alone = year.start() == 0 or text[year.start() - 1] not in "."
        if alone and (found := _AFTER.match(text, year.end())):
            return _Day("gregorian", int(found["m"]), int(found["d"]), year.start(), found.end())
        if (found := _BEFORE.search(text, max(floor, year.start() - 14), year.start())) is not None:
            return _in_figures(text, found, year, tag)
    parts = (_named_after, _named_before) if _year_first(language) else (_named_before, _named_after)
    for look in parts:
        if (day := look(text, year, floor, language)) is not None:
            return day
    if only := _MONTH_ONLY.match(text, year.end()):
        return _Day("gregorian", int(only["m"] or only["n"]), 0, year.start(), only.end())
    return _month_before(text, year, floor, language)


def _in_figures(text: str, found: re.Match[str], year: re.Match[str], tag: str) -> _Day:
    """A date such as 6/7/2024: the day first, unless that cannot be or the language or a weekday says otherwise."""
    day, month = int(found["d"]), int(found["m"])
    named = _WEEKDAY.search(text[max(found.start() - 14, 0) : found.start()])
    first = month > 12 or (tag in _MONTH_FIRST and day <= 12)
    if named is not None:
        weekday, number = _WEEKDAYS.index(named[1].lower()), int(year["year"])
        for month_first, (m, d) in ((True, (day, month)), (False, (month, day))):
            when = _at_midnight("gregorian", number, m, d)
            if when is not None and when.weekday() == weekday:
                first = month_first
                break
    elif found["sep"].strip() == "/" and day <= 12 and _BY_NOON.match(text, year.end()):
        first = True  # only those who write so count hours by noon
    return _Day("gregorian", day if first else month, month if first else day, found.start(), year.end())


def _pieces(text: str, begin: int, end: int) -> list[re.Match[str]]:
    """The numbers and words in a part of a text."""
    return list(_LAST.finditer(text, begin, end))


def _joined(pieces: list[re.Match[str]], language: str, text: str) -> tuple[tuple[names.Calendar, int] | None, int]:
    """The month that the first pieces name, one to three of them, and how many they are; the longest name counts."""
    for size in (3, 2, 1):
        if len(pieces) < size or (pieces[0]["number"] and size == 1):
            continue
        spelt = text[pieces[0].start() : pieces[size - 1].end()]
        if size > 1 and (len(spelt) > 20 or re.search(r"[^\w\s\-\u0900-\u1fff]", spelt)):
            continue
        if (pieces[0]["number"] and not _is_month_word(pieces[size - 1][0], language)) or (
            pieces[size - 1]["number"] and size < 2
        ):
            continue
        if pieces[0]["number"]:
            number = int(pieces[0]["number"])
            return (("gregorian", number), size) if 1 <= number <= 12 else (None, 0)
        if (found := names.month(spelt, language)) is not None:
            return found, size
    return None, 0


def _is_month_word(word: str, language: str) -> bool:
    """Whether a word after a number says that it is that of a month: Mongolian "6 сарын"."""
    return any(word.casefold() in each.get("month_word", ()) for each in words().values())


def _close(text: str, left: int, right: int) -> bool:
    """Whether only few marks and spaces part two places."""
    return right - left <= _WIDEST and _GAP.match(text[left:right]) is not None


def _named_before(text: str, year: re.Match[str], floor: int, language: str) -> _Day | None:
    """The day and the month, by its name, before a year, in either order."""
    pieces = _pieces(text, max(floor, year.start() - _REACH), year.start())
    if not any(piece["number"] for piece in pieces):
        return None
    for first in range(len(pieces) - 1, max(-1, len(pieces) - 8), -1):
        day = _read_pieces(text, pieces[first:], language, year.start())
        if day is not None:
            return _Day(day.calendar, day.month, day.day, day.start, _suffix_end(text, year.end()))
    return None


def _named_after(text: str, year: re.Match[str], floor: int, language: str) -> _Day | None:
    """The day and the month, by its name, after a year, in either order."""
    pieces = _pieces(text, year.end(), min(len(text), year.end() + _REACH))[:8]
    if not any(piece["number"] for piece in pieces):
        return None
    at = year.end()
    for first in range(min(len(pieces), _PASSED)):
        if not _close(text, at, pieces[first].start()):
            return None
        day = _read_pieces(text, pieces[first:], language, None)
        if day is not None:
            return _Day(day.calendar, day.month, day.day, year.start(), day.end)
        if pieces[first]["number"] or not _passes(pieces[first][0], language):
            return None
        at = pieces[first].end()
    return None


def _passes(word: str, language: str) -> bool:
    """Whether a word may stand between the parts of a date."""
    return names.is_between(word, language) or names.is_weekday(word, language)


def _read_pieces(text: str, pieces: list[re.Match[str]], language: str, until: int | None) -> _Day | None:
    """A day and a month that pieces begin with, in either order; where `until` is given, nothing else may follow."""
    month: tuple[names.Calendar, int] | None = None
    day = at = passed = 0
    last = pieces[0].start()
    while at < len(pieces):
        piece = pieces[at]
        if at and not _close(text, last, piece.start()):
            return None
        if month is None:
            month, size = _joined(pieces[at:], language, text)
            if month is not None:
                at, last = at + size, pieces[at + size - 1].end()
                if day and until is None:
                    break
                continue
        if piece["number"] and not day:
            if len(piece[0]) > 2 or not 1 <= int(piece[0]) <= 31:
                return None
            day, at, last = int(piece[0]), at + 1, piece.end()
            if month and until is None:
                break
            continue
        again = month is not None and not piece["number"] and names.month(piece[0], language) == month
        if piece["number"] or at == 0 or passed >= _PASSED or not (again or _passes(piece[0], language)):
            return None
        passed, at, last = passed + 1, at + 1, piece.end()
    if month is None or not day or (until is not None and not _close(text, last, until)):
        return None
    return _Day(month[0], month[1], day, pieces[0].start(), last)


@cache
def _suffixes() -> frozenset[str]:
    return frozenset(word for each in words().values() for word in each.get("after_year", ()))


def _suffix_end(text: str, at: int) -> int:
    """Where a date ends that may have a word for "year" after it: "2019 г.", "2024 წელი"."""
    word = clock.WORD.match(text, at + (text[at : at + 1].isspace()))
    if word is None or word[0].casefold() not in _suffixes():
        return at
    return word.end() + (text[word.end() : word.end() + 1] == ".")


def _month_before(text: str, year: re.Match[str], floor: int, language: str) -> _Day | None:
    """The month alone, by its name, before a year."""
    if not year["year"]:
        return None
    pieces = _pieces(text, max(floor, year.start() - 32), year.start())[-4:]
    for size in (3, 2, 1):
        if len(pieces) < size or pieces[-size]["number"]:
            continue
        month, read = _joined(pieces[-size:], language, text)
        rest = pieces[len(pieces) - size + read :]
        end = pieces[len(pieces) - size + read - 1].end() if read else 0
        if month is None or not all(_passes(piece[0], language) for piece in rest):
            continue
        if _close(text, rest[-1].end() if rest else end, year.start()) and text[max(end, 0) : year.start()].strip() in (
            "",
            ".",
            ",",
            ".,",
            *(p[0] for p in rest),
        ):
            return _Day(month[0], month[1], 0, pieces[-size].start(), year.end())
    return None


def parse(value: str, language: str | None = None) -> Moment | None:
    """The date that a field holds, in any of the forms that `find` knows, or as seconds or milliseconds since 1970."""
    epoch = _EPOCH.match(value)
    if epoch:
        when = datetime(1970, 1, 1) + timedelta(seconds=int(epoch[1]))
        return Moment(0, len(value), when, "second", UTC)
    return next(find(value[:200], language), None)
