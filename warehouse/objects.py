"""The objects of a bucket by their whole keys, by obstore: each request, and what becomes of one that fails.

After any error that leaves it open whether something was written, the object is read back and compared: an answer may
have been lost on its way.
"""

from __future__ import annotations

import hashlib
import io
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO, cast

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError

from warehouse import client
from warehouse.errors import Moved, Refused, Unreachable, WarehouseError
from warehouse.keys import is_for_ever

_ATTEMPT = "dibaoattempt"
"""The piece of metadata that names an attempt to put an object; letters alone are taken for a name everywhere."""
_SIZES: dict[tuple[str, str], int] = {}
"""Lengths of objects that never change, as far as they were asked for."""
_NEAR = 64 << 10
"""Bytes that are read and passed over rather than asked for another time."""
PIECE = 1 << 20
"""Bytes that a stream asks for at a time where nobody says how many it will want."""


@dataclass(frozen=True)
class Objects:
    """The objects at an address. Raises FileNotFoundError where one is not there, Unreachable where nobody answers."""

    address: str

    @property
    def _store(self) -> Any:
        return client.store(self.address)

    def get(self, key: str) -> bytes:
        with self._told(key):
            return bytes(obstore.get(self._store, key).bytes())

    def chunks(self, key: str) -> Iterator[Any]:
        """An object's bytes in pieces."""
        with self._told(key):
            yield from obstore.get(self._store, key).stream()

    def size(self, key: str) -> int | None:
        with self._told(key):
            try:
                return int(obstore.head(self._store, key)["size"])
            except FileNotFoundError:  # a HEAD has no body that would tell a bucket that is not there
                return None

    def sizes(self, prefix: str) -> dict[str, int]:
        """The length of every object below a prefix, by its key; not those of names that begin with a dot."""
        with self._told(prefix):
            found = {
                each["path"]: int(each["size"]) for batch in obstore.list(self._store, prefix or None) for each in batch
            }
        return {key: size for key, size in found.items() if not any(p[0] == "." for p in PurePosixPath(key).parts)}

    def tag(self, key: str) -> str | None:
        """What the server calls this version of an object; None where there is none."""
        with self._told(key):
            try:
                return obstore.head(self._store, key)["e_tag"]
            except FileNotFoundError:
                return None

    def tags(self, prefix: str) -> list[list[str | None]]:
        """The keys below a prefix, each with what the server calls its version, sorted."""
        with self._told(prefix):
            listed = [[each["path"], each["e_tag"]] for batch in obstore.list(self._store, prefix) for each in batch]
        return sorted(listed, key=str)

    def sha256(self, key: str) -> str:
        digest = hashlib.sha256()
        for chunk in self.chunks(key):
            digest.update(chunk)
        return digest.hexdigest()

    def range(self, key: str, start: int, length: int) -> bytes:
        """A range of an object. Where it follows the one before, what follows it is had by the same request.

        Records are read in the order of their places, and a request costs as much as some dozens of them.
        """
        held: _Held | None = getattr(_AHEAD, "held", None)
        if held is not None and (held.address, held.key) != (self.address, key):
            held = None
        if held is not None and held.start <= start and start + length <= held.start + len(held.data):
            held.end = start + length
            return held.data[start - held.start : start - held.start + length]
        follows = held is not None and is_for_ever(key) and 0 <= start - held.end <= _NEAR
        with self._told(key):
            data = bytes(obstore.get_range(self._store, key, start=start, length=max(length, PIECE if follows else 0)))
        _AHEAD.held = _Held(self.address, key, start, data, start + length)
        return data[:length]

    def stream(self, key: str, start: int, piece: int) -> BinaryIO:
        """An object from a byte on, had in ranges of about so many bytes."""
        size = _SIZES.get((self.address, key)) or self.size(key)
        if size is None:
            raise FileNotFoundError(f"There is no {key} in {self.address}.")
        if is_for_ever(key):
            _SIZES[self.address, key] = size
        return cast(BinaryIO, io.BufferedReader(_Ranges(self, key, start, size), max(1, min(piece, PIECE))))

    def version(self, key: str) -> tuple[bytes, datetime] | None:
        """An object's bytes, and when the server says that it was written; None where there is none."""
        with self._told(key):
            try:
                found = obstore.get(self._store, key)
                return bytes(found.bytes()), found.meta["last_modified"]
            except FileNotFoundError:
                return None

    # ------------------------------------------------------------ writing

    def put(self, key: str, data: bytes) -> None:
        with self._told(key):
            try:
                obstore.put(self._store, key, data, use_multipart=False)
            except BaseError:
                if self._there(key) != data:
                    raise

    def create(self, key: str, data: bytes) -> None:
        """Put an object where there is none; FileExistsError where there is one."""
        taken = FileExistsError(f"There is {key} in {self.address} already.")
        with self._told(key):
            try:
                if not self._won(key, data, "create"):
                    raise taken
            except BaseError as error:
                if self._there(key) is not None:
                    raise taken from error
                raise

    def swap(self, key: str, before: bytes, after: bytes) -> None:
        """Replace an object that still holds `before`; Moved where it does not."""
        moved = Moved(f"{key} has been changed by somebody else in the meantime; look at it and try again.")
        with self._told(key):
            try:
                found = obstore.get(self._store, key)
                held = bytes(found.bytes())
            except FileNotFoundError as error:
                raise moved from error
            if held != before or not self._won(key, after, _version(found.meta)):
                raise moved

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

    def put_path(self, key: str, path: Path) -> None:
        """Put a local file, streamed; the bucket then holds as many bytes, and where an answer was lost the same."""
        with self._told(key):
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
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == self.sha256(key)

    def delete(self, key: str, *, folder: bool) -> None:
        """Remove an object if it is there, and with `folder` all that is below its key."""
        with self._told(key):
            inside = [name for name in self.sizes(key) if name.startswith(f"{key}/")] if folder else []
            for each in [*inside, key]:
                obstore.delete(self._store, each)

    def heeds(self, key: str, first: bytes, second: bytes) -> bool:
        """Whether a put by If-Match is refused where the object is no longer what it names; it holds `first` then."""
        with self._told(key):
            former = _version(obstore.head(self._store, key))
            obstore.put(self._store, key, first, use_multipart=False)
            try:
                obstore.put(self._store, key, second, mode=former)
            except (PreconditionError, AlreadyExistsError):
                return True
            return False

    @contextmanager
    def _told(self, key: str) -> Iterator[None]:
        """Tell errors of the library as ours: a file that is not there, or one sentence, without credentials."""
        try:
            yield
        except (FileExistsError, WarehouseError):
            raise
        except FileNotFoundError as error:
            if "NoSuchBucket" not in str(error):
                raise
            raise Unreachable(client.sentence(self.address, key, error)) from error
        except BaseError as error:
            kind = Refused if client.is_refused(error) else Unreachable
            raise kind(client.sentence(self.address, key, error)) from error


def _version(meta: Any) -> Any:
    """What a put names as the version that it replaces."""
    return {name: meta[name] for name in ("e_tag", "version") if meta[name] is not None}


@dataclass
class _Held:
    """A range of an object that a thread has read, from `start` on; `end` is where what it asked for ends."""

    address: str
    key: str
    start: int
    data: bytes
    end: int


_AHEAD = threading.local()
"""What each thread read last."""


class _Ranges(io.RawIOBase):
    """An object read from front to back, a range at a time."""

    def __init__(self, objects: Objects, key: str, start: int, size: int) -> None:
        self._objects, self._key, self._at, self._size = objects, key, start, size

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        length = min(len(buffer), self._size - self._at)
        if length <= 0:
            return 0
        data = self._objects.range(self._key, self._at, length)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
