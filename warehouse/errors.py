"""What can go wrong with a warehouse, each as one sentence that says what to do.

WarehouseError
  Busy            another run holds the writer's lock
  Conflict        another writer published the snapshot that this run was about to publish
  Damaged         a file is not what its snapshot says
  Moved           an object was changed by somebody else between looking and writing
  Unreachable     a bucket does not answer, or does not let this run in
    Refused       … because of who asks
  Missing         there is no warehouse, table, snapshot or id of that name
  NoSpace         the disk is full
  ReadOnly        nothing can be written to the warehouse
  NotAQuery       SQL that would do more than read
  TimedOut        a query took longer, or more memory, than it may
"""

from __future__ import annotations

from pathlib import Path

from warehouse.mirror import shown


class WarehouseError(Exception):
    """Base of all; the message is a sentence for people."""


class Busy(WarehouseError):  # noqa: N818
    """Another run holds the writer's lock."""


class Conflict(WarehouseError):  # noqa: N818
    """Another writer published the next snapshot first."""


class Moved(WarehouseError):  # noqa: N818
    """An object is not what it was when it was looked at."""


class Unreachable(WarehouseError):  # noqa: N818
    """A bucket does not answer, or refuses; what it holds is as it was, or as it was to be."""


class Refused(Unreachable):
    """A bucket does not let this run do what it asks for."""


class Damaged(WarehouseError):  # noqa: N818
    """A file is not what its snapshot says."""


class Missing(WarehouseError):  # noqa: N818
    """There is nothing of that name."""


def nothing_at(root: Path) -> Missing:
    """The error where nothing has been published."""
    return Missing(f"There is no warehouse at {shown(root)} yet; `dibao ingest PATH` makes one.")


class Outdated(WarehouseError):  # noqa: N818
    """The tables have other columns than this version of Dibao gives them."""


def outdated_at(root: Path) -> Outdated:
    """A warehouse that another version of Dibao made."""
    return Outdated(
        f"The warehouse at {shown(root)} was made by another version of Dibao. Run `dibao ingest` once to bring it up; "
        "the bytes stay, and ids that were published lead on."
    )


class NoSpace(WarehouseError):  # noqa: N818
    """The disk is full; the last snapshot is intact."""


class ReadOnly(WarehouseError):  # noqa: N818
    """Nothing can be written to the warehouse; it can be read."""


class NotAQuery(WarehouseError):  # noqa: N818
    """SQL that would do more than read."""


class TimedOut(WarehouseError):  # noqa: N818
    """A query took longer, or more memory, than it may."""
