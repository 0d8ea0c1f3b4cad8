"""Letting go of what no article needs any more: texts of the dead, and spans of variants that are gone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from flows.match.align.candidates import Ints
from flows.match.align.chain import ranges
from flows.match.archive import Archive, Flags, Furniture
from flows.match.arrays import distinct
from flows.match.packed import Packed, without
from flows.match.pairs import Crowd
from flows.match.shelf import Shelf
from flows.match.state import Generation, Witnesses, spans_name, variant_spans

DEAD = 8
"""One in so many articles of a segment that is dead, and the segment is written anew without its dead."""
MOST_FILES = 32
"""Files of variants above which they become one."""


def _dropped(alive: Flags, segments: list[Packed]) -> Flags:
    """Which articles go: the dead of the segments that have many of them."""
    gone = np.zeros(len(alive), np.bool_)
    for segment in segments:
        here = slice(segment.first, segment.first + segment.rows)
        dead = ~alive[here]
        if DEAD * int(dead.sum()) >= segment.rows:
            gone[here] = dead
    return gone


def _kept_segments(state: Shelf, segments: list[Packed], gone: Flags) -> list[Packed]:
    result: list[Packed] = []
    first = 0
    for segment in segments:
        kept = ~gone[segment.first : segment.first + segment.rows]
        rows = int(kept.sum())
        if rows == 0:
            continue
        if rows < segment.rows:
            result.append(without(state, segment, kept, first))
        else:
            result.append(Packed(segment.folder, first, rows))
        first += rows
    return result


def _kept_archive(archive: Archive, kept: Ints) -> Archive:
    _, outlet, captures = archive.members(kept)
    count = archive.outlet_count[kept]
    return Archive(
        archive.article_id[kept],
        archive.date[kept],
        archive.alive[kept],
        np.cumsum(count) - count,
        count,
        outlet,
        captures,
        archive.outlets,
        archive.page[kept],
    )


def without_dead(state: Shelf, generation: Generation) -> Generation:
    """The generation without the dead articles of segments that have many of them; articles get new numbers."""
    archive = generation.archive
    gone = _dropped(archive.alive, generation.segments)
    if not gone.any():
        return generation
    number = np.cumsum(~gone) - 1
    rows, spans, witnesses = generation.rows.copy(), generation.spans.copy(), generation.witnesses.copy()
    apart, often = generation.furniture_rows.copy(), generation.furniture.often.copy()
    often["source"] = number[often["source"]]
    for table in (rows, apart):
        for side in ("left", "right"):
            table[side] = number[table[side]]
    for table in (spans, witnesses):
        table["article"] = number[table["article"]]
    return replace(
        generation,
        archive=_kept_archive(archive, np.flatnonzero(~gone)),
        furniture=Furniture(often),
        furniture_rows=apart,
        crowd=Crowd(generation.crowd.hash, number[generation.crowd.last]),
        rows=rows,
        spans=spans,
        witnesses=witnesses,
        segments=_kept_segments(state, generation.segments, gone),
    )


def keep_spans(state: Shelf, spans: Ints) -> str:
    """Write spans of variants to a file that their content names, and return the name."""
    content = np.ascontiguousarray(spans)
    name = spans_name(content)
    with state.making(name) as building, building.open("wb") as out:
        np.save(out, content)
    return name


def without_lost_variants(state: Shelf, files: list[str], witnesses: Witnesses) -> tuple[list[str], Witnesses]:
    """The files of variants that witnesses refer to, one of them where they are many or mostly lost, and the
    witnesses with the new places."""
    held = witnesses["variant_count"] > 0
    used = distinct(witnesses["variant_file"][held].astype(np.int64))
    result = witnesses.copy()
    result["variant_file"][~held] = 0
    spans = {file: variant_spans(state, files[file]) for file in used.tolist()}
    written = sum(len(each) for each in spans.values())
    count = result["variant_count"]
    if len(used) <= MOST_FILES and written <= 2 * int(count.sum()):
        if len(used) == len(files):
            return files, witnesses
        result["variant_file"][held] = np.searchsorted(used, witnesses["variant_file"][held])
        return [files[file] for file in used.tolist()], result
    parts = [np.zeros((int(count.sum()), 4), np.int64)]
    end = np.cumsum(count)
    for file, table in spans.items():
        here = np.flatnonzero(held & (witnesses["variant_file"] == file))
        size = count[here]
        parts[0][ranges(end[here] - size, size)] = table[ranges(witnesses["variant_start"][here], size)]
    result["variant_file"], result["variant_start"] = 0, end - count
    return [keep_spans(state, parts[0])] if len(parts[0]) else [], result
