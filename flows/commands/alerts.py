"""dibao alerts: what somebody is told of."""

from __future__ import annotations

import sys

from flows.commands.common import JsonOption, WarehouseOption, open_warehouse, print_json, print_table, say


def command(warehouse: WarehouseOption = None, as_json: JsonOption = False) -> int:
    """List the alerts: where they go, how many matches were sent, and how many wait. Exit status 1 where one is broken.

    An alert is a file alerts/NAME.toml in the warehouse's folder, such as

        kind = "phrase"

        phrase = "渡口"

        to = ["mailto://user:secret@mail.example?to=me@example"]

    with kind source-failed, page-vanished, phrase, or story (outlets = 5), or a query over new_since($since) instead.
    """
    from flows import alerting, alerts

    store = open_warehouse(warehouse)
    faults = alerts.load(store.root)[1]
    found = alerting.listed(store)
    if as_json:
        print_json({"alerts": found, "faults": faults})
    elif found:
        columns = ("name", "to", "sent", "waiting", "last_sent")
        print_table(columns, [[each[name] for name in columns] for each in found], right=("sent", "waiting"))
    elif not faults:
        say(f"There is no alert; put one at {store.where}/{alerts.FOLDER}/NAME.toml, as `dibao alerts --help` shows.")
    for fault in faults:
        say(f"dibao: {fault}", file=sys.stderr)
    return int(bool(faults))
