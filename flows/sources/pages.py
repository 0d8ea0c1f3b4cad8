"""Kind `pages`: addresses that someone listed.

Location: an address, or a file that lists one a line (`#` begins a remark). Option `urls`: more of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from flows.capture.seen import Seen
from flows.capture.session import Batch, Session
from flows.sources.kinds import SourceFailed
from flows.sources.registry import Source
from flows.sources.visit import Visit
from flows.sources.wants import Want


def capture(source: Source, session: Session, seen: Seen) -> Iterator[Batch]:
    """Fetch each address; one that has not changed since is asked for with its ETag and date."""
    listed = addresses(source)
    yield from Visit(source, session, seen, own=listed).run(Want(url) for url in listed)


def addresses(source: Source) -> list[str]:
    """Every address that a source of this kind lists, once. SourceFailed where its file cannot be read."""
    more = source.options.get("urls", [])
    listed = [more] if isinstance(more, str) else list(more)
    if "://" in source.location:
        listed.insert(0, source.location)
    elif source.location:
        try:
            lines = Path(source.location).expanduser().read_text("utf-8-sig").splitlines()
        except (OSError, ValueError) as error:
            raise SourceFailed("list", f"The list {source.location} cannot be read: {error}.") from error
        listed += [line.partition(" #")[0].strip() for line in lines if not line.lstrip().startswith("#")]
    return list(dict.fromkeys(url for url in listed if url))
