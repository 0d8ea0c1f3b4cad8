"""dibao schema: the data dictionary."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.commands.common import JsonOption, print_json, print_table, say


def command(
    table: Annotated[str | None, typer.Argument(metavar="TABLE", help="One table; all where none is given.")] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="The whole dictionary as Markdown.")] = False,
    as_json: JsonOption = False,
) -> int:
    """Print what the tables and their columns mean."""
    from schemas import TABLES
    from schemas.render.dictionary import dictionary
    from schemas.render.sql import describe, sql_type
    from warehouse.errors import Missing

    chosen = [each for each in TABLES if table in (None, each.name)]
    if not chosen:
        raise Missing(f"No table is named {table!r}; there are {', '.join(each.name for each in TABLES)}.")
    if markdown:
        say(dictionary(tuple(chosen)))
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
        )
        return 0
    if table is None:
        print_table(("table", "one row per", "meaning"), [(each.name, each.grain, each.doc) for each in chosen])
        say("\n`dibao schema TABLE` shows its columns.")
        return 0
    say(f"{chosen[0].doc} One row per {chosen[0].grain}.\n")
    print_table(("column", "type", "meaning"), [(c.name, sql_type(c.type), describe(c)) for c in chosen[0].columns])
    return 0
