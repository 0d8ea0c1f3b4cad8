"""The catalogue: a DuckDB file that holds views only, over the exact files of one snapshot.

It is disposable. It is built beside the old one and put in its place whole, so a reader has the old one or
the new. Views find their files through `getvariable('warehouse')`, else where the catalogue was published,
so a warehouse can be moved, mounted read-only, or opened from any folder.
"""

from __future__ import annotations

import errno
import hashlib
import re
import shutil
from collections.abc import Callable, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import duckdb

from schemas import SHOWN, TABLES, Table, layout
from schemas.render.sql import column_list, comments, empty_select, literal, macro_comment, quoted
from schemas.tables.search import INDEX
from schemas.views import MACROS, VIEWS
from schemas.views.pages import SNAPSHOT
from warehouse import reading, search
from warehouse.errors import Damaged, Missing, WarehouseError, nothing_at, outdated_at
from warehouse.manifests import FileEntry
from warehouse.mirror import shown
from warehouse.snapshots import Snapshot, latest, load, numbers
from warehouse.storage import at

NAME = "catalogue.duckdb"
ANEW = 64
"""Every so many snapshots the catalogue is made from nothing, so that what a replaced view leaves does not pile up."""


def build(root: Path, snapshot: Snapshot, former: Snapshot | None = None) -> Path:
    """Write the catalogue of a snapshot, swap it in, return its path. Raises Damaged where a table is unreadable.

    Where the catalogue at hand is that of `former`, only the views of tables that have other files are made again: most
    of the work is in the views that stay. A first catalogue takes them from the last first one of this process.
    """
    storage = at(root)
    path = storage.local(NAME)
    have(root, snapshot)
    try:
        with storage.making(NAME) as beside:
            if (
                former is None
                or snapshot.number % ANEW == 0
                or not _brought_up_to_date(path, beside, root, former, snapshot)
            ):
                from_nothing(beside, root, snapshot)
    except duckdb.IOException as error:
        if "No space left" in str(error):
            raise OSError(errno.ENOSPC, str(error)) from error
        raise Damaged(
            f"A table's file cannot be read ({str(error).splitlines()[0]}); `dibao audit` says which."
        ) from error
    return path


def have(root: Path, snapshot: Snapshot) -> None:
    """Have every file that a catalogue of a snapshot shows at hand, for a connection that reads files by itself."""
    at(root).fetch(path for table in SHOWN for path in _paths(root, snapshot, table))


def define(con: duckdb.DuckDBPyConnection, root: Path, snapshot: Snapshot) -> None:
    """Create every view of a snapshot in the connection's present schema."""
    for table in SHOWN:
        _define_table(con, table, root, snapshot)
    _define_snapshot(con, root, snapshot)
    for statement in view_files():
        con.execute(_with_tables(statement, root, snapshot))
    _comment(con)


def _comment(con: duckdb.DuckDBPyConnection) -> None:
    """Say of every view and function that is there what it is."""
    there = {name for (name,) in con.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()}
    said = [line for view in VIEWS if view.name in there and view is not SNAPSHOT for line in comments(view)]
    there = {
        name for (name,) in con.execute("SELECT function_name FROM duckdb_functions() WHERE NOT internal").fetchall()
    }
    said += [macro_comment(macro) for macro in MACROS if macro.name in there]
    con.execute(";\n".join(said))


def _define_macros(con: duckdb.DuckDBPyConnection, root: Path, snapshot: Snapshot, changed: set[str]) -> None:
    """Make anew the macros that have tables in them of which some are shown by other files now."""
    for statement in view_files():
        if changed.intersection(_INSIDE.findall(statement)):
            con.execute(_with_tables(statement, root, snapshot))
    for macro in MACROS if changed else ():
        con.execute(macro_comment(macro))


_INSIDE = re.compile(r"(?<= )@(\w+)")
"""A table that stands in a macro itself. What a macro names is looked up where it is used, and a catalogue that is
attached under some name is not looked into; a view, and what a macro itself holds, is found."""


_AGAIN = {"search_heads": "search_postings"}
"""Second names of tables: what stands in a macro under one name twice is gathered whole before any of it is used."""


def _with_tables(statement: str, root: Path, snapshot: Snapshot) -> str:
    """The SQL of a view or macro, the tables that it is to hold itself put in as common table expressions."""

    def told(found: re.Match[str]) -> str:
        each = next(table for table in SHOWN if table.name == _AGAIN.get(found[1], found[1]))
        return f"{quoted(found[1])} AS ({_select(each, root, snapshot, _paths(root, snapshot, each))})"

    return _INSIDE.sub(told, statement)


