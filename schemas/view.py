"""View and Macro: what the catalogue offers besides the tables, described as they are."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from schemas.table import Column


@dataclass(frozen=True)
class View:
    """A view over the tables: what a row is, and its columns in order. Its SQL stands in `warehouse/views`."""

    name: str
    grain: str
    doc: str
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Macro:
    """A function in SQL: its parameters with what each is, and what comes of it.

    `columns` are those of a macro that gives a table; None for one that gives a value.
    """

    name: str
    parameters: tuple[tuple[str, str], ...]
    doc: str
    columns: tuple[Column, ...] | None = None

    @property
    def call(self) -> str:
        """How it is written."""
        return f"{self.name}({', '.join(name for name, _ in self.parameters)})"


TEXT, COUNT, NUMBER, DAY, FLAG = pa.string(), pa.int64(), pa.float64(), pa.date32(), pa.bool_()
TEXTS = pa.list_(pa.field("item", pa.string(), nullable=False))


def column(name: str, kind: pa.DataType, doc: str, unit: str | None = None) -> Column:
    """A column that a view makes; it may be null."""
    return Column(name, kind, doc, nullable=True, unit=unit)
