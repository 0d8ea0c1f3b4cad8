"""Finding the files of a folder: sorted, once each, and what cannot be taken is said."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flows.sources.names import file_uri
from flows.sources.registry import Source
from flows.sources.scope import Scope


@dataclass(frozen=True)
class FileFound:
    """A regular file of a source."""

    path: Path
    uri: str
    outlet: str
    name_date: datetime | None
    size: int
    mtime_ns: int


@dataclass(frozen=True)
class NotTaken:
    """Something in a folder that is no readable file. `error` is a short name."""

    uri: str
    error: str
    message: str


def walk(source: Source) -> Iterator[FileFound | NotTaken]:
    """Every file of a folder source in the order of its bytes; hidden names are passed over.

    Links to files are followed; links to folders are not, so a loop cannot arise. Sockets, pipes and devices
    are reported and never opened.
    """
    root = source.path
    pattern = re.compile(source.name_date)
    scope = Scope({name: value for name, value in source.options.items() if name in ("include", "exclude")})
    if not os.path.lexists(root):
        yield NotTaken(source.uri, "missing", f"There is nothing at {root}.")
        return
    base = root if root.is_dir() else root.parent
    some: Iterable[tuple[Path, str | None]] = [(Path(name), None) for name in source.only or (str(root),)]
    for path, closed in _below(root) if root.is_dir() and not source.only else some:
        relative = os.fsencode(os.path.relpath(path, base))
        uri = file_uri(source.id, relative)
        if closed is None and not scope.takes(uri):
            continue
        if closed is not None:
            yield NotTaken(uri, "unreadable", f"The folder cannot be opened: {closed}.")
            continue
        problem, found = _inspect(path)
        if found is None:
            yield NotTaken(uri, *problem)
            continue
        first = relative.decode("utf-8", "replace").split("/")
        yield FileFound(
            path=path,
            uri=uri,
            outlet=first[0] if len(first) > 1 else source.id,
            name_date=name_date(pattern, path.name),
            size=found.st_size,
            mtime_ns=found.st_mtime_ns,
        )


def _below(folder: Path) -> Iterator[tuple[Path, str | None]]:
    """Paths that are no folders, and folders that cannot be listed with the reason."""
    pending = [folder]
    while pending:
        here = pending.pop()
        try:
            with os.scandir(here) as listing:
                entries = sorted(listing, key=lambda entry: os.fsencode(entry.name))
        except OSError as error:
            yield here, error.strerror or str(error)
            continue
        folders = []
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                folders.append(here / entry.name)
            else:
                yield here / entry.name, None
        pending += reversed(folders)


def _inspect(path: Path) -> tuple[tuple[str, str], os.stat_result | None]:
    try:
        found = path.stat()
    except FileNotFoundError:
        if path.is_symlink():
            return ("dangling-link", "The link points to nothing."), None
        return ("unreadable", "The file vanished before it was read."), None
    except OSError as error:
        return ("unreadable", f"The file cannot be opened: {error.strerror or error}."), None
    if stat.S_ISREG(found.st_mode):
        return ("", ""), found
    if stat.S_ISDIR(found.st_mode):
        return ("folder-link", "A link to a folder is not followed; give the folder itself as a source."), None
    return ("not-a-file", "This is a pipe, socket or device, not a file."), None


def name_date(pattern: str | re.Pattern[str], name: str) -> datetime | None:
    """The date in a name as midnight; None where there is none or no such day."""
    match = re.search(pattern, name)
    if match is None:
        return None
    try:
        return datetime(int(match["year"]), int(match["month"]), int(match["day"]), tzinfo=UTC)
    except (ValueError, TypeError):
        return None
