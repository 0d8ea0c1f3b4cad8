"""Storage in a bucket, by obstore, behind a local folder (`warehouse.mirror`).

An object that never changes is read from the local folder once it is there; what may change is asked for each time.
After any error that leaves it open whether something was written, the object is read back and compared: an answer may
have been lost on its way. What the state of a run is stays in the local folder.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import uuid
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO, cast

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError

from warehouse import client
from warehouse.disk import SPOOLED, Disk, flush, flush_folder
from warehouse.errors import Moved, Unreachable, WarehouseError

_LOCAL = ("state", "logs")
"""Folders that are kept in the local folder only."""
_FOR_EVER = re.compile(
    r"raw/.+|tables/[^/]+/part-[0-9a-f]{32}(-\d+)?\.parquet|manifests/[0-9a-f]{64}\.json"
    r"|search/[0-9a-z]+-[0-9a-f]{16}\.[a-z_]+\.parquet",
    re.DOTALL,
)
"""Keys whose objects never change: they are named by their content, or by a run and a number."""
_AT_ONCE = 8
"""Objects that are fetched at a time, for each waits for an answer from far away most of the time."""
_COUNT = count()
_ATTEMPT = "dibaoattempt"
"""The piece of metadata that names an attempt to put an object; letters alone are taken for a name everywhere."""
_SEEN = ".reconciled"
"""What of expired snapshots and takedowns the copies are known to heed; in the local folder."""
PIECE = 1 << 20
"""Bytes that a stream asks for at a time where nobody says how many it will want."""


@dataclass(frozen=True)
class Bucket:
    """The objects below a prefix of a bucket, by the verbs of `Storage`."""

    mirror: Path
    """The local folder that stands for the bucket."""
    address: str
    prefix: str = ""
    """What keys begin with, with a slash at its end; empty for the whole warehouse."""
    disk: Disk = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "disk", Disk(self.mirror))

    @property
    def _store(self) -> Any:
        return client.store(self.address)

    def _key(self, key: str) -> str:
        return f"{self.prefix}{key}".rstrip("/")

    def within(self, prefix: str) -> Bucket | Disk:
        inner = f"{self._key(prefix)}/"
        if _is_local(inner):
            return Disk(self.mirror / inner, self.mirror)
        return Bucket(self.mirror, self.address, inner)

    # ------------------------------------------------------------ reading

    def get(self, key: str) -> bytes:
        key = self._key(key)
        if _is_local(key) or (_is_for_ever(key) and (self.mirror / key).is_file()):
            return self.disk.get(key)
        with _told(self.address, key):
            data = bytes(obstore.get(self._store, key).bytes())
        if _is_for_ever(key):
            self._hold(key, [data])
        return data

    def read(self, key: str, start: int, length: int) -> bytes:
        key = self._key(key)
        if _is_local(key) or (self.mirror / key).is_file():
            return self.disk.read(key, start, length)
        with _told(self.address, key):
            return bytes(obstore.get_range(self._store, key, start=start, length=length))

    def stream(self, key: str, start: int = 0, piece: int = PIECE) -> BinaryIO:
        inner = self._key(key)
        if _is_local(inner) or (_is_for_ever(inner) and (self.mirror / inner).is_file()):
            return self.disk.stream(inner, start)
        size = self.size(key)
        if size is None:
            raise FileNotFoundError(f"There is no {inner} in {self.address}.")
        return cast(BinaryIO, io.BufferedReader(_Ranges(self, key, start, size), max(1, min(piece, PIECE))))

    def size(self, key: str) -> int | None:
        key = self._key(key)
        if _is_local(key) or (_is_for_ever(key) and (self.mirror / key).is_file()):
            return self.disk.size(key)
        with _told(self.address, key):
            try:
                return int(obstore.head(self._store, key)["size"])
            except FileNotFoundError:  # a HEAD has no body that would tell a bucket that is not there
                return None

    def sizes(self, prefix: str = "") -> dict[str, int]:
        inner = self._key(prefix)
        if _is_local(f"{inner}/"):
            return Disk(self.mirror).sizes(inner)
        found: dict[str, int] = {}
        with _told(self.address, inner):
            for batch in obstore.list(self._store, inner or None):
                for each in batch:
                    if not any(part.startswith(".") for part in PurePosixPath(each["path"]).parts):
                        found[each["path"].removeprefix(self.prefix)] = int(each["size"])
        return {name: found[name] for name in sorted(found)}

    def names(self, prefix: str = "") -> list[str]:
        return list(self.sizes(prefix))

    def sha256(self, key: str) -> str:
        """Of the object in the bucket itself, whatever the local folder holds."""
        key = self._key(key)
        if _is_local(key):
            return self.disk.sha256(key)
        digest = hashlib.sha256()
        with _told(self.address, key):
            for chunk in obstore.get(self._store, key).stream():
                digest.update(chunk)
        return digest.hexdigest()

    def local(self, key: str) -> Path:
        key = self._key(key)
        path = self.mirror / key
        if not _is_local(key):
            self._fetch(key)
        return path

    def fetch(self, keys: Iterable[str]) -> None:
        missing = [key for key in map(self._key, keys) if not (self.mirror / key).is_file()]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for _ in pool.map(self._fetch, missing):
                pass

    def _fetch(self, key: str) -> None:
        """Have an object in the local folder as the bucket holds it now; where there is none, a folder is taken."""
        path = self.mirror / key
        if _is_for_ever(key) and path.is_file():
            return
        if path.is_dir():
            return
        with _told(self.address, key):
            try:
                found = obstore.get(self._store, key)
                self._hold(key, found.stream())
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
        if _is_local(key):
            return self.disk.put(key, data)
        with _told(self.address, key):
            try:
                obstore.put(self._store, key, data, use_multipart=False)
            except Exception:
                if self._there(key) != data:
                    raise
        if _is_for_ever(key):
            self._hold(key, [data])

    def put_new(self, key: str, data: bytes) -> None:
        key = self._key(key)
        if _is_local(key):
            return self.disk.put_new(key, data)
        with _told(self.address, key):
            try:
                if not self._won(key, data, "create"):
                    raise FileExistsError(f"There is {key} in {self.address} already.")
            except BaseError as error:
                if self._there(key) is not None:
                    raise FileExistsError(f"There is {key} in {self.address} already.") from error
                raise

    def swap(self, key: str, before: bytes | None, after: bytes) -> None:
        key = self._key(key)
        if _is_local(key):
            return self.disk.swap(key, before, after)
        if before is None:
            try:
                return self.put_new(key.removeprefix(self.prefix), after)
            except FileExistsError as error:
                raise _moved(key) from error
        with _told(self.address, key):
            try:
                found = obstore.get(self._store, key)
                held = bytes(found.bytes())
            except FileNotFoundError as error:
                raise _moved(key) from error
            if held != before:
                raise _moved(key)
            if not self._won(key, after, _version(found.meta)):
                raise _moved(key)

    def _won(self, key: str, data: bytes, mode: Any) -> bool:
        """Put an object by a condition; whether that succeeded, told also where the answer was lost on its way.

        The object carries the name of this attempt, for another writer may put the same bytes.
        """
        attempt = uuid.uuid4().hex
        try:
            obstore.put(self._store, key, data, mode=mode, attributes={_ATTEMPT: attempt})
        except Exception as error:
            with suppress(FileNotFoundError):
                if obstore.get(self._store, key).attributes.get(_ATTEMPT) == attempt:
                    return True
            if isinstance(error, PreconditionError | AlreadyExistsError) or (
                isinstance(error, FileNotFoundError) and mode != "create"  # else it is the bucket that is not there
            ):
                return False
            raise
        return True

    def _there(self, key: str) -> bytes | None:
        """What the bucket holds under a key now; None where it holds nothing."""
        try:
            return bytes(obstore.get(self._store, key).bytes())
        except FileNotFoundError:
            return None

    @contextmanager
    def writing(self, key: str) -> Iterator[BinaryIO]:
        with self.making(key) as path, path.open("wb") as out:
            yield out

    @contextmanager
    def making(self, key: str) -> Iterator[Path]:
        key = self._key(key)
        if _is_local(key):
            with self.disk.making(key) as path:
                yield path
            return
        with self.disk.scratch(f"making-{os.getpid()}-{next(_COUNT)}") as folder:
            path = folder / PurePosixPath(key).name
            yield path
            if path.is_dir():
                raise WarehouseError(f"{key} is a folder, and a bucket has none that appears whole.")
            self._put_path(key, path)
            self._take(key, path)

    def put_file(self, key: str, path: Path, *, keep: bool = False) -> None:
        key = self._key(key)
        if not _is_local(key):
            self._put_path(key, path)
        if keep and not _is_local(key):
            return
        self.disk.put_file(key, path, keep=keep)

    def _take(self, key: str, path: Path) -> None:
        """Keep what was put in the local folder. It needs no flush: the bucket has it."""
        place = self.mirror / key
        place.parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, place)

    def _put_path(self, key: str, path: Path) -> None:
        """Put a local file, streamed; the bucket then holds as many bytes, and where an answer was lost the same."""
        with _told(self.address, key):
            try:
                # An open file is read from its beginning again by no attempt: a fresh one for each.
                with path.open("rb") as file:
                    obstore.put(self._store, key, cast(IO[bytes], file), chunk_size=client.PART)
            except Exception:
                with suppress(FileNotFoundError):
                    if self._is_same(key, path):
                        return
                raise
            size = int(obstore.head(self._store, key)["size"])
        if size != path.stat().st_size:
            raise Unreachable(f"{self.address} took {size} bytes of {key} and not {path.stat().st_size}; run again.")

    def _is_same(self, key: str, path: Path) -> bool:
        digest = hashlib.sha256()
        for chunk in obstore.get(self._store, key).stream():
            digest.update(chunk)
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest() == digest.digest()

    def refer(self, key: str, path: Path) -> None:
        raise WarehouseError(
            f"A bucket cannot refer to {path}, which lies on this machine; let the source copy its files."
        )

    def delete(self, key: str) -> None:
        key = self._key(key)
        if not _is_local(key):
            with _told(self.address, key):
                inside = [] if PurePosixPath(key).suffix else [f"{key}/{name}" for name in self._below(key)]
                for each in [*inside, key]:
                    obstore.delete(self._store, each)
        self.disk.delete(key)

    def _below(self, key: str) -> list[str]:
        found = [each["path"] for batch in obstore.list(self._store, key) for each in batch]
        return [name.removeprefix(f"{key}/") for name in found if name.startswith(f"{key}/")]

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
        self._put_path(self._key(key), path)
        self._take(self._key(key), path)

    def spooled(self) -> list[str]:
        return [name.removeprefix(self.prefix) for name in self.disk.spooled() if name.startswith(self.prefix)]

    # ------------------------------------------------------------ what only a bucket has

    def version(self, key: str) -> tuple[bytes, datetime] | None:
        """An object's bytes, and when the server says that it was written; None where there is none."""
        key = self._key(key)
        with _told(self.address, key):
            try:
                found = obstore.get(self._store, key)
                return bytes(found.bytes()), found.meta["last_modified"]
            except FileNotFoundError:
                return None

    def heeds(self, key: str, first: bytes, second: bytes) -> bool:
        """Whether a put by If-Match is refused where the object is no longer what it names; it holds `first` then."""
        key = self._key(key)
        with _told(self.address, key):
            former = _version(obstore.head(self._store, key))
            obstore.put(self._store, key, first, use_multipart=False)
            try:
                obstore.put(self._store, key, second, mode=former)
            except (PreconditionError, AlreadyExistsError):
                return True
            return False

    def reconcile(self) -> None:
        """Let go of copies of what is gone from the bucket, or was taken down there by another machine.

        Only then is an object of a name that never changes replaced, and files of old snapshots go. Both end with a
        change of what is known of expired snapshots, so that nothing else is looked at where that has stayed.
        """
        with _told(self.address, "takedowns"):
            down = [[each["path"], each["e_tag"]] for batch in obstore.list(self._store, "takedowns") for each in batch]
            try:
                expired = obstore.head(self._store, "snapshots/expired.json")["e_tag"]
            except FileNotFoundError:
                expired = None
        mark = json.dumps([expired, sorted(down)]).encode()
        noted = self.mirror / _SEEN
        if (noted.read_bytes() if noted.exists() else json.dumps([None, []]).encode()) == mark:
            return
        there = self.sizes("tables") | self.sizes("search") | self.sizes("manifests")
        for path, key in self._copies():
            if key not in there and not (key.startswith("raw/") and not down):
                path.unlink(missing_ok=True)
        noted.write_bytes(mark)

    def _copies(self) -> Iterator[tuple[Path, str]]:
        """Copies in the local folder, of what never changes, with their keys; what is spooled is none."""
        for folder in ("raw", "tables", "manifests", "search"):
            for inside, _, files in os.walk(self.mirror / folder):
                for name in files:
                    path = Path(inside) / name
                    key = path.relative_to(self.mirror).as_posix()
                    if _is_for_ever(key) and not name.endswith(SPOOLED):
                        yield path, key

    def forget(self, most: int) -> int:
        """Remove copies of objects from the local folder, longest unread first, down to so many bytes; how many."""
        held = []
        for each, _ in self._copies():
            told = each.stat()
            held.append((max(told.st_atime, told.st_mtime), each, told.st_size))
        total, gone = sum(size for _, _, size in held), 0
        for _, each, size in sorted(held):
            if total <= most:
                break
            each.unlink(missing_ok=True)
            total, gone = total - size, gone + 1
        return gone


