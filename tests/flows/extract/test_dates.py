"""Dates as pages write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.extract.dates import _MONTH, find, parse

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
        ("12:10 am on 18th April 2019", "2019-04-18T00:00:00", "day", None),
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


@pytest.mark.parametrize("month", sorted(_MONTH))
def test_every_name_of_a_month_however_it_is_written(month: str) -> None:
    for name in (month, month.upper(), month.title()):
        if len(name) > len(month):  # a letter with two accents has no capital
            continue
        lines = (f"{name} 18, 2019", f"vom 18 {name} 2019", f"({name} 2019)")
        found = [next(find(line), None) for line in lines]
        assert all(moment is not None and moment.when.month == _MONTH[month] for moment in found)


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
