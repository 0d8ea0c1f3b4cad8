"""Who runs the partitions."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest

from flows.executor import Inline, Pool


def square(number: int) -> int:
    return number * number


def where(_: int) -> int:
    return os.getpid()


def die_on_three(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


@pytest.mark.parametrize("make", [Inline, lambda: Pool(1), lambda: Pool(2)], ids=["inline", "one", "two"])
def test_every_item_has_its_result(make: Callable[[], Inline | Pool]) -> None:
    assert dict(make().map("square", square, range(5))) == {n: n * n for n in range(5)}
    assert list(make().map("square", square, [])) == []
    assert make().call("square", lambda: 4) == 4


def test_a_pool_works_in_other_processes_and_not_for_one_item() -> None:
    assert os.getpid() not in {result for _, result in Pool(2).map("where", where, range(4))}
    assert list(Pool(2).map("where", where, [1])) == [(1, os.getpid())]


def test_the_death_of_a_process_is_a_result() -> None:
    results = dict(Pool(2).map("die", die_on_three, range(6)))
    assert set(results) == set(range(6))
    assert isinstance(results[3], BaseException)


def test_alone_tells_which_item_it_was() -> None:
    for executor in (Inline(), Pool(2)):
        assert executor.alone(die_on_three, 2) == 2
        assert isinstance(executor.alone(die_on_three, 3), BaseException)
