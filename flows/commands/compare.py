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
_READINGS = 12
"""Readings that are listed below two texts."""
_SHORT = 30
"""Cells of a reading in that list."""


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
    try:
        story_id = stories.resolved(con, one)
    except Missing as error:
        raise Missing(f"{error} Compare two articles by giving both ids.") from error
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
    from flows.report.visible import visible

    return Text.assemble(*((visible(run), style) for run, style in marked(text, start, end, places)))


def _columns(console: Console, titles: tuple[str, str], sides: tuple[Text, Text]) -> None:
    from rich.table import Table
    from rich.text import Text

    from flows.report.visible import visible

    table = Table(expand=True, show_edge=False, pad_edge=False)
    for title in titles:
        table.add_column(Text(visible(title)), ratio=1, overflow="fold")
    table.add_row(*sides)
    console.print(table)


def _title(article: dict[str, Any]) -> str:
    return f"{', '.join(article['outlets'])}  {article['printed'] or 'no date'}\n{article['article_id'][:12]}"


def _style(variant: dict[str, Any]) -> str:
    """The colour of a variant's class; underlined where one side alone has something."""
    alone = variant["kind"] in ("insertion", "deletion")
    return _STYLES[variant["class"]] + (" underline" if alone else "")


def _told(first: str, variants: list[dict[str, Any]]) -> Text:
    """A line of facts, and how many variants there are of each class, in its colour."""
    from rich.text import Text

    counts = {name: sum(each["class"] == name for each in variants) for name in _STYLES}
    parts = [(f"{count} {name}", _STYLES[name]) for name, count in counts.items() if count]
    told = Text(f"{first}; {'variants: ' if parts else 'no variants'}")
    for number, (text, style) in enumerate(parts):
        told.append(", " if number else "")
        told.append(text, style)
    return told


def _readings(console: Console, variants: list[dict[str, Any]], names: tuple[str, str]) -> None:
    """The readings that change what is said, one a line; the rest shows in the text."""
    from rich.table import Table
    from rich.text import Text

    telling = [each for each in variants if each["class"] in ("number", "name", "wording")]
    telling.sort(key=lambda each: list(_STYLES).index(each["class"]))
    counts: dict[tuple[str, str, str], int] = {}
    for each in telling:
        reading = (each["class"], _short(each[names[0]]), _short(each[names[1]]))
        counts[reading] = counts.get(reading, 0) + 1
    if not counts:
        return
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, min_width=max(map(len, _STYLES)))
    for _ in range(2):
        table.add_column(no_wrap=True)
    for (name, mine, theirs), count in list(counts.items())[:_READINGS]:
        table.add_row(
            Text(name), Text(mine), Text(theirs + (f"  (×{count})" if count > 1 else "")), style=_STYLES[name]
        )
    console.print(table)
    if len(counts) > _READINGS:
        console.print(f"… and {len(counts) - _READINGS} more readings; --json has them all.", style="dim")


def _short(text: str) -> str:
    """A reading on one line, of _SHORT cells at most."""
    from rich.text import Text

    from flows.report.visible import visible

    shown = Text(visible(" ".join(text.split())) or "—")
    shown.truncate(_SHORT, overflow="ellipsis")
    return shown.plain


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
                [(each[f"{side}_start"], each[f"{side}_end"], _style(each)) for each in inside],
            )
            for side, article in (("left", left), ("right", right))
        )
        _columns(console, (_title(left), _title(right)), (sides[0], sides[1]))
        console.print(_told(f"similarity {passage['similarity']:.3f}", inside))
        _readings(console, inside, ("left_text", "right_text"))
        console.print()


def _share(leader: dict[str, Any], witness: dict[str, Any]) -> str:
    """How much a witness has: of the passage that is the story, and of the leader's article where that has more."""
    told = f"has {witness['coverage']:.0%} of the passage"
    if leader["span_end"] - leader["span_start"] < leader["chars"]:
        told += f", {witness['text_coverage']:.0%} of the leader's whole text"
    return told


def _story(told: dict[str, Any], limit: int) -> None:
    console = _console()
    leader, *others = told["witnesses"]
    count = len(told["witnesses"])
    console.print(f"story {told['story_id'][:12]}, {count} witness spans, the leader on the left\n", style="bold")
    for witness in others[:limit]:
        changed = witness["variants"]
        start = min([leader["span_start"], *(v["leader_start"] for v in changed)])
        end = max([leader["span_end"], *(v["leader_end"] for v in changed)])
        mine = [(v["leader_start"] - start, v["leader_end"] - start, _style(v)) for v in changed]
        at = witness["span_start"]
        theirs = [(v["span_start"] - at, v["span_end"] - at, _style(v)) for v in changed]
        _columns(
            console,
            (_title(leader), _title(witness)),
            (
                _side(leader["article"][start:end], 0, end - start, mine),
                _side(witness["text"], 0, witness["span_end"] - at, theirs),
            ),
        )
        console.print(_told(_share(leader, witness), changed))
        _readings(console, changed, ("leader_text", "text"))
        console.print()
    if len(others) > limit:
        console.print(f"… and {len(others) - limit} more; --limit shows more of them.", style="dim")
