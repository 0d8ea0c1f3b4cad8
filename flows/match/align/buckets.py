"""Candidates of a whole archive that is too large to have all its fingerprints in hand: a join through files.

Fingerprints are joined to their early carriers a bucket of hashes at a time (a Grace hash join: Kitsuregawa, Tanaka
and Moto-oka, 1983). The seeds go to files by the later article; then each file holds all seeds of its pairs.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flows.match.align.candidates import CARRIERS, CHUNK, Early, Ints, Pairs, Postings, joined_pairs, near_pairs
from flows.match.align.chain import sorted_by

Seeds = NDArray[np.int32]
"""Later article and place, earlier article and place: four columns."""


def _seeds(postings: Postings, early: Early) -> Iterator[Seeds]:
    """The seeds of all postings with the early carriers before them, some at a time."""
    held = np.flatnonzero(early.number >= 0)
    for start in range(0, len(held), CHUNK):
        here = held[start : start + CHUNK]
        partners = early.table[early.number[here]]
        row, column = np.nonzero((partners >= 0) & (postings.article[partners] < postings.article[here][:, None]))
        later, earlier = here[row], partners[row, column]
        yield np.stack(
            [postings.article[later], postings.position[later], postings.article[earlier], postings.position[earlier]],
            axis=1,
        ).astype(np.int32)


class Spill:
    """Seeds in files by the later article. `articles` is how many there are, `parts` how many files are made."""

    def __init__(self, folder: Path, articles: int, parts: int) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self._folder = folder
        self._bounds = np.arange(1, parts) * articles // parts
        self._files = [folder / f"{part}.seeds" for part in range(parts)]

    def add(self, postings: Postings, early: Early) -> None:
        """Take in the seeds of one bucket of fingerprints; articles count in order of time."""
        for seeds in _seeds(postings, early):
            part = np.searchsorted(self._bounds, seeds[:, 0], "right")
            for number in np.flatnonzero(np.bincount(part, minlength=len(self._files))).tolist():
                # One file is open at a time: there may be more of them than a process may have open.
                with self._files[number].open("ab") as file:
                    file.write(np.ascontiguousarray(seeds[part == number]).tobytes())

    def pairs(self) -> Pairs:
        """The pairs of all seeds; the files are gone then."""
        parts: list[Pairs] = []
        for file in self._files:
            # Of some articles there may be no seeds, and then no file.
            if not file.exists():
                continue
            seeds = np.fromfile(file, np.int32).reshape(-1, 4).astype(np.int64)
            parts += _paired(seeds[sorted_by(seeds[:, 0], seeds[:, 1], seeds[:, 2])])
        shutil.rmtree(self._folder)
        return joined_pairs(parts)


def _paired(seeds: Ints) -> Iterator[Pairs]:
    """The pairs of seeds that come by later article and place, cut between articles."""
    start = 0
    while start < len(seeds):
        stop = min(start + CARRIERS * CHUNK, len(seeds))
        if stop < len(seeds):
            cut = int(np.searchsorted(seeds[:, 0], seeds[stop, 0]))
            stop = cut if cut > start else int(np.searchsorted(seeds[:, 0], seeds[stop, 0], "right"))
        later, place, earlier, earlier_place = seeds[start:stop].T
        yield near_pairs(earlier, later, earlier_place, place)
        start = stop
