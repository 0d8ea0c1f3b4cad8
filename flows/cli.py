"""The command line: what commands there are. Each stands in a module of `flows.commands`.

Nothing heavy is imported here or at the top of a command's module, so that `--help` answers at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import typer

from flows.commands import (
    audit,
    changes,
    compare,
    export,
    ingest,
    maintain,
    query,
    rebuild,
    schema,
    serve,
    show,
    source,
    status,
    stories,
    trace,
)

app = typer.Typer(
    name="dibao",
    help="Archives texts that many hands copied: keeps their bytes, reads the articles out of them, finds what is "
    "the same, and publishes tables that any DuckDB can query.",
    epilog="Every command takes --warehouse DIR (or DIBAO_WAREHOUSE), --verbose and --debug.",
    no_args_is_help=True,
    add_completion=False,
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


_COMMANDS = (
    ingest,
    status,
    query,
    changes,
    stories,
    compare,
    show,
    trace,
    audit,
    rebuild,
    serve,
    schema,
    export,
    maintain,
)
for _module in _COMMANDS:
    app.command(_module.__name__.rpartition(".")[2])(_exiting(_module.command))
_sources = typer.Typer(help="Register sources, look after them.", no_args_is_help=True, rich_markup_mode=None)
_sources.command("add")(_exiting(source.add))
_sources.command("list")(_exiting(source.list_sources))
for _function in (source.show, source.run, source.pause, source.resume):
    _sources.command(_function.__name__)(_exiting(_function))
app.add_typer(_sources, name="source")


def run(arguments: list[str]) -> int:
    """Run one command line; returns its exit status."""
    try:
        app(args=arguments, prog_name="dibao")
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 0 if stop.code is None else 1
    return 0
