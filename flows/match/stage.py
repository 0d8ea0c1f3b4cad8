"""The match stage: what is new in, what changes in alignments, stories and variants out.

The tables are a function of the articles and of nothing else: not of batches, their order, the number of workers or the
memory. What is kept between runs only makes the next run cost in proportion to what it brings.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flows import versions
from flows.match import publish
from flows.match.align.candidates import Ints
from flows.match.align.chain import ranges, sorted_by
from flows.match.archive import arrive
from flows.match.arrays import among, distinct
from flows.match.dropping import without_dead, without_lost_variants
from flows.match.fold import slices
from flows.match.furniture import refresh, remarked
from flows.match.furniture_rows import changes, furniture_rows
from flows.match.isolate import ARTICLE, Faults, as_rows, cleared
from flows.match.joined import joined, of_pairs, pairs_of
from flows.match.memory import Limits, limits
from flows.match.packed import Packed, merged
from flows.match.pairs import Moment, Work, aligned, either_key, names, pair_key, work
from flows.match.publish import Change
from flows.match.relate import relations
from flows.match.rows import Rows, no_rows
from flows.match.segment import Segment
from flows.match.shelf import Shelf
from flows.match.standing import Outlets, Standing
from flows.match.state import Generation, intact, load, nothing, prune, save
from flows.match.store import Store, write_segments
from flows.match.stories.update import changed_links, links_of, update_spans, witnesses
from schemas.columns import STRINGS, TIMESTAMP

MATCH_INPUT = pa.schema(
    [
        pa.field("article_id", pa.string(), nullable=False),
        pa.field("document_id", pa.string(), nullable=False),
        pa.field("outlets", STRINGS, nullable=False),
        pa.field("captures", pa.list_(pa.field("item", pa.int64(), nullable=False)), nullable=False),
        pa.field("published_at", TIMESTAMP),
        pa.field("page", pa.string()),
        # Of a first run it may be more than two gigabytes, more than strings with short offsets can be together.
        pa.field("text", pa.large_string(), nullable=False),
    ]
)
"""Articles as the stage takes them. `outlets` are the outlets that captured the article, each once, in order of name,
and `captures` how often each did. `published_at` is a time that puts the articles in order and lies on the day when
each was published. Of one `page` articles are versions of each other; null is a page of its own."""


@dataclass(frozen=True)
class MatchChange:
    """What to remove from the tables and then to add to them, and the name of the state that goes with the result.

    `story_aliases.add` lacks `replaced_at`, which only the caller knows.
    """

    alignments: Change
    stories: Change
    variants: Change
    story_aliases: Change
    faults: pa.Table
    """All that could not be done, as rows of `rejects`: those of now, and of before where nothing was tried again."""
    generation: str


class StateMissingError(Exception):
    """The generation asked for is not there, damaged, or of another version: pass all articles with `previous=None`."""


def _name(previous: str | None, new: pa.Table, removed: pa.Array | None) -> str:
    """A name for the generation after a change, from what changed."""
    digest = hashlib.sha256(f"{versions.MATCH} {previous}".encode())
    for column in ("article_id", "outlets", "captures", "published_at", "page"):
        values = new[column].cast(pa.int64()) if column == "published_at" else new[column]
        digest.update(json.dumps(values.to_pylist()).encode())
    digest.update(pc.binary_length(new["text"]).to_numpy().tobytes())
    for chunk in new["text"].chunks:
        _, ends, letters = chunk.buffers()
        if len(chunk) and letters is not None:
            bounds = np.frombuffer(ends, np.int64)[chunk.offset :]
            digest.update(memoryview(letters)[bounds[0] : bounds[len(chunk)]])
    digest.update(json.dumps(removed.to_pylist() if removed is not None else []).encode())
    return f"generation-{digest.hexdigest()[:24]}"


def _tidied(state: Shelf, segments: list[Segment], largest: int) -> list[Packed]:
    """The segments, packed, and the last ones merged while they are of a size, so that there are few of them."""
    result: list[Packed] = []
    for each in segments:
        last = each if isinstance(each, Packed) else merged(state, each)
        while result:
            one, two = int(result[-1].lengths.sum()), int(last.lengths.sum())
            if one > 2 * two or one + two > largest:
                break
            last = merged(state, result.pop(), last)
        result.append(last)
    return result


def _rows(
    before: Generation,
    after: Moment,
    store: Store,
    todo: Work,
    touched: Ints,
    workers: int,
    letters: int,
    faults: Faults,
) -> tuple[Rows, Rows, Rows]:
    """All rows as they are now, and of those that went or came: the old and the new ones."""
    old = before.rows
    is_touched = np.zeros(len(after.archive), np.bool_)
    is_touched[touched] = True
    lost = is_touched[old["left"]] | is_touched[old["right"]]
    if len(todo.forget):
        lost |= among(pair_key(old["left"], old["right"]), todo.forget)
    fresh = aligned(after, store, todo.left, todo.right, workers, letters, faults)
    rows = np.concatenate([old[~lost], fresh])
    rows = rows[sorted_by(after.ranks[rows["right"]], after.ranks[rows["left"]])]
    # A relation may hang on the other rows of the two articles.
    moved = np.zeros(len(after.archive), np.bool_)
    for part in (old[lost], fresh):
        moved[part["left"]] = True
        moved[part["right"]] = True
    relation = relations(rows, store.lengths(), moved[rows["left"]] | moved[rows["right"]], after.archive)
    changed = relation != rows["relation"]
    gone = np.concatenate([old[lost], rows[changed & ~_among(rows, fresh)]])
    rows["relation"] = relation
    came = rows[changed | _among(rows, fresh)]
    return rows, gone, came


def _among(rows: Rows, some: Rows) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which rows are of pairs that some rows are of."""
    if len(some) == 0:
        return np.zeros(len(rows), np.bool_)
    return among(pair_key(rows["left"], rows["right"]), pair_key(some["left"], some["right"]))


