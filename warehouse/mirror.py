"""The local folder that stands for a warehouse in a bucket, and the address of the bucket behind it.

Everything else goes by the folder's path, as it does for a warehouse on a disk; `warehouse.storage.at` sees by its name
that a bucket stands behind it. It holds what is being written and was not put yet, copies of objects that never change,
and the state that a run works with. All but the first can be had again from the bucket.

Nothing but the address is written down: credentials, endpoint and region come from the environment of each process.
"""

from __future__ import annotations

import hashlib
import os
import re
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

SCHEMES = ("s3", "gs", "az")
SUFFIX = ".bucket"
"""What the name of such a folder ends in."""
_ADDRESS = "address"
_KEY = re.compile(r"[^\x00-\x20\x7f*?\[\]\\%#\"<>^`{}|~\ud800-\udfff]*")
"""What every engine that reads a bucket takes for itself in a key; the others are patterns, escapes or options."""


def parsed(said: str) -> str | None:
    """The address of a bucket, in one form, or None where it is none. Raises ValueError with a sentence."""
    found = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):/+(.*)", said, re.DOTALL)
    if not found or found[1].lower() not in SCHEMES:
        return None
    address = f"{found[1].lower()}://{found[2]}".rstrip("/")
    if "@" in urlsplit(address).netloc:
        raise ValueError(
            "The address of a bucket holds no name and no key, as it is written down; give them in the environment "
            "(AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY)."
        )
    bucket, _, prefix = address.partition("://")[2].partition("/")
    if not bucket:
        raise ValueError(f"{said!a} names no bucket; write {found[1].lower()}://BUCKET/PREFIX.")
    if not _KEY.fullmatch(bucket + prefix) or any(part in ("", ".", "..") for part in prefix.split("/") if prefix):
        raise ValueError(
            f"{said!a} cannot be the address of a warehouse: engines take something in it for a pattern or an escape. "
            "Give letters, digits, hyphens, dots and single slashes."
        )
    return address


def cache() -> Path:
    """The folder for the local folders of buckets: DIBAO_CACHE, else `~/.dibao`.

    It should be on a disk that lasts, for what was captured lies there until the bucket has it.
    """
    return Path(os.environ.get("DIBAO_CACHE") or "~/.dibao").expanduser().resolve()


def of(address: str) -> Path:
    """The local folder of a bucket's address, made where there is none.

    Two servers may have buckets of one name, so the endpoint counts for the folder's name, too.
    """
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""
    endpoint = endpoint or os.environ.get("AWS_ENDPOINT", "")
    mark = hashlib.sha256(f"{address} {endpoint.rstrip('/')}".encode()).hexdigest()[:12]
    name = re.sub(r"[^a-z0-9.-]+", "-", address.partition("://")[2].lower())[:60].strip("-.")
    folder = cache() / f"{name}-{mark}{SUFFIX}"
    folder.mkdir(parents=True, exist_ok=True)
    noted = folder / _ADDRESS
    if not noted.exists():
        noted.write_text(address, "utf-8")
    return folder


def behind(place: Path) -> tuple[Path, str] | None:
    """The folder of a bucket that a path lies in, and the bucket's address; None on a disk."""
    for each in (place, *place.parents):
        if each.name.endswith(SUFFIX):
            address = _address(each)
            return (each, address) if address else None
    return None


@lru_cache(maxsize=64)
def _address(folder: Path) -> str:
    try:
        return (folder / _ADDRESS).read_text("utf-8").strip()
    except OSError:
        return ""


def shown(root: Path) -> str:
    """Where a warehouse is, for people: the address of its bucket, or its folder."""
    found = behind(root)
    return found[1] if found and found[0] == root else str(root)
