"""Names of months, weekdays and times of day in the world's languages, from CLDR and from the package's own words.

Babel has CLDR's data. A word is looked up in the languages of its own script only, so that no more of them are loaded
than a page needs, and what is found does not depend on what was loaded before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, Literal

from babel import localedata

from flows.extract.languages import folded, words

Calendar = Literal["gregorian", "persian", "islamic"]

_SCRIPTS: tuple[tuple[int, str], ...] = (
    # The languages are in the order in which they count where they disagree and the page names none.
    (0x0250, "en de fr es pt it nl sv pl cs tr da nb fi hu ro id sk hr sl sr_Latn lt lv et sq ca gl eu az uz vi fil"),
    (0x0370, ""),
    (0x0400, "el"),
    (0x0530, "ru uk be bg sr mk kk ky mn tg uz"),
    (0x0590, "hy"),
    (0x0600, "he yi"),
    (0x0900, "ar fa ur ps ckb"),
    (0x0980, "hi mr ne"),
    (0x0A00, "bn as"),
    (0x0A80, "pa"),
    (0x0B00, "gu"),
    (0x0B80, "or"),
    (0x0C00, "ta"),
    (0x0C80, "te"),
    (0x0D00, "kn"),
    (0x0D80, "ml"),
    (0x0E00, "si"),
    (0x0E80, "th"),
    (0x0F00, "lo"),
    (0x1000, "bo"),
    (0x10A0, "my"),
    (0x1100, "ka"),
    (0x1200, "ko"),
    (0x1400, "am"),
    (0x1780, ""),
    (0x1800, "km"),
    (0x1E00, ""),
    (0x1F00, "vi"),
    (0x2000, "el"),
    (0x2E80, ""),
    (0xAC00, "zh ja"),
    (0xD7B0, "ko"),
)  # fmt: skip
"""Where a script ends, and its languages that are looked at where a page names none, or another."""
_LITERAL = re.compile(r"'([^']*)'|([^\W\d_]+)")
_FIELDS = frozenset("GyYuMLdEecQ")


@dataclass(frozen=True, slots=True)
class Names:
    """Folded names of a language. Times of day are `am`, `pm` or the hours from and to which they last."""

    months: Mapping[str, tuple[Calendar, int]] = field(default_factory=dict)
    weekdays: frozenset[str] = frozenset()
    between: frozenset[str] = frozenset()
    periods: Mapping[str, str | tuple[float, float]] = field(default_factory=dict)
    suffixes: bool = False
    prefixes: str = ""


def _given(data: Any) -> Iterator[dict[Any, str]]:
    """The lists of names in a part of CLDR that are the locale's own, with the longest first; not the narrow ones."""
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            names = data.get(context, {}) if isinstance(data, Mapping) else {}
            names = names.get(width, {}) if isinstance(names, Mapping) else {}
            for part in names if isinstance(names, tuple) else (names,):  # what it has from another form, and its own
                if isinstance(part, dict):
                    yield part


@cache
def names_of(language: str) -> Names:
    """The names of a language by its CLDR name (sr_Latn)."""
    data = localedata.load(language) if localedata.exists(language) else {}
    own = words().get(language.split("_")[0], {})
    months: dict[str, tuple[Calendar, int]] = {}
    for calendar in ("persian", "islamic"):
        for number, spelt in own.get(calendar, {}).items():
            months |= {folded(name): (calendar, int(number)) for name in spelt}
    for names in _given(data.get("months", {})):
        months |= {key: ("gregorian", number) for number, name in names.items() if len(key := folded(str(name))) > 1}
    for number, spelt in own.get("months", {}).items():
        months |= {folded(name): ("gregorian", int(number)) for name in spelt}
    weekdays = {folded(str(name)) for names in _given(data.get("days", {})) for name in names.values()}
    if own.get("suffixes"):  # an ending may take the place of the last vowel
        months |= {name[:-1]: value for name, value in list(months.items()) if len(name) > 5 and name[-1] in "იaeiusս"}
    return Names(
        {name: month for name, month in months.items() if not name.isdecimal()},
        frozenset(weekdays),
        frozenset({*map(folded, own.get("between", ())), *_literals(data)}),
        _periods(data, own),
        bool(own.get("suffixes")),
        str(own.get("prefixes", "")),
    )


