"""Storage on a local or mounted disk: a temporary name, fsync, link or rename, fsync of the folder.

Names that begin with a dot, and spooled files, are not objects.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import BinaryIO

from warehouse.errors import Moved

SPOOLED = ".open"
"""What the name of a spooled file ends in."""

_CHUNK = 1 << 20
_ASIDE = ".tmp"
_COUNT = count()
_FULL = {getattr(errno, name) for name in ("ENOSPC", "EDQUOT", "EFBIG") if hasattr(errno, name)}


@dataclass(frozen=True)
class Disk:
    """The files below a folder, by the verbs of `Storage`."""

    root: Path
    top: Path | None = None
    """The root of the store that this one is within; what is half made lies there."""

    def local(self, key: str) -> Path:
        return self.root / key

    def within(self, prefix: str) -> Disk:
        return Disk(self.root / prefix, self.top or self.root)

    @property
    def _aside(self) -> Path:
        return (self.top or self.root) / _ASIDE

    # ------------------------------------------------------------ reading

    def get(self, key: str) -> bytes:
        return self.local(key).read_bytes()

    def read(self, key: str, start: int, length: int) -> bytes:
        with self.stream(key, start) as file:
            return file.read(length)

    def stream(self, key: str, start: int = 0, piece: int = 0) -> BinaryIO:
        file = self.local(key).open("rb")
        file.seek(start)
        return file

    def size(self, key: str) -> int | None:
        path = self.local(key)
        return path.stat().st_size if path.is_file() else None

    def sizes(self, prefix: str = "") -> dict[str, int]:
        return {name: self.size(name) or 0 for name in self.names(prefix)}

    def sha256(self, key: str) -> str:
        return sha256_file(self.local(key))

    def fetch(self, keys: Iterable[str]) -> None:
        """All is here."""

    def names(self, prefix: str = "") -> list[str]:
        return [name for name in self._all(prefix) if not name.endswith(SPOOLED)]

    def spooled(self) -> list[str]:
        return [name.removesuffix(SPOOLED) for name in self._all("") if name.endswith(SPOOLED)]

    def _all(self, prefix: str) -> list[str]:
        found = []
        for folder, folders, files in os.walk(self.local(prefix)):
            folders[:] = [name for name in folders if not name.startswith(".")]
            here = Path(folder).relative_to(self.root)
            found += [(here / name).as_posix() for name in files if not name.startswith(".")]
        return sorted(found)

    # ------------------------------------------------------------ writing

    def put(self, key: str, data: bytes) -> None:
        beside = self._draft(key, data)
        os.replace(beside, self.local(key))
        flush_folder(beside.parent)

    def put_new(self, key: str, data: bytes) -> None:
        path = self.local(key)
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
        beside = self._draft(key, data)
        try:
            if os.name == "nt":  # where a rename never replaces
                os.rename(beside, path)
            else:
                os.link(beside, path)
        finally:
            beside.unlink(missing_ok=True)
        flush_folder(path.parent)

    def swap(self, key: str, before: bytes | None, after: bytes) -> None:
        from filelock import FileLock

        self.root.mkdir(parents=True, exist_ok=True)
        with FileLock(self.root / ".swap.lock"):
            held = self.get(key) if self.size(key) is not None else None
            if held != before:
                raise Moved(f"{key} has been changed by somebody else in the meantime; look at it and try again.")
            self.put(key, after)

    @contextmanager
    def writing(self, key: str) -> Iterator[BinaryIO]:
        with self.making(key) as path, path.open("wb") as out:
            yield out

    @contextmanager
    def making(self, key: str) -> Iterator[Path]:
        path = self.local(key)
        beside = self._aside / f"{_unique()}-{path.name}"
        beside.parent.mkdir(parents=True, exist_ok=True)
        _remove(beside)
        try:
            yield beside
            self._place(beside, path)
        except BaseException:
            _remove(beside)
            raise

    def put_file(self, key: str, path: Path, *, keep: bool = False) -> None:
        if not keep:
            try:
                return self._place(path, self.local(key))
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
        with self.making(key) as beside:
            try:
                os.link(path, beside)
            except OSError:  # another file system, or one without links
                shutil.copyfile(path, beside)
        if not keep:
            path.unlink()

    def refer(self, key: str, path: Path) -> None:
        place = self.local(key)
        _make_folder(place.parent)
        place.symlink_to(path.resolve())
        flush_folder(place.parent)

    def delete(self, key: str) -> None:
        _remove(self.local(key))

    @contextmanager
    def scratch(self, name: str) -> Iterator[Path]:
        folder = self._aside / name
        _remove(folder)
        folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def sweep(self) -> None:
        shutil.rmtree(self._aside, ignore_errors=True)

    # ------------------------------------------------------------ spooling

    def spool(self, key: str) -> Path:
        path = self.local(key + SPOOLED)
        _make_folder(path.parent)
        return path

    def keep(self, key: str) -> None:
        self._place(self.spool(key), self.local(key))

    # ------------------------------------------------------------ how it is made to last

    def _draft(self, key: str, data: bytes) -> Path:
        """Bytes under a name that is no object, on disk."""
        path = self.local(key)
        _make_folder(path.parent)
        beside = path.with_name(f".{path.name}.{_unique()}")
        with beside.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        return beside

    def _place(self, made: Path, path: Path) -> None:
        """Give what was made its name, once all of it is on disk."""
        _make_folder(path.parent)
        flush(made)
        if path.is_dir():  # which a rename does not replace
            aside = self._aside / f"{_unique()}-{path.name}"
            aside.parent.mkdir(parents=True, exist_ok=True)
            os.rename(path, aside)
            os.rename(made, path)
            _remove(aside)
        else:
            os.replace(made, path)
        flush_folder(path.parent)


def _unique() -> str:
    """A name that no other process or thread uses now."""
    return f"{os.getpid()}-{next(_COUNT)}"


def _make_folder(path: Path) -> None:
    """Make a folder and those above it, each to survive."""
    if not path.is_dir():
        _make_folder(path.parent)
        path.mkdir(exist_ok=True)
        flush_folder(path.parent)


def flush(path: Path) -> None:
    """Force a file, or all of a folder, to disk."""
    if path.is_dir():
        for each in sorted(path.iterdir()):
            flush(each)
        return flush_folder(path)
    # Windows flushes only what is open for writing.
    descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def flush_folder(path: Path) -> None:
    """Force a folder's entries to disk, so that a rename or link in it survives; Windows has no such thing."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def is_full(error: BaseException) -> bool:
    """Whether an error says that there is no room left to write; libraries say so in words."""
    return (isinstance(error, OSError) and error.errno in _FULL) or "No space left on device" in str(error)


def sha256_file(path: Path) -> str:
    """SHA-256 of a file, lower-case hex."""
    digest = hashlib.sha256()
    with path.open("rb") as data:
        while chunk := data.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
