"""The one door to storage: everything that is kept is put, read, listed and deleted by these verbs.

They are those of an object store, so that one can stand behind them: a key names an object, an object appears whole or
not at all and is replaced whole, nothing is renamed, linked, cut or appended to. No module but this one, `disk` behind
it and the reader and writer of WARC files touches the files of a warehouse in another way; a test keeps it so.

What libraries write by themselves (Parquet, DuckDB, numpy, git) they write to a local path that `making` or `scratch`
gives, and what they read by themselves they read at `local`.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from warehouse import mirror
from warehouse.disk import Disk

if TYPE_CHECKING:
    from warehouse.bucket import Bucket


class Storage(Protocol):
    """Objects by key, a relative path with `/` between its parts. FileNotFoundError where a key names none."""

    def put(self, key: str, data: bytes) -> None:
        """Put an object, in the place of what is there: readers see the old bytes or the new, never a part."""

    def put_new(self, key: str, data: bytes) -> None:
        """Put an object where there is none. FileExistsError where there is one: of many who try, one succeeds."""

    def swap(self, key: str, before: bytes | None, after: bytes) -> None:
        """Replace an object that still holds `before` (None: that is not there). Raises Moved where it does not."""

    def get(self, key: str) -> bytes:
        """An object's bytes."""

    def read(self, key: str, start: int, length: int) -> bytes:
        """So many bytes of an object from `start` on, fewer where it ends before."""

    def stream(self, key: str, start: int = 0, piece: int = 1 << 20) -> BinaryIO:
        """An object to be read from front to back, from a byte on. Where it is far, so many bytes come at a time."""

    def writing(self, key: str) -> AbstractContextManager[BinaryIO]:
        """A stream to write an object to; it appears, whole, when the block ends without an error."""

    def making(self, key: str) -> AbstractContextManager[Path]:
        """A local path at which to make a file or a folder; it appears, whole, when the block ends without an error."""

    def put_file(self, key: str, path: Path, *, keep: bool = False) -> None:
        """Put a local file, in the place of what is there; the file is gone then, but for `keep`."""

    def refer(self, key: str, path: Path) -> None:
        """Let a key stand for a file that lies elsewhere and stays there."""

    def size(self, key: str) -> int | None:
        """An object's length in bytes; None where there is none."""

    def names(self, prefix: str = "") -> list[str]:
        """The keys of all objects below a prefix (a folder, or nothing), sorted."""

    def sizes(self, prefix: str = "") -> dict[str, int]:
        """The length in bytes of each object below a prefix, by its key, in the order of the keys."""

    def sha256(self, key: str) -> str:
        """SHA-256 of an object as it is kept, and of no copy of it, lower-case hex."""

    def fetch(self, keys: Iterable[str]) -> None:
        """Have objects at hand where `local` says, several at a time; those that are not there are left out."""

    def delete(self, key: str) -> None:
        """Remove an object, or all below a folder, if it is there."""

    def local(self, key: str) -> Path:
        """A local path where an object, or the folder of objects, can be read."""

    def within(self, prefix: str) -> Storage:
        """The objects below a prefix, as a store of their own."""

    def scratch(self, name: str) -> AbstractContextManager[Path]:
        """An empty local folder for the time of the block."""

    def spool(self, key: str) -> Path:
        """A local path at which an object is written to bit by bit before it is put by `keep`; it outlives a crash."""

    def keep(self, key: str) -> None:
        """Put the object that was spooled: durable and whole, under its key, and no longer spooled."""

    def spooled(self) -> list[str]:
        """The keys of what is spooled and was not put, as a killed process leaves it, sorted."""

    def sweep(self) -> None:
        """Remove what killed processes left half made. Nothing else may be writing, but by `put` and its like."""


def at(place: Path) -> Disk | Bucket:
    """The store at a place: a folder on a local or mounted disk, or one that stands for a bucket. Makes nothing."""
    found = mirror.behind(place)
    if found is None:
        return Disk(place)
    from warehouse.bucket import Bucket

    root, address = found
    inner = place.relative_to(root).as_posix()
    store = Bucket(root, address)
    return store if inner == "." else store.within(inner)
