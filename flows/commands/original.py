"""dibao original: the bytes behind an id, as they were captured."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from flows.commands.common import WarehouseOption, open_warehouse, say


def command(
    identity: Annotated[str, typer.Argument(metavar="ID", help="A capture, document, article or passage id.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write them, if it is not there yet.")
    ] = None,
    warehouse: WarehouseOption = None,
) -> int:
    """Give the bytes that an id was read from, unpacked but otherwise as they were captured, verified by their hash.

    They go to standard output, or to a file. On a terminal only text is printed.
    """
    from flows.trace import original
    from warehouse.errors import WarehouseError

    found = original(open_warehouse(warehouse), identity)
    if output is not None:
        try:
            with output.open("xb") as out:
                out.write(found.payload)
        except FileExistsError as error:
            raise WarehouseError(f"There is a file {output} already; give another name.") from error
        except OSError as error:
            raise WarehouseError(f"{output} cannot be written: {error.strerror or error}.") from error
        say(
            f"{len(found.payload):,} bytes of {found.media_type or 'an unknown type'} from {found.uri}", file=sys.stderr
        )
        return 0
    if not os.isatty(sys.stdout.fileno()):
        sys.stdout.buffer.write(found.payload)
        return 0
    try:
        text = found.payload.decode("utf-8")
    except UnicodeDecodeError as error:
        raise WarehouseError(f"These {len(found.payload):,} bytes are no text in UTF-8; give -o FILE.") from error
    say(text)
    return 0
