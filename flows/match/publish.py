"""From what the matcher keeps to rows of the tables: what to remove, what to add."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from flows.match.align.candidates import Ints
from flows.match.archive import Archive, Flags
from flows.match.arrays import among, distinct
from flows.match.dropping import keep_spans
from flows.match.isolate import COMPARISON, Fault, Faults
from flows.match.memory import Limits
from flows.match.pairs import Moment, either_key, names
from flows.match.rows import Rows, apart
from flows.match.shelf import Shelf
from flows.match.state import WITNESS, Generation, Witnesses, variant_spans
from flows.match.store import Store
from flows.match.stories.cluster import SPAN, Spans
from flows.match.stories.reach import REACH, reach
from flows.match.stories.witness import LEADING, Collation, Floats, Leaders, aligned_as_before, compare
from schemas.ids import content_id
from schemas.table import Table
from schemas.tables.alignments import ALIGNMENTS, RELATIONS
from schemas.tables.stories import STORIES
from schemas.tables.story_aliases import STORY_ALIASES
from schemas.tables.variants import VARIANT_CLASSES, VARIANT_KINDS, VARIANTS


@dataclass(frozen=True)
class Change:
    """Rows to remove from a table, by key, and rows to add to it."""

    remove: pa.Table
    add: pa.Table


@dataclass(frozen=True)
class Told:
    """The stories as they are now, and what that changes."""

    witnesses: Witnesses
    files: list[str]
    stories: Change
    variants: Change
    faults: list[Fault]
    """Of all witnesses that could not be compared, now or before."""


def _strings(values: NDArray[np.bytes_]) -> pa.Array:
    """ASCII strings as Arrow takes them; at once where all fill the width of their type, as ids do."""
    width = values.dtype.itemsize
    raw = np.ascontiguousarray(values).view(np.uint8).reshape(len(values), width)
    if width and len(values) * width < 1 << 31 and raw[:, -1].all():
        offsets = np.arange(0, (len(values) + 1) * width, width, dtype=np.int32)
        return pa.StringArray.from_buffers(len(values), pa.py_buffer(offsets), pa.py_buffer(raw))
    return pa.array(values.astype(np.str_).tolist(), pa.string())


def _names(places: Ints, names: Sequence[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(places.astype(np.int32)), pa.array(names)).cast(pa.string())


def _printed(store: Store, article: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Spans of letters as spans of the printed texts."""
    return store.printed(article, start), store.printed(article, end - 1) + 1


def _alignment_key(archive: Archive, store: Store, rows: Rows) -> dict[str, pa.Array]:
    columns: dict[str, pa.Array] = {}
    for side in ("left", "right"):
        start, end = _printed(
            store, rows[side], rows[f"{side}_start"].astype(np.int64), rows[f"{side}_end"].astype(np.int64)
        )
        columns[f"{side}_article_id"] = _strings(archive.article_id[rows[side]])
        columns[f"{side}_start"], columns[f"{side}_end"] = pa.array(start), pa.array(end)
    return columns


def alignments(archive: Archive, before: Archive, store: Store, gone: Rows, came: Rows) -> Change:
    """The change of `alignments`, from rows that went and rows that came; a row may be among both."""
    if len(gone) and len(came):
        lost, new = apart(gone, came)
        gone, came = gone[lost], came[new]
    lengths = store.lengths()
    left_letters = (came["left_end"] - came["left_start"]).astype(np.int64)
    right_letters = (came["right_end"] - came["right_start"]).astype(np.int64)
    values = {
        **_alignment_key(archive, store, came),
        "matched_chars": came["matched"].astype(np.int64),
        "identity": came["matched"] / np.maximum(1, np.minimum(left_letters, right_letters)),
        "similarity": 1 - came["distance"] / np.maximum(1, np.maximum(left_letters, right_letters)),
        "left_coverage": left_letters / np.maximum(1, lengths[came["left"]]),
        "right_coverage": right_letters / np.maximum(1, lengths[came["right"]]),
        "relation": _names(came["relation"].astype(np.int64), RELATIONS),
    }
    add = pa.table({name: values[name] for name in ALIGNMENTS.names}).cast(ALIGNMENTS.arrow)
    key = _alignment_key(archive, store, gone)
    remove = pa.table({name: key[name] for name in ALIGNMENTS.key}).cast(_key_schema(ALIGNMENTS))
    return Change(remove, add)


def _key_schema(table: Table) -> pa.Schema:
    return pa.schema([table.arrow.field(name) for name in table.key])


