"""Who runs the partitions: this process, or a pool of spawned ones. Flows bring one of their own."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Protocol, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Executor(Protocol):
    """Runs a function over items and yields (item, result) in any order.

    The function and its items can be pickled. Where a process dies on an item, the result is the exception.
    """

    def call(self, name: str, function: Callable[[], Result], *, retries: int = 0) -> Result:
        """Run one step of the pipeline; `name` says which, and `retries` how often it may be tried again."""

    def map(
        self, name: str, function: Callable[[Item], Result], items: Iterable[Item]
    ) -> Iterator[tuple[Item, Result | BaseException]]:
        """Run `function` on each item; `name` says what is being done, for people."""

    def alone(self, function: Callable[[Item], Result], item: Item) -> Result | BaseException:
        """Run `function` on one item where its death harms nothing else."""


class Inline:
    """Runs everything in this process."""

    def call(self, name: str, function: Callable[[], Result], *, retries: int = 0) -> Result:
        return function()

    def map(
        self, name: str, function: Callable[[Item], Result], items: Iterable[Item]
    ) -> Iterator[tuple[Item, Result | BaseException]]:
        for item in items:
            yield item, function(item)

    def alone(self, function: Callable[[Item], Result], item: Item) -> Result | BaseException:
        return alone(function, item)


class Pool:
    """Runs items in spawned processes; forked ones can hang where threads hold locks.

    One item, or little work, is not worth a process and is run here.
    """

    def __init__(self, processes: int) -> None:
        self._processes = processes

    def call(self, name: str, function: Callable[[], Result], *, retries: int = 0) -> Result:
        return function()

    def map(
        self, name: str, function: Callable[[Item], Result], items: Iterable[Item]
    ) -> Iterator[tuple[Item, Result | BaseException]]:
        waiting = list(items)
        if self._processes < 2 or len(waiting) < 2:
            yield from Inline().map(name, function, waiting)
            return
        with ProcessPoolExecutor(min(self._processes, len(waiting)), mp_context=_spawn()) as pool:
            futures: dict[Future[Any], Item] = {pool.submit(function, item): item for item in waiting}
            for future in as_completed(futures):
                try:
                    yield futures[future], future.result()
                except BrokenProcessPool as error:
                    yield futures[future], error

    def alone(self, function: Callable[[Item], Result], item: Item) -> Result | BaseException:
        return alone(function, item)


def alone(function: Callable[[Item], Result], item: Item) -> Result | BaseException:
    """Run one item in a process of its own; the exception where the process dies on it."""
    with ProcessPoolExecutor(1, mp_context=_spawn()) as pool:
        try:
            return pool.submit(function, item).result()
        except BrokenProcessPool as error:
            return error


def _spawn() -> multiprocessing.context.SpawnContext:
    return multiprocessing.get_context("spawn")
