"""What people put right: the files of `corrections/`, one each, and the table that follows them.

A file is never taken away but by a takedown: one that is taken back says so.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import tomli_w

from schemas import table
from schemas.ids import content_id
from schemas.tables.corrections import FIELDS
from warehouse.errors import WarehouseError
from warehouse.storage import Storage
from warehouse.store import Writer

FOLDER = "corrections"
_NEEDED = ("article_id", "payload_sha256", "field", "why", "corrected_by", "corrected_at")


class BadCorrectionError(WarehouseError):
    """A correction's file cannot be used; the message says why."""


def new(values: dict[str, Any]) -> dict[str, Any]:
    """A correction as its row, with its id."""
    named = [values.get(name) for name in ("article_id", "field", "place", "new", "corrected_at")]
    return {"correction_id": content_id("correction", *named)} | values


def save(storage: Storage, row: dict[str, Any]) -> None:
    """Write a correction's file."""
    values = {name: value for name, value in row.items() if value is not None and name != "correction_id"}
    storage.put(f"{FOLDER}/{row['correction_id']}.toml", tomli_w.dumps(values).encode())


def load_all(storage: Storage) -> list[dict[str, Any]]:
    """Every correction as its row, by id. Raises BadCorrectionError: what it said would be shown as wrong again."""
    out = []
    for name in storage.names(FOLDER):
        if not name.endswith(".toml"):
            continue
        try:
            values = tomllib.loads(storage.get(name).decode("utf-8-sig"))
        except ValueError as error:
            raise BadCorrectionError(f"{name} is not TOML in UTF-8 ({error}); correct it and run again.") from error
        lacking = [key for key in _NEEDED if key not in values]
        if lacking or values["field"] not in FIELDS or not isinstance(values["corrected_at"], datetime):
            what = f"lacks {lacking[0]}" if lacking else f"puts right what cannot be: {values['field']!r}"
            raise BadCorrectionError(f"{name} {what}; correct it and run again.")
        known = {key: value for key, value in values.items() if key in table("corrections").names}
        out.append(known | {"correction_id": name.removeprefix(f"{FOLDER}/").removesuffix(".toml")})
    return out


def bring_up_to_date(writer: Writer) -> None:
    """Make the table say what the files say. Raises BadCorrectionError."""
    rows = table("corrections").rows(load_all(writer.storage))
    held = writer.con().sql("SELECT * FROM corrections ORDER BY correction_id").to_arrow_table()
    if held.to_pylist() != rows.to_pylist():
        writer.overwrite("corrections", rows)


def forget(storage: Storage, payloads: Sequence[str] | frozenset[str]) -> None:
    """Remove the files of corrections of payloads that were taken down: they quote what was read."""
    for each in load_all(storage):
        if each["payload_sha256"] in payloads:
            storage.delete(f"{FOLDER}/{each['correction_id']}.toml")
