"""The one door through which SQL from outside reads a warehouse: a connection that has nothing it could write to.

DuckDB opens what it may read for writing as well, so no folder of the warehouse is given to it. Its views are copied
out of the catalogue into memory, its own local file system is shut off for good, and the tables' files reach it through
a file system of this module, which only opens files below `tables/` and those of the index of words, and only for
reading. No extension can be loaded, no setting changed, nothing spilled to disk, and no name in the program be taken
for a table.
"""

from __future__ import annotations

import io
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import duckdb
from fsspec import AbstractFileSystem

from schemas.render.sql import literal
from warehouse.errors import Busy, Damaged, TimedOut
from warehouse.search import FOLDER
from warehouse.storage import at

_SCHEME = "dibao"
_START: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "temp_directory": "",
}
_LOCKS = (
    "SET python_enable_replacements = false",
    f"SET allowed_directories = ['{_SCHEME}://']",
    "SET allowed_paths = []",
    "SET disabled_filesystems = 'LocalFileSystem'",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)


_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class _ReadFile(io.RawIOBase):
    """A file for reading whose place belongs to each thread, as DuckDB reads one file from several."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, _FLAGS)
        self._at = threading.local()
        self._one = threading.Lock()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return int(getattr(self._at, "place", 0))

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self.tell()}.get(whence, os.fstat(self._file).st_size)
        self._at.place = start + offset
        return self.tell()

    def read(self, size: int = -1) -> bytes:
        if size < 0:
            size = max(0, os.fstat(self._file).st_size - self.tell())
        data = self._part(size, self.tell())
        self._at.place = self.tell() + len(data)
        return data

    def _part(self, size: int, start: int) -> bytes:
        if hasattr(os, "pread"):
            return os.pread(self._file, size, start)
        with self._one:  # Windows, where a file has one place for all threads
            os.lseek(self._file, start, os.SEEK_SET)
            return os.read(self._file, size)

    def close(self) -> None:
        if not self.closed:
            os.close(self._file)
        super().close()


class _Tables(AbstractFileSystem):  # type: ignore[misc]
    """The files below `tables/` of one warehouse, and those of its index, for reading."""

    protocol = _SCHEME
    cachable = False

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._storage = at(root)

    def _path(self, name: str) -> Path:
        parts = PurePosixPath(str(name).removeprefix(f"{_SCHEME}://").lstrip("/")).parts
        if not parts or parts[0] not in ("tables", FOLDER) or ".." in parts:
            raise PermissionError(f"{name} is no file of a table")
        return self._storage.local("/".join(parts))

    def open(self, path: str, mode: str = "rb", *_: Any, **__: Any) -> _ReadFile:
        if mode != "rb":
            raise PermissionError("the tables can only be read")
        return _ReadFile(self._path(path))

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        found = self._path(path).stat()
        return {"name": path, "size": found.st_size, "type": "file"}

    def modified(self, path: str) -> datetime:
        return datetime.fromtimestamp(self._path(path).stat().st_mtime, UTC)

    def exists(self, path: str, **_: Any) -> bool:
        return self._path(path).is_file()

    def glob(self, path: str, **_: Any) -> list[str]:
        """A name stands for itself: no pattern is looked up."""
        return [path] if self.exists(path) else []


def locked(
    root: Path, fill: Callable[[duckdb.DuckDBPyConnection], None], *, memory_limit: str | None = None
) -> duckdb.DuckDBPyConnection:
    """A connection that can read the tables and views of a published catalogue, and touch nothing else.

    In: the warehouse's folder; what makes the views in the connection's database `catalogue`, before it is locked;
    `memory_limit` as DuckDB writes it. Raises what `fill` does.
    """
    con = duckdb.connect(config=_START)
    try:
        if memory_limit:
            con.execute("SET memory_limit = $1", [memory_limit])
        con.execute("SET TimeZone = 'UTC'")
        con.execute("SET arrow_lossless_conversion = true")
        con.execute("ATTACH ':memory:' AS catalogue")
        con.execute("USE catalogue")
        con.register_filesystem(_Tables(root))
        con.execute("SET VARIABLE warehouse = $1", [f"{_SCHEME}://"])
        fill(con)
        for lock in _LOCKS:
            con.execute(lock)
    except BaseException:
        con.close()
        raise
    return con


def copied(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Copy the views, macros and comments of a catalogue into the connection's database `catalogue`.

    Raises Busy where another program holds the file, Damaged where it is no catalogue.
    """
    try:
        con.execute(f"ATTACH {literal(str(path))} AS published (READ_ONLY)")
    except duckdb.Error as error:
        if "lock" in str(error):
            raise Busy(f"Another program has {path} open for writing; close it and try again.") from error
        raise _broken(path, error) from error
    try:
        con.execute("COPY FROM DATABASE published TO catalogue")
        con.execute("DETACH published")
    except duckdb.Error as error:
        raise _broken(path, error) from error


def _broken(path: Path, error: Exception) -> Damaged:
    return Damaged(
        f"The catalogue {path} cannot be read ({told(error)}); delete it and run `dibao maintain`, which makes it anew."
    )


def told(error: BaseException) -> str:
    """What a DuckDB error says, on one line and without a full stop; of one of this module's files the error alone."""
    lines = [line.strip() for line in str(error).strip().splitlines() if line.strip()]
    if not lines:
        return type(error).__name__
    if lines[0].startswith("Traceback"):
        own = [line for line in lines if "Error:" in line]
        return (own[0].split(":", 1)[1].strip() if own else lines[-1]).rstrip(".")
    return lines[0].rstrip(".")


@contextmanager
def limited(
    con: duckdb.DuckDBPyConnection,
    seconds: float | None,
    *,
    most_bytes: int | None = None,
    stuck: Callable[[str], None] | None = None,
) -> Iterator[None]:
    """Interrupt what a connection does inside the block after some seconds, or where the process grows too much.

    In: `most_bytes` is how much the process may grow. DuckDB heeds an interruption between chunks of rows, and some of
    its functions do all their work on one: where it has not come back two seconds later, `stuck` is called with the
    sentence, from another thread. Raises TimedOut.
    """
    over: list[str] = []
    done = threading.Event()
    start, base = time.monotonic(), _resident()

    def watch() -> None:
        called = False
        since = 0.0
        while not done.wait(0.05):
            now = time.monotonic()
            if not over:
                if seconds and now - start > seconds:
                    over.append(f"The query took longer than {seconds:g} s and was stopped; --seconds allows more.")
                elif most_bytes and _resident() - base > most_bytes:
                    over.append("The query needed more memory than memory_limit allows and was stopped.")
                since = now
            if over:
                con.interrupt()
                if stuck and not called and now - since > 2:
                    called = True
                    stuck(over[0])

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    except (duckdb.Error, RuntimeError) as error:
        if over:
            raise TimedOut(over[0]) from error
        raise
    finally:
        done.set()
        watcher.join()
    if over:
        raise TimedOut(over[0])


def _resident() -> int:
    """Bytes of memory that this process holds; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0
