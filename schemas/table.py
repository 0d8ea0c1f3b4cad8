"""Table, Column and Check: the vocabulary in which every table is described."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import pyarrow as pa


@dataclass(frozen=True)
class Column:
    """One column: its Arrow type, what it means, and an example a reader would recognise.

    `values` closes the vocabulary; `unit` is part of the meaning (code points, bytes, UTC).
    """

    name: str
    type: pa.DataType
    doc: str
    example: Any = None
    nullable: bool = False
    unit: str | None = None
    values: tuple[str, ...] | None = None

    def named(self, name: str, doc: str | None = None, *, nullable: bool | None = None) -> Column:
        """The same meaning under another name, as for the two sides of an alignment."""
        return replace(
            self,
            name=name,
            doc=doc or self.doc,
            nullable=self.nullable if nullable is None else nullable,
        )


@dataclass(frozen=True)
class Check:
    """A statement that must hold over the published views.

    `sql` selects the rows that break it (`LIMIT` is added by whoever runs it); an empty result passes.
    """

    name: str
    doc: str
    sql: str


@dataclass(frozen=True)
class Table:
    """One table: what a row is, its columns in order, its key, and what must hold.

    `derived` tables are a function of the captures, the code and the configuration; `rebuild` makes
    them anew. `volatile` names the columns of a table that say when or by whom, and which its digest
    therefore leaves out; `stamp` is the one of them that the writer fills with its run where a new row leaves it null.
    `published` is false for the tables that only pass between stages.
    """

    name: str
    grain: str
    doc: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    derived: bool = True
    published: bool = True
    volatile: tuple[str, ...] = ()
    stamp: str | None = None
    checks: tuple[Check, ...] = field(default=())

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if len(names) != len(set(names)):
            raise ValueError(f"{self.name}: a column is named twice")
        missing = {*self.key, *self.volatile, *([self.stamp] if self.stamp else [])} - set(names)
        if missing:
            raise ValueError(f"{self.name}: key or volatile names unknown columns {sorted(missing)}")

    @cached_property
    def arrow(self) -> pa.Schema:
        """The Arrow schema, fields in order, with nullability."""
        return pa.schema([pa.field(c.name, c.type, nullable=c.nullable) for c in self.columns])

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def unstamped(self) -> tuple[str, ...]:
        """The columns without the stamp: what two runs that find the same have in common."""
        return tuple(name for name in self.names if name != self.stamp)

    def column(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")

    def empty(self) -> pa.Table:
        return self.arrow.empty_table()

    def rows(self, rows: list[dict[str, Any]]) -> pa.Table:
        """An Arrow table of this schema from dictionaries; a column that is absent is null."""
        return pa.Table.from_pylist(rows, schema=self.arrow)
