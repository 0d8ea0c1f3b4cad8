"""Number things in the order in which they are first seen."""

from __future__ import annotations

from typing import TypeVar

Key = TypeVar("Key")


class Numbers(dict[Key, int]):
    """The number of each key, from 0; a new one has the next."""

    def __missing__(self, key: Key) -> int:
        number = self[key] = len(self)
        return number
