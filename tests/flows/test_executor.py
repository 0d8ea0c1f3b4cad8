"""Who runs the partitions, and what becomes of those whose process dies."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows import workers
from flows.executor import TRIES, Careful, Executor, Inline, Pool, every
from flows.workers import Fault, Workers, WorkersError
from tests.flows.saboteurs import full, halves, hungry, total, unpicklable

NONE: frozenset[int] = frozenset()


def square(number: int) -> int:
    return number * number


def where(_: int) -> int:
    return os.getpid()


EXECUTORS = [Inline, lambda: Pool(1), lambda: Pool(2), lambda: Careful(Pool(2))]


@pytest.mark.parametrize("make", EXECUTORS, ids=["inline", "one", "two", "careful"])
def test_every_item_has_its_result(make: Callable[[], Executor]) -> None:
    assert dict(make().map("square", square, range(5))) == {n: n * n for n in range(5)}
    assert list(make().map("square", square, [])) == []
    assert make().call("square", lambda: 4) == 4
    assert make().alone(square, 3) == 9


def test_a_pool_works_in_other_processes_and_not_for_one_item() -> None:
    for processes in (1, 2):
        assert os.getpid() not in {result for _, result in Pool(processes).map("where", where, range(4))}
    assert list(Pool(2).map("where", where, [1])) == [(1, os.getpid())]
    ((_, pid),) = Careful(Pool(2)).map("where", where, [1])
    assert pid != os.getpid()


@pytest.mark.parametrize("make", EXECUTORS, ids=["inline", "one", "two", "careful"])
def test_an_exception_and_want_of_memory_are_told_apart(make: Callable[[], Executor], tmp_path: Path) -> None:
    function = partial(total, tmp_path, NONE, NONE, frozenset({2}))
    results = dict(make().map("total", function, [(1,), (2,), (3,)]))
    assert (results[1,], results[3,]) == (1, 3)
    fault = results[2,]
    assert isinstance(fault, Fault)
    assert (fault.error, fault.message) == ("crash", "ZeroDivisionError: at 2")
    assert fault.traceback
    assert "saboteurs.total: raise ZeroDivisionError" in fault.traceback
    hunger = dict(make().map("hungry", hungry, [1, 2]))[2]
    assert isinstance(hunger, Fault)
    assert hunger.error == "memory"


@pytest.mark.parametrize("make", EXECUTORS, ids=["inline", "one", "two", "careful"])
def test_what_is_wrong_with_the_machine_is_no_fault_of_an_item(make: Callable[[], Executor]) -> None:
    with pytest.raises(OSError, match="No space left"):
        list(make().map("full", full, range(4)))


def test_a_result_that_cannot_travel_is_a_fault_of_its_item() -> None:
    results = dict(Pool(2).map("unpicklable", unpicklable, range(4)))
    assert {n: results[n] for n in (0, 1, 3)} == {0: 0, 1: 1, 3: 3}
    assert isinstance(results[2], Fault)


def test_a_process_that_cannot_understand_its_task_stops_the_run() -> None:
    with Workers(1) as pool, pytest.raises(WorkersError, match="cannot read what it is told"):
        pool.run(square, _Unreadable())  # type: ignore[arg-type]


class _Unreadable:
    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return int, ("not a number",)


def test_one_death_costs_the_others_nothing(tmp_path: Path) -> None:
    """Twelve items on two processes: the one that dies is replaced, and nobody else's work is done again."""
    function = partial(total, tmp_path, frozenset({3}), NONE, NONE)
    results = dict(Pool(2).map("total", function, [(n,) for n in range(12)]))
    assert {item: result for item, result in results.items() if item != (3,)} == {(n,): n for n in range(12) if n != 3}
    death = results[3,]
    assert isinstance(death, Fault)
    assert (death.error, death.traceback) == ("died", None)
    assert "SIGKILL" in death.message
    begun = (tmp_path / "begun").read_text().split()
    assert len(begun) == 12
    # Two and the one that took a place; a process that is slow to start may find nothing left to do.
    assert len(set(begun)) in (2, 3)


def test_processes_that_are_spawned_do_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_CONTEXT", multiprocessing.get_context("spawn"))
    function = partial(total, tmp_path, frozenset({1}), NONE, NONE)
    results = dict(Pool(2).map("total", function, [(0,), (1,), (2,)]))
    assert (results[0,], results[2,]) == (0, 2)
    assert isinstance(results[1,], Fault)


def test_alone_tells_which_item_it_was(tmp_path: Path) -> None:
    function = partial(total, tmp_path, frozenset({3}), NONE, NONE)
    for executor in (Inline(), Pool(2)):
        assert executor.alone(function, (2,)) == 2
        assert isinstance(executor.alone(function, (3,)), Fault)


def test_a_killer_among_many_is_found_by_halving(tmp_path: Path) -> None:
    """Not with a process for each of those that survive."""
    function = partial(total, tmp_path, frozenset({37}), frozenset({5, 90}), frozenset({64}))
    items = [tuple(range(start, start + 32)) for start in range(0, 128, 32)]
    results = list(every(Pool(2), "total", function, items, halves=halves))
    done = [number for item, result in results if not isinstance(result, Fault) for number in item]
    assert sorted(done) == [n for n in range(128) if n not in (37, 64)]
    assert sum(result for _, result in results if not isinstance(result, Fault)) == sum(done)
    faults = {item: result.error for item, result in results if isinstance(result, Fault)}
    assert faults == {(37,): "died", (64,): "crash"}
    processes = len(set((tmp_path / "begun").read_text().split()))
    # Two a round of the five that halve 32, one for each death and each last try.
    assert processes <= 2 * 6 + (6 + 2) + TRIES


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_nothing_is_lost_and_nothing_done_twice_whoever_fails(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Exceptions stand for deaths, which take the same way and are slower to make."""
    numbers = st.frozensets(st.integers(0, 40), max_size=8)
    bad, cuts = data.draw(numbers), sorted(data.draw(numbers) | {0, 41})
    items = [tuple(range(start, end)) for start, end in pairwise(cuts)]
    function = partial(total, tmp_path_factory.mktemp("every"), NONE, NONE, bad)
    results = list(every(Inline(), "total", function, items, halves=halves))
    assert sorted(number for item, _ in results for number in item) == list(range(41))
    assert {n for item, result in results if isinstance(result, Fault) for n in item} == bad


def test_items_that_are_apart_have_processes_of_their_own() -> None:
    results = dict(every(Inline(), "where", where, range(3), halves=lambda _: (), apart=lambda n: n == 1))
    assert results[0] == results[2] == os.getpid()
    assert results[1] != os.getpid()
