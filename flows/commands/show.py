"""dibao show: an article or a page as it was read."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from flows.commands.common import JsonOption, WarehouseOption, open_warehouse, print_json

_COLOURS = ("cyan", "yellow", "green", "magenta", "blue", "red", "bright_cyan", "bright_yellow")


def command(
    identity: Annotated[str, typer.Argument(metavar="ID", help="An article, document or passage id.")],
    page: Annotated[bool, typer.Option("--page", help="The whole page, its articles coloured.")] = False,
    restored: Annotated[
        bool, typer.Option("--restored", help="The article as witnesses of its story prove it to have been.")
    ] = False,
    warehouse: WarehouseOption = None,
    as_json: JsonOption = False,
) -> int:
    """Print an article as it was read, with the kind of each passage in the margin."""
    from flows.report import page as report

    con = open_warehouse(warehouse).connect()
    kind, document_id, article_id = report.find(con, identity)
    if restored and article_id is not None:
        found = report.restored(con, article_id)
    elif page or kind == "document" or article_id is None:
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

    from flows.report.visible import visible

    whole = "payload_sha256" in found
    on_terminal = sys.stdout.isatty()
    console = Console(highlight=False, soft_wrap=not on_terminal)
    title = found.get("title") if whole else found.get("headline")
    console.print(Text(visible(title or "(no title)"), style="bold"))
    known = {name: found[name] for name in _facts(whole) if _known(found.get(name))}
    facts = [f"{name.replace('_', ' ')} {_said(value)}" for name, value in known.items()]
    console.print(Text(visible(", ".join(facts)), style="dim"))
    for each in found.get("corrected", []):
        was = f", was {each['old']}" if each["old"] else ""
        told = (
            f"corrected {each['field']}{was}: {each['why']} ({each['corrected_by']}, {each['corrected_at']:%Y-%m-%d})"
        )
        console.print(Text(visible(told), style="dim"))
    articles = {} if not whole else {p["article"]: p["headline"] for p in found["passages"] if p["article"] is not None}
    for number in sorted(articles) if len(articles) > 1 else ():
        console.print(Text(visible(f"{number:>3} {articles[number] or '(no headline)'}"), style=_colour(number)))
    console.print()
    if on_terminal:
        console.print(_grid(found["passages"], whole))
    else:
        for number, margin, text, style in _rows(found["passages"], whole):
            console.print(Text.assemble((f"{number:>3} {margin:<12} ", "dim"), (text, style)))


def _facts(whole: bool) -> tuple[str, ...]:
    if whole:
        return ("authors", "publisher", "origin", "published", "page_kind", "agreement", "charset_used")
    return (
        "outlets",
        "published",
        "authors",
        "byline",
        "agency",
        "dateline_place",
        "dateline_date",
        "chars",
        "complete",
    )


def _known(value: Any) -> bool:
    return value is not None and value != [] and value != ""


def _said(value: Any) -> str:
    """A fact as a person would write it."""
    if isinstance(value, list):
        return "; ".join(map(str, value))
    if isinstance(value, float):
        return f"{value:.2f}"
    return str(value)


def _colour(number: int | None) -> str:
    return "dim" if number is None else _COLOURS[number % len(_COLOURS)]


def _rows(passages: list[dict[str, Any]], whole: bool) -> Iterator[tuple[str, str, str, str]]:
    """(number of the article, margin, text, style) of each passage."""
    from flows.report.page import margins
    from flows.report.visible import visible

    for passage, (margin, read) in zip(passages, margins(passages), strict=True):
        text = visible(read)
        number = passage["article"]
        style = _colour(number) if whole else ""
        if passage["kind"] == "headline" and number is not None:
            style = f"bold {style}".strip()
        yield str(number) if whole and number is not None else "", margin, text, style


def _grid(passages: list[dict[str, Any]], whole: bool) -> Any:
    """The passages in columns, long texts wrapped beside their margin."""
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 1))
    grid.add_column(justify="right", width=3)
    grid.add_column(width=12, no_wrap=True)
    grid.add_column(overflow="fold")
    for number, margin, text, style in _rows(passages, whole):
        grid.add_row(Text(number, style="dim"), Text(margin, style="dim"), Text(text, style=style))
    return grid
