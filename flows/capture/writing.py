"""Whether somebody is writing to a file."""

from __future__ import annotations

import errno
import signal

try:
    import fcntl
except ImportError:  # Windows, where nothing of the kind can be asked
    fcntl = None  # type: ignore[assignment]

_SET_LEASE = getattr(fcntl, "F_SETLEASE", None)
_SET_SIGNAL = getattr(fcntl, "F_SETSIG", None)


def being_written(descriptor: int) -> bool:
    """Whether any process has a file open for writing, as far as the system can tell.

    Linux grants a read lease only on a file that nobody writes to. Where leases are not known or not allowed (another
    system, a network's file system, somebody else's file) the answer is False.
    """
    if _SET_LEASE is None or _SET_SIGNAL is None:
        return False
    try:
        # Who opens the file for writing in this moment breaks the lease; the signal of that must not end this process.
        fcntl.fcntl(descriptor, _SET_SIGNAL, signal.SIGURG)
        fcntl.fcntl(descriptor, _SET_LEASE, fcntl.F_RDLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    fcntl.fcntl(descriptor, _SET_LEASE, fcntl.F_UNLCK)
    return False
