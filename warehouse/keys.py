"""Which objects of a warehouse in a bucket never change, and which are none and stay in the local folder."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_LOCAL = ("state", "logs")
"""Folders that are kept in the local folder only."""
_FOR_EVER = re.compile(
    r"raw/.+|tables/[^/]+/part-[0-9a-f]{32}(-\d+)?\.parquet|manifests/[0-9a-f]{64}\.json"
    r"|search/[0-9a-z]+-[0-9a-f]{16}\.[a-z_]+\.parquet",
    re.DOTALL,
)
"""Keys whose objects never change: they are named by their content, or by a run and a number."""


def is_local(key: str) -> bool:
    """Whether a key is kept in the local folder only; names that begin with a dot are no objects."""
    parts = PurePosixPath(key).parts
    return bool(parts) and (parts[0] in _LOCAL or parts[0].startswith("."))


def is_for_ever(key: str) -> bool:
    """Whether the object of a key never changes once it is there."""
    return _FOR_EVER.fullmatch(key) is not None
