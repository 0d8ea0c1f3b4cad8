"""Storage in a bucket behind a local folder (`warehouse.mirror`), by the verbs of `Storage`.

An object that never changes is read from the local folder once it is there; what may change is asked for each time.
What the state of a run is stays in the local folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from warehouse.disk import Disk, flush, flush_folder
from warehouse.errors import Moved, WarehouseError
from warehouse.keys import is_for_ever, is_local
from warehouse.objects import PIECE, Objects

_AT_ONCE = 8
"""Objects that are fetched at a time: 50 of 24 MB took 0.45 s one by one, 0.12 s by 4, 0.09 s by 8, 0.13 s by 16."""
_COUNT = count()


@dataclass(frozen=True)
class Bucket:
    """The objects below a prefix of a bucket, by the verbs of `Storage`."""

    mirror: Path
    """The local folder that stands for the bucket."""
    address: str
    prefix: str = ""
    """What keys begin with, with a slash at its end; empty for the whole warehouse."""
    disk: Disk = field(init=False)
    objects: Objects = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "disk", Disk(self.mirror))
        object.__setattr__(self, "objects", Objects(self.address))

    def _key(self, key: str) -> str:
        return f"{self.prefix}{key}".rstrip("/")

    def _is_here(self, key: str) -> bool:
        """Whether a key is read from the local folder, by its whole name."""
        return is_local(key) or (is_for_ever(key) and (self.mirror / key).is_file())

    def within(self, prefix: str) -> Bucket | Disk:
        inner = f"{self._key(prefix)}/"
        if is_local(inner):
            return Disk(self.mirror / inner, self.mirror)
        return Bucket(self.mirror, self.address, inner)

    # ------------------------------------------------------------ reading

    def get(self, key: str) -> bytes:
        key = self._key(key)
        if self._is_here(key):
            return self.disk.get(key)
        data = self.objects.get(key)
        if is_for_ever(key):
            self._hold(key, [data])
        return data

    def read(self, key: str, start: int, length: int) -> bytes:
        key = self._key(key)
        return self.disk.read(key, start, length) if self._is_here(key) else self.objects.range(key, start, length)

    def stream(self, key: str, start: int = 0, piece: int = PIECE) -> BinaryIO:
        key = self._key(key)
        return self.disk.stream(key, start) if self._is_here(key) else self.objects.stream(key, start, piece)

    def size(self, key: str) -> int | None:
        key = self._key(key)
        return self.disk.size(key) if self._is_here(key) else self.objects.size(key)

    def sizes(self, prefix: str = "") -> dict[str, int]:
        inner = self._key(prefix)
        found = self.disk.sizes(inner) if is_local(f"{inner}/") else self.objects.sizes(inner)
        return {name.removeprefix(self.prefix): found[name] for name in sorted(found)}

    def names(self, prefix: str = "") -> list[str]:
        return list(self.sizes(prefix))

    def sha256(self, key: str) -> str:
        """Of the object in the bucket itself, whatever the local folder holds."""
        key = self._key(key)
        return self.disk.sha256(key) if is_local(key) else self.objects.sha256(key)

    def local(self, key: str) -> Path:
        key = self._key(key)
        if not is_local(key):
            self._fetch(key)
        return self.mirror / key

    def fetch(self, keys: Iterable[str]) -> None:
        missing = [key for key in map(self._key, keys) if not (self.mirror / key).is_file()]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for _ in pool.map(self._fetch, missing):
                pass

    def _fetch(self, key: str) -> None:
        """Have an object in the local folder as the bucket holds it now; where there is none, a folder is taken."""
        path = self.mirror / key
        if (is_for_ever(key) and path.is_file()) or path.is_dir():
            return
        try:
            self._hold(key, self.objects.chunks(key))
        except FileNotFoundError:
            path.unlink(missing_ok=True)  # what is gone from the bucket is gone

    def _hold(self, key: str, chunks: Iterable[Any]) -> None:
        """Write what was read from the bucket to the local folder, whole or not at all."""
        path = self.mirror / key
        path.parent.mkdir(parents=True, exist_ok=True)
        # Beside its place and not with what is half made, which another process sweeps.
        beside = path.with_name(f".{path.name}.{os.getpid()}-{next(_COUNT)}")
        try:
            with beside.open("wb") as out:
                for chunk in chunks:
                    out.write(chunk)
            os.replace(beside, path)
        finally:
            beside.unlink(missing_ok=True)

    # ------------------------------------------------------------ writing

    def put(self, key: str, data: bytes) -> None:
        key = self._key(key)
        if is_local(key):
            return self.disk.put(key, data)
        self.objects.put(key, data)
        if is_for_ever(key):
            self._hold(key, [data])

    def put_new(self, key: str, data: bytes) -> None:
        key = self._key(key)
        if is_local(key):
            return self.disk.put_new(key, data)
        self.objects.create(key, data)

    def swap(self, key: str, before: bytes | None, after: bytes) -> None:
        key = self._key(key)
        if is_local(key):
            return self.disk.swap(key, before, after)
        if before is not None:
            return self.objects.swap(key, before, after)
        try:
            self.objects.create(key, after)
        except FileExistsError as error:
            raise Moved(f"{key} was put by somebody else in the meantime; look at it and try again.") from error

    @contextmanager
    def writing(self, key: str) -> Iterator[BinaryIO]:
        with self.making(key) as path, path.open("wb") as out:
            yield out

    @contextmanager
    def making(self, key: str) -> Iterator[Path]:
        key = self._key(key)
        if is_local(key):
            with self.disk.making(key) as path:
                yield path
            return
        with self.disk.scratch(f"making-{os.getpid()}-{next(_COUNT)}") as folder:
            path = folder / PurePosixPath(key).name
            yield path
            if path.is_dir():
                raise WarehouseError(f"{key} is a folder, and a bucket has none that appears whole.")
            self.objects.put_path(key, path)
            self._take(key, path)

    def put_file(self, key: str, path: Path, *, keep: bool = False) -> None:
        key = self._key(key)
        if not is_local(key):
            self.objects.put_path(key, path)
        if keep and not is_local(key):
            return
        self.disk.put_file(key, path, keep=keep)

    def _take(self, key: str, path: Path) -> None:
        """Keep what was put in the local folder. It needs no flush: the bucket has it."""
        place = self.mirror / key
        place.parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, place)

    def refer(self, key: str, path: Path) -> None:
        raise WarehouseError(
            f"A bucket cannot refer to {path}, which lies on this machine; let the source copy its files."
        )

    def delete(self, key: str) -> None:
        key = self._key(key)
        if not is_local(key):
            self.objects.delete(key, folder=not PurePosixPath(key).suffix)
        self.disk.delete(key)

    def scratch(self, name: str) -> AbstractContextManager[Path]:
        return self.disk.scratch(name)

    def sweep(self) -> None:
        self.disk.sweep()

    # ------------------------------------------------------------ spooling

    def spool(self, key: str) -> Path:
        return self.disk.spool(self._key(key))

    def keep(self, key: str) -> None:
        """Put what was spooled. It is on the disk before, and stays there under its name until it is in the bucket."""
        path = self.spool(key)
        flush(path)
        flush_folder(path.parent)
        self.objects.put_path(self._key(key), path)
        self._take(self._key(key), path)

    def spooled(self) -> list[str]:
        return [name.removeprefix(self.prefix) for name in self.disk.spooled() if name.startswith(self.prefix)]
