"""Finding the files of a folder: sorted, once each, and what cannot be taken is said."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote_from_bytes

from flows.sources.names import file_uri
from flows.sources.registry import Source
from flows.sources.scope import Scope

_PLAIN = re.compile(r"[A-Za-z0-9_.~/-]+")
"""A path that stands in an address as it is."""


class FileFound(NamedTuple):
    """A regular file of a source. Each run meets all of them, and asks most for their address and state alone."""

    place: str
    uri: str
    outlet: str
    pattern: re.Pattern[str]
    """How the names of the source's files tell a date."""
    size: int
    mtime_ns: int

    @property
    def path(self) -> Path:
        return Path(self.place)

    @property
    def name_date(self) -> datetime | None:
        """The date in the file's name."""
        return name_date(self.pattern, os.path.basename(self.place))


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
    options = {name: value for name, value in source.options.items() if name in ("include", "exclude")}
    scope = Scope(options) if options else None
    if not os.path.lexists(root):
        yield NotTaken(source.uri, "missing", f"There is nothing at {root}.")
        return
    base, start = root if root.is_dir() else root.parent, file_uri(source.id)
    some: Iterable[_Met] = (_Met(name, os.path.relpath(name, base), None) for name in source.only or (str(root),))
    for place, relative, entry in _below(str(root)) if root.is_dir() and not source.only else some:
        plain = _PLAIN.fullmatch(relative)
        uri = f"{start}/{relative if plain else quote_from_bytes(os.fsencode(relative))}"
        if isinstance(entry, OSError):
            yield NotTaken(uri, "unreadable", f"The folder cannot be opened: {entry.strerror or entry}.")
            continue
        if scope is not None and not scope.takes(uri):
            continue
        try:
            found = os.stat(place) if entry is None else entry.stat()
        except OSError as error:
            yield NotTaken(uri, *_no_state(place, error))
            continue
        if not stat.S_ISREG(found.st_mode):
            yield NotTaken(uri, *_no_file(found))
            continue
        first, below, _ = relative.partition("/")
        if not plain:
            first = os.fsencode(first).decode("utf-8", "replace")
        yield FileFound(place, uri, first if below else source.id, pattern, found.st_size, found.st_mtime_ns)


class _Met(NamedTuple):
    """Something in a folder: where it is, where it is below the source's folder, and what the folder says of it; where
    it is a folder that cannot be listed, why not."""

    place: str
    relative: str
    entry: os.DirEntry[str] | OSError | None


def _below(root: str) -> Iterator[_Met]:
    """What is no folder, and folders that cannot be listed."""
    pending = [(root, "")]
    while pending:
        here, relative = pending.pop()
        try:
            with os.scandir(here) as listing:
                entries = sorted(listing, key=lambda entry: os.fsencode(entry.name))
        except OSError as error:
            yield _Met(here, relative.rstrip("/") or ".", error)
            continue
        folders = []
        for entry in entries:
            name = entry.name
            if name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                folders.append((entry.path, f"{relative}{name}/"))
            else:
                yield _Met(entry.path, relative + name, entry)
        pending += reversed(folders)


def _no_state(place: str, error: OSError) -> tuple[str, str]:
    """Name and words for a file that cannot be looked at."""
    if isinstance(error, FileNotFoundError):
        if os.path.islink(place):
            return "dangling-link", "The link points to nothing."
        return "unreadable", "The file vanished before it was read."
    return "unreadable", f"The file cannot be opened: {error.strerror or error}."


def _no_file(found: os.stat_result) -> tuple[str, str]:
    """Name and words for what is no file."""
    if stat.S_ISDIR(found.st_mode):
        return "folder-link", "A link to a folder is not followed; give the folder itself as a source."
    return "not-a-file", "This is a pipe, socket or device, not a file."


def name_date(pattern: str | re.Pattern[str], name: str) -> datetime | None:
    """The date in a name as midnight; None where there is none or no such day."""
    match = re.search(pattern, name)
    if match is None:
        return None
    try:
        return datetime(int(match["year"]), int(match["month"]), int(match["day"]), tzinfo=UTC)
    except (ValueError, TypeError):
        return None
