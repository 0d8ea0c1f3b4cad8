"""Dates as pages write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from flows.extract.calendar_names import names_of
from flows.extract.dates import find, parse
from flows.extract.languages import folded

CHINA = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("text", "when", "precision", "offset"),
    [
        ("2019-04-18T09:26:05+08:00", "2019-04-18T09:26:05", "second", 8),
        ("2019-04-18T09:26:05.123Z", "2019-04-18T09:26:05", "second", 0),
        ("2019-04-18T01:26:05+0000", "2019-04-18T01:26:05", "second", 0),
        ("发布时间：2019年4月18日 09:26　来源", "2019-04-18T09:26:00", "minute", None),
        ("2019年04月18日下午3:05", "2019-04-18T15:05:00", "minute", None),
        ("2019-04-18 (四) 10:30", "2019-04-18T10:30:00", "minute", None),
        ("20190418", "2019-04-18T00:00:00", "day", None),
        ("二〇一九年四月十八日", "2019-04-18T00:00:00", "day", None),
        ("二〇一九年十二月三十一日", "2019-12-31T00:00:00", "day", None),
        ("1996年6月号", "1996-06-01T00:00:00", "month", None),
        ("April 18, 2019 5:08 pm EST", "2019-04-18T17:08:00", "minute", -5),
        ("Thu, 18 Apr 2019 09:26:00 GMT", "2019-04-18T09:26:00", "second", 0),
        ("12:10 am on 18th April 2019", "2019-04-18T00:10:00", "minute", None),
        ("18 апреля 2019 г. 09:26", "2019-04-18T09:26:00", "minute", None),
        ("18 kwietnia 2019 r. o godz. 9:26", "2019-04-18T09:26:00", "minute", None),
        ("18 Απριλίου 2019, 09:26", "2019-04-18T09:26:00", "minute", None),
        ("18.04.2019 09:26", "2019-04-18T09:26:00", "minute", None),
        ("Tue, 09/04/2018 - 09:26", "2018-09-04T09:26:00", "minute", None),
        ("Mon, 09/04/2018 - 09:26", "2018-04-09T09:26:00", "minute", None),
        ("4/18/2019 9:26 PM", "2019-04-18T21:26:00", "minute", None),
        ("2019年4月18日", "2019-04-18T00:00:00", "day", None),
        ("2019-04-1809:26", "2019-04-18T09:26:00", "minute", None),
        ("2019年4月18日15点26分", "2019-04-18T15:26:00", "minute", None),
        ("２０１９年４月１８日　０９：２６", "2019-04-18T09:26:00", "minute", None),
        ("发布时间：19-04-18 09:26", "2019-04-18T09:26:00", "minute", None),
        ("民國108年4月18日", "2019-04-18T00:00:00", "day", None),
        ("平成31年4月18日 15時26分", "2019-04-18T15:26:00", "minute", None),
        ("令和元年5月1日", "2019-05-01T00:00:00", "day", None),
        ("2019년 4월 18일 오후 3:05", "2019-04-18T15:05:00", "minute", None),
        ("2019년 4월 18일(목) 15시 26분", "2019-04-18T15:26:00", "minute", None),
        ("Apr 18,2019", "2019-04-18T00:00:00", "day", None),
        ("18 квітня 2019 р., 09:26", "2019-04-18T09:26:00", "minute", None),
        ("18 Nisan 2019 09:26", "2019-04-18T09:26:00", "minute", None),
        ("١٨ أبريل ٢٠١٩", "2019-04-18T00:00:00", "day", None),
        ("18 تشرين الأول 2019", "2019-10-18T00:00:00", "day", None),
        ("1555550765000", "2019-04-18T01:26:05", "second", 0),
    ],
)
def test_forms(text: str, when: str, precision: str, offset: int | None) -> None:
    moment = parse(text)
    assert moment is not None
    assert moment.when.isoformat() == when
    assert moment.precision == precision
    zone = None if moment.zone is None else moment.zone.utcoffset(None)
    assert zone == (None if offset is None else timedelta(hours=offset))


@pytest.mark.parametrize(
    "text", ["", "电话 010-12345678", "2019-13-45", "第2019号", "version 1.2.3", "12.05.19", "3000-01-01"]
)
def test_no_date(text: str) -> None:
    assert parse(text) is None


GOLDEN = Path(__file__).parents[2] / "golden" / "dates.tsv"


@pytest.mark.parametrize("line", GOLDEN.read_text(encoding="utf-8").splitlines())
def test_forms_of_the_world(line: str) -> None:
    language, expected, text = line.split("\t")
    moment = parse(text, language)
    assert moment is not None
    forms = {"day": "%Y-%m-%d", "minute": "%Y-%m-%dT%H:%M", "second": "%Y-%m-%dT%H:%M:%S"}
    told = moment.when.strftime(forms[moment.precision])
    zone = moment.zone.utcoffset(moment.when) if moment.zone else None
    if expected != told:
        assert zone is not None
        told += f"{zone.total_seconds() / 3600:+.0f}"
    assert told == expected


@pytest.mark.parametrize(
    "language", ["en", "pl", "ru", "el", "tr", "he", "th", "hi", "hr", "lt", "ka", "vi", "fi", "eu"]
)
def test_every_month_of_a_language_in_either_order_and_case(language: str) -> None:
    months = names_of(language).months
    for number, name in Locale.parse(language).months["format"]["wide"].items():
        assert months[folded(name)] == ("gregorian", number)
        for line in (f"18 {name} 2019", f"vom 18 {name.upper()} 2019", f"{name} 18, 2019", f"2019 {name} 18"):
            found = [moment.when.date() for moment in find(line, language)]
            assert found == [date(2019, number, 18)], line


def test_a_name_that_is_of_two_months_is_of_the_language_s() -> None:
    assert [m.when.month for m in find("6. listopada 2024", "hr")] == [10]
    assert [m.when.month for m in find("6 listopada 2024", "pl")] == [11]
    assert [m.when.month for m in find("6 listopada 2024")] == [11]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("113/06/06", "en"), ("1403/03/17", "en"), ("30 Farvardin 2024", "en"), ("6/6/2567", "en"),
        ("6 juin 1450", "fr"),
        ("31 ذو القعدة 1445", "ar"), ("10.113.06.06", "zh-TW"), ("Chapter 3 Kings 2024", "en"), ("12 5 2024", "en"),
        ("2024", "en"), ("Mayor 6, 2024", "en"),
    ],
)  # fmt: skip
def test_no_date_of_another_calendar_or_of_words(text: str, language: str) -> None:
    assert list(find(text, language)) == []


@pytest.mark.parametrize(
    ("line", "day"),
    [("5 ARALIK 2020", (2020, 12, 5)), ("5 aralik 2020", (2020, 12, 5)), ("5 \u00b5αΐου 2020", (2020, 5, 5))],
)
def test_a_month_in_letters_that_only_stand_for_its_own(line: str, day: tuple[int, int, int]) -> None:
    moment = parse(line)
    assert moment is not None
    assert moment.when == datetime(*day)


def test_a_month_does_not_begin_within_a_word() -> None:
    assert list(find("dismay 2019, 118.4.2019")) == []


def test_a_day_stays_naive_and_a_time_gets_the_zone() -> None:
    day, time = parse("2019-04-18"), parse("2019-04-18 09:26")
    assert day is not None
    assert time is not None
    assert day.placed(CHINA) == datetime(2019, 4, 18)
    assert time.placed(CHINA).astimezone(UTC) == datetime(2019, 4, 18, 1, 26, tzinfo=UTC)


def test_all_dates_from_left_to_right() -> None:
    found = list(find("从2019年4月18日到2019年5月2日，共15天。"))
    assert [m.when.date().isoformat() for m in found] == ["2019-04-18", "2019-05-02"]
    assert [(m.start, m.end) for m in found] == [(1, 11), (12, 21)]


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2099, 12, 31)))
def test_iso_round_trip(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    found = parse(moment.isoformat())
    assert found is not None
    assert found.when == moment


@given(st.text(max_size=200))
def test_any_text_is_searched(text: str) -> None:
    for moment in find(text):
        assert 0 <= moment.start < moment.end <= len(text)