def _as_witnesses(
    archive: Archive, store: Store, found: Spans, leader: NDArray[np.bool_], old: Witnesses
) -> tuple[Witnesses, Ints]:
    """Witnesses with the ids of their stories, not yet compared; and the one of old that each is, or -1."""
    result = np.zeros(len(found), WITNESS)
    for name in SPAN.names or ():
        result[name] = found[name]
    result["leader"] = leader
    around = reach(found, store.lengths())
    for name in REACH.names or ():
        result[name] = around[name]
    heads, old_heads = np.flatnonzero(leader), np.flatnonzero(old["leader"])
    # A story has the name that its leader's place gives it.
    known = _places(old[old_heads], result[heads], _PLACE)
    ids = np.zeros(len(heads), "S32")
    ids[known >= 0] = old["story_id"][old_heads[known[known >= 0]]]
    named = heads[known < 0]
    start, end = _printed(
        store, found["article"][named], found["start"][named].astype(np.int64), found["end"][named].astype(np.int64)
    )
    ids[known < 0] = [
        content_id(article.decode(), first, last).encode()
        for article, first, last in zip(
            archive.article_id[found["article"][named]].tolist(), start.tolist(), end.tolist(), strict=True
        )
    ]
    by_story = np.zeros(int(found["story"].max(initial=-1)) + 1, "S32")
    by_story[found["story"][heads]] = ids
    result["story_id"] = by_story[found["story"]] if len(found) else np.zeros(0, "S32")
    return result, _places(old, result, (*_PLACE, "leader", "story_id"))


_PLACE = ("article", "start", "end", "quote")


def _places(old: Witnesses, new: Witnesses, names: Sequence[str]) -> Ints:
    """For each of some witnesses the one of old with the same values, or -1."""
    if len(old) == 0 or len(new) == 0:
        return np.full(len(new), -1, np.int64)
    mine, theirs = _mixed(new, names), _mixed(old, names)
    order = np.argsort(theirs)
    at = np.searchsorted(theirs[order], mine)
    at[at == len(order)] = 0
    place = order[at]
    same = np.logical_and.reduce([old[name][place] == new[name] for name in names])
    return np.where(same, place, -1)


