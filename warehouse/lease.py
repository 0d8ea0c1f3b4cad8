"""The writer's lock of a warehouse in a bucket: an object that one run at a time holds, by a number that only rises.

A lease (Gray and Cheriton, 1989) ends by itself where its holder no longer renews it, so a killed run on another
machine keeps nobody out for longer than TERM. Whether it has ended is told by the server's clock alone. Taking and
renewing are swaps by If-Match: of two who try, one succeeds, and a holder that was taken for dead finds out before it
publishes or deletes. What it may have put by then, no snapshot names.
"""

from __future__ import annotations

import json
import socket
import threading
import time
import uuid
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from warehouse.bucket import Bucket
from warehouse.errors import Busy, Conflict, Moved, ReadOnly, Refused, Unreachable, WarehouseError

KEY = "lease.json"
TERM = 60.0
"""Seconds after its last renewal at which a lease ends: some renewals may fail, and a pause of a process be long."""
_RENEWALS = 4
"""So many renewals are tried within one term."""


class Lease:
    """The lease of one run. Raises Busy where another run holds it."""

    def __init__(self, root: Path, store: Bucket) -> None:
        self._store = store
        self._holder = _identity(root)
        self._lost = ""
        self._turn = threading.Lock()
        self._ended = threading.Event()
        now = prove(store)
        seen = store.objects.version(KEY)
        former: dict[str, object] = {}
        if seen is not None:
            former = _read(seen[0])
            age = (now - seen[1]).total_seconds()
            # The file lock of this machine is ours, so a holder of our name is dead.
            if not former["released"] and former["holder"] != self._holder and age < TERM:
                raise Busy(
                    f"Another run ({former['holder']}) is writing to {store.address}; this one leaves it to it. "
                    f"If that run is dead, its lease ends {TERM - age:.0f} s from now."
                )
        self.number = int(str(former.get("number", 0))) + 1
        self._beat = 0
        self._data = self._written()
        self._since = time.monotonic()
        try:
            store.swap(KEY, seen[0] if seen else None, self._data)
        except Moved as error:
            raise Busy(f"Another run has just begun to write to {store.address}; this one leaves it to it.") from error
        self._thread = threading.Thread(target=self._keep, name="lease", daemon=True)
        self._thread.start()

    def _written(self, released: bool = False) -> bytes:
        told = {"number": self.number, "holder": self._holder, "beat": self._beat, "released": released}
        return json.dumps(told, sort_keys=True).encode() + b"\n"

    def _keep(self) -> None:
        while not self._ended.wait(TERM / _RENEWALS):
            try:
                self._renew()
            except Conflict:
                return
            except Unreachable:
                continue  # until the term is over, which `check` sees

    def _renew(self) -> None:
        with self._turn:
            if self._lost or self._ended.is_set():
                return
            begun = time.monotonic()
            self._beat += 1
            data = self._written()
            try:
                self._store.swap(KEY, self._data, data)
            except Moved as error:
                self._lost = f"Another run took this one for dead and writes to {self._store.address} now"
                raise self._conflict() from error
            except Unreachable:
                # It may have been written all the same.
                if (now := self._store.objects.version(KEY)) is not None and now[0] == data:
                    self._data = data
                raise
            self._data, self._since = data, begun

    def check(self) -> None:
        """Raise Conflict where the lease is no longer held; it holds for half a term from now on."""
        if self._lost:
            raise self._conflict()
        if time.monotonic() - self._since > TERM / 2:
            try:
                self._renew()
            except Unreachable as error:
                if time.monotonic() - self._since > TERM:
                    self._lost = f"The lease of {self._store.address} could not be renewed in time"
                    raise self._conflict() from error
                raise

    def _conflict(self) -> Conflict:
        return Conflict(f"{self._lost}; nothing of this run is visible. Run again.")

    def release(self) -> None:
        """Let go of the lease; where the server does not answer it ends by itself."""
        self._ended.set()
        with self._turn:
            if self._lost:
                return
            try:
                self._store.swap(KEY, self._data, self._written(released=True))
            except (Moved, Unreachable):
                return


def _read(data: bytes) -> dict[str, object]:
    try:
        told = json.loads(data)
        return {name: told[name] for name in ("number", "holder", "released")}
    except (ValueError, KeyError, TypeError) as error:
        raise WarehouseError(f"{KEY} is no lease; delete it if no run is writing, and run again.") from error


def _identity(root: Path) -> str:
    """Which local folder on which machine holds the lease."""
    noted = root / ".holder"
    if not noted.exists():
        noted.write_text(uuid.uuid4().hex[:12], "utf-8")
    return f"{socket.gethostname()}, {noted.read_text('utf-8')}"


def prove(store: Bucket) -> datetime:
    """Raise WarehouseError where a bucket ignores the conditions of a put; returns the server's time.

    Some servers take If-None-Match and If-Match and overwrite all the same; two runs would overwrite each other there.
    """
    key = f"probe/{uuid.uuid4().hex}.json"
    refused = WarehouseError(
        f"{store.address} ignores the conditions of a put (If-None-Match, If-Match), so that two runs would overwrite "
        "each other; keep the warehouse in a bucket that heeds them."
    )
    try:
        try:
            store.put_new(key, b"1")
        except Refused as error:
            raise ReadOnly(f"{error} Commands that only read work.") from error
        try:
            store.put_new(key, b"2")
        except FileExistsError:
            pass
        else:
            raise refused
        if not store.objects.heeds(key, b"3", b"4"):
            raise refused
        seen = store.objects.version(key)
        if seen is None:
            raise refused
        return seen[1]
    finally:
        with suppress(Unreachable):  # what is left in `probe` is read by nobody
            store.delete(key)
