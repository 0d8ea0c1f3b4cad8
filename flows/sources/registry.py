"""The registry of sources: one TOML file each, named by the source's id. One that cannot be read stops no other."""

from __future__ import annotations

import os
import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import tomli_w

from flows.sources.names import BYTES, LETTERS, file_uri, is_id, local_path, slug
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


class SourceError(WarehouseError):
    """A source file that cannot be used; the message says what to change."""


@dataclass(frozen=True)
class Source:
    """A registered origin.

    `parser` holds hints for the readers (keys of a record dump, site selectors). `name_date` is a pattern
    with the groups year, month and day that reads a date from a file's name. `options` are those of its kind. A
    source that is `paused` runs only when it is named; so does one that is `adhoc`, which is a folder that a command
    line gave. `only` are the files of it that this run takes, where not all.
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
    adhoc: bool = False
    only: tuple[str, ...] = ()

    @property
    def hints(self) -> dict[str, Any]:
        """What readers are told: the parser hints, with the source's time zone where they name none, and the delimiter
        of its tables. What is in them decides whether something is to be read anew."""
        more = {"timezone": self.zone, "delimiter": self.options.get("delimiter")}
        return {name: value for name, value in more.items() if value} | self.parser

    @property
    def uri(self) -> str:
        """The address under which its files are known."""
        return file_uri(self.id)

    @property
    def path(self) -> Path:
        """The place of a source that lies on this machine."""
        return local_path(self.location)

    def __post_init__(self) -> None:
        if not is_id(self.id):
            better = slug(self.id)
            raise SourceError(
                f"{self.id!r} cannot be a source id: use lower-case letters of any script, digits, dots and hyphens, "
                f"{LETTERS} at most ({BYTES} bytes){f', such as {better}' if better else ''}."
            )
        if self.kind not in KINDS:
            raise SourceError(
                f"Source {self.id}: kind {self.kind!r} is unknown; {nearest(self.kind, KINDS, 'it is one of')}."
            )
        try:
            groups = set(re.compile(self.name_date).groupindex)
        except re.error as error:
            raise SourceError(f"Source {self.id}: name_date is not a regular expression: {error}.") from error
        if not {"year", "month", "day"} <= groups:
            raise SourceError(f"Source {self.id}: name_date needs the groups year, month and day.")


@dataclass(frozen=True)
class BadSource:
    """A file among the sources that stands for none; the message says what to change. A run tells of it and goes on."""

    id: str
    path: Path
    message: str


@dataclass(frozen=True)
class Registry:
    """What lies in the folder of sources, by id."""

    sources: list[Source]
    bad: list[BadSource]


_TYPES: dict[str, tuple[type, str]] = {
    "kind": (str, "a text"),
    "location": (str, "a text"),
    "schedule": (str, "a text"),
    "rights": (str, "a text"),
    "zone": (str, "a text"),
    "name_date": (str, "a text"),
    "parser": (dict, "a table"),
    "options": (dict, "a table"),
    "paused": (bool, "true or false"),
    "adhoc": (bool, "true or false"),
}
"""The keys of a source file, and what each holds."""


def nearest(word: str, known: Iterable[str], said: str) -> str:
    """A part of a sentence that names what was meant, or all there is, after `said`."""
    each = list(known)
    close = get_close_matches(word, each, 1, 0.6) or get_close_matches(word.lower(), each, 1, 0.6)
    return f"did you mean {close[0]!r}?".rstrip("?") if close else f"{said} {', '.join(each)}"


def is_path(kind: str, location: str) -> bool:
    """Whether a location is a path on this machine, as opposed to an address."""
    return kind in LOCAL or (kind in ("pages", "git") and "://" not in location)


def _text(source: Source) -> bytes:
    values = {name: getattr(source, name) for name in _TYPES}
    if source.name_date == DEFAULT_NAME_DATE:
        del values["name_date"]
    return tomli_w.dumps({k: v for k, v in values.items() if v}).encode()


def save(folder: Path, source: Source) -> Path:
    """Write a source's file; returns its path."""
    key = f"{source.id}.toml"
    at(folder).put(key, _text(source))
    return folder / key


def save_new(folder: Path, source: Source) -> bool:
    """Write the file of a source whose id no other has; False where one has, be it only just."""
    try:
        at(folder).put_new(f"{source.id}.toml", _text(source))
    except FileExistsError:
        return False
    return True


def load(path: Path) -> Source:
    """Read one source file. Raises SourceError where it cannot be used."""
    try:
        values = tomllib.loads(at(path.parent).get(path.name).decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SourceError(f"{path} is not UTF-8, as TOML must be; save it as UTF-8.") from error
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror or error}.") from error
    except ValueError as error:
        raise SourceError(f"{path} is not TOML: {str(error).rstrip('.')}.") from error
    for name, value in values.items():
        if name not in _TYPES:
            raise SourceError(f"{path}: unknown key {name!r}; {nearest(name, _TYPES, 'the keys are')}.")
        wanted, said = _TYPES[name]
        if type(value) is not wanted:
            raise SourceError(f"{path}: {name} is {said}, not {value!r}."[:300])
    if not values.get("location"):
        raise SourceError(f"{path}: location is missing; give the folder or address.")
    return Source(id=unicodedata.normalize("NFC", path.stem), **values)


def load_all(folder: Path) -> Registry:
    """Every registered source, and every file of the folder that should be one and is not."""
    out = Registry([], [])
    for name in at(folder).names():
        if "/" in name or not name.lower().endswith(".toml") or name.startswith("."):
            continue
        path = folder / name
        try:
            out.sources.append(load(path))
        except SourceError as error:
            stem = os.fsencode(path.stem).decode("utf-8", "replace")
            out.bad.append(BadSource(slug(stem) or "source", path, str(error)))
    return out


def registered_at(name: str) -> str:
    """What `rejects.uri` says of a file among the sources."""
    return f"sources/{os.fsencode(name).decode('utf-8', 'replace')}"


def hints(pairs: list[str], flag: str = "--parser") -> dict[str, Any]:
    """Values from `key=value` words. Raises SourceError where a word has no `=`."""
    out: dict[str, Any] = {}
    for pair in pairs:
        key, mark, value = pair.partition("=")
        if not mark or not key:
            raise SourceError(f"{flag} takes KEY=VALUE, not {pair!r}.")
        out[key] = value
    return out
