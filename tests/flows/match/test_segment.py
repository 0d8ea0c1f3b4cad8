"""A segment as it is kept tells the same of its articles as one that holds everything as arrays."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from flows.match import packed as kept
from flows.match.packed import Packed, merged, without
from flows.match.segment import Segment, Wide, prepared
from flows.match.winnow import HASH_BITS
from tests.flows.match.corpus import planted
from warehouse.storage import at

_NASTY = [
    "",
    "a",
    "\u3000\n",
    "ﬃ ㎏ ½" * 9,
    "𠮷野家🍣" * 40,
    "www.paper.example/a?b=c " * 3,
    "春" * 300,
    "İstanbul ß" * 30,
]
TEXTS = [piece.text for piece in planted(5, stories=2, size=4).pieces] + _NASTY


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Wide, Packed]:
    folder = tmp_path_factory.mktemp("segments")
    wide = Wide.write(folder / "wide", 7, prepared(pa.array(TEXTS, pa.large_string())))
    return wide, merged(at(folder / "shelf"), wide)


def _told(of: Segment, rows: Any) -> list[list[Any]]:
    hashes, places, counts = of.fingerprints(rows)
    values = (
        of.raw(rows),
        of.codes(rows),
        of.origin(rows),
        hashes,
        places,
        counts,
        of.lengths[rows],
        of.raw_lengths[rows],
    )
    return [of.texts(rows), *(value.tolist() for value in values)]


@pytest.mark.parametrize("block", [1, 100, 1 << 16])
def test_texts_letters_and_fingerprints_of_any_rows(
    pair: tuple[Wide, Packed], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    wide, _ = pair
    monkeypatch.setattr(kept, "_BLOCK", block)
    packed = merged(at(tmp_path), wide)
    assert packed.texts(np.arange(len(TEXTS))) == [text.encode() for text in TEXTS]
    chance = random.Random(1)
    for count in (0, 1, 2, 5, len(TEXTS)):
        rows = np.array([chance.randrange(len(TEXTS)) for _ in range(count)], np.int64)
        assert _told(packed, rows) == _told(wide, rows)
    rows = np.repeat(np.arange(wide.rows), wide.lengths)
    letters = np.concatenate([np.arange(length) for length in wide.lengths])
    order = np.random.default_rng(1).permutation(len(rows))
    assert (packed.printed(rows[order], letters[order]) == wide.printed(rows[order], letters[order])).all()


@pytest.mark.parametrize("few", [True, False])
def test_what_the_index_says(
    pair: tuple[Wide, Packed], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: bool
) -> None:
    wide, packed = pair
    if not few:  # as of a segment of many fingerprints
        monkeypatch.setattr(kept, "_MANY", 0)
        packed = merged(at(tmp_path), wide)
    assert packed.postings == wide.postings > 500
    there = np.unique(wide.indexed(None)[2])
    edge = np.array([0, 1, (1 << HASH_BITS) - 1], np.uint64)
    asked = np.unique(np.concatenate([there, there + np.uint64(1), there[there > 0] - np.uint64(1), edge]))
    asked = asked[asked < 1 << HASH_BITS]
    for one, other in zip(wide.found(asked), packed.found(asked), strict=True):
        assert one.tolist() == other.tolist()
    for places in (None, np.arange(0), np.arange(3, wide.postings, 7), np.array([wide.postings - 1])):
        for one, other in zip(wide.indexed(places), packed.indexed(places), strict=True):
            assert one.tolist() == other.tolist()
    for start, stop in (
        (0, 1 << HASH_BITS),
        (0, int(there[9])),
        (int(there[9]), int(there[90])),
        (int(there[90]), 1 << HASH_BITS),
    ):
        assert wide.between(start, stop) == packed.between(start, stop)
    assert wide.sample(3).tolist() == packed.sample(3).tolist()


def test_segments_that_follow_one_another_become_one(pair: tuple[Wide, Packed], tmp_path: Path) -> None:
    wide, packed = pair
    twice = merged(at(tmp_path), packed, Wide(wide.folder, packed.first + packed.rows, wide.rows))
    assert (twice.first, twice.rows) == (packed.first, 2 * packed.rows)
    rows = np.arange(packed.rows)
    assert _told(twice, rows) == _told(twice, rows + packed.rows) == _told(wide, rows)
    kept = np.arange(twice.rows) % 3 == 0
    some = without(at(tmp_path), twice, kept, 0)
    assert (some.first, some.rows) == (0, int(kept.sum()))
    assert _told(some, np.arange(some.rows)) == _told(twice, np.flatnonzero(kept))
