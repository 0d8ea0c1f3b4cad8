"""One round of a source: a visit to all that it lists, which may take several runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

from flows.capture.known import Known
from flows.fetch.crawl import site
from flows.fetch.url import normal
from flows.fetch.wire import Exchange
from flows.sources.memory import Memory

Before = dict[str, tuple[str | None, str | None, int | None]]
"""Addresses with where they redirect to, the payload's SHA-256, and the status."""

_RESTED = "rested "
_LIST = "list "


class Round:
    """What earlier runs of the present round have, and what the next ones are to know.

    `before` holds what they have. `late` is to be set where something that lists name was not asked for, or gave no
    page: then no list may be answered 304 in the next round.
    """

    def __init__(self, memory: Memory, known: Known, source_id: str, clock: Callable[[], datetime]) -> None:
        self.late = False
        self._memory = memory
        self._put_off: dict[str, tuple[str, str, int]] = {}
        self._validators: dict[str, str | None] = {}
        self._began, resumed = memory.begin(clock)
        self.before = known.since(source_id, self._began) if resumed else self._of_rested(known, source_id)

    def _of_rested(self, known: Known, source_id: str) -> Before:
        """What a former round has of the hosts that were put off in it."""
        rested = {key.removeprefix(_RESTED): mark for key, mark in self._memory.under(_RESTED).items()}
        if not rested:
            return {}
        found = known.since(source_id, datetime.fromisoformat(min(rested.values())))
        return {uri: held for uri, held in found.items() if _site(uri) in rested}

    def conditions(self, url: str) -> list[tuple[str, str]]:
        """The headers with which a list is asked for, so that it answers 304 where it is what it was."""
        stored = json.loads(self._memory.mark(_LIST + url) or "{}")
        return [(name, stored[name]) for name in ("If-None-Match", "If-Modified-Since") if stored.get(name)]

    def validators(self, url: str, exchange: Exchange | None) -> None:
        """The validators of a list count at the end of the round; None where the list is not whole."""
        stored = None
        if exchange is not None:
            headers = exchange.headers
            stored = json.dumps(
                {"If-None-Match": headers.get("etag"), "If-Modified-Since": headers.get("last-modified")}
            )
        self._validators[_LIST + url] = stored

    def put_off(self, url: str, message: str) -> None:
        """An address is not asked for in this run, because its host rests."""
        name = _site(url)
        _, _, number = self._put_off.get(name, ("", "", 0))
        self._put_off[name] = (normal(url).origin + "/", message, number + 1)

    def rests(self) -> list[tuple[str, str]]:
        """The hosts that rest, by address, with what is to be said of each."""
        return [
            (origin, f"{message} Addresses that are put off until then: {number}.")
            for origin, message, number in self._put_off.values()
        ]

    def end(self, *, sound: bool) -> None:
        """Everything was asked: the round is over, and lists may be answered 304 if it is `sound` and nothing is late.

        The rest of the round of a host that rests is for the runs after that; the rounds of the others are over.
        """
        self._memory.end()
        for key in sorted(self._validators):
            self._memory.note(key, self._validators[key] if sound and not self.late else None)
        for key in self._memory.under(_RESTED):
            if key.removeprefix(_RESTED) not in self._put_off:
                self._memory.note(key, None)
        for name in sorted(self._put_off):
            if self._memory.mark(_RESTED + name) is None:
                self._memory.note(_RESTED + name, self._began.isoformat())


def _site(url: str) -> str:
    return site(normal(url))