def match(
    new: pa.Table,
    removed: pa.Array | None,
    state: Shelf,
    *,
    previous: str | None,
    memory_limit: str | None = None,
    workers: int = 1,
) -> MatchChange:
    """Match new articles with all those before, and re-open what they touch.

    `new` (MATCH_INPUT) may hold articles known before, seen now by other outlets or with another date or text;
    `removed` are ids of articles that are gone. `state` is a shelf that belongs to the matcher, and `previous` the
    generation in it that goes with the tables, None for none: then `new` must be all articles. The result is what
    must change in the tables. Under a `memory_limit` (`1GB`) texts, fingerprints and witnesses are taken in hand in
    parts that keep to it; what comes back, and some 200 bytes for each article and row, are held beside them. `workers`
    are threads. Raises StateMissingError, and ValueError for a limit that is none.
    """
    within = limits(memory_limit)
    before = nothing() if previous is None else load(state, previous)
    if before is None:
        raise StateMissingError(str(previous))
    new = new.select(MATCH_INPUT.names).cast(MATCH_INPUT)
    run = partial(_matched, state, before, previous, new, removed, workers, within)
    try:
        return run(frozenset(), Faults())
    except OSError:
        raise
    except Exception as error:
        if previous is not None and not intact(state, previous, thorough=True):
            raise StateMissingError(previous) from error
        # No pair and no outlet is to blame by itself: what can be matched without some of the articles is.
        ids = sorted(set(new["article_id"].to_pylist()))
        faults = cleared(lambda left_out: run(left_out, Faults()), ids, error)
        return run(frozenset(each.articles[0] for each in faults), Faults(faults))


def _without(new: pa.Table, left_out: frozenset[str]) -> pa.Table:
    """The articles, some of them as if they were empty; so they are matched as soon as they come again."""
    if not left_out:
        return new
    place = new.schema.get_field_index("text")
    out = pc.is_in(new["article_id"], pa.array(sorted(left_out), pa.string()))
    texts = pc.if_else(out, pa.scalar("", pa.large_string()), new["text"])
    return new.set_column(place, MATCH_INPUT.field("text"), texts)


def _texts(new: pa.Table, rows: Ints) -> Iterator[pa.Array]:
    """The texts of some rows, ascending, chunk by chunk."""
    wanted = np.zeros(len(new), np.bool_)
    wanted[rows] = True
    start = 0
    for chunk in new["text"].chunks:
        for some in slices(chunk):
            here = wanted[start : start + len(some)]
            start += len(some)
            yield some if here.all() else some.filter(pa.array(here))


