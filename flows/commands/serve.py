"""dibao serve: run the sources on their schedules."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.commands.common import WarehouseOption, settings


def command(
    warehouse: WarehouseOption = None,
    port: Annotated[int, typer.Option(help="Port of the server that is started where none answers.")] = 4200,
    audit_cron: Annotated[
        str, typer.Option("--audit", metavar="CRON", help="When to audit; empty for never.")
    ] = "0 4 * * 0",
) -> int:
    """Serve one deployment for each source on its schedule, and an audit; starts a Prefect server if none answers."""
    from flows.serve import serve_sources

    serve_sources(settings(warehouse), port, audit_cron or None)
    return 0
