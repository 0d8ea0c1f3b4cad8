"""The checks that follow from a table's definition, as SQL over the published views."""

from __future__ import annotations

from schemas.render.sql import literal, quoted
from schemas.table import Check, Table


def table_checks(table: Table) -> list[Check]:
    """Key, nullability and vocabulary checks, then the table's own."""
    return [_unique(table), *_not_null(table), *_vocabulary(table), *table.checks]


def _unique(table: Table) -> Check:
    key = ", ".join(quoted(name) for name in table.key)
    return Check(
        "key_is_unique",
        f"No two rows share {', '.join(table.key)}.",
        f"SELECT {key} FROM {quoted(table.name)} GROUP BY {key} HAVING count(*) > 1",
    )


def _not_null(table: Table) -> list[Check]:
    required = [quoted(c.name) for c in table.columns if not c.nullable]
    if not required:
        return []
    key = ", ".join(quoted(name) for name in table.key)
    broken = " OR ".join(f"{name} IS NULL" for name in required)
    return [
        Check(
            "required_columns",
            "Required columns are not null.",
            f"SELECT {key} FROM {quoted(table.name)} WHERE {broken}",
        )
    ]


def _vocabulary(table: Table) -> list[Check]:
    key = ", ".join(quoted(name) for name in table.key)
    return [
        Check(
            f"{column.name}_vocabulary",
            f"{column.name} is one of its values.",
            f"SELECT {key} FROM {quoted(table.name)} WHERE {quoted(column.name)} NOT IN "
            f"({', '.join(literal(value) for value in column.values)})",
        )
        for column in table.columns
        if column.values
    ]
