"""Hosts that asked to be left alone for a while (429, 503 with Retry-After), over runs and sources.

A file beside the tables, not part of them: without it, such a host is asked one thing more, and says again how long.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from warehouse.storage import at

_KEY = "rests.json"
LONGEST = timedelta(days=7)
"""A host that asks for more is asked after this: such answers are mostly a mistake, and one request does no harm."""


class Rests:
    """The rests of one warehouse. What is noted is on disk at once, for a run that is killed must not forget it."""

    def __init__(self, state: Path) -> None:
        self._storage = at(state)
        self._until: dict[str, datetime] = {}
        try:
            found = json.loads(self._storage.get(_KEY))
            self._until = {host: datetime.fromisoformat(text).astimezone(UTC) for host, text in found.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            pass

    def until(self, host: str, now: datetime) -> datetime | None:
        """Until when a host (with its port, where that is not the usual one) rests; None where it does not."""
        end = self._until.get(host)
        return end if end is not None and now < end <= now + LONGEST else None

    def rest(self, host: str, now: datetime, seconds: float) -> datetime:
        """Let a host rest; returns until when."""
        end = now + min(timedelta(seconds=min(seconds, LONGEST.total_seconds())), LONGEST)
        end = end.replace(microsecond=0)
        self._until = {each: moment for each, moment in self._until.items() if moment > now} | {host: end}
        told = {each: self._until[each].isoformat() for each in sorted(self._until)}
        self._storage.put(_KEY, json.dumps(told, indent=1).encode())
        return end
