"""dibao show: an article or a page as it was read."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from flows.commands.common import JsonOption, WarehouseOption, open_warehouse, print_json

_COLOURS = ("cyan", "yellow", "green", "magenta", "blue", "red", "bright_cyan", "bright_yellow")


def command(
    identity: Annotated[str, typer.Argument(metavar="ID", help="An article, document or passage id.")],
    page: Annotated[bool, typer.Option("--page", help="The whole page, its articles coloured.")] = False,
    warehouse: WarehouseOption = None,
    as_json: JsonOption = False,
) -> int:
    """Print an article as it was read, with the kind of each passage in the margin."""
    from flows.report import page as report

    con = open_warehouse(warehouse).connect()
    kind, document_id, article_id = report.find(con, identity)
    if page or kind == "document" or article_id is None:
        found = report.page(con, document_id)
    else:
        found = report.article(con, article_id)
    if as_json:
        print_json(found)
    else:
        _print(found)
    return 0


def _print(found: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.text import Text

    from flows.report.page import margins

    console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
    whole = "payload_sha256" in found
    title = found.get("title") if whole else found.get("headline")
    console.print(Text(title or "(no title)", style="bold"))
    names = (
        ("authors", "publisher", "published_at", "charset_used")
        if whole
        else ("byline", "agency", "dateline_place", "dateline_date", "chars", "complete")
    )
    facts = [f"{name} {found[name]}" for name in names if found.get(name) not in (None, [], "")]
    console.print(Text(", ".join(facts), style="dim"))
    for passage, (margin, text) in zip(found["passages"], margins(found["passages"]), strict=True):
        number = passage["article"]
        style = "" if not whole else "dim" if number is None else _COLOURS[number % len(_COLOURS)]
        label = f"{'' if number is None or not whole else number:>3} {margin:<12} "
        console.print(Text(label, style="dim") + Text(text, style=style))