def _literals(data: Any) -> set[str]:
    """The words that CLDR's forms of a date have between its parts."""
    out: set[str] = set()
    for width in ("full", "long", "medium"):
        form = getattr(data.get("date_formats", {}).get(width), "pattern", "")
        for quoted, bare in _LITERAL.findall(form):
            out |= set(map(folded, quoted.split())) if quoted else set() if set(bare) <= _FIELDS else {folded(bare)}
    return out - {""}


def _periods(data: Any, own: Mapping[str, Any]) -> dict[str, str | tuple[float, float]]:
    rules = data.get("day_period_rules", {}).get(None, {})
    out: dict[str, str | tuple[float, float]] = {}
    for names in _given(data.get("day_periods", {})):
        for period, name in names.items():
            if period in ("am", "pm"):
                out[folded(name)] = period
            elif rule := next((r for r in rules.get(period, ()) if "from" in r and "before" in r), None):
                begin, end = rule["from"] / 3600, rule["before"] / 3600
                out.setdefault(folded(name), (begin, end if end > begin else end + 24))
    periods = dict(own.get("periods", {}))
    hours = periods.pop("hours", {})
    out |= {folded(name): kind for kind, spelt in periods.items() for name in spelt}
    return out | {folded(name): (float(begin), float(end)) for name, (begin, end) in hours.items()}


def _of_script(char: str) -> list[str]:
    point = ord(char)
    return next((languages.split() for end, languages in _SCRIPTS if point < end), [])


def _languages(char: str, language: str) -> list[str]:
    """The languages to look a word up in: the page's own first, then those of the script of its first letter."""
    own = [language] if language and localedata.exists(language) else []
    return own + [each for each in _of_script(char) if each != language]


@lru_cache(maxsize=1_024)
def _merged(script: tuple[str, ...]) -> dict[str, tuple[Calendar, int]]:
    """The months of some languages; those of the first ones count where they disagree."""
    out: dict[str, tuple[Calendar, int]] = {}
    for language in reversed(script):
        out |= names_of(language).months
    return out


@lru_cache(maxsize=4_096)
def month(word: str, language: str = "") -> tuple[Calendar, int] | None:
    """The calendar and number of the month that a word names: as listed, or with an ending or a preposition on it."""
    name = folded(word)
    if not name:
        return None
    languages = _languages(name[0], language)
    for group in ((languages[0],), tuple(languages)) if languages else ():
        if found := _merged(group).get(name):
            return found
    for each in languages:
        names = names_of(each)
        if names.prefixes and name[0] in names.prefixes and (found := names.months.get(name[1:])):
            return found
        if names.suffixes and len(name) > 4:
            for ending in range(1, 4):
                if len(name) - ending >= 4 and name[-ending:].isalpha() and (found := names.months.get(name[:-ending])):
                    return found
    return None


@lru_cache(maxsize=4_096)
def is_weekday(word: str, language: str = "") -> bool:
    """Whether a word names a day of the week."""
    name = folded(word)
    return bool(name) and any(name in names_of(each).weekdays for each in _languages(name[0], language))


def begins_with_weekday(word: str) -> bool:
    """Whether a word of a script that parts none begins with the name of a day of the week."""
    if not "\u0e00" <= word[0] <= "\u17ff" and word[0] < "\u2e80":
        return False
    name = folded(word)
    return any(name.startswith(day) for each in _of_script(name[0]) for day in names_of(each).weekdays if len(day) > 1)


@lru_cache(maxsize=4_096)
def is_between(word: str, language: str = "") -> bool:
    """Whether a word may stand between the parts of a date."""
    name = folded(word)
    return bool(name) and any(name in names_of(each).between for each in _languages(name[0], language))


@lru_cache(maxsize=4_096)
def period(word: str, language: str = "") -> str | tuple[float, float] | None:
    """The time of day that a word names: `am`, `pm`, or the hours between which it lies."""
    name = folded(word)
    if not name:
        return None
    if name in ("am", "pm"):
        return name
    return next((p for each in _languages(name[0], language) if (p := names_of(each).periods.get(name))), None)
