"""dibao sign: vouch for the last snapshot."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.commands.common import JsonOption, WarehouseOption, open_warehouse, print_json, say


def command(
    key: Annotated[Path | None, typer.Option("--key", metavar="FILE", help="The key, which lies elsewhere.")] = None,
    new_key: Annotated[Path | None, typer.Option("--new-key", metavar="FILE", help="Make a key there first.")] = None,
    warehouse: WarehouseOption = None,
    as_json: JsonOption = False,
) -> int:
    """Sign the last snapshot, and by its chain of hashes all before it, so that its state can be proved to others.

    `dibao audit --signed-by PUBLIC` checks it; the setting sign_key has every run sign what it publishes.
    """
    from warehouse import signing
    from warehouse.errors import WarehouseError

    chosen = new_key or key
    if chosen is None:
        raise WarehouseError("Say which key: dibao sign --key FILE, or --new-key FILE to make one.")
    store = open_warehouse(warehouse)
    if new_key is not None:
        if new_key.expanduser().resolve().is_relative_to(store.root):
            raise WarehouseError(f"The key {new_key} would lie in the warehouse; give a place elsewhere.")
        signing.new_key(new_key)
    with store.writer():
        made = signing.sign(store.root, chosen, datetime.now(UTC).isoformat(timespec="seconds"))
    if as_json:
        print_json(vars(made))
    else:
        say(f"Snapshot {made.number} is signed by the key {made.public_key}")
    return 0
