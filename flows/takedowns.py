"""What was taken down: the files of `takedowns/`, which say what may not come into the archive again.

A file is written before anything is taken out and stays for good; with the raw store it is all that a rebuild needs.
While `pending/takedown` is there, work is left to do: whatever run comes next does it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import tomli_w

from schemas import table
from warehouse.errors import WarehouseError
from warehouse.keeping import SERVED
from warehouse.storage import Storage

FOLDER = "takedowns"
PENDING = "pending/takedown"
_INSIDE = ("!/", "#", "?rows=")
"""What follows the address of a file in that of a member, a record, or a piece of it."""


class BadTakedownError(WarehouseError):
    """A takedown's file cannot be used; the message says why."""


@dataclass(frozen=True)
class Takedown:
    """One takedown. `payloads` are rows of `takedowns` in part: payload_sha256, uri, source_id, captures, bytes.

    `addresses` may not be asked for again, nor anything below them. `blanks` are the hashes of what stands in the place
    of parts of dumps, `archives` those of WARC files, as they came, that hold something of it.
    """

    id: str
    target: str
    why: str
    by: str
    at: datetime
    payloads: tuple[dict[str, Any], ...]
    addresses: tuple[str, ...] = ()
    blanks: tuple[str, ...] = ()
    archives: tuple[str, ...] = ()

    def written(self) -> bytes:
        """Its file."""
        values: dict[str, Any] = {"target": self.target, "why": self.why, "by": self.by, "at": self.at}
        for name in ("addresses", "blanks", "archives"):
            if getattr(self, name):
                values[name] = list(getattr(self, name))
        return tomli_w.dumps(values | {"payload": list(self.payloads)}).encode()

    def rows(self) -> list[dict[str, Any]]:
        """Its rows of the table."""
        more: dict[str, Any] = {"takedown_id": self.id, "target": self.target, "why": self.why}
        more |= {"taken_down_by": self.by, "taken_down_at": self.at}
        return [each | more for each in self.payloads]


def save(storage: Storage, takedown: Takedown) -> None:
    """Write a takedown's file."""
    storage.put(f"{FOLDER}/{takedown.id}.toml", takedown.written())


def load_all(storage: Storage) -> list[Takedown]:
    """Every takedown, by id. Raises BadTakedownError: without it nobody knows what may not come in."""
    out = []
    for name in storage.names(FOLDER):
        if not name.endswith(".toml"):
            continue
        try:
            values = tomllib.loads(storage.get(name).decode("utf-8-sig"))
            out.append(
                Takedown(
                    id=name.removeprefix(f"{FOLDER}/").removesuffix(".toml"),
                    target=values["target"],
                    why=values["why"],
                    by=values["by"],
                    at=values["at"],
                    payloads=tuple(values["payload"]),
                    **{key: tuple(values.get(key, ())) for key in ("addresses", "blanks", "archives")},
                )
            )
        except (ValueError, KeyError, TypeError) as error:
            raise BadTakedownError(f"{name} cannot be read ({error}); restore it from a backup.") from error
    return out


@dataclass(frozen=True)
class Standing:
    """What all takedowns together keep out."""

    payloads: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    blanks: frozenset[str] = frozenset()
    archives: frozenset[str] = frozenset()
    takedowns: tuple[Takedown, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, takedowns: Sequence[Takedown]) -> Standing:
        def all_of(name: str) -> frozenset[str]:
            return frozenset(value for each in takedowns for value in getattr(each, name))

        payloads = frozenset(row["payload_sha256"] for each in takedowns for row in each.payloads)
        return cls(payloads, all_of("addresses"), all_of("blanks"), all_of("archives"), tuple(takedowns))

    def __bool__(self) -> bool:
        return bool(self.takedowns)

    def closed(self, uri: str) -> bool:
        """Whether an address, or what it is below, may not be asked for."""
        if not self.addresses:
            return False
        named = [uri, *(uri[at + 1 :] for at in _places(uri, "/http"))]  # as copies in archives are called
        heads = {each[:at] for each in named for mark in _INSIDE for at in _places(each, mark)} | set(named)
        return any(_plain(each) in self._plain_addresses for each in heads)

    @cached_property
    def _plain_addresses(self) -> frozenset[str]:
        return frozenset(map(_plain, self.addresses))

    def split(self, captures: pa.Table) -> tuple[pa.Table, pa.Table]:
        """Captures that may come in, and those that may not."""
        if not self or not captures.num_rows:
            return captures, captures.slice(0, 0)
        known = pa.array(sorted(self.payloads | self.blanks), pa.string())
        bad = pc.fill_null(pc.is_in(captures["payload_sha256"], known), False)
        closed = pa.array([self.closed(uri) for uri in captures["uri"].to_pylist()], pa.bool_())
        bad = pc.or_(bad, pa.chunked_array([closed]))
        return captures.filter(pc.invert(bad)), captures.filter(bad)

    def table(self) -> pa.Table:
        """The rows of `takedowns`."""
        rows = [row for each in self.takedowns for row in each.rows()]
        return table("takedowns").rows(sorted(rows, key=lambda row: (row["takedown_id"], row["payload_sha256"])))


def _plain(uri: str) -> str:
    """An address by either scheme of the web."""
    return "http:" + uri[6:] if uri.startswith("https:") else uri


def _places(text: str, mark: str) -> Iterable[int]:
    at = text.find(mark)
    while at >= 0:
        yield at
        at = text.find(mark, at + 1)


def standing(storage: Storage) -> Standing:
    """What the takedowns of a warehouse keep out, its root's storage given."""
    return Standing.of(load_all(storage))


def with_more(takedown: Takedown, *, blanks: Iterable[str] = (), archives: Iterable[str] = ()) -> Takedown:
    """The takedown with more of what it knows."""
    return replace(
        takedown,
        blanks=tuple(sorted({*takedown.blanks, *blanks})),
        archives=tuple(sorted({*takedown.archives, *archives})),
    )


def prepare(storage: Storage) -> None:
    """Where a takedown is to be done, drop the working files, which hold texts and can all be made anew.

    The database of a Prefect server that Dibao started stays: the server may be at work in it.
    """
    if storage.size(PENDING) is not None:
        for name in storage.names("state"):
            if not name.startswith(SERVED):
                storage.delete(name)
