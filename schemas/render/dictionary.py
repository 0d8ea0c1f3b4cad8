"""The data dictionary as Markdown, made from the definitions."""

from __future__ import annotations

import json
from datetime import date

from schemas.render.sql import describe, sql_type
from schemas.table import Table


def dictionary(tables: tuple[Table, ...]) -> str:
    """The whole dictionary, one section a table."""
    head = [
        "# Data dictionary",
        "",
        "Generated from `schemas/` by `dibao schema --markdown`; do not edit. Ids are the first 32 hex characters of a",
        "SHA-256 over the parts named. Offsets count Unicode code points and are half-open. Times are UTC.",
        "",
        "| table | one row per | derived |",
        "|---|---|---|",
        *(f"| [`{t.name}`](#{t.name}) | {t.grain} | {'yes' if t.derived else 'no'} |" for t in tables),
        "",
    ]
    return "\n".join(head + [line for table in tables for line in section(table)])


def section(table: Table) -> list[str]:
    """One table's section, as lines."""
    lines = [
        f"## {table.name}",
        "",
        table.doc,
        "",
        f"One row per {table.grain}. Key: {', '.join(f'`{name}`' for name in table.key)}.",
        "",
        "| column | type | null | meaning | example |",
        "|---|---|---|---|---|",
    ]
    for column in table.columns:
        example = "" if column.example is None else f"`{_example(column.example)}`"
        cells = (f"`{column.name}`", sql_type(column.type), "yes" if column.nullable else "", describe(column), example)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    lines.append("")
    if table.checks:
        lines += ["Checked:", "", *(f"- `{check.name}`: {check.doc}" for check in table.checks), ""]
    return lines


def _example(value: object) -> str:
    shown = str(value) if isinstance(value, str | date) else json.dumps(value, ensure_ascii=False)
    return shown.replace("\n", "\\n")  # a line break would end the row