def _matched(
    state: Shelf,
    before: Generation,
    previous: str | None,
    new: pa.Table,
    removed: pa.Array | None,
    workers: int,
    within: Limits,
    left_out: frozenset[str],
    faults: Faults,
) -> MatchChange:
    """The change that articles make, some of them left out; faults of those and of others are added to `faults`."""
    with state.scratch("fresh") as folder:
        return _matched_in(folder, state, before, previous, _without(new, left_out), removed, workers, within, faults)


def _matched_in(
    folder: Path,
    state: Shelf,
    before: Generation,
    previous: str | None,
    new: pa.Table,
    removed: pa.Array | None,
    workers: int,
    within: Limits,
    faults: Faults,
) -> MatchChange:
    """The same, with a folder for what the run writes for itself."""
    name = _name(previous, new, removed)
    known = before.store
    arrivals = arrive(before.archive, new, removed, lambda article, text: known.text(article) == text.encode())
    archive = arrivals.archive
    fresh = write_segments(
        folder,
        known.size,
        _texts(new, arrivals.fresh),
        within.letters,
        lambda row, error: faults.add(error, ARTICLE, names(archive, known.size + row)),
    )
    segments: list[Segment] = [*before.segments, *fresh]
    store = Store(segments)
    ranks = archive.ranks()
    outlets = Outlets(archive, before.faults, arrivals, faults)
    furniture = refresh(archive, store, ranks, before.furniture, arrivals.touched, outlets.shrunk, outlets.note)
    relettered = distinct(np.concatenate([arrivals.touched, remarked(archive, store, before.furniture, furniture)]))
    then = Moment(before.archive, before.archive.ranks(), before.furniture)
    now = Moment(archive, ranks, furniture)
    standing = Standing(before.archive, before.faults)
    pairs_before = np.concatenate([pair_key(before.rows["left"], before.rows["right"]), standing.pairs])
    with state.scratch("seeds") as seeds:
        todo = work(then, now, store, pairs_before, relettered, before.crowd, within, seeds)
    rows, gone, came = _rows(before, now, store, todo, relettered, workers, within.letters, faults)
    set_apart = furniture_rows(
        archive,
        store,
        ranks,
        (before.furniture, furniture),
        before.furniture_rows,
        arrivals.touched,
        outlets.shrunk,
        workers,
        outlets.note,
    )
    links = links_of(rows)
    moved = links[among(links["left"], arrivals.touched) | among(links["right"], arrivals.touched)]
    changed = np.concatenate([changed_links(links_of(gone), links_of(came)), moved])
    spans = update_spans(before.spans, links, changed, archive, ranks)
    found, leader = witnesses(spans, rows, archive, ranks)
    realigned = distinct(np.concatenate([either_key(part["left"], part["right"]) for part in (gone, came)]))
    stories = publish.stories(state, before, now, store, rows, found, leader, relettered, realigned, workers, within)
    lost, found_apart = changes(before.furniture_rows, set_apart)
    alignments = publish.alignments(
        archive,
        before.archive,
        store,
        np.concatenate([joined(of_pairs(before.rows, pairs_of(gone, came)), store), lost]),
        np.concatenate([joined(of_pairs(rows, pairs_of(gone, came)), store), found_apart]),
    )
    aliases, alias_change = publish.aliases(before, archive, stories.witnesses)
    files, kept = without_lost_variants(state, stories.files, stories.witnesses)
    told = [*outlets.still(), *standing.still(relettered, todo.forget), *faults.found, *stories.faults]
    generation = Generation(
        archive,
        furniture,
        set_apart,
        todo.crowd,
        rows,
        spans,
        kept,
        aliases,
        _tidied(state, segments, within.letters),
        files,
        told,
    )
    save(state, name, without_dead(state, generation))
    return MatchChange(alignments, stories.stories, stories.variants, alias_change, as_rows(told), name)


__all__ = ["MATCH_INPUT", "Change", "MatchChange", "StateMissingError", "match", "no_rows", "prune", "ranges"]
