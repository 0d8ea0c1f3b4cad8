"""Witnesses against their leaders: coverage and variants. One comparison per witness, however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from flows.match.align.agree import Block, agreed, blocks, clipped, in_runs, ordered
from flows.match.align.candidates import Ints
from flows.match.align.chain import ranges
from flows.match.align.pair import Aligned, align
from flows.match.arrays import among
from flows.match.collate.differences import Differences, Reach, collate, joint, left_out
from flows.match.collate.letters import PLACE, key
from flows.match.collate.printed import Text, end_to_end
from flows.match.fold import strings
from flows.match.isolate import Culprit, halved
from flows.match.memory import Limits
from flows.match.pairs import Moment, cut, either_key, gather
from flows.match.rows import LOOSE, Rows, apart
from flows.match.store import Store
from flows.match.stories.cluster import SPAN, Spans
from flows.match.stories.reach import REACH

CHARACTERS = 1 << 18
"""Characters of leaders and witnesses that are collated at a time, at most: their arrays do not outgrow the caches."""

Kind = TypeVar("Kind", bound=np.generic)
Floats = np.ndarray[tuple[int], np.dtype[np.float64]]


@dataclass(frozen=True)
class Collation:
    """What the comparison of witnesses says, by witness.

    `coverage[i]` is the share of the leader's letters that witness i has. Variants have `witness` (a place among the
    witnesses), spans in the printed texts (columns leader_start, leader_end, span_start, span_end of `spans`), both
    readings, and the places of kind and class in VARIANT_KINDS and VARIANT_CLASSES.
    """

    coverage: Floats
    witness: Ints
    spans: Ints
    leader_text: pa.ChunkedArray | pa.StringArray
    text: pa.ChunkedArray | pa.StringArray
    kind: Ints
    reading: Ints


def _of_pairs(rows: Rows, pairs: Ints) -> tuple[Ints, Ints]:
    """The rows of pairs of articles, given as `either_key` has them: row, and pair."""
    asked = np.zeros(1 + int(max(rows["left"].max(initial=0), rows["right"].max(initial=0))), np.bool_)
    for articles in (pairs >> 32, pairs & PLACE):
        asked[articles[articles < len(asked)]] = True
    # What is told in other words cannot be compared letter by letter.
    some = np.flatnonzero(asked[rows["left"]] & asked[rows["right"]] & (rows["form"] & LOOSE == 0))
    key = either_key(rows["left"][some], rows["right"][some])
    held = among(key, pairs)
    return some[held], key[held]


def aligned_as_before(before: Rows, now: Rows, pairs: Ints) -> NDArray[np.bool_]:
    """Which pairs of articles (as `either_key` has them) have aligned spans, the same in two tables of them."""
    told = []
    for rows in (before, now):
        row, key = _of_pairs(rows, pairs)
        spans = rows[row]
        # What other rows of the archive say of them does not count.
        spans["form"], spans["relation"] = False, 0
        told.append((spans, key))
    (old, old_key), (new, new_key) = told
    lost, came = apart(old, new)
    other = np.concatenate([old_key[lost], new_key[came]])
    result: NDArray[np.bool_] = among(pairs, new_key) & ~among(pairs, other)
    return result


def _known_spans(rows: Rows, left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """The rows of pairs of articles, whichever side is the earlier: place of the pair, and row."""
    wanted = either_key(left, right)
    row, held = _of_pairs(rows, wanted)
    order = np.argsort(held, kind="stable")
    row, held = row[order], held[order]
    first = np.searchsorted(held, wanted)
    count = np.searchsorted(held, wanted, "right") - first
    return np.repeat(np.arange(len(left)), count), row[ranges(first, count)]


_COLUMNS = ("left_start", "left_end", "right_start", "right_end", "matched", "distance")


def _aligned(
    moment: Moment,
    store: Store,
    rows: Rows,
    left: Ints,
    right: Ints,
    workers: int,
    letters: int,
    culprit: Culprit,
) -> tuple[Ints, Ints]:
    """For pairs of leader and witness the spans that they share: place of the pair, and columns as in _COLUMNS.

    Most pairs have been aligned before, as the leader is one of the earliest carriers; the others are aligned here.
    """
    pair, row = _known_spans(rows, left, right)
    table = np.stack([rows[name][row].astype(np.int64) for name in _COLUMNS], axis=1)
    swapped = rows["left"][row] != left[pair]
    table[swapped] = table[swapped][:, [2, 3, 0, 1, 4, 5]]
    new = np.flatnonzero((np.bincount(pair, minlength=len(left)) == 0) & (left != right))
    new = new[np.lexsort((left[new], right[new]))]
    pairs, tables = [pair], [table]
    for start, stop in cut(store.lengths(), left[new], right[new], letters):
        for here, spans in halved(
            lambda first, last: (
                new[first:last],
                _aligned_block(moment, store, left[new[first:last]], right[new[first:last]], workers),
            ),
            start,
            stop,
            lambda at, error: culprit(int(new[at]), error),
        ):
            pairs.append(here[spans.pair])
            tables.append(np.stack([getattr(spans, name) for name in _COLUMNS], axis=1))
    pair, table = np.concatenate(pairs), np.concatenate(tables)
    order = np.argsort(pair, kind="stable")
    return pair[order], table[order]


def _aligned_block(moment: Moment, store: Store, left: Ints, right: Ints, workers: int) -> Aligned:
    number, place = np.unique(np.concatenate([left, right]), return_inverse=True)
    return align(gather(moment, store, number), place[: len(left)], place[len(left) :], workers)


LEADING = np.dtype([*SPAN.descr, *REACH.descr])
"""A span of a leading article, and how far the article goes about its story (`reach`)."""


@dataclass(frozen=True)
class Leaders:
    """For each witness the spans of its story that the leading article has: `count[i]` of `spans` (LEADING) from
    `first[i]`."""

    spans: Spans
    first: Ints
    count: Ints

    def nearest(self, rows: Ints, witnesses: Spans, shared: Sequence[Ints]) -> Spans:
        """For some witnesses, and the spans that each shares with the leading article, that of its spans that has most
        letters in common; the first of equals."""
        chosen = self.first[rows].copy()
        for place in np.flatnonzero(self.count[rows] > 1).tolist():
            row, table = int(rows[place]), shared[place]
            begin, end = table[:, 2], table[:, 3]
            scale = (table[:, 1] - table[:, 0]) / np.maximum(1, end - begin)
            # What the witness's own span has of each shared one, in the leading article's letters.
            low = table[:, 0] + np.maximum(0, witnesses["start"][row] - begin) * scale
            high = table[:, 1] - np.maximum(0, end - witnesses["end"][row]) * scale
            options = self.spans[self.first[row] : self.first[row] + self.count[row]]
            common = [
                np.maximum(0, np.minimum(high, option["end"]) - np.maximum(low, option["start"])).sum()
                for option in options
            ]
            chosen[place] += int(np.argmax(common))
        return self.spans[chosen]


def compare(
    moment: Moment,
    store: Store,
    rows: Rows,
    leaders: Leaders,
    witnesses: Spans,
    alone: NDArray[np.bool_],
    workers: int,
    limits: Limits,
    culprit: Culprit,
) -> Collation:
    """Compare each witness with the leader in step with it: with that span of the leader that it has most of. `culprit`
    is told of each that cannot be compared.

    Such a witness has no variants, and the coverage that its aligned spans give.

    `rows` are the aligned spans of all pairs that were aligned, and `alone` tells of which witness the article has no
    other part of the story, so that what the span lacks the article lacks.
    """
    lengths = np.append(store.raw_lengths(), 0)
    most = min(limits.letters, CHARACTERS)
    coverage = np.zeros(len(witnesses), np.float64)
    none = np.zeros(0, np.int64)
    no_text = strings(np.zeros(0, np.uint32), np.zeros(1, np.int64))
    parts = [Collation(coverage[:0], none, none.reshape(0, 4), no_text, no_text, none, none)]
    for start in range(0, len(witnesses), limits.witnesses):
        here = np.arange(start, min(start + limits.witnesses, len(witnesses)))
        left, right = leaders.spans["article"][leaders.first[here]], witnesses["article"][here]
        pair, table = _aligned(moment, store, rows, left, right, workers, limits.letters, partial(_at, culprit, here))
        bounds = np.searchsorted(pair, np.arange(len(left) + 1))
        others = np.flatnonzero(left != right)
        # A leader counts once for witnesses that follow one another.
        same = np.zeros(len(others), np.bool_)
        same[1:] = left[others[1:]] == left[others[:-1]]
        heads = np.where(same, len(lengths) - 1, left[others])
        # What witnesses have is told at least by the letters that match, should they be past comparing.
        matched = np.bincount(pair, table[:, _COLUMNS.index("matched")], len(here))
        chosen = leaders.nearest(here, witnesses, [table[bounds[row] : bounds[row + 1]] for row in range(len(here))])
        length = chosen["end"].astype(np.int64) - chosen["start"]
        coverage[here[others]] = np.minimum(1.0, matched / length)[others]
        block = _Block(store, chosen, witnesses[here], alone[here], table, bounds, others)
        for first, stop in cut(lengths, heads, right[others], most):
            for some, part in halved(block.collated, first, stop, partial(_at, culprit, here[others])):
                coverage[here[some]] = part.coverage
                parts.append(replace(part, witness=here[some[part.witness]]))
    return Collation(
        coverage,
        np.concatenate([part.witness for part in parts]),
        np.concatenate([part.spans for part in parts]),
        pa.chunked_array([part.leader_text for part in parts]),
        pa.chunked_array([part.text for part in parts]),
        np.concatenate([part.kind for part in parts]),
        np.concatenate([part.reading for part in parts]),
    )


def _at(culprit: Culprit, places: Ints, number: int, error: Exception) -> None:
    culprit(int(places[number]), error)


@dataclass(frozen=True)
class _Block:
    """Leaders and witnesses in step, and the spans that they share: those of row i are from `bounds[i]` on in `table`.

    `others` are the witnesses that are no leaders.
    """

    store: Store
    leaders: Spans
    witnesses: Spans
    alone: NDArray[np.bool_]
    table: Ints
    bounds: Ints
    others: Ints

    def collated(self, start: int, stop: int) -> tuple[Ints, Collation]:
        """Some of the others, and their comparison."""
        some = self.others[start:stop]
        spans = [self.table[self.bounds[row] : self.bounds[row + 1]] for row in some.tolist()]
        return some, _collated(self.store, self.leaders[some], self.witnesses[some], self.alone[some], spans)


def _apart(values: NDArray[Kind], bounds: Ints) -> list[NDArray[Kind]]:
    """The parts of an array, given by their bounds."""
    return [values[start:end] for start, end in pairwise(bounds.tolist())]


def _laid_out(store: Store, left: Ints, right: Ints) -> tuple[Text, tuple[Ints, Ints], tuple[Ints, Ints]]:
    """The articles of pairs as one text, and where the letters and the prints of each pair's articles start in it."""
    number, place = np.unique(np.concatenate([left, right]), return_inverse=True)
    text, letters = end_to_end(
        _apart(*store.texts(number)), _apart(*store.letters(number)), _apart(*store.origins(number))
    )
    printed = np.array(text.edges[0], np.int64)
    one, two = place[: len(left)], place[len(left) :]
    return text, (letters[one], letters[two]), (printed[one], printed[two])


