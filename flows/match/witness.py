"""Witnesses against their leaders: coverage and variants. One comparison per witness, however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from flows.match.align import align
from flows.match.candidates import Ints
from flows.match.cluster import Spans
from flows.match.collate import Difference, Text, blocks, clipped, collate, left_out, ordered
from flows.match.pairs import Moment, _runs, gather
from flows.match.readings import classify
from flows.match.store import Store
from schemas.tables.variants import VARIANT_CLASSES, VARIANT_KINDS

CONTEXT = 8
"""Characters round a reading that help to tell what it is."""


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
    leader_text: list[str]
    text: list[str]
    kind: Ints
    reading: Ints


class Texts:
    """Articles as the collation takes them, the latest kept."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.get = lru_cache(maxsize=512)(self._get)

    def _get(self, article: int) -> Text:
        raw = np.asarray(self._store.raw(article))
        letters = np.asarray(self._store.codes(article)).tobytes().decode("utf-32-le")
        return Text(raw.tobytes().decode("utf-32-le"), letters, np.asarray(self._store.origin(article)), raw)


def _one(
    leader: Text, witness: Text, spans: Ints, chief: Sequence[int], mine: Sequence[int], alone: bool
) -> tuple[int, list[Difference]]:
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
        if min(gaps) <= 80:
            runs[-1] = runs[-1] + part
        else:
            runs.append(part)
    differences = [each for run in runs for each in collate(leader, witness, run)]
    whole = [block for run in runs for block in run]
    if alone:
        differences += left_out(leader, witness, whole, (chief[0], chief[1]))
    return sum(size for _, _, size in whole), differences


def compare(moment: Moment, store: Store, leaders: Spans, witnesses: Spans, workers: int) -> Collation:
    """Compare each witness with the leader in step with it; an article's witnesses of one story come together."""
    texts = Texts(store)
    coverage = np.zeros(len(witnesses), np.float64)
    of: list[int] = []
    found: list[Difference] = []
    leader_text: list[str] = []
    text: list[str] = []
    reading: list[int] = []
    again = np.zeros(len(witnesses) + 1, np.bool_)
    again[1:-1] = (witnesses["story"][1:] == witnesses["story"][:-1]) & (
        witnesses["article"][1:] == witnesses["article"][:-1]
    )
    alone = ~witnesses["quote"] & ~again[1:] & ~again[:-1]
    left, right = leaders["article"].copy(), witnesses["article"].copy()
    for start, stop in _runs(store.lengths(), left, right):
        number, place = np.unique(np.concatenate([left[start:stop], right[start:stop]]), return_inverse=True)
        lefts, rights = place[: stop - start], place[stop - start :]
        spans = align(gather(moment, store, number), lefts, rights, workers)
        table = np.stack([spans.left_start, spans.left_end, spans.right_start, spans.right_end, spans.matched], axis=1)
        bounds = np.searchsorted(spans.pair, np.arange(stop - start + 1))
        for row in range(start, stop):
            chief, mine = leaders[row], witnesses[row]
            if chief["article"] == mine["article"]:
                continue
            leader, witness = texts.get(int(chief["article"])), texts.get(int(mine["article"]))
            letters, differences = _one(
                leader,
                witness,
                table[bounds[row - start] : bounds[row - start + 1]],
                (int(chief["start"]), int(chief["end"])),
                (int(mine["start"]), int(mine["end"])),
                bool(alone[row]),
            )
            coverage[row] = min(1.0, letters / (int(chief["end"]) - int(chief["start"])))
            seen = set()
            for each in differences:
                key = (each.leader_start, each.leader_end, each.start, each.end)
                if key in seen:
                    continue
                seen.add(key)
                of.append(row)
                found.append(each)
                mine_text = leader.printed[each.leader_start : each.leader_end]
                theirs = witness.printed[each.start : each.end]
                leader_text.append(mine_text)
                text.append(theirs)
                before = leader.printed[max(0, each.leader_start - CONTEXT) : each.leader_start]
                after = leader.printed[each.leader_end : each.leader_end + CONTEXT]
                reading.append(VARIANT_CLASSES.index(classify(mine_text, theirs, before, after)))
    return Collation(
        coverage,
        np.array(of, np.int64),
        np.array([(d.leader_start, d.leader_end, d.start, d.end) for d in found], np.int64).reshape(-1, 4),
        leader_text,
        text,
        np.array([VARIANT_KINDS.index(d.kind) for d in found], np.int64),
        np.array(reading, np.int64),
    )
