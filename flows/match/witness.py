"""Witnesses against their leaders: coverage and variants. One comparison per witness, however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from flows.match.align import align
from flows.match.arrays import among
from flows.match.candidates import Ints
from flows.match.chain import GAP, ranges
from flows.match.cluster import Spans
from flows.match.collate import Differences, blocks, clipped, collate, left_out, ordered
from flows.match.memory import Limits
from flows.match.pairs import Moment, cut, gather, pair_key
from flows.match.printed import Text
from flows.match.rows import Rows
from flows.match.store import Store


@dataclass(frozen=True)
class Collation:
    """What the comparison of witnesses says, by witness.

    `coverage[i]` is the share of the leader's letters that witness i has. Variants have `witness` (a place among the
    witnesses), spans in the printed texts (columns leader_start, leader_end, span_start, span_end of `spans`), both
    readings, and the places of kind and class in VARIANT_KINDS and VARIANT_CLASSES.
    """

    coverage: np.ndarray[tuple[int], np.dtype[np.float64]]
    witness: Ints
    spans: Ints
    leader_text: pa.StringArray
    text: pa.StringArray
    kind: Ints
    reading: Ints


class Texts:
    """Articles as the collation takes them, the latest kept."""

    def __init__(self, store: Store, kept: int) -> None:
        self._store = store
        self.get = lru_cache(maxsize=kept)(self._get)

    def _get(self, article: int) -> Text:
        raw = np.asarray(self._store.raw(article))
        letters = np.asarray(self._store.codes(article)).tobytes().decode("utf-32-le")
        return Text(raw.tobytes().decode("utf-32-le"), letters, np.asarray(self._store.origin(article)), raw)


def _one(
    leader: Text, witness: Text, spans: Ints, chief: Sequence[int], mine: Sequence[int], alone: bool
) -> tuple[int, list[Differences]]:
    """Letters of the leader that a witness has, and its variants. `alone`: what this span lacks the article lacks."""
    found = []
    for number in ordered(spans):
        start, end, other, other_end, _ = spans[number].tolist()
        part = blocks(leader.letters[start:end], witness.letters[other:other_end], start, other)
        part = clipped(part, (chief[0], chief[1]), (mine[0], mine[1]))
        if part:
            found.append(part)
    if not found:
        return 0, []
    # Between two aligned spans one side has text of its own; that is a variant where the other has next to nothing.
    runs = [found[0]]
    for part in found[1:]:
        last = runs[-1][-1]
        gaps = (part[0][0] - last[0] - last[2], part[0][1] - last[1] - last[2])
        if min(gaps) <= GAP:
            runs[-1] = runs[-1] + part
        else:
            runs.append(part)
    differences = [each for run in runs for each in collate(leader, witness, run)]
    whole = [block for run in runs for block in run]
    if alone:
        differences.append(left_out(leader, witness, whole, (chief[0], chief[1])))
    return sum(size for _, _, size in whole), differences


def _known_spans(rows: Rows, left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """The rows of pairs of articles, whichever side is the earlier: place of the pair, and row."""
    low, high = np.minimum(left, right), np.maximum(left, right)
    held = pair_key(np.minimum(rows["left"], rows["right"]), np.maximum(rows["left"], rows["right"]))
    wanted = pair_key(low, high)
    some = np.flatnonzero(among(held, wanted))
    order = some[np.argsort(held[some], kind="stable")]
    first = np.searchsorted(held[order], wanted)
    count = np.searchsorted(held[order], wanted, "right") - first
    return np.repeat(np.arange(len(left)), count), order[ranges(first, count)]


_COLUMNS = ("left_start", "left_end", "right_start", "right_end", "matched")


def _aligned(
    moment: Moment, store: Store, rows: Rows, left: Ints, right: Ints, workers: int, letters: int
) -> tuple[Ints, Ints]:
    """For pairs of leader and witness the spans that they share: place of the pair, and columns as in _COLUMNS.

    Most pairs have been aligned before, as the leader is one of the earliest carriers; the others are aligned here.
    """
    pair, row = _known_spans(rows, left, right)
    table = np.stack([rows[name][row].astype(np.int64) for name in _COLUMNS], axis=1)
    swapped = rows["left"][row] != left[pair]
    table[swapped] = table[swapped][:, [2, 3, 0, 1, 4]]
    new = np.flatnonzero((np.bincount(pair, minlength=len(left)) == 0) & (left != right))
    new = new[np.lexsort((left[new], right[new]))]
    pairs, tables = [pair], [table]
    for start, stop in cut(store.lengths(), left[new], right[new], letters):
        here = new[start:stop]
        number, place = np.unique(np.concatenate([left[here], right[here]]), return_inverse=True)
        spans = align(gather(moment, store, number), place[: len(here)], place[len(here) :], workers)
        pairs.append(here[spans.pair])
        tables.append(np.stack([getattr(spans, name) for name in _COLUMNS], axis=1))
    pair, table = np.concatenate(pairs), np.concatenate(tables)
    order = np.argsort(pair, kind="stable")
    return pair[order], table[order]


def compare(
    moment: Moment,
    store: Store,
    rows: Rows,
    leaders: Spans,
    witnesses: Spans,
    workers: int,
    limits: Limits,
) -> Collation:
    """Compare each witness with the leader in step with it; an article's witnesses of one story come together.

    `rows` are the aligned spans of all pairs that were aligned.
    """
    again = np.zeros(len(witnesses) + 1, np.bool_)
    again[1:-1] = (witnesses["story"][1:] == witnesses["story"][:-1]) & (
        witnesses["article"][1:] == witnesses["article"][:-1]
    )
    alone = ~witnesses["quote"] & ~again[1:] & ~again[:-1]
    texts = Texts(store, max(2, limits.witnesses // 8))
    coverage = np.zeros(len(witnesses), np.float64)
    parts = []
    for start in range(0, max(1, len(witnesses)), limits.witnesses):
        here = slice(start, start + limits.witnesses)
        left, right = leaders["article"][here], witnesses["article"][here]
        shared = _aligned(moment, store, rows, left, right, workers, limits.letters)
        part = _collated(texts, leaders[here], witnesses[here], alone[here], shared)
        coverage[here] = part.coverage
        parts.append(replace(part, witness=part.witness + start))
    return Collation(
        coverage,
        np.concatenate([part.witness for part in parts]),
        np.concatenate([part.spans for part in parts]),
        pa.concat_arrays([part.leader_text for part in parts]),
        pa.concat_arrays([part.text for part in parts]),
        np.concatenate([part.kind for part in parts]),
        np.concatenate([part.reading for part in parts]),
    )


def _collated(
    texts: Texts, leaders: Spans, witnesses: Spans, alone: NDArray[np.bool_], shared: tuple[Ints, Ints]
) -> Collation:
    """The comparison of some witnesses; `shared` are the spans that each pair shares."""
    left, right = leaders["article"], witnesses["article"]
    pair, table = shared
    bounds = np.searchsorted(pair, np.arange(len(witnesses) + 1))
    coverage = np.zeros(len(witnesses), np.float64)
    parts = [Differences(np.zeros((0, 4), np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64))]
    owners, leader_text, text = [np.zeros(0, np.int64)], list[str](), list[str]()
    for row in np.flatnonzero(left != right).tolist():
        chief, mine = leaders[row], witnesses[row]
        leader, witness = texts.get(int(left[row])), texts.get(int(right[row]))
        span = (int(chief["start"]), int(chief["end"]))
        letters, differences = _one(
            leader,
            witness,
            table[bounds[row] : bounds[row + 1]],
            span,
            (int(mine["start"]), int(mine["end"])),
            bool(alone[row]),
        )
        coverage[row] = min(1.0, letters / (span[1] - span[0]))
        for each in differences:
            parts.append(each)
            owners.append(np.full(len(each.spans), row))
            places = each.spans.tolist()
            leader_text += [leader.printed[start:end] for start, end, _, _ in places]
            text += [witness.printed[start:end] for _, _, start, end in places]
    return _distinct(
        Collation(
            coverage,
            np.concatenate(owners),
            np.concatenate([part.spans for part in parts]),
            pa.array(leader_text, pa.string()),
            pa.array(text, pa.string()),
            np.concatenate([part.kind for part in parts]),
            np.concatenate([part.reading for part in parts]),
        )
    )


def _distinct(found: Collation) -> Collation:
    """Without the variants that are the same places of one witness again."""
    order = np.lexsort((*found.spans.T[::-1], found.witness))
    spans, witness = found.spans[order], found.witness[order]
    again = np.zeros(len(order), np.bool_)
    again[1:] = (witness[1:] == witness[:-1]) & (spans[1:] == spans[:-1]).all(axis=1)
    kept = order[~again]
    places = pa.array(kept)
    return Collation(
        found.coverage,
        found.witness[kept],
        found.spans[kept],
        found.leader_text.take(places),
        found.text.take(places),
        found.kind[kept],
        found.reading[kept],
    )
