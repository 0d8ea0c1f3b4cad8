"""Where the index of words lies: segments of two files each, that never change, named by a snapshot.

The index follows from the texts and can be made anew, so it is in no digest, and no audit misses it. A catalogue whose
snapshot names a segment that is not there shows none, and the next run makes all of them again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from schemas.tables.search import INDEX
from warehouse.storage import Storage, at

FOLDER = "search"
_FILE = re.compile(rf"{FOLDER}/([0-9a-z]+-[0-9a-f]{{16}})\.({'|'.join(each.name for each in INDEX)})\.parquet")


def key(segment: str, table: str) -> str:
    """The key, below the warehouse's root, of a segment's file for one of the tables of INDEX."""
    return f"{FOLDER}/{segment}.{table}.parquet"


def whole(storage: Storage, segment: str) -> bool:
    """Whether a segment's files are there."""
    return all(storage.size(key(segment, each.name)) is not None for each in INDEX)


def paths(root: Path, segments: Iterable[str], table: str) -> tuple[str, ...]:
    """The files of one table of INDEX, below the root; none where any file of the index is missing."""
    storage, names = at(root), tuple(segments)
    return tuple(key(name, table) for name in names) if all(whole(storage, name) for name in names) else ()


def tidy(root: Path, kept: Iterable[str]) -> tuple[int, int]:
    """Let go of every segment but some; returns how many files and bytes went."""
    storage, names = at(root), set(kept)
    files = size = 0
    for each in storage.names(FOLDER):
        if (found := _FILE.fullmatch(each)) and found[1] not in names:
            size += storage.size(each) or 0
            storage.delete(each)
            files += 1
    return files, size
