"""What paths on the command line stand for: sources, each folder with an id of its own that it keeps.

The first time a folder is given it is written into the registry, marked `adhoc`. So another folder of the same name
gets another id, however much later it comes, and what a source says about reading can be added to its file. A folder
that was moved, with what it held, is the same source.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq

from flows.sources.names import candidates, local_path, location_of
from flows.sources.registry import Source, load_all, save, save_new
from warehouse.storage import at


def given(warehouse: Path, paths: Iterable[Path]) -> list[Source]:
    """A source for each folder that the paths name or lie in, in their order; registers those that are new.

    A file stands for its folder, of which the run then takes that file only. A path at which a registered folder
    source lies stands for it, with all that its file says.
    """
    files: dict[Path, list[Path]] = defaultdict(list)
    for path in paths:
        absolute = _absolute(path)
        if absolute.is_dir():
            files[absolute] = []
        elif files.get(absolute.parent) != []:
            files[absolute.parent].append(absolute)
    out = []
    for folder, only in files.items():
        source = _registered(warehouse, folder) or _moved(warehouse, folder) or _register(warehouse, folder)
        out.append(replace(source, only=tuple(map(str, only))))
    return out


def _absolute(path: Path) -> Path:
    """The path without links above its last step, which may be a link to a file that has another name."""
    return path.resolve() if path.is_dir() else path.parent.resolve() / path.name


def _registered(warehouse: Path, folder: Path) -> Source | None:
    registered = load_all(warehouse / "sources").sources
    there = [each for each in registered if each.kind == "folder" and local_path(each.location) == folder]
    return min(there, key=lambda each: (each.adhoc, each.id), default=None)


_RECOGNISED = 100
"""Files by which a folder that was moved is recognised."""


def _moved(warehouse: Path, folder: Path) -> Source | None:
    """The source of a folder of this name that is no longer where it was, if most of what it held lies here now."""
    for source in load_all(warehouse / "sources").sources:
        former = local_path(source.location) if source.adhoc and source.kind == "folder" else None
        if former is None or former.name != folder.name or former.exists():
            continue
        held = _held(warehouse / "state", source)
        here = [name for name, size in held if (folder / name).is_file() and (folder / name).stat().st_size == size]
        if held and 2 * len(here) > len(held):
            source = replace(source, location=location_of(folder))
            save(warehouse / "sources", source)
            return source
    return None


def _held(state: Path, source: Source) -> list[tuple[str, int]]:
    """Some files of a source when it was last taken in: path below the folder, and size."""
    key = f"seen/{source.id}.parquet"
    try:
        rows = pq.ParquetFile(at(state).local(key)).read(columns=["uri", "size"])
    except (OSError, pa.ArrowException):
        return []
    rows = rows.slice(0, _RECOGNISED)
    names = [unquote(uri.removeprefix(f"{source.uri.rstrip('/')}/")) for uri in rows["uri"].to_pylist()]
    return list(zip(names, rows["size"].to_pylist(), strict=True))


def _register(warehouse: Path, folder: Path) -> Source:
    """Write a new source into the registry under the first id that no other has or has had."""
    known = _before(warehouse / "state")
    location = location_of(folder)
    former = next((name for name, where in sorted(known.items()) if where == location), None)
    for name in ([former] if former else []) + [
        each for each, _ in zip(candidates(folder), range(10_000), strict=False)
    ]:
        if name != former and name in known:
            continue
        source = Source(id=name, location=location, adhoc=True)
        if save_new(warehouse / "sources", source):
            return source
    raise AssertionError("ten thousand folders of one name")


def _before(state: Path) -> dict[str, str]:
    """The places of folders that were taken in before the registry knew them, by id: noted with what was seen there."""
    out = {}
    for name in at(state).names("seen"):
        path = at(state).local(name)
        try:
            shape = json.loads((pq.read_schema(path).metadata or {})[b"made_for"])[0]
        except (OSError, pa.ArrowException, KeyError, IndexError, TypeError, ValueError):
            continue
        kind, _, location = str(shape).partition(" ")
        if kind == "folder":
            place = Path(location)
            out[path.stem] = str(place.parent if place.is_file() else place)
    return out
