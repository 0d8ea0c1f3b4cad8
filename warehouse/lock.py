"""The writer's lock: one run writes at a time. It goes when its process goes, however that ends."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from warehouse.errors import Busy, ReadOnly

NAME = ".lock"
_HOLDER = ".lock.holder"
"""Says which process holds the lock. A file of its own, for on Windows nobody can read one that is locked."""


@contextmanager
def hold(root: Path) -> Iterator[None]:
    """Hold the lock of a warehouse. Raises Busy, at once, where another run holds it, ReadOnly where no run can."""
    lock, holder = FileLock(root / NAME, timeout=0), root / _HOLDER
    try:
        root.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        try:
            who = holder.read_text("utf-8").strip() or "unknown"
        except OSError:
            who = "unknown"
        raise Busy(f"Another run (process {who}) is writing to {root}; this one leaves it to it.") from error
    except OSError as error:
        if error.errno not in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise
        raise ReadOnly(f"{root} cannot be written to ({error.strerror}); commands that only read work.") from error
    try:
        holder.write_text(str(os.getpid()), "utf-8")
        yield
    finally:
        lock.release()
