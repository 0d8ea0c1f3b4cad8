"""From a source to the module that takes it in."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from importlib import import_module
from typing import Protocol, cast

from flows.capture.seen import Seen
from flows.capture.session import Batch, Session
from flows.faults import sentence, told
from flows.fetch.limits import OptionError
from flows.sources.checks import check
from flows.sources.registry import KINDS, Source, SourceError
from warehouse.disk import is_full
from warehouse.errors import WarehouseError


class SourceFailed(Exception):  # noqa: N818
    """A source could not be taken in, or not to its end. What came before the failure stands.

    `error` is a short name, the message one sentence, `uri` what it was about, `traceback` where in the code an error
    came up that nobody foresaw.
    """

    def __init__(self, error: str, message: str, uri: str | None = None, traceback: str | None = None) -> None:
        super().__init__(message)
        self.error = error
        self.message = message
        self.uri = uri
        self.traceback = traceback


class Kind(Protocol):
    """A kind of source."""

    def capture(self, source: Source, session: Session, seen: Seen) -> Iterator[Batch]:
        """Capture what is new, batch by batch; `seen` remembers from run to run. SourceFailed where it cannot."""


def failure(error: Exception) -> SourceFailed:
    """What an error means for its source. Raises it again where it is about the whole run: a full disk, a bug in a
    snapshot, another writer."""
    if isinstance(error, SourceFailed):
        return error
    if isinstance(error, OptionError | SourceError):
        return SourceFailed("options", str(error))
    if isinstance(error, WarehouseError) or (isinstance(error, OSError) and is_full(error)):
        raise error
    logging.getLogger(__name__).error("A source failed", exc_info=error)
    return SourceFailed("crash", sentence(error), traceback=told(error))


def capture(source: Source, session: Session, seen: Seen) -> Iterator[Batch]:
    """Capture what is new in a source, whatever its kind. SourceError where it cannot work as it stands."""
    check(source)
    kind = cast(Kind, import_module(KINDS[source.kind]))
    return kind.capture(source, session, seen)
