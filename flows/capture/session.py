"""What the capture of one run shares: the writer, what is known, the clock; and what a batch comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from flows.capture.known import First, Known
from flows.capture.walk import FileFound
from warehouse.raw import SegmentWriter

Clock = Callable[[], datetime]


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

    def first(self, hashes: Iterable[str]) -> dict[str, First]:
        """Where each payload's bytes lie, in the archive or in what this run has written."""
        asked = set(hashes)
        return self.known.payloads(asked) | {sha: self.firsts[sha] for sha in asked if sha in self.firsts}


@dataclass
class Batch:
    """What one batch of input came to: rows of `captures`, `rejects` and `warc_files`."""

    captures: list[dict[str, Any]] = field(default_factory=list)
    rejects: list[dict[str, Any]] = field(default_factory=list)
    taken_in: list[dict[str, Any]] = field(default_factory=list)
    files: list[FileFound] = field(default_factory=list)
    """Files that are dealt with, whatever came of them."""
    bytes: int = 0
    requests: int = 0
    """Requests that were made over the network."""
