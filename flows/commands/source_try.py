"""dibao source try: what would be read of a page."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.commands.common import JsonOption, WarehouseOption, open_warehouse, print_json, print_table, say

if TYPE_CHECKING:
    from flows.trying import Tried


def command(
    id: Annotated[str, typer.Argument(metavar="ID", help="A registered source.")],
    target: Annotated[str, typer.Argument(metavar="URL|FILE", help="A page: an address, or a file.")],
    select: Annotated[
        list[str] | None,
        typer.Option("--select", metavar="FIELD=CSS", help="A rule to try for body, title, date, drop or the like."),
    ] = None,
    warehouse: WarehouseOption = None,
    as_json: JsonOption = False,
) -> int:
    """Show what is read of a page without site rules, and what would be with them; nothing is kept.

    The rules are [parser.select] and [parser.sites] of the source's file, with those of --select over them. A page that
    the archive holds is taken from there, and not fetched.
    """
    from dataclasses import replace

    from flows.commands.source import registered
    from flows.sources.checks import check
    from flows.sources.registry import hints
    from flows.trying import page, tried

    store = open_warehouse(warehouse)
    source = registered(store.sources, id)
    rules = hints(select or [], "--select")
    parser = {**source.parser, "select": {**source.parser.get("select", {}), **rules}} if rules else source.parser
    check(replace(source, parser=parser))
    given = page(store, source, target)
    before, after = tried(source, given, rules)
    if as_json:
        both = {"before": asdict(before), "after": asdict(after)}
        print_json({"from": given.whence, "media_type": given.media_type, **both})
    else:
        say(f"{len(given.payload):,} bytes of {given.media_type or 'an unknown type'} from {given.whence}\n")
        _print(before, after)
    return 1 if after.rejects else 0


def _print(before: Tried, after: Tried) -> None:
    facts = [
        (name.replace("_", " "), _said(before.facts.get(name)), _said(after.facts.get(name)))
        for name in after.facts or before.facts
    ]
    facts.append(("articles", str(len(before.articles)), str(len(after.articles))))
    letters = [f"{sum(each['chars'] for each in side.articles):,}" for side in (before, after)]
    facts.append(("letters", letters[0], letters[1]))
    print_table(("", "without rules", "with them"), facts)
    say()
    was = {each["selector"]: each for each in before.passages}
    now = {each["selector"]: each for each in after.passages}
    for place in dict.fromkeys([*was, *now]):
        old, new = was.get(place), now.get(place)
        shown = new or old
        if shown is None:
            continue
        kind = shown["kind"]
        if old is not None and new is not None and old["kind"] != kind:
            kind = f"{old['kind']}→{kind}"
        say(f"{_mark(old, new)} {kind:<12} {shown['text']}")
    for message in after.rejects:
        say(f"Nothing would be read: {message}")
    say("\n- is text of an article without the rules only, + with them only, ~ is another kind.")


def _in(passage: dict[str, Any] | None) -> bool:
    """Whether a passage is part of an article."""
    return passage is not None and passage["article"] is not None


def _mark(old: dict[str, Any] | None, new: dict[str, Any] | None) -> str:
    """What the rules make of a passage."""
    if _in(old) != _in(new):
        return "+" if _in(new) else "-"
    return " " if old is not None and new is not None and old["kind"] == new["kind"] else "~"


def _said(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return "" if value is None else str(value)
