"""dibao source: the registry of sources."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.commands.common import JsonOption, WarehouseOption, open_warehouse, print_json, print_table, say

if TYPE_CHECKING:
    from flows.sources.registry import Source


def add(
    id: Annotated[
        str, typer.Argument(metavar="ID", help="Lower-case letters of any script, digits, dots and hyphens.")
    ],
    location: Annotated[str, typer.Argument(metavar="LOCATION", help="A folder, file or address.")],
    kind: Annotated[
        str, typer.Option(help="folder, pages, feed, sitemap, site, warc, wayback, git or records.")
    ] = "folder",
    schedule: Annotated[str | None, typer.Option(metavar="CRON", help="When `dibao serve` takes it in.")] = None,
    parser: Annotated[
        list[str] | None,
        typer.Option("--parser", metavar="KEY=VALUE", help="A hint for readers, such as text=detail.content."),
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Option(
            "--option", metavar="KEY=VALUE", help="An option of its kind, such as depth=2 or contact=a@b.example."
        ),
    ] = None,
    rights: Annotated[str | None, typer.Option(help="Licence or terms of the texts.")] = None,
    zone: Annotated[str | None, typer.Option(help="Time zone of its dates, such as Asia/Shanghai.")] = None,
    name_date: Annotated[str | None, typer.Option(help="Pattern that reads a date from a file's name.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a source of the same id.")] = False,
    warehouse: WarehouseOption = None,
) -> int:
    """Register a source, so that `dibao ingest --source ID` and the schedule know it."""
    from flows.sources.checks import check, check_place
    from flows.sources.names import ADDRESS, location_of
    from flows.sources.registry import DEFAULT_NAME_DATE, Source, SourceError, hints, is_path, save
    from warehouse.storage import at

    folder = open_warehouse(warehouse).sources
    if at(folder).size(f"{id}.toml") is not None and not force:
        raise SourceError(f"There is a source {id!r} already; --force replaces it.")
    if is_path(kind, location) and not ADDRESS.match(location):
        location = location_of(Path(location).expanduser().resolve())
    source = Source(
        id=id,
        location=location,
        kind=kind,
        schedule=schedule,
        parser=hints(parser or []),
        rights=rights,
        zone=zone,
        name_date=name_date or DEFAULT_NAME_DATE,
        options=hints(option or [], "--option"),
    )
    check(source)
    check_place(source)
    if schedule:
        from flows.serve import check_schedule

        check_schedule(schedule)
    say(f"Source {id} is registered in {save(folder, source)}")
    return 0


def list_sources(warehouse: WarehouseOption = None, as_json: JsonOption = False) -> int:
    """List the registered sources; exit code 1 where one of them cannot be taken in as it stands."""
    from flows.sources.registry import load_all

    registry = load_all(open_warehouse(warehouse).sources)
    wrong = {each.id: fault for each in registry.sources if (fault := _fault(each))}
    if as_json:
        listed = [told(each) | {"fault": wrong.get(each.id)} for each in registry.sources]
        print_json(listed + [{"id": each.id, "fault": each.message} for each in registry.bad])
        return int(bool(wrong or registry.bad))
    if not registry.sources and not registry.bad:
        say("No source is registered; `dibao source add ID LOCATION` registers one.")
    if registry.sources:
        print_table(
            ("id", "kind", "location", "schedule", "rights"),
            [(each.id, each.kind, each.location, _when(each), each.rights) for each in registry.sources],
        )
    faults = [*wrong.values(), *(each.message for each in registry.bad)]
    if faults:
        say("\nThese cannot be taken in as they stand:")
        for fault in faults:
            say(f"- {fault}")
    return int(bool(faults))


def _fault(source: Source) -> str | None:
    """Why a source cannot work as it stands; None where it can."""
    from flows.sources.checks import check
    from warehouse.errors import WarehouseError

    try:
        check(source)
    except WarehouseError as error:
        return str(error)
    return None


def _when(source: Source) -> str | None:
    if source.paused:
        return "paused"
    return "when its path is given" if source.adhoc else source.schedule


def told(source: Source) -> dict[str, Any]:
    """A source as its file says it."""
    from dataclasses import asdict

    return {name: value for name, value in asdict(source).items() if name != "only"}


IdArgument = Annotated[str, typer.Argument(metavar="ID", help="A registered source.")]


def pause(id: IdArgument, warehouse: WarehouseOption = None) -> int:
    """Leave a source out of scheduled runs, and of runs that name no source."""
    return _set_paused(id, True, warehouse)


def resume(id: IdArgument, warehouse: WarehouseOption = None) -> int:
    """Take a paused source in again."""
    return _set_paused(id, False, warehouse)


def run(id: IdArgument, warehouse: WarehouseOption = None, as_json: JsonOption = False) -> int:
    """Take a source in now, paused or not."""
    from flows.commands import ingest

    return ingest.command(source=[id], warehouse=warehouse, as_json=as_json)


def show(id: IdArgument, warehouse: WarehouseOption = None, as_json: JsonOption = False) -> int:
    """Show a source: what it is, what became of it, its last runs and what it could not take."""
    from flows.sources.registry import DEFAULT_NAME_DATE
    from warehouse.catalogue import rows
    from warehouse.errors import Missing

    opened = open_warehouse(warehouse)
    source = registered(opened.sources, id)
    shown: dict[str, Any] = {"source": told(source), "history": None, "runs": [], "rejects": []}
    try:
        con = opened.connect()
    except Missing:
        con = None
    if con is not None:
        try:
            shown["history"] = next(iter(rows(con, "FROM source_history WHERE source_id = $1", [id])), None)
            shown["runs"] = rows(con, _RUNS, [id])
            shown["rejects"] = rows(con, _REJECTS, [id])
        finally:
            con.close()
    if as_json:
        print_json(shown)
        return 0
    for name, value in shown["source"].items():
        if value not in (None, {}, "", False) and (name, value) != ("name_date", DEFAULT_NAME_DATE):
            say(f"{name:18} {_said(value)}")
    for name, value in (shown["history"] or {"runs": 0}).items():
        if name not in ("source_id", "kind") and value is not None:
            say(f"{name:18} {_said(value)}")
    if shown["history"] and shown["history"]["failures_in_a_row"] >= FAILING:
        say(f"\nThis source has failed {shown['history']['failures_in_a_row']} times in a row; it goes on being tried.")
    for title in ("runs", "rejects"):
        if shown[title]:
            say(f"\nlast {title}")
            names = [name for name in shown[title][0] if any(row[name] is not None for row in shown[title])]
            print_table(names, [[row[name] for name in names] for row in shown[title]])
    return 0


def edit(
    id: IdArgument,
    location: Annotated[str | None, typer.Option(metavar="LOCATION", help="Where it lies now.")] = None,
    schedule: Annotated[str | None, typer.Option(metavar="CRON", help="When it is taken in; empty for never.")] = None,
    parser: Annotated[
        list[str] | None, typer.Option("--parser", metavar="KEY=VALUE", help="A hint; without a value it is dropped.")
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Option("--option", metavar="KEY=VALUE", help="An option; without a value it is dropped."),
    ] = None,
    rights: Annotated[str | None, typer.Option(help="Licence or terms of the texts.")] = None,
    zone: Annotated[str | None, typer.Option(help="Time zone of its dates; empty for none.")] = None,
    name_date: Annotated[str | None, typer.Option(help="Pattern that reads a date from a file's name.")] = None,
    warehouse: WarehouseOption = None,
) -> int:
    """Change what is said of a source; what it is not told stays as it is.

    What concerns the reading of its texts makes the next run read them again.
    """
    from dataclasses import replace

    from flows.sources.checks import check, check_place
    from flows.sources.names import ADDRESS, location_of
    from flows.sources.registry import DEFAULT_NAME_DATE, hints, is_path, save

    folder = open_warehouse(warehouse).sources
    source = registered(folder, id)
    if location is not None and is_path(source.kind, location) and not ADDRESS.match(location):
        location = location_of(Path(location).expanduser().resolve())
    said = {"schedule": schedule, "rights": rights, "zone": zone, "name_date": name_date, "location": location}
    changed: dict[str, Any] = {name: value or None for name, value in said.items() if value is not None}
    if "name_date" in changed:
        changed["name_date"] = changed["name_date"] or DEFAULT_NAME_DATE
    more = {"parser": hints(parser or []), "options": hints(option or [], "--option")}
    for name, values in more.items():
        if values:
            both = getattr(source, name) | values
            changed[name] = {key: value for key, value in both.items() if value != ""}
    source = replace(source, **changed)
    check(source)
    if location is not None:
        check_place(source)
    if schedule:
        from flows.serve import check_schedule

        check_schedule(schedule)
    save(folder, source)
    say(f"Source {id} is changed." if changed else f"Nothing is said of source {id} that is to be changed.")
    return 0


def remove(id: IdArgument, warehouse: WarehouseOption = None) -> int:
    """Take a source out of the registry; what was captured of it stays."""
    from warehouse.storage import at

    folder = open_warehouse(warehouse).sources
    path = folder / f"{id}.toml"
    if at(folder).size(path.name) is None:
        registered(folder, id)
    at(folder).delete(path.name)
    say(f"Source {id} is no longer registered; what was captured of it stays.")
    return 0


def kinds(
    kind: Annotated[str | None, typer.Argument(metavar="KIND", help="The kind whose options are shown.")] = None,
    as_json: JsonOption = False,
) -> int:
    """Show the kinds of sources there are, or the options of one."""
    from dataclasses import asdict

    from flows.sources.options import ABOUT, OPTIONS
    from flows.sources.registry import SourceError, nearest

    if kind is not None and kind not in OPTIONS:
        raise SourceError(f"There is no kind {kind!r} of sources; {nearest(kind, OPTIONS, 'there are')}.")
    if as_json:
        chosen = OPTIONS if kind is None else {kind: OPTIONS[kind]}
        print_json([{"kind": k, "about": ABOUT[k], "options": [asdict(each) for each in v]} for k, v in chosen.items()])
    elif kind is None:
        print_table(("kind", "what it is"), [(name, ABOUT[name]) for name in OPTIONS])
        say("\n`dibao source kinds KIND` shows the options of one.")
    else:
        say(f"{kind}: {ABOUT[kind]}.\n")
        print_table(("option", "default", "what it says"), [(e.name, e.default, e.says) for e in OPTIONS[kind]])
    return 0


def _said(value: Any) -> str:
    """A value as a person reads it: moments to the second, options as they are given."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    if isinstance(value, dict):
        return " ".join(f"{key}={each}" for key, each in value.items())
    return str(value)


FAILING = 3
"""So many failures in a row are told."""

_RUNS = """
SELECT started_at, status, requests, captures, bytes, rejects, error, message FROM source_runs
WHERE source_id = $1 ORDER BY started_at DESC LIMIT 5
"""
_REJECTS = """
SELECT error, uri, message FROM rejects WHERE source_id = $1 AND stage = 'capture' ORDER BY error, uri LIMIT 10
"""


def registered(folder: Path, id: str) -> Source:
    """A source by its id. Raises SourceError where there is none, or its file cannot be used."""
    from flows.sources.registry import SourceError, load
    from warehouse.storage import at

    path = folder / f"{id}.toml"
    if at(folder).size(path.name) is None:
        raise SourceError(f"No source is named {id!r}; `dibao source list` shows those there are.")
    return load(path)


def _set_paused(id: str, paused: bool, warehouse: Path | None) -> int:
    from dataclasses import replace

    from flows.sources.registry import save

    folder = open_warehouse(warehouse).sources
    source = registered(folder, id)
    save(folder, replace(source, paused=paused, adhoc=source.adhoc and paused))
    say(f"Source {id} is {'paused' if paused else 'taken in again'}.")
    return 0