views_at_hand: dict[str, bytes] = {}
"""The last catalogue that this process made from nothing, under what its views are made of: a quarter of a megabyte."""


def from_nothing(path: Path, root: Path, snapshot: Snapshot) -> None:
    """Make a catalogue that stands on no former one of its warehouse."""
    made_of = definitions(Path(), snapshot)
    path.unlink(missing_ok=True)
    if made_of not in views_at_hand:
        _in_file(path, root, lambda con: define(con, root, snapshot))
        views_at_hand.clear()
        views_at_hand[made_of] = path.read_bytes()
        return

    def work(con: duckdb.DuckDBPyConnection) -> None:
        for table in SHOWN:
            _define_table(con, table, root, snapshot)
        _define_macros(con, root, snapshot, {table.name for table in SHOWN})
        _define_snapshot(con, root, snapshot)

    path.write_bytes(views_at_hand[made_of])
    _in_file(path, root, work)


def _in_file(path: Path, root: Path, work: Callable[[duckdb.DuckDBPyConnection], None]) -> None:
    """Do something to a catalogue in a file, all of it or nothing."""
    con = duckdb.connect()
    try:
        # An older storage version keeps DuckDB 1.x able to open it.
        con.execute(f"ATTACH {literal(str(path))} AS catalogue (STORAGE_VERSION 'v1.2.0')")
        con.execute("USE catalogue")
        con.execute("SET VARIABLE warehouse = $1", [str(root)])  # where files are looked at while views are made
        con.execute("BEGIN")  # one transaction: each of its own is flushed to disk
        work(con)
        con.execute("COMMIT")
        con.execute("USE memory")
        con.execute("DETACH catalogue")
    finally:
        con.close()


def _brought_up_to_date(path: Path, beside: Path, root: Path, former: Snapshot, snapshot: Snapshot) -> bool:
    """Make the catalogue of one snapshot out of that of another; False where this one cannot be made so."""
    if definitions(root, former) != definitions(root, snapshot):
        return False

    def work(con: duckdb.DuckDBPyConnection) -> None:
        shown = con.execute(
            "SELECT comment FROM duckdb_views() WHERE database_name = 'catalogue' AND view_name = 'snapshot'"
        ).fetchall()
        if shown != [(_about(root, former),)]:
            raise _OtherError
        changed = [table for table in SHOWN if _paths(root, former, table) != _paths(root, snapshot, table)]
        for table in changed:
            _define_table(con, table, root, snapshot)
        _define_macros(con, root, snapshot, {table.name for table in changed})
        _define_snapshot(con, root, snapshot)

    try:
        shutil.copyfile(path, beside)
        _in_file(beside, root, work)
    except (FileNotFoundError, _OtherError):
        return False
    except duckdb.Error as error:
        if "No space left" in str(error):
            raise
        return False
    return True


class _OtherError(Exception):
    """The catalogue at hand shows something else than was thought."""


def _define_table(con: duckdb.DuckDBPyConnection, table: Table, root: Path, snapshot: Snapshot) -> None:
    select = _select(table, root, snapshot, _paths(root, snapshot, table))
    view = f"CREATE OR REPLACE VIEW {quoted(table.name)} AS {select}"
    con.execute(";\n".join([view, *comments(table)]))


def _define_snapshot(con: duckdb.DuckDBPyConnection, root: Path, snapshot: Snapshot) -> None:
    con.execute(
        "CREATE OR REPLACE VIEW snapshot AS SELECT "
        f"{snapshot.number} AS number, {literal(snapshot.run_id)} AS run_id, "
        f"TIMESTAMPTZ {literal(snapshot.published_at)} AS published_at, "
        f"{literal(snapshot.code_version)} AS code_version, {literal(snapshot.layout)} AS layout"
    )
    about = f"COMMENT ON VIEW snapshot IS {literal(_about(root, snapshot))}"
    con.execute(";\n".join([about, *comments(SNAPSHOT)[1:]]))


def _about(root: Path, snapshot: Snapshot) -> str:
    return f"Snapshot {snapshot.number}, shown by the definitions {definitions(root, snapshot)}."


def definitions(root: Path, snapshot: Snapshot) -> str:
    """What the views are made of, but for the files that they read: 16 letters of a SHA-256."""
    parts = [duckdb.__version__]
    for table in SHOWN:
        parts += [_select(table, root, snapshot, ("",)), *comments(table)]
    parts += [line for view in VIEWS for line in comments(view)] + [macro_comment(macro) for macro in MACROS]
    return hashlib.sha256("\n".join([*parts, *view_files()]).encode()).hexdigest()[:16]


