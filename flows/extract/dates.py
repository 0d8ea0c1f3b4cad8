"""Dates as pages write them, to a time and how exact it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

from flows.extract.wordlist import any_of, spellings

_MONTHS = """
january jan styczeń stycznia sty январь января янв ιανουάριος ιανουαρίου ιαν janvier januar jänner enero ene gennaio
    januari janeiro ocak leden ledna січень січня يناير كانون_الثاني ;
february feb luty lutego lut февраль февраля фев φεβρουάριος φεβρουαρίου φεβ φεβρ février februar febrero febbraio
    februari fevereiro şubat únor února лютий лютого فبراير شباط ;
march mar marzec marca март марта мар μάρτιος μαρτίου μαρ μαρτ mars märz marzo maart março mart březen března
    березень березня مارس آذار ;
april apr kwiecień kwietnia kwi апрель апреля апр απρίλιος απριλίου απρ avril abril aprile nisan duben dubna квітень
    квітня أبريل ابريل نيسان ;
may maj maja май мая μάιος μαΐου μαίου μάι mai mayo maggio mei maio mayıs květen května травень травня مايو أيار ;
june jun czerwiec czerwca cze июнь июня июн ιούνιος ιουνίου ιουν juin juni junio giugno junho haziran červen června
    червень червня يونيو حزيران ;
july jul lipiec lipca lip июль июля июл ιούλιος ιουλίου ιουλ juillet juli julio luglio julho temmuz červenec
    července липень липня يوليو تموز ;
august aug sierpień sierpnia sie август августа авг αύγουστος αυγούστου αυγ août agosto augustus ağustos srpen srpna
    серпень серпня أغسطس اغسطس آب ;
september sept sep wrzesień września wrz сентябрь сентября сен сент σεπτέμβριος σεπτεμβρίου σεπ σεπτ septembre
    septiembre settembre setembro eylül září вересень вересня سبتمبر أيلول ;
october oct październik października paź октябрь октября окт οκτώβριος οκτωβρίου οκτ octobre oktober octubre ottobre
    outubro ekim říjen října жовтень жовтня أكتوبر اكتوبر تشرين_الأول ;
november nov listopad listopada lis ноябрь ноября ноя нояб νοέμβριος νοεμβρίου νοε νοεμ novembre noviembre novembro
    kasım listopadu листопада نوفمبر تشرين_الثاني ;
december dec grudzień grudnia gru декабрь декабря дек δεκέμβριος δεκεμβρίου δεκ décembre dezember diciembre dicembre
    dezembro aralık prosinec prosince грудень грудня ديسمبر كانون_الأول
