"""dibao browse: the reading room in the browser."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.commands.common import WarehouseOption, say, settings
from flows.room import PORT


def command(
    warehouse: WarehouseOption = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = PORT,
    host: Annotated[
        str, typer.Option(help="Address to listen on. From another than this machine's own, a token is asked.")
    ] = "127.0.0.1",
    name: Annotated[
        list[str] | None, typer.Option(help="Name by which browsers reach it, where that is no address; repeatable.")
    ] = None,
) -> int:
    """Serve the reading room: search, articles beside their originals, stories with their witnesses, and more.

    It only reads, beside whatever else runs; a new snapshot shows at once. Nobody but this machine can reach it unless
    --host says so.
    """
    from flows.room.serve import browse

    browse(settings(warehouse), host, port, frozenset(each.lower() for each in name or ()), say)
    return 0