def _mixed(rows: Witnesses, names: Sequence[str]) -> NDArray[np.uint64]:
    """A hash of some columns of each row."""
    mixed = np.zeros(len(rows), np.uint64)
    with np.errstate(over="ignore"):
        for name in names:
            values = np.ascontiguousarray(rows[name])
            # Of a name some letters are enough to tell it from others.
            part = values.view(np.uint64).reshape(len(rows), -1)[:, 0] if values.dtype.kind == "S" else values
            mixed = (mixed ^ part.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
            mixed ^= mixed >> np.uint64(29)
    return mixed


def stories(
    state: Shelf,
    before: Generation,
    now: Moment,
    store: Store,
    rows: Rows,
    found: Spans,
    leader: NDArray[np.bool_],
    relettered: Ints,
    realigned: Ints,
    workers: int,
    limits: Limits,
) -> Told:
    """Compare the witnesses that are new, keep what is known of the others, and say what that changes.

    What is known of a witness hangs on the aligned spans of its article and the leader's (`realigned` are the pairs, as
    `either_key` has them, of which some came or went, if only to be found again); where there are none, on what counts
    of the letters of both (`relettered` are those of which that changed); and on whether either article has more of the
    story elsewhere.
    """
    old = before.witnesses
    current, kept = _as_witnesses(now.archive, store, found, leader, old)
    chief = np.zeros(int(found["story"].max(initial=-1)) + 1, np.int64)
    chief[current["story"][leader]] = np.flatnonzero(leader)
    changed = np.zeros(len(now.archive), np.bool_)
    changed[relettered] = True
    mine, leading = current["article"], current["article"][chief[current["story"]]]
    several = _several(current)
    pairs = either_key(mine, leading)
    again = changed[mine] | changed[leading] | among(pairs, realigned)
    doubt = np.flatnonzero(again & (kept >= 0))
    again[doubt] = ~aligned_as_before(before.rows, rows, pairs[doubt])
    if len(old):
        moved = (kept < 0) | (several != _several(old)[kept])
        reached = np.logical_or.reduce([old[name][kept] != current[name] for name in REACH.names or ()])
        led_anew = np.bincount(current["story"], (moved | reached) & (mine == leading)) > 0
        again |= moved | led_anew[current["story"]]
    kept[again] = -1
    same = np.flatnonzero(kept >= 0)
    for name in ("coverage", "variant_file", "variant_start", "variant_count"):
        current[name][same] = old[name][kept[same]]
    fresh = np.flatnonzero(kept < 0)
    alone = (several == 1) & ~found["quote"]
    leaders = _leaders(current, mine == leading, chief, fresh)
    faults = Faults()

    def note(place: int, error: Exception) -> None:
        row, heading = found[fresh[place]], int(leading[fresh[place]])
        span = (int(row["start"]), int(row["end"]))
        faults.add(error, COMPARISON, names(now.archive, heading, int(row["article"])), place=span)

    collation = compare(now, store, rows, leaders, found[fresh], alone[fresh], workers, limits, note)
    current["coverage"][fresh] = np.where(leader[fresh], 1.0, collation.coverage)
    files = _keep_variants(state, before.variant_files, current, fresh, collation)
    gone, came = np.ones(len(old), np.bool_), np.ones(len(current), np.bool_)
    gone[kept[same]], came[same] = False, False
    were, are = published(old, before.archive), published(current, now.archive)
    span = current[chief[current["story"]]]
    letters = (span["end"] - span["start"]) / np.maximum(1, store.lengths()[leading])
    whole = current["coverage"] * letters
    # A leader is told of with its first witness, and no longer when the last one went.
    turned = same[were[kept[same]] != are[same]]
    gone[kept[turned]], came[turned] = True, True
    return Told(
        current,
        files,
        _story_change(now.archive, store, old[gone & were], current[came & are], whole[came & are]),
        _variant_change(
            state, now.archive, before.variant_files, old[gone & were], current[fresh], are[fresh], collation
        ),
        [*_still(before.faults, now.archive, current, leading, same), *faults.found],
    )


def _still(faults: Sequence[Fault], archive: Archive, current: Witnesses, leading: Ints, kept: Ints) -> list[Fault]:
    """The faults of witnesses that are what they were: nothing of them was looked at again."""
    faults = [each for each in faults if each.what == COMPARISON]
    if not faults:
        return []
    rows = current[kept]
    known = set(
        zip(
            archive.article_id[leading[kept]].tolist(),
            archive.article_id[rows["article"]].tolist(),
            rows["start"].tolist(),
            rows["end"].tolist(),
            strict=True,
        )
    )
    return [each for each in faults if (*(name.encode() for name in each.articles), *each.place) in known]


def _leaders(found: Witnesses, leading: Flags, chief: Ints, some: Ints) -> Leaders:
    """The leading article's spans of the stories of some witnesses; the leader itself comes first."""
    index = np.flatnonzero(leading)
    story = found["story"][index]
    order = np.lexsort((found["start"][index], chief[story] != index, story))
    index, story = index[order], story[order]
    wanted = found["story"][some]
    first = np.searchsorted(story, wanted)
    spans = np.zeros(len(index), LEADING)
    for name in LEADING.names or ():
        spans[name] = found[name][index]
    return Leaders(spans, first, np.searchsorted(story, wanted, "right") - first)


LEAST_COVERAGE = 0.05
"""Share of the leader's span that a witness has at least: with less it shares a phrase, and no text."""


def published(witnesses: Witnesses, archive: Archive) -> Flags:
    """Which witnesses are told of: those that carry a real part of the leader's text, and leaders that have them.

    A page is one witness, however often it was changed: what its versions alone have in common is no story.
    """
    if len(witnesses) == 0:
        return np.zeros(0, np.bool_)
    story, leader = witnesses["story"], witnesses["leader"]
    head = np.zeros(int(story.max()) + 1, np.int64)
    page = archive.page[witnesses["article"]]
    head[story[leader]] = page[leader]
    strong = leader | (witnesses["coverage"] >= LEAST_COVERAGE)
    others = np.bincount(story, strong & (page != head[story]))
    result: Flags = strong & (others[story] > 0)
    return result


def _several(witnesses: Witnesses) -> Ints:
    """How many spans of its story each witness's article has."""
    if len(witnesses) == 0:
        return np.zeros(0, np.int64)
    step = (witnesses["story"][1:] != witnesses["story"][:-1]) | (witnesses["article"][1:] != witnesses["article"][:-1])
    group = np.concatenate([[0], np.cumsum(step)])
    counts: Ints = np.bincount(group)[group]
    return counts


def _keep_variants(state: Shelf, files: list[str], current: Witnesses, fresh: Ints, collation: Collation) -> list[str]:
    """Write the spans of new variants to a file of their own, and note in the witnesses where they are."""
    count = np.bincount(collation.witness, minlength=len(fresh))
    current["variant_file"][fresh] = len(files)
    current["variant_start"][fresh] = np.cumsum(count) - count
    current["variant_count"][fresh] = count
    if len(collation.spans) == 0:
        return files
    return [*files, keep_spans(state, collation.spans)]


def _story_change(archive: Archive, store: Store, gone: Witnesses, came: Witnesses, whole: Floats) -> Change:
    """The change of `stories`; `whole` is the share that each witness has of its leader's text."""

    def key(rows: Witnesses) -> dict[str, pa.Array]:
        start, end = _printed(store, rows["article"], rows["start"].astype(np.int64), rows["end"].astype(np.int64))
        return {
            "story_id": _strings(rows["story_id"]),
            "article_id": _strings(archive.article_id[rows["article"]]),
            "span_start": pa.array(start),
            "span_end": pa.array(end),
        }

    add = {
        **key(came),
        "leader": pa.array(came["leader"]),
        "coverage": pa.array(came["coverage"]),
        "text_coverage": pa.array(whole),
    }
    return Change(
        pa.table({name: key(gone)[name] for name in STORIES.key}).cast(_key_schema(STORIES)),
        pa.table({name: add[name] for name in STORIES.names}).cast(STORIES.arrow),
    )


_SPAN_COLUMNS = ("leader_start", "leader_end", "span_start", "span_end")


def _variant_change(
    state: Shelf,
    archive: Archive,
    files: list[str],
    gone: Witnesses,
    came: Witnesses,
    told: Flags,
    collation: Collation,
) -> Change:
    """The change of `variants`, from witnesses that went and witnesses that came, of which some are told of."""
    parts, owners = [np.zeros((0, 4), np.int64)], [np.zeros(0, np.int64)]
    for file in distinct(gone["variant_file"][gone["variant_count"] > 0]).tolist():
        spans = variant_spans(state, files[file])
        for row in np.flatnonzero((gone["variant_file"] == file) & (gone["variant_count"] > 0)).tolist():
            start, count = int(gone["variant_start"][row]), int(gone["variant_count"][row])
            parts.append(np.asarray(spans[start : start + count]))
            owners.append(np.full(count, row))
    lost, owner = np.concatenate(parts), np.concatenate(owners)
    remove = {
        "story_id": _strings(gone["story_id"][owner]),
        "article_id": _strings(archive.article_id[gone["article"][owner]]),
        **{name: pa.array(lost[:, place]) for place, name in enumerate(_SPAN_COLUMNS)},
    }
    some = np.flatnonzero(told[collation.witness])
    witness = collation.witness[some]
    add = {
        "story_id": _strings(came["story_id"][witness]),
        "article_id": _strings(archive.article_id[came["article"][witness]]),
        **{name: pa.array(collation.spans[some, place]) for place, name in enumerate(_SPAN_COLUMNS)},
        "leader_text": collation.leader_text.take(pa.array(some)),
        "text": collation.text.take(pa.array(some)),
        "kind": _names(collation.kind[some], VARIANT_KINDS),
        "class": _names(collation.reading[some], VARIANT_CLASSES),
    }
    return Change(
        pa.table({name: remove[name] for name in VARIANTS.key}).cast(_key_schema(VARIANTS)),
        pa.table({name: add[name] for name in VARIANTS.names}).cast(VARIANTS.arrow),
    )


def aliases(before: Generation, archive: Archive, current: Witnesses) -> tuple[dict[str, str], Change]:
    """Every id that was published once, and the story that carries its text now, as far as any does."""
    old = before.witnesses[published(before.witnesses, before.archive)]
    current = current[published(current, archive)]
    were, are = (set(rows["story_id"][rows["leader"]].tolist()) for rows in (old, current))
    lost = np.array(sorted(were - are), "S32")
    result = dict(before.aliases)
    if len(lost):
        heirs = _heirs(old[np.isin(old["story_id"], lost)], current)
        result = {alias: heirs.get(story, story) for alias, story in result.items()} | heirs
    for alias in are - were:
        result.pop(alias.decode(), None)
    gone = [alias for alias, story in before.aliases.items() if result.get(alias) != story]
    came = [(alias, story) for alias, story in sorted(result.items()) if before.aliases.get(alias) != story]
    return result, Change(
        pa.table({"alias_id": pa.array(sorted(gone), pa.string())}).cast(_key_schema(STORY_ALIASES)),
        pa.table(
            {
                "alias_id": pa.array([alias for alias, _ in came], pa.string()),
                "story_id": pa.array([story for _, story in came], pa.string()),
            }
        ),
    )


def _heirs(lost: Witnesses, current: Witnesses) -> dict[str, str]:
    """For each story that is gone the one that has most of its witnesses' letters, its leader's counting first."""
    order = np.lexsort((current["end"], current["start"], current["article"]))
    now = current[order]
    bounds = np.searchsorted(now["article"], lost["article"])
    ends = np.searchsorted(now["article"], lost["article"], "right")
    votes: dict[bytes, dict[bytes, tuple[int, int]]] = {}
    for row in range(len(lost)):
        for other in range(int(bounds[row]), int(ends[row])):
            common = min(int(lost["end"][row]), int(now["end"][other])) - max(
                int(lost["start"][row]), int(now["start"][other])
            )
            if common > 0:
                vote = votes.setdefault(lost["story_id"][row], {})
                leading, letters = vote.get(now["story_id"][other], (0, 0))
                vote[now["story_id"][other]] = (leading + common * int(lost["leader"][row]), letters + common)
    return {
        story.decode(): max(vote.items(), key=lambda item: (item[1], item[0]))[0].decode()
        for story, vote in votes.items()
    }