def _paths(root: Path, snapshot: Snapshot, table: Table) -> tuple[str, ...]:
    if table in INDEX:
        return search.paths(root, snapshot.search, table.name)
    entry = snapshot.tables.get(table.name)
    return tuple(file.path for file in entry.files) if entry else ()


def view_files() -> list[str]:
    """The SQL of `views/*.sql`, in the order of their names, which begin with a number where one needs another."""
    folder = resources.files("warehouse") / "views"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    return [f.read_text("utf-8") for f in files]


def view_file(name: str) -> str:
    """The SQL of one file of `views/`."""
    return (resources.files("warehouse") / "views" / name).read_text("utf-8")


def connect(root: Path, *, memory_limit: str | None = None) -> duckdb.DuckDBPyConnection:
    """The published catalogue for reading, and nothing else: no other file, no network (`warehouse.reading`).

    Raises Missing where nothing has been published, Busy where another program holds it, Damaged where it is broken,
    Outdated where it is gone and cannot be made again from tables that another version of Dibao made.
    """
    path = at(root).local(NAME)
    snapshot = None if path.exists() else latest(root)
    if snapshot is None and not path.exists():
        raise nothing_at(root)
    if snapshot is not None and snapshot.layout != layout():
        raise outdated_at(root)

    def fill(con: duckdb.DuckDBPyConnection) -> None:
        if snapshot is None:
            reading.copied(con, path)
        else:  # until the next writer makes the file again
            define(con, root, snapshot)

    return reading.locked(root, fill, memory_limit=memory_limit)


def connect_at(root: Path, number: int, *, memory_limit: str | None = None) -> duckdb.DuckDBPyConnection:
    """A snapshot as it was published, for reading like `connect`, while its files are kept.

    Raises Missing where there is no such snapshot any more, or its files were let go of, and Outdated where it was
    published by another version of Dibao, that gave the tables other columns.
    """
    known = numbers(root)
    if not known:
        raise nothing_at(root)
    if number not in known:
        raise Missing(f"There is no snapshot {number} at {shown(root)}; there are {known[0]} to {known[-1]}.")
    snapshot = load(root, number)
    if snapshot.layout != layout():
        raise outdated_at(root)
    there = at(root).sizes("tables")
    if any(path not in there for table in TABLES for path in _paths(root, snapshot, table)):
        raise Missing(f"The files of snapshot {number} are kept no longer; ask a later one.")
    return reading.locked(root, lambda con: define(con, root, snapshot), memory_limit=memory_limit)


def outdated(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether the catalogue shows tables of other columns than they are given now."""
    columns = con.execute("SELECT column_name FROM (DESCRIBE snapshot)").fetchall()
    return ("layout",) not in columns or con.execute("SELECT layout FROM snapshot").fetchall() != [(layout(),)]


def rows(con: duckdb.DuckDBPyConnection, sql: str, values: Any = None) -> list[dict[str, Any]]:
    """What a query gives, a dictionary from the names of its columns for each row."""
    result = con.execute(sql, values)
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def number(root: Path) -> int | None:
    """The snapshot that the published catalogue shows; None where there is no catalogue that can be read."""
    if at(root).size(NAME) is None:
        return None
    try:
        con = connect(root)
    except (WarehouseError, duckdb.Error):
        return None
    try:
        row = con.execute("SELECT number FROM snapshot").fetchone()
        return int(row[0]) if row else None
    except duckdb.Error:
        return None
    finally:
        con.close()


def parquet(root: Path, table: Table, entries: Sequence[FileEntry]) -> str:
    """A FROM clause over exactly some files of a table, for use while writing."""
    if not entries:
        return f"({empty_select(table)})"
    files = ", ".join(literal(str(root / file.path)) for file in entries)
    return f"(SELECT {column_list(table)} FROM read_parquet([{files}], hive_partitioning = false))"


def _select(table: Table, root: Path, snapshot: Snapshot, paths: Sequence[str]) -> str:
    if not paths:
        return empty_select(table)
    files = ", ".join(map(literal, paths))
    place = f"lambda p: coalesce(getvariable('warehouse'), {literal(shown(root))}) || '/' || p"
    source = f"read_parquet(list_transform([{files}], {place}), hive_partitioning = false)"
    return f"SELECT {column_list(table, 't')} FROM {source} AS t"
