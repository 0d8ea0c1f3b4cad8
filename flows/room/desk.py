"""The desk: the one connection that the pages read from, to whatever snapshot was published last."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from flows.report.results import connected
from flows.search.answer import keep_facts
from flows.settings import Settings
from warehouse.catalogue import NAME
from warehouse.storage import at
from warehouse.store import Warehouse


class Desk:
    """Pages take turns at it: DuckDB uses every core for one of them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.warehouse = Warehouse(settings.warehouse)
        self._lock = threading.Lock()
        self._con: duckdb.DuckDBPyConnection | None = None
        self._seen: tuple[int, int, int] | None = None
        self._facts = False
        self.number = 0

    @property
    def root(self) -> Path:
        return self.warehouse.root

    @contextmanager
    def reading(self, *, facts: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
        """The connection, for the time of the block; opened anew where a snapshot has been published since.

        `facts`: with what filters and facets of a search go by, gathered once for a snapshot. Raises Missing where
        nothing was published.
        """
        with self._lock:
            con = self._current()
            if facts and not self._facts:
                keep_facts(con)
                self._facts = True
            yield con

    def _current(self) -> duckdb.DuckDBPyConnection:
        seen = self._mark()
        if self._con is None or seen != self._seen:
            con = connected(self.settings)
            ((number,),) = con.execute("SELECT number FROM snapshot").fetchall()
            if self._con is not None:
                self._con.close()
            self._con, self._seen, self._facts, self.number = con, seen, False, int(number)
        return self._con

    def _mark(self) -> tuple[int, int, int] | None:
        """What tells one published catalogue from another."""
        try:
            told = at(self.root).local(NAME).stat()
        except OSError:
            return None
        return told.st_ino, told.st_mtime_ns, told.st_size

    def close(self) -> None:
        with self._lock:
            if self._con is not None:
                self._con.close()
                self._con = None
