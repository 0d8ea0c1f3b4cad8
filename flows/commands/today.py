"""dibao today: what came in, what failed, what changed, what is due."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from flows.commands.changes import moment
from flows.commands.common import JsonOption, WarehouseOption, open_warehouse, print_json, say


def command(
    since: Annotated[str, typer.Option(metavar="WHEN", help="A date (2024-03-01) or a span: 12h, 7d, 2w.")] = "1d",
    warehouse: WarehouseOption = None,
    as_json: JsonOption = False,
) -> int:
    """Show what came in since yesterday: articles, stories, what changed or vanished, what failed, and what is due."""
    from flows.report import today as report
    from flows.sources.registry import load_all

    now = datetime.now(UTC)
    start = moment(since, now)
    store = open_warehouse(warehouse)
    con = store.connect()
    try:
        found = report.today(con, start)
    finally:
        con.close()
    found["due"] = report.due(load_all(store.sources).sources, now)
    if as_json:
        print_json(found)
        return 0
    for line in report.lines(found):
        say(line)
    return 0
