"""What a field of metadata holds, whatever format it stands in: authors, the date, tags."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta, timezone, tzinfo
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flows.extract import dates
from flows.extract.names import split_names
from flows.extract.reading import Reading
from flows.extract.web.bylines import uninverted

_CHINESE = timezone(timedelta(hours=8))
UNKNOWN_ZONE = timezone(timedelta(0), "-00:00")
"""The zone of a time of which nothing tells the zone: taken for UTC, under the name that RFC 3339 (4.3) has for it."""
_MARKS = re.compile(r"[*_~`\\]+")
_ADDRESS = re.compile(r"\s*(?:<[^<>\s]+@[^<>\s]+>|\([^()\s]+@[^()\s]+\))")
_NAME = re.compile(r"[^\d:：，,。！？?!<>\[\]「」“”]{1,30}")
_TAG = re.compile(r"[,，、;；|]")


def zone_of(parser: Mapping[str, Any], language: str | None) -> tzinfo:
    """The zone of times that name none: the source's, else China's for Chinese, else UNKNOWN_ZONE."""
    name = parser.get("timezone")
    if isinstance(name, str):
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            pass
    return _CHINESE if (language or "").lower().startswith("zh") else UNKNOWN_ZONE


def put_date(reading: Reading, moment: dates.Moment, parser: Mapping[str, Any]) -> None:
    """Take a moment for the time of publication."""
    reading.published_at = moment.placed(zone_of(parser, reading.language))
    reading.published_precision = moment.precision


def people(text: str) -> list[str]:
    """Names in a field or a line of authors, in order; an empty list where it does not read as one."""
    text = _ADDRESS.sub("", _MARKS.sub("", unquote(text) if "%" in text else text)).strip()
    if inverted := uninverted(text):
        return [inverted]
    names = split_names(text)
    return names if all(_NAME.fullmatch(name) for name in names) else []


def put_authors(reading: Reading, texts: Iterable[str]) -> None:
    """Add the names in some fields to the authors."""
    for text in texts:
        reading.authors += [name for name in people(text) if name not in reading.authors]


def put_tags(reading: Reading, texts: Iterable[str]) -> None:
    """Add the tags in some fields, each a list with commas or bars."""
    for text in texts:
        for each in _TAG.split(text):
            if (tag := each.strip().strip("\"'")) and tag not in reading.tags:
                reading.tags.append(tag)
