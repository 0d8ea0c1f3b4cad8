"""The archivist's list of outlets: which names stand for one, read from `outlets.toml` into the table `outlets`."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from schemas import table
from warehouse.errors import WarehouseError
from warehouse.storage import Storage
from warehouse.store import Writer

NAME = "outlets.toml"
"""The file in the warehouse's folder. Each line is an outlet and the names that it goes by besides:
`"江口晚报" = ["江口新闻网", "www.jiangkou.example"]`."""


class BadOutletsError(WarehouseError):
    """The list cannot be used; the message says why and what to do."""


def bring_up_to_date(writer: Writer) -> None:
    """Make the table say what the file says, and nothing where there is none. Raises BadOutletsError."""
    rows = read(writer.storage)
    held = writer.con().sql("SELECT alias, outlet FROM outlets ORDER BY alias").to_arrow_table()
    if held.to_pylist() != rows.to_pylist():
        writer.overwrite("outlets", rows)


def read(storage: Storage) -> pa.Table:
    """The rows of `outlets` that the file in a warehouse's folder gives, in order. Raises BadOutletsError."""
    if storage.size(NAME) is None:
        return table("outlets").empty()
    try:
        listed = tomllib.loads(storage.get(NAME).decode("utf-8-sig"))
    except ValueError as error:
        raise BadOutletsError(f"{NAME} is not TOML in UTF-8 ({error}); correct it and run again.") from error
    rows: dict[str, str] = {}
    for outlet, name in _names(listed):
        alias = key(name)
        if rows.setdefault(alias, outlet) != outlet:
            raise BadOutletsError(f"{NAME} lists {name!r} under {rows[alias]!r} and {outlet!r}; leave it under one.")
    return table("outlets").rows([{"alias": alias, "outlet": rows[alias]} for alias in sorted(rows)])


def _names(listed: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Outlet and name, its own first."""
    for outlet, names in listed.items():
        names = [names] if isinstance(names, str) else names
        if not isinstance(names, list) or not all(isinstance(name, str) and name.strip() for name in names):
            raise BadOutletsError(f'{NAME}: after {outlet!r} stands no list of names, as in "{outlet}" = ["a name"].')
        for name in (outlet, *names):
            yield outlet, name


def key(name: str) -> str:
    """A name as the table has it; the macro `outlet_key` does the same."""
    return unicodedata.normalize("NFC", name.strip()).lower()
