"""Addresses that a source still owes: they gave no page (an error, a check for people) or no answer at all.

How often one gave no page, and when last, is told by the captures. How often one was not reached is in the source's
memory, for there is no capture of it; without that it is asked for where a list still names it, and it stands in
`rejects` in any case.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from flows.sources.memory import Memory

_FIRST = timedelta(minutes=15)
_FARTHEST = timedelta(days=7)
_DOUBLED = 20
"""Doubled so often, any distance is beyond the farthest."""
_UNLISTED = 10
"""So often an address is asked for that no list names any longer: over some three days."""
_MISSED = "missed "
_UNREACHED = ("connect", "cut", "dns", "host", "protocol", "put-off", "robots-unreachable", "slow", "tls")
"""Errors of addresses that may be had another time."""


def distance(times: int) -> timedelta:
    """How long to wait after so many answers in a row that were no page: the first is asked for again in the next run,
    then after a quarter of an hour, and twice as long each time, up to a week."""
    if times < 2:
        return timedelta(0)
    return min(timedelta(seconds=_FIRST.total_seconds() * 2 ** min(times - 2, _DOUBLED)), _FARTHEST)


class Owing:
    """What one source owes. `failing` is what the captures tell; with `by_list`, what is not reached is remembered."""

    def __init__(
        self, memory: Memory, failing: dict[str, tuple[int, datetime]], clock: Callable[[], datetime], *, by_list: bool
    ) -> None:
        self.failing = failing
        self._memory = memory
        self._clock = clock
        self._by_list = by_list

    def is_time(self, url: str) -> bool:
        """Whether an address may be asked for, as far as what it gave before goes."""
        times, last = self.failing.get(url) or self._missed(url)
        return last is None or self._clock() >= last + distance(times)

    def due(self, takes: Callable[[str], bool]) -> list[str]:
        """What is to be asked for now though no list names it, of the addresses that `takes` tells."""
        failing = [url for url, (times, _) in sorted(self.failing.items()) if times <= _UNLISTED and takes(url)]
        missed = sorted(key.removeprefix(_MISSED) for key in self._memory.under(_MISSED))
        return [url for url in dict.fromkeys([*failing, *missed]) if self.is_time(url)]

    def missed(self, url: str, error: str) -> None:
        """An address gave no answer. That its host rests is not counted against it."""
        if self._by_list and error in _UNREACHED:
            times = self._missed(url)[0] + (error != "put-off")
            told = f"{times} {self._clock().isoformat()}" if times <= _UNLISTED else None
            self._memory.note(_MISSED + url, told)

    def reached(self, url: str) -> None:
        """An address gave an answer, whatever it was."""
        if self._by_list:
            self._memory.note(_MISSED + url, None)

    def _missed(self, url: str) -> tuple[int, datetime | None]:
        times, _, last = (self._memory.mark(_MISSED + url) or "").partition(" ")
        return (int(times), datetime.fromisoformat(last)) if last else (0, None)
