"""The data dictionary as Markdown, made from the definitions."""

from __future__ import annotations

import json
from datetime import date

from schemas.render.sql import describe, sql_type
from schemas.table import Column, Table
from schemas.view import Macro, View


def dictionary(tables: tuple[Table, ...], views: tuple[View, ...] = (), macros: tuple[Macro, ...] = ()) -> str:
    """The whole dictionary, one section a table, view or function."""
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
    lines = head + [line for table in tables for line in section(table)]
    if views:
        lines += ["# Views", "", "| view | one row per |", "|---|---|"]
        lines += [f"| [`{each.name}`](#{each.name}) | {each.grain} |" for each in views]
        lines += ["", *(line for each in views for line in view_section(each))]
    if macros:
        lines += ["# Functions", "", *(line for each in macros for line in macro_section(each))]
    return "\n".join(lines)


def view_section(view: View) -> list[str]:
    """One view's section, as lines."""
    return [f"## {view.name}", "", f"{view.doc} One row per {view.grain}.", "", *_columns(view.columns), ""]


def macro_section(macro: Macro) -> list[str]:
    """One function's section, as lines."""
    lines = [f"## {macro.call}", "", macro.doc, "", *(f"- `{name}`: {doc}" for name, doc in macro.parameters), ""]
    return [*lines, "It gives a table:", "", *_columns(macro.columns), ""] if macro.columns else lines


def _columns(columns: tuple[Column, ...]) -> list[str]:
    rows = [(f"`{each.name}`", sql_type(each.type), describe(each)) for each in columns]
    cells = [" | ".join(cell.replace("|", "\\|") for cell in row) for row in rows]
    return ["| column | type | meaning |", "|---|---|---|", *(f"| {row} |" for row in cells)]


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
