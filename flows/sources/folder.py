"""Kind `folder`: files below a folder, as they stand.

Location: a folder, or one file. Options: `settle`, seconds that a file must have been left alone before it is taken;
`include` and `exclude`, patterns searched in a file's address, `file:///<source>/<path>`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from flows.capture import vanishing
from flows.capture.files import capture_folder
from flows.capture.seen import Seen
from flows.capture.session import Batch, Session
from flows.sources.kinds import SourceFailed
from flows.sources.registry import Source


def capture(source: Source, session: Session, seen: Seen) -> Iterator[Batch]:
    """Capture what is new in the folder."""
    yield from capture_folder(source, session, seen.unchanged)
    batch = vanishing.in_folder(source, session, seen.forget)
    whole = next((each for each in batch.rejects if each["uri"] == source.uri), None)
    if whole is not None:
        raise SourceFailed("emptied", whole["message"], source.uri)
    yield batch
    if not os.path.lexists(source.path):
        raise SourceFailed("missing", f"There is nothing at {source.location}.", source.uri)
