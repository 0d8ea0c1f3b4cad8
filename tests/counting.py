"""Counting the steps of a program, where a time would say more of the machine than of the program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import SupportsIndex, overload


class Counted(Sequence[str]):
    """A list of lines that counts how often one is taken."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self.steps = 0

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, at: SupportsIndex) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: SupportsIndex | slice) -> str | list[str]:
        self.steps += 1
        return self._lines[at]
