"""The matcher's files let go of articles that are gone, and of variants that no witness has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from flows.match.dropping import MOST_FILES, keep_spans, without_lost_variants
from flows.match.packed import Packed
from flows.match.shelf import Shelf
from flows.match.stage import prune
from flows.match.state import WITNESS, load, variant_spans
from tests.flows.match.corpus import planted
from tests.flows.match.running import Archive, matched
from warehouse.storage import at


def _on_disk(state: Path, text: str) -> bool:
    """Whether a text stands in any segment of the state."""
    folders = sorted(state.glob("segment-*"))
    every = (Packed(folder, 0, len(np.load(folder / "rows.npy"))) for folder in folders)
    return any(text.encode() in each.texts(np.arange(each.rows)) for each in every)


def test_what_is_removed_leaves_no_text_behind(tmp_path: Path) -> None:
    pieces = planted(11, stories=4, size=8).pieces
    going, staying = pieces[:25], pieces[25:]
    archive = Archive(tmp_path / "parts")
    archive.feed(pieces)
    # A whole copy of a story may stay in another article.
    lost = [piece.text for piece in going if not any(piece.text in other.text for other in staying)]
    assert len(lost) > 15
    assert all(_on_disk(archive.state, text) for text in lost)
    archive.feed([], removed=going)
    prune(archive.shelf, archive.generation)
    assert not any(_on_disk(archive.state, text) for text in lost)
    assert all(_on_disk(archive.state, piece.text) for piece in staying)
    now = load(archive.shelf, archive.generation)
    assert now is not None
    assert len(now.archive) == len(staying) == now.store.size
    assert now.archive.alive.all()
    assert archive.digest() == matched(tmp_path / "whole", staying).digest()
    archive.feed(going)
    assert archive.digest() == matched(tmp_path / "again", pieces).digest()


def test_articles_that_a_new_version_replaces_go(tmp_path: Path) -> None:
    pieces = planted(12, stories=3, size=6).pieces
    archive = Archive(tmp_path / "parts")
    for turn in range(4):
        fresh = [replace(piece, name=f"{piece.name} {turn}") for piece in pieces]
        archive.feed(fresh, removed=list(archive.pieces.values()))
        now = load(archive.shelf, archive.generation)
        assert now is not None
        assert len(now.archive) == len(pieces)
    assert archive.digest() == matched(tmp_path / "whole", fresh).digest()


def test_everything_may_go(tmp_path: Path) -> None:
    pieces = planted(13, stories=2, size=6).pieces
    archive = matched(tmp_path / "parts", pieces)
    archive.feed([], removed=pieces)
    assert not any(archive.digest().values())
    now = load(archive.shelf, archive.generation)
    assert now is not None
    assert (len(now.archive), now.segments, now.variant_files) == (0, [], [])
    archive.feed(pieces)
    assert archive.digest() == matched(tmp_path / "whole", pieces).digest()


def _held(state: Shelf, files: list[str], witnesses: np.ndarray) -> list[list[list[int]]]:
    return [
        variant_spans(state, files[each["variant_file"]])[each["variant_start"] :][: each["variant_count"]].tolist()
        if each["variant_count"]
        else []
        for each in witnesses
    ]


def test_files_of_variants_become_one_where_they_are_many_or_mostly_lost(tmp_path: Path) -> None:
    rng, shelf = np.random.default_rng(1), at(tmp_path)
    for count, share in ((MOST_FILES + 5, 1.0), (3, 0.2), (3, 1.0)):
        files = [keep_spans(shelf, rng.integers(0, 1000, (30, 4))) for _ in range(count)]
        witnesses = np.zeros(count * 10, WITNESS)
        witnesses["variant_file"] = np.arange(count).repeat(10)
        witnesses["variant_start"] = np.tile(np.arange(10) * 3, count)
        witnesses["variant_count"] = 3
        witnesses["variant_count"][::4] = 0
        chosen = witnesses[rng.permutation(len(witnesses))[: round(share * len(witnesses))]]
        before = _held(shelf, files, chosen)
        kept, moved = without_lost_variants(shelf, files, chosen)
        assert _held(shelf, kept, moved) == before
        assert len(kept) == (3 if (count, share) == (3, 1.0) else 1)
