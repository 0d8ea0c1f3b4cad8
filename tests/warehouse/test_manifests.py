"""Lists of files in pieces that snapshots share."""

from __future__ import annotations

import math
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from warehouse.errors import Damaged
from warehouse.manifests import FAN, FOLDER, FileEntry, Manifest, changed, load
from warehouse.storage import Storage, at


def entry(number: int) -> FileEntry:
    return FileEntry(f"tables/passages/part-{number:032x}.parquet", f"{number:064x}", number)


def paths(numbers: set[int]) -> set[str]:
    return {entry(number).path for number in numbers}


@pytest.fixture
def store(tmp_path: Path) -> Storage:
    return at(tmp_path)


def test_files_that_come_one_by_one_are_few_pieces_and_cost_what_is_new(store: Storage) -> None:
    now: Manifest | None = None
    written, held = 0, 0
    count = 600
    for number in range(count):
        now = changed(store, now, set(), [entry(number)])
        assert len(now) == number + 1
        assert len(now.pieces) <= FAN * (1 + math.log(number + 1, FAN))
    assert now is not None
    assert now.files == tuple(sorted(map(entry, range(count)), key=lambda each: each.path))
    written = sum(store.size(name) or 0 for name in store.names(FOLDER))
    held = sum(store.size(piece.key) or 0 for piece in now.pieces)
    assert written < held * (2 + math.log(count, FAN)), "each file is written once for each level"


def test_what_did_not_change_is_the_same_piece(store: Storage) -> None:
    before = changed(store, None, set(), [entry(number) for number in range(20)])
    assert changed(store, before, set(), []) == before
    after = changed(store, before, set(), [entry(20)])
    assert set(before.pieces) < set(after.pieces)
    files = store.names()
    assert changed(store, before, set(), [entry(20)]) == after, "the same again writes nothing"
    assert store.names() == files


def test_a_file_that_goes_breaks_only_its_piece(store: Storage) -> None:
    now = changed(store, None, set(), [entry(number) for number in range(100)])
    now = changed(store, now, set(), [entry(100)])
    after = changed(store, now, paths({100}), [entry(101)])
    assert after.pieces[0] == now.pieces[0]
    assert {each.bytes for each in after.files} == {*range(100), 101}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(seed=st.integers(0, 1 << 20))
def test_it_holds_what_a_set_would(store: Storage, seed: int) -> None:
    chance, held = random.Random(seed), set[int]()
    now = Manifest(store, (), tuple(entry(number) for number in range(3)))
    held |= {0, 1, 2}
    for turn in range(25):
        gone = set(chance.sample(sorted(held), min(len(held), chance.choice([0, 0, 1, 3]))))
        came = set(range(100 * turn + 100, 100 * turn + 100 + chance.choice([0, 1, 1, 2, 9])))
        now = changed(store, now, paths(gone), [entry(number) for number in sorted(came)])
        held = (held - gone) | came
        assert {each.bytes for each in now.files} == held
        assert len(now) == len(held)
        assert now.listed == ()


def test_a_damaged_piece_is_said(store: Storage) -> None:
    now = changed(store, None, set(), [entry(1)])
    (piece,) = now.pieces
    store.put(piece.key, b"[]")
    with pytest.raises(Damaged, match="was changed; restore"):
        load(store, piece)
    store.delete(piece.key)
    with pytest.raises(Damaged, match="cannot be read"):
        _ = Manifest(store, (piece,)).files
