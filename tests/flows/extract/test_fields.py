"""Fields of metadata, whatever format they stand in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from flows.extract import dates
from flows.extract.fields import people, put_authors, put_date, put_tags, zone_of
from flows.extract.reading import Reading


def test_the_sources_zone_comes_first() -> None:
    moment = datetime(2019, 4, 18)
    assert str(zone_of({"timezone": "Asia/Tokyo"}, "zh")) == "Asia/Tokyo"
    assert zone_of({"timezone": "no/zone"}, "zh-CN").utcoffset(moment) == zone_of({}, "zh").utcoffset(moment)
    assert zone_of({}, "en") == UTC


def test_a_day_stays_naive_and_a_time_gets_its_zone() -> None:
    reading = Reading(media_type="text/plain", language="en")
    day, time = dates.parse("2019-04-18"), dates.parse("2019-04-18 09:26")
    assert day is not None
    assert time is not None
    put_date(reading, day, {})
    assert (reading.published_at, reading.published_precision) == (datetime(2019, 4, 18), "day")
    put_date(reading, time, {})
    assert (reading.published_at, reading.published_precision) == (datetime(2019, 4, 18, 9, 26, tzinfo=UTC), "minute")


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        ("**林晓舟** 周望", ["林晓舟", "周望"]),
        ("%E6%9E%97%E6%99%93%E8%88%9F", ["林晓舟"]),
        ("江口周刊 林晓舟 实习生 周望", ["林晓舟", "周望"]),
        ("Ada Whitlow and Tom Garrow", ["Ada Whitlow", "Tom Garrow"]),
        ("Whitlow, Ada", ["Ada Whitlow"]),
        ("Garrow, T. M.", ["T. M. Garrow"]),
        ("Ada Whitlow <ada@ledger.example>", ["Ada Whitlow"]),
        ("The bridge, which closed at 9", []),
    ],
)
def test_people(printed: str, names: list[str]) -> None:
    assert people(printed) == names


def test_each_is_put_once() -> None:
    reading = Reading(media_type="text/plain")
    put_authors(reading, ["林晓舟，周望", "周望"])
    put_tags(reading, ["渡口，'改建'|青溪", "渡口"])
    assert reading.authors == ["林晓舟", "周望"]
    assert reading.tags == ["渡口", "改建", "青溪"]
