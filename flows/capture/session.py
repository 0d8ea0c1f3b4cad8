"""What the capture of one run shares: the writer, what is known, the clock; and what a batch comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.capture.known import First, Known
from flows.capture.walk import FileFound
from flows.takedowns import Standing
from warehouse.raw import SegmentWriter

Clock = Callable[[], datetime]


_REMOVED = First("urn:dibao:takedown", datetime.fromtimestamp(0, UTC))
"""Stands for a payload that was taken down: what comes again refers to it, and holds no bytes."""
NOWHERE = First("", datetime.min)
"""Stands for a payload that was looked up and is not in the archive."""


@dataclass(frozen=True)
class Session:
    """One run's hands: where bytes go, what the archive holds already, and the time."""

    writer: SegmentWriter
    raw: Path
    known: Known
    run_id: str
    clock: Clock
    firsts: dict[str, First] = field(default_factory=dict)
    """Payloads that this source's run has written, which `known` cannot yet know."""

    looked_up: dict[str, First] = field(default_factory=dict)
    """What the last `look_up` found."""

    removed: Standing = field(default_factory=Standing)
    """What was taken down and is not to be kept again."""
    spoilt: set[str] = field(default_factory=set)
    """Addresses of lists of this run that tell of what was taken down."""

    def look_up(self, hashes: Iterable[str], found: Mapping[str, First]) -> None:
        """Ask once for many payloads that `first` will be asked for one by one; `found` was looked up before."""
        asked = dict.fromkeys(hashes)
        held = self.known.payloads(asked)
        self.looked_up.clear()
        self.looked_up.update(found)
        self.looked_up.update({sha: held.get(sha, NOWHERE) for sha in asked})

    def first(self, hashes: Iterable[str]) -> dict[str, First]:
        """Where each payload's bytes lie, in the archive or in what this run has written."""
        asked = set(hashes)
        found = {sha: self.looked_up[sha] for sha in asked if sha in self.looked_up}
        if len(found) < len(asked):
            found |= self.known.payloads(asked - found.keys())
        found |= {sha: self.firsts[sha] for sha in asked if sha in self.firsts}
        found |= dict.fromkeys(asked & self.removed.payloads, _REMOVED)
        return {sha: first for sha, first in found.items() if first is not NOWHERE}


@dataclass
class Batch:
    """What one batch of input came to: rows of `captures`, `rejects` and `warc_files`."""

    captures: list[dict[str, Any]] = field(default_factory=list)
    rejects: list[dict[str, Any]] = field(default_factory=list)
    taken_in: list[dict[str, Any]] = field(default_factory=list)
    files: list[FileFound] = field(default_factory=list)
    """Files that are dealt with, whatever came of them."""
    bytes: int = 0
    notes: list[Mapping[str, str]] = field(default_factory=list)
    """What a segment of ours notes of a source as a whole."""
    requests: int = 0
    """Requests that were made over the network."""
