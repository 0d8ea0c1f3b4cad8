"""Moments as news formats write them: ISO 8601, extended or basic, with a zone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flows.extract import dates
from flows.extract.fields import put_date
from flows.extract.reading import Reading


def put_first(reading: Reading, said: Iterable[str | None], parser: Mapping[str, Any]) -> None:
    """Take the first text that is a moment for the time of publication."""
    for text in said:
        if not text:
            continue
        try:
            moment = datetime.fromisoformat(text.strip())
        except ValueError:
            moment = None
        if moment is not None and moment.tzinfo is not None:
            reading.published_at, reading.published_precision = moment, "second"
            return
        if found := dates.parse(text):
            put_date(reading, found, parser)
            return
