"""The matcher's memory on disk: generations of arrays beside the segments of texts.

A generation is a folder that is kept whole; the one before stays until `prune`. It
says which segments it needs. Everything here can be made again from the articles.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from flows import versions
from flows.match import checks
from flows.match.align.candidates import Ints
from flows.match.archive import Archive, Furniture, empty_archive, no_furniture
from flows.match.furniture_rows import KEPT, KeptRows
from flows.match.isolate import Fault, as_fault
from flows.match.packed import Packed
from flows.match.pairs import Crowd
from flows.match.rows import Rows, no_rows
from flows.match.shelf import Shelf
from flows.match.store import Store
from flows.match.stories.cluster import SPAN, Spans
from flows.match.stories.reach import REACH

WITNESS = np.dtype(
    [
        *SPAN.descr,
        *REACH.descr,
        ("leader", np.bool_),
        ("coverage", np.float64),
        ("story_id", "S32"),
        ("variant_file", np.int32),
        ("variant_start", np.int64),
        ("variant_count", np.int64),
    ]
)
"""A published witness, and where the spans of its variants are kept."""

Witnesses = NDArray[np.void]


@dataclass(frozen=True)
class Generation:
    """All that the matcher knows at one time."""

    archive: Archive
    furniture: Furniture
    furniture_rows: KeptRows
    crowd: Crowd
    rows: Rows
    spans: Spans
    witnesses: Witnesses
    aliases: dict[str, str]
    segments: list[Packed]
    variant_files: list[str]
    faults: list[Fault]
    """What could not be done, and is not tried again before its articles change."""

    @property
    def store(self) -> Store:
        return Store(self.segments)


def nothing() -> Generation:
    none = np.zeros(0, np.int64)
    return Generation(
        empty_archive(),
        no_furniture(),
        np.zeros(0, KEPT),
        Crowd(np.zeros(0, np.uint64), none),
        no_rows(),
        np.zeros(0, SPAN),
        np.zeros(0, WITNESS),
        {},
        [],
        [],
        [],
    )


_ARCHIVE = ("article_id", "date", "alive", "outlet_start", "outlet_count", "outlet", "captures", "page")
_TABLES = ("often", "furniture_rows", "crowd_hash", "crowd_last", "rows", "spans", "witnesses")
LAYOUT = 2
"""How the files are laid out; those of another layout are made anew from the articles."""
ARRAYS = (*_ARCHIVE, *_TABLES)
"""The arrays of a generation."""
SUFFIX = ".npy.zst"
"""Ends the names of their files: ids and numbers of articles are half as long compressed."""


def load(state: Shelf, name: str | None) -> Generation | None:
    """The generation of that name; nothing for None; None where it is not there, of another version, or damaged."""
    if name is None:
        return nothing()
    try:
        return _load(state, state.local(name)) if intact(state, name) else None
    except (OSError, ValueError, LookupError, TypeError, EOFError):
        # Written by something else than this program: everything can be made again from the articles.
        return None


def intact(state: Shelf, name: str, *, thorough: bool = False) -> bool:
    """Whether a generation, its segments and the spans of its variants are as they were written, as far as `checks`
    looks at them."""
    if not checks.intact(state.local(name), thorough=True):
        return False
    manifest = json.loads((state.local(name) / "manifest.json").read_text("utf-8"))
    if (manifest["version"], manifest.get("layout")) != (versions.MATCH, LAYOUT):
        return False
    segments = (state.local(each["name"]) for each in manifest["segments"])
    if not all(checks.intact(segment, thorough=thorough) for segment in segments):
        return False
    return all(spans_name(variant_spans(state, file)) == file for file in manifest["variant_files"])


def _load(state: Shelf, folder: Path) -> Generation:
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    segments = [Packed(state.local(each["name"]), each["first"], each["rows"]) for each in manifest["segments"]]
    arrays = {each: _read(folder / f"{each}{SUFFIX}") for each in ARRAYS}
    return Generation(
        Archive(**{each: arrays[each] for each in _ARCHIVE}, outlets=np.array(manifest["outlets"], np.str_)),
        Furniture(arrays["often"]),
        arrays["furniture_rows"],
        Crowd(arrays["crowd_hash"], arrays["crowd_last"]),
        arrays["rows"],
        arrays["spans"],
        arrays["witnesses"],
        manifest["aliases"],
        segments,
        manifest["variant_files"],
        [as_fault(each) for each in manifest["faults"]],
    )


def _write(path: Path, array: NDArray[np.generic]) -> None:
    with pa.CompressedOutputStream(str(path), "zstd") as out:
        np.save(out, array)


def _read(path: Path) -> NDArray[Any]:
    with pa.CompressedInputStream(str(path), "zstd") as kept:
        return np.load(io.BytesIO(kept.read()))  # type: ignore[no-any-return]


def save(state: Shelf, name: str, generation: Generation) -> None:
    """Write a generation under its name, whole or not at all."""
    arrays = {each: getattr(generation.archive, each) for each in _ARCHIVE} | {
        "often": generation.furniture.often,
        "furniture_rows": generation.furniture_rows,
        "crowd_hash": generation.crowd.hash,
        "crowd_last": generation.crowd.last,
        "rows": generation.rows,
        "spans": generation.spans,
        "witnesses": generation.witnesses,
    }
    manifest = {
        "version": versions.MATCH,
        "layout": LAYOUT,
        "outlets": generation.archive.outlets.tolist(),
        "aliases": generation.aliases,
        "segments": [{"name": s.folder.name, "first": s.first, "rows": s.rows} for s in generation.segments],
        "variant_files": generation.variant_files,
        "faults": [asdict(each) for each in sorted(generation.faults)],
    }
    with state.making(name) as building:
        building.mkdir()
        for each, array in arrays.items():
            _write(building / f"{each}{SUFFIX}", array)
        (building / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), "utf-8")
        checks.note(building)


def spans_name(spans: Ints) -> str:
    """The name of the file that holds spans of variants."""
    return f"variants-{hashlib.sha256(np.ascontiguousarray(spans).data).hexdigest()[:16]}.npy"


def variant_spans(state: Shelf, file: str) -> Ints:
    """The spans of variants that a file holds, a row each: leader_start, leader_end, span_start, span_end."""
    return np.load(state.local(file), mmap_mode="r")  # type: ignore[no-any-return]


def prune(state: Shelf, keep: str | None) -> None:
    """Remove all but one generation, and what it does not need."""
    needed = set()
    if keep is not None:
        try:
            content = json.loads((state.local(keep) / "manifest.json").read_bytes())
            needed = {keep, *(each["name"] for each in content["segments"]), *content["variant_files"]}
        except FileNotFoundError:
            pass
        except (ValueError, LookupError, TypeError):
            # Damaged: the next run that has something to match finds so and makes it anew.
            return
    for name in sorted({each.partition("/")[0] for each in state.names()} - needed):
        if name.startswith(("generation-", "segment-", "variants-")):
            state.delete(name)
