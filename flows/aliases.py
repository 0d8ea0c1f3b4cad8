"""Ids that were published once, and what stands in their place now: the table `id_aliases`."""

from __future__ import annotations

import pyarrow as pa

from schemas import table
from warehouse.store import Writer

MOVED = pa.schema([("alias_id", pa.string()), ("kind", pa.string()), ("id", pa.string())])
"""Ids that are gone, what they were the id of, and the id that takes their place."""


def point(writer: Writer, moved: pa.Table, came: pa.Table, run_id: str) -> None:
    """Let ids that are gone (MOVED) lead to what took their place, and those that led to them as well.

    `came` are the ids (column `id`) that come into the tables now: such a one is an alias no longer.
    """
    if moved.num_rows == 0 and writer.rows("id_aliases") == 0:
        return
    con = writer.con()
    con.register("came", came)
    con.register("moved", moved.cast(MOVED))
    try:
        con.execute(
            "CREATE OR REPLACE TEMP TABLE pointed AS "
            "SELECT DISTINCT ON (alias_id) * FROM (FROM moved UNION ALL "
            "SELECT a.alias_id, a.kind, m.id FROM id_aliases AS a JOIN moved AS m "
            "ON m.alias_id = a.id AND m.kind = a.kind) WHERE alias_id <> id ORDER BY alias_id, id"
        )
    finally:
        con.unregister("moved")
    con.execute("CREATE OR REPLACE TEMP TABLE back AS SELECT DISTINCT id FROM came")
    con.unregister("came")
    con.execute("DELETE FROM pointed WHERE alias_id IN (FROM back)")
    add = con.sql("SELECT *, $1 AS run_id FROM pointed ORDER BY alias_id", params=[run_id]).to_arrow_table()
    gone = con.sql(
        "SELECT alias_id FROM id_aliases WHERE alias_id IN (SELECT alias_id FROM pointed UNION FROM back)"
    ).to_arrow_table()
    if add.num_rows or gone.num_rows:
        writer.change("id_aliases", add.cast(table("id_aliases").arrow), gone)
