"""Where the matcher keeps its working files: what it asks of the store that it is handed."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol


class Shelf(Protocol):
    """Files and folders by key, each of which is there whole or not at all."""

    def local(self, key: str) -> Path:
        """The path of a file or folder to read from, whether there is one or not."""

    def making(self, key: str) -> AbstractContextManager[Path]:
        """A path at which to make a file or folder; it is kept under its key when the block ends without an error."""

    def scratch(self, name: str) -> AbstractContextManager[Path]:
        """An empty folder for the time of the block."""

    def names(self, prefix: str = "") -> list[str]:
        """The keys of all files, those in folders as `folder/file`."""

    def delete(self, key: str) -> None:
        """Remove a file or folder."""
