"""Rows as an Excel file: what a person opens by a double click."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from flows.report.values import json_text, plain
from warehouse.errors import WarehouseError

MOST_ROWS = 1_048_575
"""Rows of a sheet, below that of the names."""
MOST_LETTERS = 32_767
"""Letters that a cell can hold; what is longer ends in an ellipsis."""
_EXACT = 1 << 53
"""Excel counts in floating point: a larger number is written as text, so that no digit is lost."""


def write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write a sheet; returns how many rows. No text becomes a formula or a link. Raises WarehouseError where a sheet
    has no room for so many rows."""
    import xlsxwriter

    book = xlsxwriter.Workbook(
        str(path),
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True},
    )
    with book:
        sheet = book.add_worksheet("result")
        bold = book.add_format({"bold": True})
        day, moment = (book.add_format({"num_format": each}) for each in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"))
        sheet.freeze_panes(1, 0)
        for place, name in enumerate(columns):
            sheet.write_string(0, place, name[:MOST_LETTERS], bold)
        count = 0
        for row in rows:
            count += 1
            if count > MOST_ROWS:
                raise WarehouseError(f"An Excel sheet has room for {MOST_ROWS:,} rows; write a CSV or Parquet file.")
            for place, value in enumerate(row):
                if isinstance(value, datetime):
                    told = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
                    if told.year >= 1900:
                        sheet.write_datetime(count, place, told, moment)
                    else:
                        sheet.write_string(count, place, told.isoformat(" "))
                elif isinstance(value, date) and value.year >= 1900:
                    sheet.write_datetime(count, place, value, day)
                elif isinstance(value, bool):
                    sheet.write_boolean(count, place, value)
                elif isinstance(value, int | float | Decimal) and abs(float(value)) < _EXACT:
                    sheet.write_number(count, place, float(value))
                elif value is not None:
                    sheet.write_string(count, place, _text(value))
    return count


def _text(value: Any) -> str:
    """A value that is no number and no date, as a person reads it."""
    if isinstance(value, list):
        text = "; ".join(each if isinstance(each, str) else json_text(each) for each in value)
    else:
        text = value if isinstance(value, str) else json_text(value) if isinstance(value, dict) else str(plain(value))
    return text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 1] + "…"
