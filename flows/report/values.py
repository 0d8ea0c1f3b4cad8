"""Values of the tables as programs take them: JSON that any reader can read."""

from __future__ import annotations

import json
import math
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from flows.report.visible import escaped_json


def json_text(value: Any, indent: int | None = None) -> str:
    """A value as JSON that any reader takes: no NaN, and no character that steers a terminal as it is."""
    return escaped_json(json.dumps(_told(value), ensure_ascii=False, indent=indent, default=plain))


def plain(value: Any) -> Any:
    """A value that JSON can hold; bytes as DuckDB writes them."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return "".join(chr(b) if 32 <= b < 127 and b != 92 else f"\\x{b:02X}" for b in bytes(value))
    if isinstance(value, Decimal):
        return float(value) if value.is_finite() and Decimal(repr(float(value))) == value else str(value)
    return str(value)


def _told(value: Any) -> Any:
    """The same value without what JSON has no word for: NaN and infinities as text, keys as text."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {key if isinstance(key, str) else str(plain(key)): _told(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_told(each) for each in value]
    return value
