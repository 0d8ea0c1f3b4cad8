"""Telling people how far a run is: bars on a terminal, plain lines otherwise, nothing for programs."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Progress(Protocol):
    """A sink for progress."""

    def start(self, stage: str, total: int | None = None) -> None:
        """A stage begins; `total` is how many steps it has, where that is known."""

    def advance(self, steps: int = 1, note: str = "") -> None:
        """Steps of the present stage are done."""

    def finish(self) -> None:
        """The present stage is done."""


class Silent:
    """Says nothing."""

    def start(self, stage: str, total: int | None = None) -> None: ...

    def advance(self, steps: int = 1, note: str = "") -> None: ...

    def finish(self) -> None: ...


class Lines:
    """One line a stage, and one every few seconds of a long one, on standard error."""

    EVERY = 5.0

    def __init__(self) -> None:
        self._stage, self._total, self._done = "", None, 0
        self._began = self._said = 0.0

    _total: int | None

    def start(self, stage: str, total: int | None = None) -> None:
        self._stage, self._total, self._done = stage, total, 0
        self._began = self._said = time.monotonic()

    def advance(self, steps: int = 1, note: str = "") -> None:
        self._done += steps
        now = time.monotonic()
        if now - self._said >= self.EVERY:
            self._said = now
            of = f" of {self._total:,}" if self._total else ""
            print(f"{self._stage}: {self._done:,}{of}", file=sys.stderr, flush=True)

    def finish(self) -> None:
        took = time.monotonic() - self._began
        print(f"{self._stage}: {self._done:,} in {took:.1f} s", file=sys.stderr, flush=True)


class Bars:
    """A live bar for the present stage on standard error."""

    def start(self, stage: str, total: int | None = None) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bar

        # One for each stage: a display that goes on would draw the stages that are done once more.
        self._bar = Bar(
            SpinnerColumn(),
            TextColumn("{task.description:<10}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
        )
        self._task = self._bar.add_task(stage, total=total)
        self._bar.start()

    def advance(self, steps: int = 1, note: str = "") -> None:
        self._bar.update(self._task, advance=steps)

    def finish(self) -> None:
        task = self._bar.tasks[-1]
        self._bar.update(task.id, total=task.completed, completed=task.completed)
        self._bar.stop()


def for_terminal() -> Progress:
    """Bars on a terminal, lines otherwise."""
    return Bars() if sys.stderr.isatty() else Lines()


@contextmanager
def stage(progress: Progress, name: str, total: int | None = None) -> Iterator[Progress]:
    """A stage from its start to its end."""
    progress.start(name, total)
    try:
        yield progress
    finally:
        progress.finish()
