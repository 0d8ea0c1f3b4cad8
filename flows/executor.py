"""Who runs the partitions: this process, or a pool of spawned ones. Flows bring one of their own.

An executor runs items and says what became of each. What is done about those that failed is the same for all and
stands in `every`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import Protocol, TypeVar

from flows.workers import Fault, Workers, attempt

Item = TypeVar("Item")
Result = TypeVar("Result")

TRIES = 3
"""How often an item that cannot be halved is tried with nothing else at work, before it is given up: a process may be
killed for no fault of what it reads."""

_log = logging.getLogger(__name__)


class Executor(Protocol):
    """Runs a function over items and yields (item, result) in any order.

    The function and its items can be pickled. Where an item fails or kills its process, the result is a Fault; errors
    of the machine (OSError, WarehouseError) are raised.
    """

    def call(self, name: str, function: Callable[[], Result]) -> Result:
        """Run one step of the pipeline; `name` says which."""

    def map(
        self, name: str, function: Callable[[Item], Result], items: Iterable[Item]
    ) -> Iterator[tuple[Item, Result | Fault]]:
        """Run `function` on each item; `name` says what is being done, for people."""

    def alone(self, function: Callable[[Item], Result], item: Item) -> Result | Fault:
        """Run `function` on one item where its death harms nothing else."""


class Inline:
    """Runs everything in this process, but what is to be alone."""

    def call(self, name: str, function: Callable[[], Result]) -> Result:
        return function()

    def map(
        self, name: str, function: Callable[[Item], Result], items: Iterable[Item]
    ) -> Iterator[tuple[Item, Result | Fault]]:
        for item in items:
            yield item, attempt(function, item)

    def alone(self, function: Callable[[Item], Result], item: Item) -> Result | Fault:
        return alone(function, item)


class Pool:
    """Runs items in spawned processes. One item is not worth a process and is run here."""

    def __init__(self, processes: int) -> None:
        self._processes = processes

    def call(self, name: str, function: Callable[[], Result]) -> Result:
        return function()

    def map(
        self, name: str, function: Callable[[Item], Result], items: Iterable[Item]
    ) -> Iterator[tuple[Item, Result | Fault]]:
        waiting = list(items)
        if len(waiting) < 2:
            yield from Inline().map(name, function, waiting)
            return
        number = min(self._processes, len(waiting))
        # A thread waits for each process; the workers end before the threads do, so that nothing is waited for in vain.
        with ThreadPoolExecutor(number) as threads, Workers(number) as workers:
            futures: dict[Future[Result | Fault], Item] = {
                threads.submit(workers.run, function, item): item for item in waiting
            }
            try:
                for future in as_completed(futures):
                    yield futures[future], future.result()
            finally:
                threads.shutdown(wait=False, cancel_futures=True)

    def alone(self, function: Callable[[Item], Result], item: Item) -> Result | Fault:
        return alone(function, item)


class Careful:
    """Another executor that does nothing in this process but the steps: few items, too, have processes of their own."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def call(self, name: str, function: Callable[[], Result]) -> Result:
        return self._executor.call(name, function)

    def map(
        self, name: str, function: Callable[[Item], Result], items: Iterable[Item]
    ) -> Iterator[tuple[Item, Result | Fault]]:
        waiting = list(items)
        if len(waiting) == 1:
            yield waiting[0], self.alone(function, waiting[0])
        else:
            yield from self._executor.map(name, function, waiting)

    def alone(self, function: Callable[[Item], Result], item: Item) -> Result | Fault:
        return self._executor.alone(function, item)


def alone(function: Callable[[Item], Result], item: Item) -> Result | Fault:
    """Run one item in a process of its own."""
    with Workers(1) as workers:
        return workers.run(function, item)


def every(
    executor: Executor,
    name: str,
    function: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    halves: Callable[[Item], Sequence[Item]],
    apart: Callable[[Item], bool] = lambda _: False,
) -> Iterator[tuple[Item, Result | Fault]]:
    """Run a function over items whatever becomes of the processes, and yield each result, or the Fault of an item that
    cannot be run.

    An item that fails is cut by `halves`, which gives nothing where it is one of a kind; so a bad one among n is found
    in log2(n) rounds and the rest of them is done. One that cannot be cut is tried `TRIES` times with nothing else at
    work, for its neighbours may have taken the memory, or somebody may have killed the process. Items that are `apart`
    are run like that from the beginning.
    """
    waiting: list[Item] = []
    single: list[Item] = []
    for item in items:
        (single if apart(item) else waiting).append(item)
    while waiting:
        cut: list[Item] = []
        for item, result in executor.map(name, function, waiting):
            if not isinstance(result, Fault):
                yield item, result
                continue
            parts = halves(item)
            _log.warning("%s: %s %s", name, result.message, f"{len(parts)} parts of it follow" if parts else "")
            if parts:
                cut.extend(parts)
            elif result.error == "crash":
                yield item, result
            else:
                single.append(item)
        waiting = cut
    for item in single:
        for _ in range(TRIES):
            outcome = executor.alone(function, item)
            if not isinstance(outcome, Fault) or outcome.error == "crash":
                break
        yield item, outcome
