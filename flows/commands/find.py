"""dibao find: which articles share text with a given one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.common import JsonOption, WarehouseOption, open_warehouse, print_json, print_table, say

if TYPE_CHECKING:
    from flows.search.find import Carrier


def command(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A file with a text, or - for standard input.")],
    limit: Annotated[int, typer.Option(min=1, help="Most articles to list.")] = 20,
    warehouse: WarehouseOption = None,
    as_json: JsonOption = False,
) -> int:
    """Find the articles that share text with a file, without taking the file in.

    The file is read as an ingest would read it. `share` is the part of its letters that an article has.
    """
    from dataclasses import asdict

    from flows.search.find import find, read
    from warehouse.errors import WarehouseError

    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise WarehouseError(f"{file} cannot be read: {error.strerror or error}.") from error
    text = read("text.txt" if file == "-" else Path(file).name, data)
    found = find(open_warehouse(warehouse), text)
    if as_json:
        print_json(
            [
                each.article | {"share": each.share, "passages": [asdict(passage) for passage in each.passages]}
                for each in found[:limit]
            ]
        )
    elif not found:
        say("No article shares a passage with it.")
    else:
        print_table(
            ("share", "day", "outlet", "article_id", "headline"), list(map(_row, found[:limit])), right=("share",)
        )
        if len(found) > limit:
            say(f"… and {len(found) - limit} more; --limit shows more of them.")
    return 0


def _row(each: Carrier) -> list[str]:
    told = each.article
    return [
        f"{each.share:.0%}",
        told["day"].isoformat() if told["day"] else "",
        ", ".join(told["outlets"][:2]),
        told["article_id"][:12],
        told["headline"] or "(no headline)",
    ]
