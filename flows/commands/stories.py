"""dibao stories: which texts many carried."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from flows.commands.common import JsonOption, WarehouseOption, open_warehouse, print_json, print_table, say


def command(
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only stories carried on this day or later.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only stories first carried by this day.")
    ] = None,
    outlet: Annotated[str | None, typer.Option(help="Only stories that this outlet carried.")] = None,
    text: Annotated[str | None, typer.Option(help="Only stories with these words in a witness's text.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Most stories to list.")] = 50,
    warehouse: WarehouseOption = None,
    as_json: JsonOption = False,
) -> int:
    """List the stories, those that most outlets carried first."""
    from flows.report.stories import listed

    con = open_warehouse(warehouse).connect()
    found = listed(con, since.date() if since else None, until.date() if until else None, outlet, text, limit)
    if as_json:
        print_json(found)
        return 0
    if not found:
        say("No story matches.")
        return 0
    columns = ("story_id", "outlets", "articles", "first", "last", "opening")
    rows = [
        [
            each["story_id"][:12],
            each["outlets"],
            each["articles"],
            *(each[name].isoformat() if each[name] else "" for name in ("first", "last")),
            each["opening"],
        ]
        for each in found
    ]
    print_table(columns, rows, right=("outlets", "articles"))
    return 0
