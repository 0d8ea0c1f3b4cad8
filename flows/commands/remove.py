"""dibao remove: take something down, for good."""

from __future__ import annotations

import getpass
import sys
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from flows.commands.common import JsonOption, WarehouseOption, print_json, print_table, say, settings


def command(
    target: Annotated[
        str | None,
        typer.Argument(metavar="CAPTURE|URI|ARTICLE", help="An id, or an address: all that was captured from it."),
    ] = None,
    why: Annotated[str, typer.Option(metavar="TEXT", help="The reason, which is kept.")] = "",
    by: Annotated[str, typer.Option(metavar="WHO", help="Who does it, if not who is logged in.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
    show: Annotated[bool, typer.Option("--list", help="Show what was taken down instead.")] = False,
    warehouse: WarehouseOption = None,
    as_json: JsonOption = False,
) -> int:
    """Take bytes and all that was read from them out of the archive, and of every former snapshot.

    A tombstone stays (hash, when, why, by whom); it is neither taken in nor fetched again. There is no way back.
    """
    from flows import takedowns, taking_down
    from flows.pipeline import Job, run
    from flows.progress import Silent, for_terminal
    from warehouse.errors import WarehouseError
    from warehouse.storage import at
    from warehouse.store import Warehouse

    chosen = settings(warehouse)
    store = Warehouse(chosen.warehouse)
    if show:
        return _list(store, as_json)
    if not target or not why.strip():
        raise WarehouseError("Say what to take down, and why: dibao remove ID --why TEXT.")
    con = store.connect()
    try:
        now = datetime.now(UTC).replace(microsecond=0)
        plan = taking_down.plan(con, target, why=why.strip(), by=by or getpass.getuser(), at=now)
    finally:
        con.close()
    if not as_json:
        _tell(plan)
    if not yes:
        if as_json or not sys.stdin.isatty():
            raise WarehouseError("Nothing was taken down; --yes says that you mean it.")
        if not typer.confirm("Take this down for good?"):
            return 1
    storage = at(store.root)
    with store.writer():
        takedowns.save(storage, plan.takedown)
        storage.put(takedowns.PENDING, plan.takedown.id.encode())
    outcome = run(Job(store, chosen, (), progress=Silent() if as_json else for_terminal()))
    if as_json:
        print_json(
            {
                "takedown": plan.takedown.id,
                "payloads": list(plan.takedown.payloads),
                "addresses": list(plan.takedown.addresses),
                "articles": [each["article_id"] for each in plan.articles],
                "elsewhere": [each["article_id"] for each in plan.elsewhere],
                "failures": [str(each) for each in outcome.failures],
            }
        )
    for failure in outcome.failures:
        say(f"dibao: {failure} The next run goes on with the takedown.", file=sys.stderr)
    if outcome.failures:
        return 1
    if not as_json:
        say(f"\nTaken down as {plan.takedown.id[:12]}. Former snapshots are gone, and with them what they held.")
        say("Copies made by `dibao backup` lose it with the next `dibao backup` to them.")
    return 0


def _list(store: Any, as_json: bool) -> int:
    from warehouse.catalogue import rows

    con = store.connect()
    try:
        found = rows(con, "FROM takedowns ORDER BY taken_down_at, takedown_id, uri, payload_sha256")
    finally:
        con.close()
    if as_json:
        print_json(found)
        return 0
    print_table(
        ("takedown", "when", "by", "why", "what"),
        [
            (e["takedown_id"][:12], f"{e['taken_down_at']:%Y-%m-%d %H:%M}", e["taken_down_by"], e["why"], e["uri"])
            for e in found
        ],
    )
    return 0


def _tell(plan: Any) -> None:
    from flows.taking_down import told

    takedown = plan.takedown
    captures = sum(each["captures"] for each in takedown.payloads)
    size = sum(each["bytes"] for each in takedown.payloads)
    say(f"{len(takedown.payloads):,} payloads, {captures:,} captures, {size:,} bytes, from")
    for each in takedown.payloads[:10]:
        say(f"  {each['uri']}")
    if plan.articles:
        say(f"\nWith them {'goes 1 article' if len(plan.articles) == 1 else f'go {len(plan.articles):,} articles'}")
        for line in told(plan.articles):
            say(line)
    if plan.elsewhere:
        say("\nThe same text, or some of it, stays here; take it down, too, if that is meant")
        for line in told(plan.elsewhere):
            say(line)
    if takedown.addresses:
        say("\nNot to be asked for again")
        for uri in takedown.addresses[:10]:
            say(f"  {uri}")
