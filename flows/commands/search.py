"""dibao search: articles by what they say."""

from __future__ import annotations

import shutil
import sys
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

from flows.commands.common import JsonOption, WarehouseOption, open_warehouse, print_json, say


class Order(StrEnum):
    """What comes first."""

    relevance = "relevance"
    newest = "newest"
    oldest = "oldest"


def command(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A phrase, or several with AND, OR, NOT, NEAR.")],
    outlet: Annotated[str | None, typer.Option(help="Only what this outlet printed.")] = None,
    source: Annotated[str | None, typer.Option(help="Only what this source brought.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only from this day on.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only up to this day.")] = None,
    language: Annotated[str | None, typer.Option(help="Only texts in this language, such as zh or en.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only from pages of this kind, such as article.")] = None,
    order: Annotated[Order, typer.Option(help="What comes first.")] = Order.relevance,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Most articles to show.")] = 20,
    warehouse: WarehouseOption = None,
    as_json: JsonOption = False,
) -> int:
    """Find articles by what they say, in any script, width or case.

    Words that follow one another are a phrase; signs and spaces do not count. Several phrases: `bridge AND ferry`,
    `bridge NOT ferry`, `(bridge OR tunnel) opened`, `bridge NEAR/30 opened` (at most 30 letters between the two);
    `brid*` is any word that begins so. Between quotation marks AND is a word. In SQL: `FROM search('…')`.
    """
    from flows.search.answer import Filters, answer

    con = open_warehouse(warehouse).connect()
    days = (since.date() if since else None, until.date() if until else None)
    found = answer(con, text, Filters(outlet, source, *days, language, kind), order=order.value, limit=limit)
    if as_json:
        print_json({"total": found.total, "articles": [_plain(each) for each in found.articles]})
    elif not found.articles:
        say("No article has that.")
    else:
        _print(found.articles, found.total)
    return 0


def _plain(found: dict[str, Any]) -> dict[str, Any]:
    """An article for programs: snippets as text, with the places in it."""
    told = []
    for runs in found["snippets"]:
        places, at = [], 0
        for run, marked in runs:
            if marked:
                places.append([at, at + len(run)])
            at += len(run)
        told.append({"text": "".join(run for run, _ in runs), "places": places})
    return found | {"snippets": told}


def _print(found: list[dict[str, Any]], total: int) -> None:
    from rich.console import Console
    from rich.text import Text

    from flows.report.visible import visible

    width = min(shutil.get_terminal_size().columns, 100)
    console = Console(highlight=False, width=width, soft_wrap=not sys.stdout.isatty())
    for each in found:
        console.print(Text(visible(each["headline"] or "(no headline)"), style="bold"))
        facts = [each["article_id"][:12], str(each["day"] or "no date"), ", ".join(each["outlets"][:3])]
        console.print(Text(visible("  " + "  ".join(facts) + f"  ×{each['places']}"), style="dim"))
        for runs in each["snippets"]:
            line = Text("  ")
            for run, marked in runs:
                shown = visible(run)
                if marked:
                    line.append(shown if sys.stdout.isatty() else f"[{shown}]", style="bold yellow")
                else:
                    line.append(shown)
            console.print(line)
    more = f"; {len(found)} shown, --limit shows more" if total > len(found) else ""
    console.print(f"{total} article{'' if total == 1 else 's'}{more}.", style="dim")
