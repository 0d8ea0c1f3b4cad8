"""Making a warehouse anew from its WARC files, and comparing the two."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import duckdb

from flows import corrections, outlets, takedowns
from flows.pipeline import Job, Outcome, run
from flows.progress import Progress
from flows.settings import Settings
from schemas import TABLES
from schemas.render.sql import quoted
from warehouse import backup, digest
from warehouse.catalogue import define, have
from warehouse.disk import is_full
from warehouse.errors import WarehouseError, nothing_at, outdated_at
from warehouse.storage import at
from warehouse.store import Warehouse

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Compared:
    """One table in both warehouses. `left_out` are rows of the old one that no rebuild can have: what failed before
    there were bytes to keep, or was told of a file only while it was taken in."""

    table: str
    rows: int
    rows_anew: int
    same: bool
    left_out: int = 0


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuild came to. `missing` are WARC files, each with why it could not be taken, without which it went on:
    the captures that they hold are not in the new warehouse, nor is what was read from them."""

    outcome: Outcome
    missing: tuple[tuple[str, str], ...]


def rebuild(old: Warehouse, new: Warehouse, settings: Settings, progress: Progress) -> Rebuilt:
    """Make all tables anew in `new` from the WARC files of `old`; links them where the file system can.

    The pipeline treats them like segments that a killed run left behind, so nothing but the bytes is used.
    """
    snapshot = old.latest()
    if snapshot is None:
        raise nothing_at(old.root)
    if backup.held(new.root):
        raise WarehouseError(f"{new.where} is not empty; give a folder that is new.")
    missing = []
    for entry in snapshot.warc_files:
        try:
            held = at(old.root).local(entry.path)
            held.stat()  # a link to nothing can be linked, too
            at(new.root).put_file(entry.path, held, keep=True)
        except FileNotFoundError:
            missing.append((entry.path, "it is not there"))
        except OSError as error:
            if is_full(error):
                raise
            missing.append((entry.path, f"it cannot be read: {error.strerror or error}"))
    for path, why in missing:
        _log.error("%s is left out of the rebuild: %s", path, why)
    # What people wrote is not in the bytes: which folder is which source, how each is read, and what
    # outlets are called.
    for name in at(old.sources).names():
        at(new.sources).put(name, at(old.sources).get(name))
    for name in (*at(old.root).names(takedowns.FOLDER), *at(old.root).names(corrections.FOLDER)):
        at(new.root).put(name, at(old.root).get(name))
    if at(old.root).size(outlets.NAME) is not None:
        at(new.root).put(outlets.NAME, at(old.root).get(outlets.NAME))
    return Rebuilt(run(Job(new, settings, (), progress=progress)), tuple(missing))


def compare(old: Warehouse, new: Warehouse) -> list[Compared]:
    """Digests of everything that follows from the bytes; failures to capture do not, and are left out and counted."""
    out = []
    cons = [_published(store) for store in (old, new)]
    for each in TABLES:
        if not each.derived and each.name != "captures":
            continue
        marks, rows = [], []
        source, left_out = quoted(each.name), 0
        if each.name == "rejects":
            left_out = _count(cons[0], "(SELECT * FROM rejects WHERE stage = 'capture')")
            source = "(SELECT * FROM rejects WHERE stage <> 'capture')"
        for con in cons:
            marks.append(digest.digest_in(con, each, source))
            rows.append(_count(con, source))
        out.append(Compared(each.name, rows[0], rows[1], marks[0] == marks[1], left_out))
    for con in cons:
        con.close()
    return out


def _count(con: duckdb.DuckDBPyConnection, source: str) -> int:
    row = con.execute(f"SELECT count(*) FROM {source}").fetchone()
    return int(row[0]) if row else 0


def _published(store: Warehouse) -> duckdb.DuckDBPyConnection:
    """The views of a warehouse's last snapshot: rows of the present versions only, like those of a rebuild."""
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    snapshot = store.latest()
    if snapshot is not None:
        if store.outdated():
            raise outdated_at(store.root)
        have(store.root, snapshot)
        con.execute("SET VARIABLE warehouse = $1", [str(store.root)])
        define(con, store.root, snapshot)
    return con