def _one(letters: str, spans: list[list[int]], at: int, other_at: int) -> list[list[Block]]:
    """The letters that a witness and its leader agree in, by aligned span; `at` is where their articles start."""
    return [
        blocks(letters[at + start : at + end], letters[other_at + other : other_at + other_end], distance)
        for start, end, other, other_end, _, distance in spans
    ]


def _collation(coverage: Floats, text: Text, owner: Ints, found: Differences) -> Collation:
    """Variants in one text as they are told: witness by witness, in order of place, and the same places once."""
    start, end, other, other_end = found.spans.T
    starts, ends = key(start, other), key(end, other_end)
    order = np.lexsort((found.run, ends, starts, owner))
    again = np.zeros(len(order), np.bool_)
    again[1:] = True
    for column in (owner, starts, ends):
        in_order = column[order]
        again[1:] &= in_order[1:] == in_order[:-1]
    kept = order[~again]
    spans = found.spans[kept]
    leader_text, other_text = _readings(text, spans[:, 0], spans[:, 1]), _readings(text, spans[:, 2], spans[:, 3])
    return Collation(coverage, owner[kept], spans, leader_text, other_text, found.kind[kept], found.reading[kept])


def _readings(text: Text, start: Ints, end: Ints) -> pa.StringArray:
    size = end - start
    return strings(text.raw[ranges(start, size)], np.concatenate([[0], np.cumsum(size)]))


