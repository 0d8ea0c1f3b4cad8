"""dibao ingest: run the whole job once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.common import JsonOption, WarehouseOption, print_json, say, settings

if TYPE_CHECKING:
    from flows.settings import Settings
    from flows.sources.registry import BadSource, Source


def command(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="PATH...", help="Files and folders to take in.")] = None,
    source: Annotated[list[str] | None, typer.Option("--source", metavar="ID", help="A registered source.")] = None,
    warehouse: WarehouseOption = None,
    workers: Annotated[int | None, typer.Option(help="Processes that read; 0 chooses by the machine.")] = None,
    prefect: Annotated[bool, typer.Option("--prefect", help="Run as a flow on the server at PREFECT_API_URL.")] = False,
    as_json: JsonOption = False,
) -> int:
    """Take in files, folders or registered sources, and publish a new snapshot.

    With no PATH and no --source, all registered sources are taken. The exit status is 1 where a source or a stage
    failed; the others are taken in and published all the same.
    """
    config = settings(warehouse, workers=workers)
    sources = choose(config, paths or [], source or [])
    from flows.report.summary import print_summary, summary

    if prefect:
        from flows.ingest import run_on_server

        outcome = run_on_server(config, sources)
    else:
        from flows.pipeline import Job, run
        from flows.progress import Silent, for_terminal
        from warehouse.store import Warehouse

        progress = Silent() if as_json else for_terminal()
        outcome = run(Job(Warehouse(config.warehouse), config, sources, progress=progress))
    told = summary(config.warehouse, outcome, whole=as_json)
    if as_json:
        print_json(told)
    else:
        print_summary(told)
    for failure in outcome.failures:
        say(f"dibao: {failure}", file=sys.stderr)
    return 1 if outcome.failures else 0


def choose(config: Settings, paths: list[Path], ids: list[str]) -> list[Source | BadSource]:
    """The sources that a command line names, and files that should be sources and are none, of which a run tells.

    Raises SourceError where there are none, and nothing to bring up.
    """
    from flows.sources.given import given
    from flows.sources.registry import SourceError, load_all, nearest
    from warehouse.store import Warehouse

    registry = load_all(config.warehouse / "sources")
    registered: dict[str, Source | BadSource] = {each.id: each for each in registry.bad}
    registered |= {each.id: each for each in registry.sources}
    for name in ids:
        if name not in registered:
            meant = nearest(name, registered, "") if registered else ""
            meant = meant if meant.startswith("did") else "`dibao source list` shows those there are"
            raise SourceError(f"No source is named {name!r}; {meant}.")
    missing = [path for path in paths if not path.exists() and not path.is_symlink()]
    if missing:
        raise SourceError(f"There is nothing at {missing[0]}; give a file or a folder that exists.")
    if paths or ids:
        chosen = {each: registered[each] for each in ids}
        return [*chosen.values(), *(each for each in given(config.warehouse, paths) if each.id not in chosen)]
    none = all(each.adhoc for each in registry.sources) and not registry.bad
    if none and not Warehouse(config.warehouse).outdated():
        raise SourceError(
            "There is nothing to take in: give a PATH, or register a source with `dibao source add ID LOCATION`."
        )
    return [*registry.bad, *(each for each in registry.sources if not each.paused and not each.adhoc)]
