"""dibao correct: put something right."""

from __future__ import annotations

import getpass
import sys
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from flows.commands.common import JsonOption, WarehouseOption, print_json, print_table, say, settings


def command(
    article: Annotated[str | None, typer.Argument(metavar="ARTICLE", help="An article's id.")] = None,
    headline: Annotated[str | None, typer.Option(metavar="TEXT", help="Its headline.")] = None,
    date: Annotated[
        str | None, typer.Option(metavar="DATE", help="When it was published: 2024-03-01, or with a time and zone.")
    ] = None,
    outlet: Annotated[str | None, typer.Option(metavar="NAME", help="Who printed it.")] = None,
    authors: Annotated[str | None, typer.Option(metavar="NAMES", help="Its authors, parted by semicolons.")] = None,
    leave_out: Annotated[
        bool, typer.Option("--leave-out", help="It is no article: leave it out of all views.")
    ] = False,
    kind: Annotated[str | None, typer.Option(metavar="PASSAGE=KIND", help="What a passage of its page is.")] = None,
    split: Annotated[str | None, typer.Option(metavar="PASSAGE", help="Where another article begins in it.")] = None,
    join: Annotated[
        str | None, typer.Option(metavar="ARTICLE", help="An article of the page that goes on in it.")
    ] = None,
    why: Annotated[str, typer.Option(metavar="TEXT", help="The reason, which is kept.")] = "",
    by: Annotated[str, typer.Option(metavar="WHO", help="Who says so, if not who is logged in.")] = "",
    undo: Annotated[
        str | None, typer.Option(metavar="ID", help="Take back a correction, or all of an article.")
    ] = None,
    show: Annotated[bool, typer.Option("--list", help="Show the corrections instead.")] = False,
    warehouse: WarehouseOption = None,
    as_json: JsonOption = False,
) -> int:
    """Put right what was read of an article; what was read stays, and the views show what is right.

    Each correction is a file in `corrections/` with who, when and why, and outlasts a rebuild.
    """
    from flows import correcting, corrections
    from flows.pipeline import Job, run
    from flows.progress import Silent, for_terminal
    from warehouse.errors import WarehouseError
    from warehouse.storage import at
    from warehouse.store import Warehouse

    chosen = settings(warehouse)
    store = Warehouse(chosen.warehouse)
    if show:
        return _list(store, as_json)
    said: dict[str, str | None] = {
        "headline": headline,
        "published": date,
        "outlet": outlet,
        "authors": authors,
        "kind": kind,
        "split": split,
        "join": join,
    }
    said = {name: value for name, value in said.items() if value is not None}
    said |= {"leave-out": None} if leave_out else {}
    if not undo and (not article or not said or not why.strip()):
        raise WarehouseError("Say which article, what is right, and why: dibao correct ID --headline TEXT --why TEXT.")
    storage, who, now = at(store.root), by or getpass.getuser(), datetime.now(UTC).replace(microsecond=0)
    con = store.connect()
    try:
        if undo:
            made = correcting.undone(con, undo, corrections.load_all(storage), by=who, at=now)
        else:
            made = correcting.planned(con, str(article), said, why=why.strip(), by=who, at=now)
    finally:
        con.close()
    with store.writer():
        for each in made:
            corrections.save(storage, each)
    outcome = run(Job(store, chosen, (), progress=Silent() if as_json else for_terminal()))
    for failure in outcome.failures:
        say(f"dibao: {failure}", file=sys.stderr)
    if as_json:
        print_json(made)
    elif not outcome.failures:
        for each in made:
            what = f"is {_quoted(each['new'])}, and was {_quoted(each.get('old'))}" if "new" in each else ""
            say(f"{each['correction_id'][:12]}: {each['field']} {'is taken back' if undo else what}".rstrip())
    return 1 if outcome.failures else 0


def _quoted(value: str | None) -> str:
    return "nothing" if value is None else f"“{value}”".replace("\n", "; ")


def _list(store: Any, as_json: bool) -> int:
    from warehouse.catalogue import rows

    con = store.connect()
    try:
        found = rows(con, "FROM corrections ORDER BY corrected_at, correction_id")
    finally:
        con.close()
    if as_json:
        print_json(found)
        return 0
    columns = ("correction", "article", "field", "new", "old", "by", "when", "why", "undone")
    print_table(
        columns,
        [
            (
                each["correction_id"][:12],
                each["article_id"][:12],
                each["field"],
                each["new"],
                each["old"],
                each["corrected_by"],
                f"{each['corrected_at']:%Y-%m-%d}",
                each["why"],
                each["undone_by"],
            )
            for each in found
        ],
    )
    return 0
