"""Days of other calendars as days of ours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flows.extract.calendar_names import Calendar

ERAS: Mapping[str, int] = {
    "民國": 1911, "民国": 1911, "令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "明治": 1867,
}  # fmt: skip
"""Eras of the Far East, and the year before their first."""
BUDDHIST = 543
"""The Buddhist era counts as many years more: Thai law, Buddhist Era Act of 1940."""


def to_day(calendar: Calendar, year: int, month: int, day: int) -> date | None:
    """The day of our calendar that a day of another is; None where there is no such day.

    `persian` is the Solar Hijri calendar of Iran and Afghanistan, `islamic` that of Umm al-Qura, which is tabled for
    the years 1343 to 1500.
    """
    try:
        if calendar == "persian":
            import jdatetime  # type: ignore[import-untyped]

            found: date = jdatetime.date(year, month, day).togregorian()
            return found
        if calendar == "islamic":
            from hijridate import Hijri

            gregorian = Hijri(year, month, day).to_gregorian()
            return date(gregorian.year, gregorian.month, gregorian.day)
        return date(year, month, day)
    except (ValueError, OverflowError):
        return None