def _version(meta: Any) -> Any:
    """What a put names as the version that it replaces."""
    return {name: meta[name] for name in ("e_tag", "version") if meta[name] is not None}


def _moved(key: str) -> Moved:
    return Moved(f"{key} has been changed by somebody else in the meantime; look at it and try again.")


def _is_local(key: str) -> bool:
    """Whether a key is kept in the local folder only; names that begin with a dot are no objects."""
    parts = PurePosixPath(key).parts
    return bool(parts) and (parts[0] in _LOCAL or parts[0].startswith("."))


def _is_for_ever(key: str) -> bool:
    return _FOR_EVER.fullmatch(key) is not None


class _Ranges(io.RawIOBase):
    """An object read from front to back, a range at a time."""

    def __init__(self, store: Bucket, key: str, start: int, size: int) -> None:
        self._store, self._key, self._at, self._size = store, key, start, size

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        length = min(len(buffer), self._size - self._at)
        if length <= 0:
            return 0
        data = self._store.read(self._key, self._at, length)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


@contextmanager
def _told(address: str, key: str) -> Iterator[None]:
    """Tell errors of the library as ours: a file that is not there, or one sentence. No credential stands in one."""
    try:
        yield
    except (FileExistsError, WarehouseError):
        raise
    except FileNotFoundError as error:
        if "NoSuchBucket" not in str(error):
            raise
        raise Unreachable(client.sentence(address, key, error)) from error
    except BaseError as error:
        raise Unreachable(client.sentence(address, key, error)) from error
