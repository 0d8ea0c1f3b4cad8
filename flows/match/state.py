"""The matcher's memory on disk: generations of arrays beside the segments of texts.

A generation is a folder that is kept whole; the one before stays until `prune`. It
says which segments it needs. Everything here can be made again from the articles.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flows.match.align.candidates import Ints
from flows.match.archive import Archive, Furniture, empty_archive, no_furniture
from flows.match.furniture_rows import KEPT, KeptRows
from flows.match.pairs import Crowd
from flows.match.rows import Rows, no_rows
from flows.match.shelf import Shelf
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
_TABLES = ("often", "furniture_rows", "crowd_hash", "crowd_last", "rows", "spans", "witnesses")


def load(state: Shelf, name: str | None) -> Generation | None:
    """The generation of that name; nothing for None; None where it is not there."""
    if name is None:
        return nothing()
    folder = state.local(name)
    try:
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    except FileNotFoundError:
        return None
    if manifest["version"] != VERSION:
        return None
    segments = [Segment(state.local(each["name"]), each["first"], each["rows"]) for each in manifest["segments"]]
    if not all(segment.folder.is_dir() for segment in segments):
        return None
    arrays = {each: np.load(folder / f"{each}.npy") for each in (*_ARCHIVE, *_TABLES)}
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
        "version": VERSION,
        "outlets": generation.archive.outlets.tolist(),
        "aliases": generation.aliases,
        "segments": [{"name": s.folder.name, "first": s.first, "rows": s.rows} for s in generation.segments],
        "variant_files": generation.variant_files,
    }
    with state.making(name) as building:
        building.mkdir()
        for each, array in arrays.items():
            np.save(building / f"{each}.npy", array)
        (building / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), "utf-8")


def variant_spans(state: Shelf, file: str) -> Ints:
    """The spans of variants that a file holds, a row each: leader_start, leader_end, span_start, span_end."""
    return np.load(state.local(file), mmap_mode="r")  # type: ignore[no-any-return]


def prune(state: Shelf, keep: str | None) -> None:
    """Remove all but one generation, and what it does not need."""
    state.sweep()
    needed = set()
    if keep is not None and (manifest := state.local(keep) / "manifest.json").exists():
        content = json.loads(manifest.read_text("utf-8"))
        needed = {keep, *(each["name"] for each in content["segments"]), *content["variant_files"]}
    for name in sorted({each.partition("/")[0] for each in state.names()} - needed):
        if name.startswith(("generation-", "segment-", "variants-")):
            state.delete(name)
