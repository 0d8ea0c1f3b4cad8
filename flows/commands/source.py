"""dibao source: the registry of sources."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.common import JsonOption, WarehouseOption, open_warehouse, print_json, print_table


def add(
    id: Annotated[str, typer.Argument(metavar="ID", help="Lower-case letters, digits, dots and hyphens.")],
    location: Annotated[str, typer.Argument(metavar="LOCATION", help="The folder.")],
    kind: Annotated[str, typer.Option(help="What sort of source it is.")] = "folder",
    schedule: Annotated[str | None, typer.Option(metavar="CRON", help="When `dibao serve` takes it in.")] = None,
    parser: Annotated[
        list[str] | None,
        typer.Option("--parser", metavar="KEY=VALUE", help="A hint for readers, such as text=detail.content."),
    ] = None,
    rights: Annotated[str | None, typer.Option(help="Licence or terms of the texts.")] = None,
    zone: Annotated[str | None, typer.Option(help="Time zone of its dates, such as Asia/Shanghai.")] = None,
    name_date: Annotated[str | None, typer.Option(help="Pattern that reads a date from a file's name.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a source of the same id.")] = False,
    warehouse: WarehouseOption = None,
) -> int:
    """Register a source, so that `dibao ingest --source ID` and the schedule know it."""
    from flows.sources.registry import DEFAULT_NAME_DATE, Source, SourceError, hints, save

    folder = open_warehouse(warehouse).sources
    if (folder / f"{id}.toml").exists() and not force:
        raise SourceError(f"There is a source {id!r} already; --force replaces it.")
    where = str(Path(location).expanduser().resolve()) if kind == "folder" else location
    source = Source(
        id=id,
        location=where,
        kind=kind,
        schedule=schedule,
        parser=hints(parser or []),
        rights=rights,
        zone=zone,
        name_date=name_date or DEFAULT_NAME_DATE,
    )
    print(f"Source {id} is registered in {save(folder, source)}")
    return 0


def list_sources(warehouse: WarehouseOption = None, as_json: JsonOption = False) -> int:
    """List the registered sources."""
    from dataclasses import asdict

    from flows.sources.registry import load_all

    sources = load_all(open_warehouse(warehouse).sources)
    if as_json:
        print_json([asdict(each) for each in sources])
    elif not sources:
        print("No source is registered; `dibao source add ID LOCATION` registers one.")
    else:
        print_table(
            ("id", "kind", "location", "schedule", "rights"),
            [(each.id, each.kind, each.location, each.schedule, each.rights) for each in sources],
        )
    return 0
