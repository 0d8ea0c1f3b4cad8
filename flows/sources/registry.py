"""The registry of sources: one TOML file each, named by the source's id."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import tomli_w

from warehouse.errors import WarehouseError
from warehouse.storage import at

DEFAULT_NAME_DATE = r"^(?P<year>\d{4})-?(?P<month>\d{2})-?(?P<day>\d{2})(?!\d)"
"""A leading yyyymmdd or yyyy-mm-dd in a file's name."""

KINDS = {
    "folder": "flows.sources.folder",
    "pages": "flows.sources.pages",
    "feed": "flows.sources.feed",
    "sitemap": "flows.sources.sitemap",
    "site": "flows.sources.site",
    "warc": "flows.sources.collection",
    "wayback": "flows.sources.wayback",
    "git": "flows.sources.git",
    "records": "flows.sources.dumps",
}
"""Each kind of source and the module whose `capture` takes it in."""

LOCAL = ("folder", "warc", "records")
"""Kinds whose location is a path."""

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}\Z")


class SourceError(WarehouseError):
    """A source file that cannot be used; the message says what to change."""


@dataclass(frozen=True)
class Source:
    """A registered origin.

    `parser` holds hints for the readers (keys of a record dump, site selectors). `name_date` is a pattern
    with the groups year, month and day that reads a date from a file's name. `options` are those of its kind. A
    source that is `paused` runs only when it is named.
    """

    id: str
    location: str
    kind: str = "folder"
    schedule: str | None = None
    parser: dict[str, Any] = field(default_factory=dict)
    rights: str | None = None
    name_date: str = DEFAULT_NAME_DATE
    zone: str | None = None
    options: dict[str, Any] = field(default_factory=dict)
    paused: bool = False

    @property
    def hints(self) -> dict[str, Any]:
        """What readers are told: the parser hints, with the source's time zone where they name none."""
        return {"timezone": self.zone, **self.parser} if self.zone else self.parser

    def __post_init__(self) -> None:
        if not _ID.match(self.id):
            raise SourceError(
                f"{self.id!r} cannot be a source id: use lower-case letters, digits, dots and hyphens, 63 at most."
            )
        if self.kind not in KINDS:
            raise SourceError(f"Source {self.id}: kind {self.kind!r} is unknown; it is one of {', '.join(KINDS)}.")
        try:
            groups = set(re.compile(self.name_date).groupindex)
        except re.error as error:
            raise SourceError(f"Source {self.id}: name_date is not a regular expression: {error}.") from error
        if not {"year", "month", "day"} <= groups:
            raise SourceError(f"Source {self.id}: name_date needs the groups year, month and day.")


_FIELDS = ("kind", "location", "schedule", "rights", "zone", "name_date", "parser", "options", "paused")


def is_path(kind: str, location: str) -> bool:
    """Whether a location is a path on this machine, as opposed to an address."""
    return kind in LOCAL or (kind in ("pages", "git") and "://" not in location)


def save(folder: Path, source: Source) -> Path:
    """Write a source's file; returns its path."""
    values = {name: getattr(source, name) for name in _FIELDS}
    if source.name_date == DEFAULT_NAME_DATE:
        del values["name_date"]
    key = f"{source.id}.toml"
    at(folder).put(key, tomli_w.dumps({k: v for k, v in values.items() if v}).encode())
    return folder / key


def load(path: Path) -> Source:
    """Read one source file. Raises SourceError where it cannot be used."""
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise SourceError(f"{path} is not a source file: {error}.") from error
    unknown = sorted(set(values) - set(_FIELDS))
    if unknown:
        raise SourceError(f"{path}: unknown key {unknown[0]!r}; the keys are {', '.join(_FIELDS)}.")
    if not isinstance(values.get("location"), str):
        raise SourceError(f"{path}: location is missing; give the folder or address.")
    return Source(id=path.stem, **values)


def load_all(folder: Path) -> list[Source]:
    """Every registered source, by id."""
    return [load(folder / name) for name in at(folder).names() if name.endswith(".toml") and "/" not in name]


def adhoc(path: Path) -> Source:
    """The source that a path on the command line stands for: named after the folder, else after the file's folder."""
    folder = path if path.is_dir() else path.parent
    slug = re.sub(r"[^a-z0-9._-]+", "-", folder.resolve().name.lower()).strip("-._") or "adhoc"
    return Source(id=slug[:63], location=str(path.resolve()))


def distinct(sources: list[Source]) -> list[Source]:
    """Sources of one run: each location once, and ids that two locations share told apart by a number."""
    out: list[Source] = []
    for source in sources:
        if any(source.location == each.location for each in out):
            continue
        taken = {each.id for each in out}
        number, name = 2, source.id
        while name in taken:
            name, number = f"{source.id[:58]}-{number}", number + 1
        out.append(replace(source, id=name))
    return out


def hints(pairs: list[str], flag: str = "--parser") -> dict[str, Any]:
    """Values from `key=value` words. Raises SourceError where a word has no `=`."""
    out: dict[str, Any] = {}
    for pair in pairs:
        key, mark, value = pair.partition("=")
        if not mark or not key:
            raise SourceError(f"{flag} takes KEY=VALUE, not {pair!r}.")
        out[key] = value
    return out
