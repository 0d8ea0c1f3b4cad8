"""Kind `folder`: files below a folder, as they stand.

Location: a folder, or one file. Option `settle`: seconds that a file must have been left alone before it is taken.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from flows.capture.files import capture_folder
from flows.capture.seen import Seen
from flows.capture.session import Batch, Session
from flows.sources.kinds import SourceFailed
from flows.sources.registry import Source


def capture(source: Source, session: Session, seen: Seen) -> Iterator[Batch]:
    """Capture what is new in the folder."""
    yield from capture_folder(source, session, seen.unchanged)
    if not os.path.lexists(source.location):
        raise SourceFailed("missing", f"There is nothing at {source.location}.", f"file:///{source.id}")
