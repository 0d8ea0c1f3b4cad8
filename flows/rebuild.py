"""Making a warehouse anew from its WARC files, and comparing the two."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

from flows.pipeline import Job, Outcome, run
from flows.progress import Progress
from flows.settings import Settings
from schemas import TABLES
from schemas.render.sql import quoted
from warehouse import digest
from warehouse.catalogue import define
from warehouse.errors import WarehouseError, nothing_at
from warehouse.store import Warehouse


@dataclass(frozen=True)
class Compared:
    """One table in both warehouses."""

    table: str
    rows: int
    rows_anew: int
    same: bool


def rebuild(old: Warehouse, new: Warehouse, settings: Settings, progress: Progress) -> Outcome:
    """Make all tables anew in `new` from the WARC files of `old`; links them where the file system can.

    The pipeline treats them like segments that a killed run left behind, so nothing but the bytes is used.
    """
    snapshot = old.latest()
    if snapshot is None:
        raise nothing_at(old.root)
    if new.root.exists() and any(new.root.iterdir()):
        raise WarehouseError(f"{new.root} is not empty; give a folder that is new.")
    for entry in snapshot.warc_files:
        _link(old.root / entry.path, new.root / entry.path)
    return run(Job(new, settings, (), progress=progress))


def compare(old: Warehouse, new: Warehouse) -> list[Compared]:
    """Digests of everything that follows from the bytes; failures to capture do not, and are left out."""
    out = []
    cons = [_published(store) for store in (old, new)]
    for each in TABLES:
        if not each.derived and each.name != "captures":
            continue
        marks, rows = [], []
        source = "(SELECT * FROM rejects WHERE stage <> 'capture')" if each.name == "rejects" else quoted(each.name)
        for con in cons:
            marks.append(digest.digest_in(con, each, source))
            count = con.execute(f"SELECT count(*) FROM {source}").fetchone()
            rows.append(count[0] if count else 0)
        out.append(Compared(each.name, rows[0], rows[1], marks[0] == marks[1]))
    for con in cons:
        con.close()
    return out


def _published(store: Warehouse) -> duckdb.DuckDBPyConnection:
    """The views of a warehouse's last snapshot: rows of the present versions only, like those of a rebuild."""
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    snapshot = store.latest()
    if snapshot is not None:
        define(con, store.root, snapshot)
    return con


def _link(old: Path, new: Path) -> None:
    new.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(old, new)
    except OSError:
        shutil.copyfile(old, new)
