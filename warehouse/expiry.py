"""Letting go of old snapshots: which are kept, and the files that no kept one names.

The chain of hashes stays provable: what each snapshot that went was is kept in `snapshots/expired.json`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from schemas import TABLES
from warehouse import fixity, lock, manifests, search, snapshots
from warehouse.errors import WarehouseError
from warehouse.snapshots import Snapshot
from warehouse.storage import at

LAST = 2
"""Snapshots that are kept whatever the policy: the last, and the one before, which readers may have open still."""

_PERIODS: Mapping[str, Callable[[datetime], tuple[int, ...]]] = {
    "hourly": lambda at: (at.year, at.month, at.day, at.hour),
    "daily": lambda at: (at.year, at.month, at.day),
    "weekly": lambda at: at.isocalendar()[:2],
    "monthly": lambda at: (at.year, at.month),
    "yearly": lambda at: (at.year,),
}
_RULE = re.compile(rf"(all|\d+)\s+({'|'.join(_PERIODS)})")


class PolicyError(WarehouseError):
    """A policy that says nothing that can be done."""


@dataclass(frozen=True)
class Policy:
    """Which snapshots are kept: of so many periods of each length (None: of all), the last one in each."""

    rules: tuple[tuple[str, int | None], ...]
    everything: bool = False

    @classmethod
    def of(cls, text: str) -> Policy:
        """A policy as people write it: `30 daily, 12 monthly, all yearly`, or `all`. Raises PolicyError."""
        if text.strip().lower() == "all":
            return cls((), everything=True)
        rules = []
        for part in text.split(","):
            found = _RULE.fullmatch(" ".join(part.lower().split()))
            if not found:
                periods = ", ".join(_PERIODS)
                raise PolicyError(
                    f"{part.strip()!r} is no rule for what to keep; say a number or all, and one of {periods}, "
                    "as in '30 daily, 12 monthly, all yearly', or all alone."
                )
            rules.append((found[2], None if found[1] == "all" else int(found[1])))
        return cls(tuple(rules))

    def kept(self, published: Mapping[int, datetime]) -> set[int]:
        """The numbers of those snapshots that are kept; a period counts by the last snapshot in it."""
        newest = sorted(published, reverse=True)
        if self.everything:
            return set(newest)
        out = set(newest[:LAST])
        for period, most in self.rules:
            last: dict[tuple[int, ...], int] = {}
            for number in newest:
                last.setdefault(_PERIODS[period](published[number]), number)
            out |= set(list(last.values())[:most])
        return out


@dataclass(frozen=True)
class Freed:
    """What was let go: snapshots, and the files and bytes that went with them."""

    snapshots: int = 0
    files: int = 0
    bytes: int = 0


def expire(root: Path, policy: Policy) -> Freed:
    """Let go of snapshots that a policy does not keep, then of every file that no snapshot names any more.

    The caller is the one writer. WARC files are never let go. A crash anywhere leaves every kept snapshot whole; the
    next call goes on. Raises Damaged where a snapshot cannot be read, as then nobody knows what it needs.
    """
    held = {number: snapshots.load(root, number) for number in snapshots.numbers(root)}
    kept = policy.kept({number: datetime.fromisoformat(each.published_at) for number, each in held.items()})
    return _let_go(root, held, kept)


def only_last(root: Path) -> Freed:
    """Let go of every snapshot but the last, and of the Delta logs, which quote from files that go.

    The caller is the one writer, and has the logs made anew.
    """
    numbers = snapshots.numbers(root)
    freed = _let_go(root, {number: snapshots.load(root, number) for number in numbers}, set(numbers[-1:]))
    for each in TABLES:
        at(root).delete(f"tables/{each.name}/_delta_log")
    return freed


def only(root: Path, numbers: set[int]) -> Freed:
    """Let go of every snapshot that has none of these numbers."""
    held = {number: snapshots.load(root, number) for number in snapshots.numbers(root)}
    return _let_go(root, held, numbers)


def _let_go(root: Path, held: Mapping[int, Snapshot], kept: set[int]) -> Freed:
    """Let go of the snapshots that are not kept, then of every file that no snapshot names any more."""
    storage = at(root)
    gone = sorted(set(held) - kept)
    if gone:
        record = snapshots.expired(root) | {number: held[number].sha256 for number in gone}
        data = json.dumps({str(number): record[number] for number in sorted(record)}, indent=0).encode() + b"\n"
        storage.put(snapshots.EXPIRED, data)
        for number in gone:
            lock.check(root)
            storage.delete(snapshots.key(number))
    needed = {entry.path for entry in fixity.files(root)}
    needed |= {piece.key for number in kept for each in held[number].manifests for piece in each.pieces}
    files = size = 0
    held_bytes = storage.sizes("tables") | storage.sizes(manifests.FOLDER)
    for name in _disposable(held_bytes):
        if name not in needed:
            size += held_bytes[name]
            lock.check(root)
            storage.delete(name)
            files += 1
    more, bytes_more = search.tidy(root, (name for number in kept for name in held[number].search))
    return Freed(len(gone), files + more, size + bytes_more)


def _disposable(names: Iterable[str]) -> list[str]:
    """Data files of tables and pieces of manifests; logs of Delta and what is foreign stay."""
    tables = {each.name for each in TABLES}
    own = re.compile(r"tables/([^/]+)/part-[0-9a-f]{32}(?:-\d+)?\.parquet")
    piece = re.compile(rf"{manifests.FOLDER}/[0-9a-f]{{64}}\.json")
    return [name for name in names if ((match := own.fullmatch(name)) and match[1] in tables) or piece.fullmatch(name)]
