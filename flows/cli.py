"""The command line: what commands there are. Each stands in a module of `flows.commands`.

Nothing heavy is imported here or at the top of a command's module, so that `--help` answers at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import typer

from flows.commands import (
    alerts,
    audit,
    backup,
    browse,
    changes,
    compare,
    correct,
    export,
    find,
    ingest,
    maintain,
    migrate,
    original,
    query,
    rebuild,
    remove,
    schema,
    search,
    serve,
    show,
    sign,
    source,
    source_try,
    status,
    stories,
    today,
    trace,
)

_HELP = {"help_option_names": ["-h", "--help"]}

app = typer.Typer(
    name="dibao",
    help="Archives texts that many hands copied: keeps their bytes, reads the articles out of them, finds what is "
    "the same, and publishes tables that any DuckDB can query.",
    epilog="Every command takes --warehouse DIR (or DIBAO_WAREHOUSE), --verbose and --debug.",
    context_settings=_HELP,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _exiting(function: Callable[..., int]) -> Callable[..., None]:
    """Turn a command's return value into the exit status."""

    @wraps(function)
    def command(*args: Any, **kwargs: Any) -> None:
        try:
            status = function(*args, **kwargs)
            sys.stdout.flush()
        except BrokenPipeError:  # as when `head` has seen enough; the command line's own handler would call it an error
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            status = 0
        raise typer.Exit(status)

    return command


def _version(asked: bool) -> None:
    if asked:
        from flows.versions import DIBAO

        print(f"dibao {DIBAO}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """What stands before a command."""


_SHORT = {
    "ingest": "Take in files, folders or sources, and publish.",
    "today": "Show what came in, changed, failed and is due.",
    "status": "Show the last runs, the tables, and the rejects.",
    "query": "Run SQL over the published tables.",
    "search": "Find articles by what they say.",
    "changes": "Show which pages changed, and how, and which vanished.",
    "find": "Find articles that share text with a file.",
    "browse": "Open the reading room in the browser.",
    "stories": "List the stories, the widest spread first.",
    "compare": "Show witnesses side by side, with what they changed.",
    "show": "Print an article or a page as it was read.",
    "trace": "Print the chain from an id to its WARC record.",
    "original": "Give the bytes that an id was read from.",
    "audit": "Read every record and table again; run all checks.",
    "rebuild": "Make all tables anew from the WARC files.",
    "serve": "Run the sources on their schedules, and audits.",
    "schema": "Print what the tables and their columns mean.",
    "export": "Write a table or a query's result to a file.",
    "maintain": "Rewrite small files into few; let go of old ones.",
    "correct": "Put right what was read of an article.",
    "sign": "Sign the last snapshot, to prove it to others.",
    "remove": "Take something down for good, with a tombstone.",
    "alerts": "List the alerts and what became of them.",
    "backup": "Bring a verified copy of the warehouse up to date.",
    "restore": "Make a warehouse from such a copy.",
    "migrate": "Bring a warehouse into a bucket, or out of one.",
}
_SHORT_OF_SOURCE = {
    "show": "Show a source, its last runs and what it lacks.",
    "run": "Take a source in now, paused or not.",
    "edit": "Change what is said of a source.",
    "try": "Show what would be read of a page.",
    "pause": "Leave a source out of scheduled runs.",
    "resume": "Take a paused source in again.",
    "remove": "Forget a source; its captures stay.",
    "kinds": "Show the kinds of sources and their options.",
}
"""Summaries that stand whole in the list of commands at 80 columns; `--help` of a command says more."""

_COMMANDS = (
    ingest,
    today,
    status,
    query,
    search,
    find,
    browse,
    changes,
    stories,
    compare,
    show,
    trace,
    original,
    audit,
    rebuild,
    serve,
    schema,
    export,
    maintain,
    correct,
    remove,
    sign,
    alerts,
)
for _module in _COMMANDS:
    _name = _module.__name__.rpartition(".")[2]
    app.command(_name, short_help=_SHORT.get(_name), context_settings=_HELP)(_exiting(_module.command))
for _copying in (backup.backup, backup.restore, migrate.migrate):
    app.command(_copying.__name__, short_help=_SHORT[_copying.__name__], context_settings=_HELP)(_exiting(_copying))
_sources = typer.Typer(help="Register sources, look after them.", no_args_is_help=True, rich_markup_mode=None)
_sources.command("add", short_help="Register a source.", context_settings=_HELP)(_exiting(source.add))
_sources.command("list", short_help="List the registered sources.", context_settings=_HELP)(
    _exiting(source.list_sources)
)
for _function in (source.show, source.run, source.edit, source.pause, source.resume, source.remove, source.kinds):
    _summary = _SHORT_OF_SOURCE[_function.__name__]
    _sources.command(_function.__name__, short_help=_summary, context_settings=_HELP)(_exiting(_function))
_sources.command("try", short_help=_SHORT_OF_SOURCE["try"], context_settings=_HELP)(_exiting(source_try.command))
app.add_typer(_sources, name="source")


def run(arguments: list[str]) -> int:
    """Run one command line; returns its exit status."""
    try:
        app(args=_behind_the_command(arguments), prog_name="dibao")
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 0 if stop.code is None else 1
    return 0


def _behind_the_command(arguments: list[str]) -> list[str]:
    """The same with `--warehouse DIR` behind the command's name, where each command looks for it."""
    at = 0
    while at < len(arguments) and arguments[at].partition("=")[0] == "--warehouse":
        at += 1 if "=" in arguments[at] else 2
    moved, words = arguments[:at], arguments[at:]
    name = 2 if words[:1] == ["source"] else 1
    return [*words[:name], *moved, *words[name:]]
