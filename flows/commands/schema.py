"""dibao schema: the data dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.common import JsonOption, print_json, print_table, say

if TYPE_CHECKING:
    from schemas import Column


def command(
    table: Annotated[
        str | None, typer.Argument(metavar="TABLE", help="One table, view or function; all where none is given.")
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="The whole dictionary as Markdown.")] = False,
    as_json: JsonOption = False,
) -> int:
    """Print what the tables and their columns mean."""
    from schemas import TABLES
    from schemas.render.dictionary import dictionary
    from schemas.render.sql import describe, sql_type
    from schemas.views import MACROS, VIEWS
    from warehouse.errors import Missing

    chosen = [each for each in TABLES if table in (None, each.name)]
    views = [each for each in VIEWS if table in (None, each.name)]
    macros = [each for each in MACROS if table in (None, each.name)]
    if not (chosen or views or macros):
        names = dict.fromkeys([t.name for t in TABLES] + [v.name for v in VIEWS] + [m.name for m in MACROS])
        raise Missing(f"No table is named {table!r}; there are {', '.join(names)}.")
    if markdown:
        say(dictionary(tuple(chosen), tuple(views), tuple(macros)))
        return 0
    if as_json:
        print_json(
            [
                {
                    "table": each.name,
                    "grain": each.grain,
                    "doc": each.doc,
                    "key": each.key,
                    "columns": [
                        {
                            "name": c.name,
                            "type": sql_type(c.type),
                            "nullable": c.nullable,
                            "doc": describe(c),
                            "example": c.example,
                        }
                        for c in each.columns
                    ],
                }
                for each in chosen
            ]
            + [
                {"view": each.name, "grain": each.grain, "doc": each.doc, "columns": _told(each.columns)}
                for each in views
            ]
            + [
                {
                    "function": each.name,
                    "parameters": [{"name": name, "doc": doc} for name, doc in each.parameters],
                    "doc": each.doc,
                    "columns": _told(each.columns or ()),
                }
                for each in macros
            ]
        )
        return 0
    if table is None:
        print_table(("table", "one row per", "meaning"), [(each.name, each.grain, each.doc) for each in chosen])
        say()
        print_table(("view", "one row per", "meaning"), [(each.name, each.grain, each.doc) for each in views])
        say()
        print_table(("function", "meaning"), [(each.call, each.doc) for each in macros])
        say("\n`dibao schema TABLE` shows its columns.")
        return 0
    for doc, grain, columns in [(each.doc, each.grain, each.columns) for each in chosen] + [
        (each.doc, each.grain, each.columns) for each in views
    ]:
        say(f"{doc} One row per {grain}.\n")
        print_table(("column", "type", "meaning"), [(c.name, sql_type(c.type), describe(c)) for c in columns])
    for macro in macros:
        say(f"{macro.call}: {macro.doc}\n")
        print_table(("parameter", "meaning"), macro.parameters)
        if macro.columns and not views:
            say()
            print_table(("column", "type", "meaning"), [(c.name, sql_type(c.type), describe(c)) for c in macro.columns])
    return 0


def _told(columns: Sequence[Column]) -> list[dict[str, str]]:
    """The columns of a view, for programs."""
    from schemas.render.sql import describe, sql_type

    return [{"name": c.name, "type": sql_type(c.type), "doc": describe(c)} for c in columns]
