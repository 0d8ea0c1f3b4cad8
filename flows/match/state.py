"""The matcher's memory on disk: generations of arrays beside the segments of texts.

A generation is a folder that is written whole, flushed and moved to its name; the one before stays until `prune`. It
says which segments it needs. Everything here can be made again from the articles.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flows.match.align.candidates import Ints
from flows.match.archive import Archive, Furniture, empty_archive, no_furniture
from flows.match.furniture_rows import KEPT, KeptRows
from flows.match.pairs import Crowd
from flows.match.rows import Rows, no_rows
from flows.match.store import Segment, Store
from flows.match.stories.cluster import SPAN, Spans

VERSION = "9"
"""Version of the matcher: part of the name of every generation, and so of what can be carried on."""

WITNESS = np.dtype(
    [
        *SPAN.descr,
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
    segments: list[Segment]
    variant_files: list[str]

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
    )


_ARCHIVE = ("article_id", "date", "alive", "outlet_start", "outlet_count", "outlet", "captures")


def load(state: Path, name: str | None) -> Generation | None:
    """The generation of that name; nothing for None; None where it is not there."""
    if name is None:
        return nothing()
    folder = state / name
    try:
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    except FileNotFoundError:
        return None
    if manifest["version"] != VERSION:
        return None
    segments = [Segment(state / each["name"], each["first"], each["rows"]) for each in manifest["segments"]]
    if not all(segment.folder.is_dir() for segment in segments):
        return None
    arrays = {path.stem: np.load(path) for path in sorted(folder.glob("*.npy"))}
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
    )


def _flush(folder: Path) -> None:
    """Make sure that a folder's files are on disk."""
    for path in [*sorted(folder.iterdir()), folder]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def save(state: Path, name: str, generation: Generation) -> None:
    """Write a generation under its name, whole or not at all."""
    state.mkdir(parents=True, exist_ok=True)
    building = state / f".building-{name}"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir()
    for each in _ARCHIVE:
        np.save(building / f"{each}.npy", getattr(generation.archive, each))
    np.save(building / "often.npy", generation.furniture.often)
    np.save(building / "furniture_rows.npy", generation.furniture_rows)
    np.save(building / "crowd_hash.npy", generation.crowd.hash)
    np.save(building / "crowd_last.npy", generation.crowd.last)
    np.save(building / "rows.npy", generation.rows)
    np.save(building / "spans.npy", generation.spans)
    np.save(building / "witnesses.npy", generation.witnesses)
    manifest = {
        "version": VERSION,
        "outlets": generation.archive.outlets.tolist(),
        "aliases": generation.aliases,
        "segments": [{"name": s.folder.name, "first": s.first, "rows": s.rows} for s in generation.segments],
        "variant_files": generation.variant_files,
    }
    (building / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), "utf-8")
    _flush(building)
    target = state / name
    if target.exists():
        shutil.rmtree(target)
    building.rename(target)


def variant_spans(state: Path, file: str) -> Ints:
    """The spans of variants that a file holds, a row each: leader_start, leader_end, span_start, span_end."""
    return np.load(state / file, mmap_mode="r")  # type: ignore[no-any-return]


def prune(state: Path, keep: str | None) -> None:
    """Remove all but one generation, and what it does not need."""
    if not state.is_dir():
        return
    needed = set()
    if keep is not None and (manifest := state / keep / "manifest.json").exists():
        content = json.loads(manifest.read_text("utf-8"))
        needed = {keep, *(each["name"] for each in content["segments"]), *content["variant_files"]}
    for path in sorted(state.iterdir()):
        if path.name in needed or not path.name.startswith(("generation-", "segment-", "variants-", ".building-")):
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
