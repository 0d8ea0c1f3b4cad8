"""A source's time zone dates the pages that name none."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.sources.registry import Source
from tests.jobs import ingest, value

PAGE = """<html><head><title>Wharf reopens</title></head><body><h1>Wharf reopens</h1>
<p class="time">2024-03-09 21:30</p><p>The old wharf reopened on Saturday after a year of repairs, and the first boat
left at noon with two hundred people on board, most of whom had waited since the morning.</p>
<p>The harbour master said that the timbers had been brought over the pass before the snow.</p></body></html>"""


@pytest.mark.parametrize(("zone", "hour"), [("Asia/Tokyo", 12), ("America/New_York", 2)])
def test_the_zone_of_a_source_reaches_the_readers(zone: str, hour: int, tmp_path: Path) -> None:
    inbox = tmp_path / "in"
    inbox.mkdir()
    (inbox / "wharf.html").write_text(PAGE, "utf-8")
    root = tmp_path / "w"
    ingest(root, Source("wharf", str(inbox), zone=zone))
    day = 9 if zone.startswith("Asia") else 10
    assert value(root, "SELECT published_at FROM documents").astimezone(UTC) == datetime(
        2024, 3, day, hour, 30, tzinfo=UTC
    )