def _collated(
    store: Store, leaders: Spans, witnesses: Spans, alone: NDArray[np.bool_], shared: Sequence[Ints]
) -> Collation:
    """The comparison of some witnesses; `shared` are the spans that each shares with its leader, and `alone` says of
    which the article lacks what the span lacks."""
    text, letters, printed = _laid_out(store, leaders["article"], witnesses["article"])
    parts, places, owners = list[list[Block]](), list[tuple[int, int]](), list[int]()
    for row, (spans, at, other_at) in enumerate(zip(shared, letters[0].tolist(), letters[1].tolist(), strict=True)):
        in_order = spans[ordered(spans)].tolist()
        parts += _one(text.letters, in_order, at, other_at)
        places += [(at + span[0], other_at + span[2]) for span in in_order]
        owners += [row] * len(in_order)
    owner = np.array(owners, np.int64)
    (chief, chief_end), (mine, mine_end) = (
        (some["start"] + at, some["end"] + at) for some, at in zip((leaders, witnesses), letters, strict=True)
    )
    found = agreed(parts, [left for left, _ in places], [right for _, right in places])
    found = clipped(found, (chief[owner], chief_end[owner]), (mine[owner], mine_end[owner]))
    owner = owner[found.run]
    runs = in_runs(found, owner)
    coverage = np.minimum(1.0, np.bincount(owner, found.size, len(leaders)) / (chief_end - chief))
    differences = collate(text, text, runs)
    reach = Reach(chief, chief_end, leaders["low"] + letters[0], leaders["high"] + letters[0], letters[0])
    lost = left_out(text, text, replace(found, run=owner).take(alone[owner]), reach)
    owner = np.concatenate([owner[np.searchsorted(runs.run, differences.run)], lost.run])
    # Of two rows of the same places that of the earlier run counts.
    last = np.full(len(lost.run), len(runs.run))
    part = _collation(coverage, text, owner, joint([differences, replace(lost, run=last)]))
    part.spans[:, :2] -= printed[0][part.witness, None]
    part.spans[:, 2:] -= printed[1][part.witness, None]
    return part
