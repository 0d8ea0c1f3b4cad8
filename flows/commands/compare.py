"""dibao compare: two carriers of a text side by side, or all carriers of a story against its leader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.commands.common import JsonOption, WarehouseOption, open_warehouse, print_json

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_STYLES = {
    "number": "bold red",
    "name": "bold magenta",
    "wording": "yellow",
    "orthography": "cyan",
    "punctuation": "dim cyan",
}


def command(
    one: Annotated[
        str, typer.Argument(metavar="STORY|ARTICLE", help="A story, or an article to compare with another.")
    ],
    other: Annotated[str | None, typer.Argument(metavar="[ARTICLE]", help="The other article.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Most witnesses of a story to show.")] = 10,
    warehouse: WarehouseOption = None,
    as_json: JsonOption = False,
) -> int:
    """Show witnesses side by side, what they changed in colour. Ids may be cut short as long as they are clear."""
    from flows.report import stories
    from warehouse.errors import Missing

    con = open_warehouse(warehouse).connect()
    if other is not None:
        found = stories.two(con, one, other)
        if as_json:
            print_json(found)
        else:
            _two(found)
        return 0
    story_id = stories.resolved(con, one)
    if story_id is None:
        raise Missing(f"No story has the id {one}. Compare two articles by giving both ids.")
    told = stories.story(con, story_id)
    if as_json:
        print_json(told)
    else:
        _story(told, limit)
    return 0


def _console() -> Console:
    import sys

    from rich.console import Console

    return Console(highlight=False, width=None if sys.stdout.isatty() else 120)


def _side(text: str, start: int, end: int, places: list[tuple[int, int, str]]) -> Text:
    from rich.text import Text

    from flows.report.stories import marked

    return Text.assemble(*marked(text, start, end, places))


def _columns(console: Console, titles: tuple[str, str], sides: tuple[Text, Text]) -> None:
    from rich.table import Table

    table = Table(expand=True, show_edge=False, pad_edge=False)
    for title in titles:
        table.add_column(title, ratio=1, overflow="fold")
    table.add_row(*sides)
    console.print(table)


def _title(article: dict[str, Any]) -> str:
    day = article["published_at"].date().isoformat() if article["published_at"] else "no date"
    return f"{article['article_id'][:12]}  {', '.join(article['outlets'])}  {day}"


def _two(found: dict[str, Any]) -> None:
    console = _console()
    left, right = found["left"], found["right"]
    if not found["passages"]:
        console.print("The two share no passage.")
    for passage in found["passages"]:
        inside = [
            each
            for each in found["variants"]
            if passage["left_start"] <= each["left_start"] <= passage["left_end"]
            and passage["right_start"] <= each["right_start"] <= passage["right_end"]
        ]
        sides = tuple(
            _side(
                article["text"],
                passage[f"{side}_start"],
                passage[f"{side}_end"],
                [(each[f"{side}_start"], each[f"{side}_end"], _STYLES[each["class"]]) for each in inside],
            )
            for side, article in (("left", left), ("right", right))
        )
        _columns(console, (_title(left), _title(right)), (sides[0], sides[1]))
        console.print(f"similarity {passage['similarity']:.3f}, {len(inside)} variants\n", style="dim")


def _story(told: dict[str, Any], limit: int) -> None:
    console = _console()
    leader, *others = told["witnesses"]
    console.print(f"story {told['story_id']}, {len(told['witnesses'])} witness spans\n", style="bold")
    start, end = leader["span_start"], leader["span_end"]
    for witness in others[:limit]:
        changed = witness["variants"]
        mine = [(v["leader_start"] - start, v["leader_end"] - start, _STYLES[v["class"]]) for v in changed]
        at = witness["span_start"]
        theirs = [(v["span_start"] - at, v["span_end"] - at, _STYLES[v["class"]]) for v in changed]
        _columns(
            console,
            (_title(leader), _title(witness)),
            (
                _side(leader["text"], 0, end - start, mine),
                _side(witness["text"], 0, witness["span_end"] - at, theirs),
            ),
        )
        console.print(f"coverage {witness['coverage']:.3f}, {len(changed)} variants\n", style="dim")
    if len(others) > limit:
        console.print(f"… and {len(others) - limit} more; --limit shows more of them.", style="dim")
