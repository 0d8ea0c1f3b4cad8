"""Excel files, as another library reads them."""

from __future__ import annotations

import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from flows.commands.export import command
from flows.report import sheet
from warehouse.errors import WarehouseError


def test_values_are_what_a_person_reads(tmp_path: Path) -> None:
    rows = [
        ("=1+1", 7, True, date(2024, 3, 1), datetime(2024, 3, 1, 8, tzinfo=UTC), ["a", "b"], None),
        ("渡口", 1 << 60, False, date(1850, 1, 1), datetime(1850, 1, 1), {"k": 1}, "x" * 40_000),
    ]
    assert sheet.write(tmp_path / "a.xlsx", list("abcdefg"), rows) == 2
    with zipfile.ZipFile(tmp_path / "a.xlsx") as book:
        text = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in text  # no formula
    for told in ("=1+1", "渡口", str(1 << 60), "a; b", "1850-01-01", "…"):
        assert told in text
    assert "<v>45352" in text  # the day as Excel counts it


def test_more_rows_than_a_sheet_has_room_for_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "MOST_ROWS", 2)
    with pytest.raises(WarehouseError, match="room for 2 rows"):
        sheet.write(tmp_path / "a.xlsx", ["a"], [(1,), (2,), (3,)])


def test_a_table_is_exported(sampled: Path, tmp_path: Path) -> None:
    assert command("articles_all", tmp_path / "a.xlsx", warehouse=sampled) == 0
    with zipfile.ZipFile(tmp_path / "a.xlsx") as book:
        assert book.read("xl/worksheets/sheet1.xml").decode().count("<row") == 29
    assert [each.name for each in tmp_path.iterdir()] == ["a.xlsx"]
