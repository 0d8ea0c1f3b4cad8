"""What an id names: the beginning of one will do, and so will one that was published once."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from warehouse.errors import Missing

_TABLES = {kind: f"{kind}s" for kind in ("passage", "article", "document", "capture")} | {"story": "stories"}


def find(con: duckdb.DuckDBPyConnection, identity: str, kinds: Sequence[str]) -> tuple[str, str]:
    """Kind and whole id of what an id (8 characters or more of it) names, the first of `kinds` that has it.

    An id that is in no table any more leads to what took its place. Raises Missing where it names nothing, or more
    than one thing.
    """
    if len(identity) < 8 or not identity.isalnum():
        raise Missing(f"{identity!r} is no id; ids are 32 hex characters, and 8 of them may do.")
    for kind in kinds:
        found = _ids(con, f"SELECT DISTINCT {kind}_id FROM {_TABLES[kind]} WHERE starts_with({kind}_id, $1)", identity)
        if len(found) > 1:
            raise Missing(f"{identity!r} begins more than one {kind} id; give more of it.")
        if found:
            return kind, found[0]
    for kind in kinds:
        found = _ids(con, _ONCE, identity, kind)
        if len(found) > 1:
            raise Missing(f"{identity!r} begins more than one former {kind} id; give more of it.")
        if found and _ids(con, f"SELECT {kind}_id FROM {_TABLES[kind]} WHERE {kind}_id = $1", found[0]):
            return kind, found[0]
    *others, last = kinds
    raise Missing(f"No {', '.join(others)}{' or ' if others else ''}{last} has the id {identity!r}.")


_ONCE = "SELECT DISTINCT id FROM former_ids WHERE starts_with(alias_id, $1) AND kind = $2"


def _ids(con: duckdb.DuckDBPyConnection, sql: str, *values: str) -> list[str]:
    """The first two ids that a query gives."""
    asked = [values[0].lower(), *values[1:]]
    return [str(row[0]) for row in con.execute(f"FROM ({sql}) AS t(id) ORDER BY id LIMIT 2", asked).fetchall()]
