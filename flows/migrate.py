"""Bringing up a warehouse that another version of Dibao made: its tables get the present columns.

What is derived and lacks a column is derived anew by the run that follows; the rest of the columns is empty. Everything
comes with that run's snapshot: until then readers have the former one, and are told what to do.
"""

from __future__ import annotations

import pyarrow as pa

from flows.backlog import STAGES
from schemas import TABLES, Table
from schemas.render.sql import literal, quoted, sql_type
from schemas.table import Column
from warehouse.store import Writer

_READ = ("documents", "articles", "passages", "edits", "lines", "rejects")
_MATCHED = ("alignments", "stories", "variants")


def bring_up(writer: Writer) -> bool:
    """Give every table its present columns, where any has others; returns whether one had.

    The run publishes then, though no file were written: a table without rows has no file to write anew.
    """
    if not writer.outdated:
        return False
    writer.changed = True
    held = {each.name: columns for each in TABLES if (columns := writer.columns(each.name)) is not None}
    other = {each.name for each in TABLES if each.name in held and set(held[each.name]) != set(each.names)}
    derived = {
        each.name
        for each in TABLES
        if each.name in other and not set(each.unstamped) <= set(held[each.name]) <= set(each.names)
    }
    """What a table lacks may be its stamp alone, which nothing is derived from."""
    blank: dict[str, dict[str, str]] = {}
    if derived & set(_READ) or "stages" not in held:
        # No present version is the empty one: all is read anew.
        blank["documents"] = {"extractor_version": "''"}
    for each in TABLES:
        if each.name in other or (each.name in blank and each.name in held):
            writer.reshape(
                each.name, _columns(each, held[each.name], blank.get(each.name, {})), _kept(each, bool(blank))
            )
    done = [("match", _MATCHED), ("restore", ("restorations",))]
    again = [stage for stage, names in done if derived & set(names)]
    if again and "stages" in held:
        known = writer.con().sql(f"SELECT * FROM stages WHERE stage NOT IN ({', '.join(map(literal, again))})")
        writer.overwrite("stages", known.to_arrow_table())
    return True


def _columns(each: Table, held: list[str], blank: dict[str, str]) -> str:
    """The columns of a table out of those that it has."""
    told = []
    for column in each.columns:
        name = quoted(column.name)
        missing = _nothing(column, column.name == each.stamp)
        told.append(f"{blank.get(column.name) or (name if column.name in held else missing)} AS {name}")
    return ", ".join(told)


def _nothing(column: Column, stamp: bool) -> str:
    """What stands in a column that was not there; a stamp is not to be filled later, with another run."""
    if stamp:
        return "''"
    if column.nullable:
        return f"CAST(NULL AS {sql_type(column.type)})"
    if pa.types.is_list(column.type):
        return f"CAST([] AS {sql_type(column.type)})"
    empty = "''" if pa.types.is_string(column.type) else "'epoch'" if pa.types.is_timestamp(column.type) else "0"
    return f"CAST({empty} AS {sql_type(column.type)})"


def _kept(each: Table, read_anew: bool) -> str:
    """Which rows stay: of rejects those that no reading anew tells of again."""
    return f"stage NOT IN {STAGES}" if each.name == "rejects" and read_anew else "true"