"""
_MONTH = {
    spelling.replace("_", " "): number
    for number, names in enumerate(_MONTHS.split(";"), 1)
    for name in names.split()
    for spelling in (name, *spellings(name))
}
_NAMES = any_of(list(_MONTH))
_CLOCK = (
    r"(?:[\sT,，،|·•@/-]*(?:(?:at|o|ob|v|в|о|у|στις|ώρα|um|à|às|alle|saat|klo|kl|godz|الساعة)\.?\s*|(?:星期|周|週)[一二三四五六日天]\s*|[（(](?:[一二三四五六日月火水木金土월화수목금토일]|周.|星期.)[)）]\s*|"
    r"(?P<half{n}>上午|下午|晚上|凌晨|中午|早上|傍晚|午前|午後|오전|오후)\s*)*"
    r"(?P<hour{n}>[01]?\d|2[0-4])\s*[:：時时点點시h]\s*(?P<minute{n}>[0-5]\d)\s*[分분]?(?:[:：]?(?P<second{n}>[0-5]\d)(?![\d:])[秒초]?(?:[.,]\d+)?)?"
    r"(?:\s*(?P<noon{n}>[ap]\.?m\.?)(?![a-z]))?"
    r"(?:\s*(?P<zone{n}>Z(?![a-z])|[+-]\d\d:?\d\d(?!\d)|(?:GMT|UTC|EST|EDT|CST|CDT|MST|MDT|PST|PDT|BST|CET|CEST|MSK|JST|HKT|SGT|IST)"
    r"(?:\s*[+-]\d\d?(?::?\d\d)?)?(?![a-z])))?)?"
)
_WESTERN = r"(?:st|nd|rd|th|er|-го|ο|η|\.)?"
_PATTERN = re.compile(
    r"(?<![\d.])(?:"
    r"(?P<y1>(?:19|20)\d\d)\s*(?P<s1>[-/.年년–])\s*(?P<m1>1[0-2]|0?[1-9])\s*(?:[-/.月월–])\s*(?P<d1>3[01]|[12]\d|0?[1-9])(?:(?!\d)|(?=[0-2]\d:[0-5]\d))\s*[日号號일]?"
    + _CLOCK.replace("{n}", "1")
    + r"|(?P<y2>(?:19|20)\d\d)(?P<m2>1[0-2]|0[1-9])(?P<d2>3[01]|[12]\d|0[1-9])"
    r"(?:T?(?P<h2>[01]\d|2[0-3])(?P<i2>[0-5]\d)(?P<c2>[0-5]\d)?)?(?!\d)"
    rf"|(?P<d3>3[01]|[12]\d|0?[1-9]){_WESTERN}[\s-]*(?:of\s+|de\s+)?"
    rf"(?P<m3>{_NAMES})(?!\w)\.?,?[\s-]*(?:de\s+)?(?P<y3>(?:19|20)\d\d)(?!\d)(?:\s*г\.?|\s*р\.?|\s*r\.)?"
    + _CLOCK.replace("{n}", "3")
    + rf"|(?<!\w)(?P<m4>{_NAMES})\.?\s+(?P<d4>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?:\s*,\s*|\s+)"
    r"(?P<y4>(?:19|20)\d\d)(?!\d)"
    + _CLOCK.replace("{n}", "4")
    + r"|(?P<a5>3[01]|[12]\d|0?[1-9])(?P<s5>[./-])(?P<b5>3[01]|[12]\d|0?[1-9])(?P=s5)(?P<y5>(?:19|20)\d\d)(?!\d)"
    + _CLOCK.replace("{n}", "5")
    + r"|(?P<y6>(?:19|20)\d\d)\s*年\s*(?P<m6>1[0-2]|0?[1-9])\s*月(?!\s*\d)"
    r"|(?P<y7>[一二][〇○零九九八七六五四三二一０]{3})年(?P<m7>十[一二]?|[一二三四五六七八九])月(?P<d7>三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])[日号]"
    rf"|(?<!\w)(?P<m8>{_NAMES})\.?,?\s+(?P<y8>(?:19|20)\d\d)(?!\d)"
    r"|(?P<y9>(?:19|20)\d\d)[-/](?P<m9>1[0-2]|0[1-9])(?![-/\d.])"
    r"|(?P<era>民國|民国|令和|平成|昭和)\s*(?P<ya>元|\d{1,3})\s*年\s*(?P<ma>1[0-2]|0?[1-9])\s*月\s*(?P<da>3[01]|[12]\d|0?[1-9])\s*日"
    + _CLOCK.replace("{n}", "a")
    + r"|(?:(?<=时间：)|(?<=时间:)|(?<=日期：)|(?<=日期:)|(?<=發布：)|(?<=发布：)|(?<=时间： ))"
    r"(?P<yb>[012]\d)-(?P<mb>1[0-2]|0[1-9])-(?P<db>3[01]|[12]\d|0[1-9])(?=\s*\d\d:\d\d)"
    + _CLOCK.replace("{n}", "b")
    + r")",
    re.I,
)  # fmt: skip
_INITIALS = re.compile(f"[{''.join(sorted({name[0] for name in _MONTH}))}]", re.I)
_LETTERS = _INITIALS.findall("".join(map(chr, range(0x2200))))
"""All letters that a month may begin with: capitals, and signs that stand for a letter, are below U+2200."""
# It begins with a set of letters, which the engine looks for at great speed: those that a date may begin with.
_BEGINS = re.compile(
    rf"[\d一二民令平昭{''.join(_LETTERS)}](?:(?<=\d)(?<![\d.].)|(?<=[一二民令平昭])|(?<!\d)(?<!\w.))", re.S
)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = re.compile(rf"\b({'|'.join(_WEEKDAYS)})[a-z]*,?\s*\Z", re.I)
_ZONES = {
    "GMT": 0, "UTC": 0, "Z": 0, "EST": -300, "EDT": -240, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480,
    "PDT": -420, "BST": 60, "CET": 60, "CEST": 120, "MSK": 180, "JST": 540, "HKT": 480, "SGT": 480,
    "IST": 330,
}  # fmt: skip
_YEAR = re.compile(
    r"[12一二民令平昭间期布](?:(?<=1)9\d\d|(?<=2)0\d\d|(?<=[一二])[〇○零九八七六五四三二一０]{3}年|(?<=民)[國国]|(?<=[令昭])和|"
    r"(?<=平)成|(?<=[间期布])[:：]\s?[012]\d-)"
)  # fmt: skip
_ERAS = {"民國": 1911, "民国": 1911, "令和": 2018, "平成": 1988, "昭和": 1925}
_OTHER_DIGITS = {
    first + n: str(n) for first in map(ord, "٠۰０") for n in range(10)
} | {ord("："): ":", 0x200F: " ", 0x200E: " "}  # fmt: skip
_HAS_OTHER_DIGITS = re.compile("[٠-٩۰-۹１-９]")
_DIGITS = {char: number for number, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "０": 0}
_SHORT = 240
"""Texts up to this length are remembered."""
_EPOCH = re.compile(r"\A\s*(1\d{9})(\d{3})?\s*\Z")


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
        """Naive midnight at day precision or coarser, else aware, in its own zone or the one given."""
        if self.precision in ("year", "month", "day"):
            return self.when
        return self.when.replace(tzinfo=self.zone or zone)


def _number(numeral: str) -> int:
    """A Chinese numeral below 100."""
    if "十" not in numeral:
        return _DIGITS[numeral]
    tens, ones = numeral.split("十")
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)


@lru_cache(maxsize=1024)
def _month(name: str) -> int:
    """The month that a name is of: spelt as in the list, or as the pattern takes it without regard to case (aralik)."""
    known = _MONTH.get(name.lower())
    if known is not None:
        return known
    return next(number for each, number in _MONTH.items() if re.fullmatch(re.escape(each), name, re.I))


def _zone(name: str | None) -> tzinfo | None:
    if not name:
        return None
    name = name.upper()
    match = re.search(r"([+-])(\d\d?):?(\d\d)?\Z", name)
    if match:
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        if minutes > 840:
            return None
        return timezone(timedelta(minutes=-minutes if match[1] == "-" else minutes))
    # CST is also China's, so it says nothing.
    return timezone(timedelta(minutes=_ZONES[name])) if name in _ZONES else None


def _read(match: re.Match[str], *, month_first: bool = False) -> tuple[datetime, str, tzinfo | None] | None:
    """What one match says; None where there is no such day."""
    month: int
    day = 1
    form = next(n for n in "123456789ab" if match[f"y{n}"])
    precision = "day"
    if form == "7":
        year = int("".join(str(_DIGITS[char]) for char in match["y7"]))
        month, day = _number(match["m7"]), _number(match["d7"])
    elif form in "ab":
        start = _ERAS[match["era"]] if form == "a" else 2000
        year = start + (1 if match[f"y{form}"] == "元" else int(match[f"y{form}"]))
        month, day = int(match[f"m{form}"]), int(match[f"d{form}"])
    else:
        year = int(match[f"y{form}"])
        if form in "348":
            month = _month(match[f"m{form}"])
        elif form == "5":
            month, day = int(match["b5"]), int(match["a5"])
            if month_first or month > 12 or (match["s5"] == "/" and day <= 12 and match["noon5"]):
                month, day = day, month
        else:
            month = int(match[f"m{form}"])
        if form in "1234":
            day = int(match[f"d{form}"])
        if form in "689":
            precision = "month"
    hour = minute = second = 0
    zone = None
    if form == "2" and match["h2"]:
        hour, minute, second = int(match["h2"]), int(match["i2"]), int(match["c2"] or 0)
        precision = "second" if match["c2"] else "minute"
    elif form in "1345ab" and match[f"hour{form}"]:
        hour, minute, second = int(match[f"hour{form}"]), int(match[f"minute{form}"]), int(match[f"second{form}"] or 0)
        precision = "second" if match[f"second{form}"] else "minute"
        noon = (match[f"noon{form}"] or "").lower()[:1]
        half = match[f"half{form}"]
        if (noon == "p" or half in ("下午", "晚上", "傍晚", "午後", "오후")) and hour < 12:
            hour += 12
        elif noon == "a" and hour == 12:
            hour = 0
        zone = _zone(match[f"zone{form}"])
    try:
        when = datetime(year, month, day) + timedelta(hours=hour, minutes=minute, seconds=second)
    except (ValueError, OverflowError):
        return None
    return when, precision, zone


def _month_first(text: str, match: re.Match[str]) -> bool:
    """Whether the weekday before a date in figures says that its month comes first."""
    named = _WEEKDAY.search(text[max(match.start() - 14, 0) : match.start()])
    try:
        day = datetime(int(match["y5"]), int(match["a5"]), int(match["b5"])).weekday()
    except (TypeError, ValueError):
        return False
    return named is not None and _WEEKDAYS.index(named[1].lower()) == day


def find(text: str) -> Iterator[Moment]:
    """The dates in a text, from left to right. Of day and month in figures, the day comes first unless it cannot."""
    return iter(_found(text)) if len(text) <= _SHORT else _find(text)


@lru_cache(maxsize=1_024)
def _found(text: str) -> tuple[Moment, ...]:
    """The dates in a line: those around an article are looked at several times."""
    return tuple(_find(text))


def _find(text: str) -> Iterator[Moment]:
    if _HAS_OTHER_DIGITS.search(text):
        text = text.translate(_OTHER_DIGITS)
    until = max((year.end() for year in _YEAR.finditer(text)), default=-1)
    if until < 0:
        return
    for match in _matches(text, until):
        read = _read(match, month_first=match["y5"] is not None and _month_first(text, match))
        if read is not None:
            yield Moment(match.start(), match.end(), *read)


def _matches(text: str, until: int) -> Iterator[re.Match[str]]:
    """What `_PATTERN` finds, looked for only where a date may begin; none does beyond the last year, at `until`."""
    done = 0
    for begins in _BEGINS.finditer(text, 0, until + 1):
        if begins.start() >= done and (match := _PATTERN.match(text, begins.start())):
            yield match
            done = match.end()


def parse(value: str) -> Moment | None:
    """The date that a field holds, in any of the forms that `find` knows, or as seconds or milliseconds since 1970."""
    epoch = _EPOCH.match(value)
    if epoch:
        when = datetime(1970, 1, 1) + timedelta(seconds=int(epoch[1]))
        return Moment(0, len(value), when, "second", UTC)
    return next(find(value[:200]), None)
