"""Provenance: the chain of one passage to the WARC record, read and checked on the spot."""

from __future__ import annotations

from flows.room.desk import Desk
from flows.room.shown import Asked, Shown
from flows.trace import trace


def page(desk: Desk, asked: Asked) -> Shown:
    with desk.reading():  # which tells the snapshot at the foot of the page
        pass
    found = trace(desk.warehouse, asked.path["id"])
    chain = [
        (kind, {name: value for name, value in facts.items() if value not in (None, "", [])})
        for kind, facts in found.chain
    ]
    return Shown(
        "provenance",
        "",
        {"found": found, "chain": chain},
        f"FROM provenance WHERE passage_id = '{found.id}'" if found.kind == "passage" else None,
        [{"link": kind} | facts for kind, facts in found.chain[:1]],
        {"kind": found.kind, "id": found.id, "chain": found.chain, "same": found.same, "verdict": found.verdict},
        f"provenance-{found.id[:12]}",
    )
