"""Functions for workers that come to harm on chosen items. Spawned processes import them by name."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from flows.executor import Pool
from flows.read import Partition
from flows.workers import Fault

Item = tuple[int, ...]


def halves(item: Item) -> tuple[Item, ...]:
    middle = len(item) // 2
    return (item[:middle], item[middle:]) if middle else ()


def total(log: Path, killers: frozenset[int], once: frozenset[int], errors: frozenset[int], item: Item) -> int:
    """The sum of an item's numbers; a process that begins leaves its number in `log`."""
    with (log / "begun").open("a") as begun:
        begun.write(f"{os.getpid()}\n")
    for number in item:
        if number in killers or (number in once and first(log / f"once-{number}")):
            os.kill(os.getpid(), signal.SIGKILL)
        if number in errors:
            raise ZeroDivisionError(f"at {number}")
    return sum(item)


def first(mark: Path) -> bool:
    """Whether nobody has asked this before, in any process."""
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def unpicklable(number: int) -> Any:
    return (lambda: number) if number == 2 else number


def full(number: int) -> int:
    if number == 2:
        raise OSError(28, "No space left on device")
    return number


def hungry(number: int) -> int:
    if number == 2:
        raise MemoryError
    return number


class Killed(Pool):
    """A pool of real processes, each killed while it reads a payload whose address holds `kill`.

    `kill-always` kills whoever reads it; `kill-once` the first to do so; `kill-late` the first, when it has written
    some of its files, the last of them in part. `throw` raises in the process, outside of what the reading catches.
    """

    def __init__(self, processes: int, marks: Path) -> None:
        super().__init__(processes)
        self.marks = marks

    def map(self, name: str, function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
        yield from super().map(name, partial(harmed, self.marks, function), items)

    def alone(self, function: Callable[[Any], Any], item: Any) -> Any | Fault:
        return super().alone(partial(harmed, self.marks, function), item)


def harmed(marks: Path, function: Callable[[Partition], Any], partition: Partition) -> Any:
    import pyarrow.parquet as pq

    with (marks / "begun").open("a") as begun:
        begun.write(f"{os.getpid()}\n")
    for work in partition.work:
        if "kill-always" in work.uri or ("kill-once" in work.uri and first(marks / work.payload_sha256)):
            os.kill(os.getpid(), signal.SIGKILL)
        if "throw" in work.uri:
            raise RuntimeError("thrown")
    late = any("kill-late" in work.uri and first(marks / work.payload_sha256) for work in partition.work)
    if late:
        written: list[Path] = []
        real = pq.write_table

        def write_table(rows: Any, where: Path, **options: Any) -> None:
            real(rows, where, **options)
            written.append(where)
            if len(written) == 3:
                where.write_bytes(where.read_bytes()[:100])
                os.kill(os.getpid(), signal.SIGKILL)

        pq.write_table = write_table
    return function(partition)
