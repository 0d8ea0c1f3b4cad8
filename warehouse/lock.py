"""The writer's lock: one run writes at a time. It goes when its process goes, however that ends.

Of a warehouse in a bucket the lock keeps out what runs on this machine, and a lease what runs on others.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from warehouse.disk import Disk
from warehouse.errors import Busy, ReadOnly
from warehouse.mirror import shown
from warehouse.storage import at

if TYPE_CHECKING:
    from warehouse.lease import Lease

NAME = ".lock"
_HOLDER = ".lock.holder"
"""Says which process holds the lock. A file of its own, for on Windows nobody can read one that is locked."""


_LEASES: dict[Path, Lease] = {}
"""The leases that this process holds."""


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
        raise Busy(f"Another run (process {who}) is writing to {shown(root)}; this one leaves it to it.") from error
    except OSError as error:
        if error.errno not in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise
        raise ReadOnly(f"{root} cannot be written to ({error.strerror}); commands that only read work.") from error
    try:
        holder.write_text(str(os.getpid()), "utf-8")
        with _leased(root):
            yield
    finally:
        lock.release()


@contextmanager
def _leased(root: Path) -> Iterator[None]:
    store = at(root)
    if isinstance(store, Disk):
        yield
        return
    from warehouse.lease import Lease

    lease = _LEASES[root] = Lease(root, store)
    try:
        yield
    finally:
        del _LEASES[root]
        lease.release()


def check(root: Path) -> None:
    """Raise Conflict where this process writes to a warehouse whose lease another run has taken over."""
    if root in _LEASES:
        _LEASES[root].check()
