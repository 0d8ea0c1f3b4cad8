"""Rows of furniture: each carrier of a passage of furniture with the earliest one of its outlet.

They say what was left out of the evidence; no story rests on them. A passage has one row at most, so the rows grow as
the articles do, and what they say follows from the outlet's articles alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq, Levenshtein
from rapidfuzz.process import cpdist

from flows.match.align.candidates import Ints
from flows.match.align.chain import sorted_by
from flows.match.align.pair import LEAST_LETTERS, LEAST_SIMILARITY
from flows.match.archive import Archive, Furniture, outlet_of
from flows.match.arrays import among, distinct
from flows.match.furniture import Repeated, affected, repeated
from flows.match.isolate import Culprit, halved
from flows.match.rows import FURNITURE, ROW, Rows
from flows.match.store import Store
from flows.match.winnow import GRAM

KEPT = np.dtype([("outlet", np.int64), *ROW.descr])
"""A row with the outlet whose furniture it is."""

KeptRows = NDArray[np.void]


def _earliest(held: Repeated, ranks: Ints) -> Ints:
    """For each posting that of the same key in the earliest article, the first there."""
    _, number = np.unique(held.key, return_inverse=True)
    order = sorted_by(number, ranks[held.article], held.position)
    first = np.ones(len(order), np.bool_)
    first[1:] = number[order][1:] != number[order][:-1]
    head = order[first]
    return head[number]


def _passages(held: Repeated, ranks: Ints) -> KeptRows:
    """For each run of furniture the passage of the earliest carrier that most of its fingerprints answer to."""
    _, run = held.runs()
    source = _earliest(held, ranks)
    origin = run[source]
    later = held.article != held.article[source]
    mine, theirs, source = np.flatnonzero(later), origin[later], source[later]
    if len(mine) == 0:
        return np.zeros(0, KEPT)
    # Pairs of a run and a run of an earlier article, and of those of one run the one with most in common.
    order = sorted_by(run[mine], theirs, held.position[mine])
    mine, theirs, source = mine[order], theirs[order], source[order]
    opens = np.ones(len(mine), np.bool_)
    opens[1:] = (run[mine][1:] != run[mine][:-1]) | (theirs[1:] != theirs[:-1])
    start = np.flatnonzero(opens)
    count = np.diff(np.append(start, len(mine)))
    rows = np.zeros(len(start), KEPT)
    rows["outlet"] = held.outlet[mine[start]]
    rows["left"], rows["right"] = held.article[source[start]], held.article[mine[start]]
    for side, place in (("left", source), ("right", mine)):
        rows[f"{side}_start"] = np.minimum.reduceat(held.position[place], start)
        rows[f"{side}_end"] = np.maximum.reduceat(held.position[place], start) + GRAM
    rows["relation"] = FURNITURE
    order = np.lexsort((rows["left_start"], ranks[rows["left"]], -count, run[mine[start]]))
    best = np.ones(len(order), np.bool_)
    best[1:] = run[mine[start]][order][1:] != run[mine[start]][order][:-1]
    chosen: KeptRows = rows[order[best]]
    letters = np.minimum(chosen["left_end"] - chosen["left_start"], chosen["right_end"] - chosen["right_start"])
    long: KeptRows = chosen[letters >= LEAST_LETTERS]
    return long


_PLACE = ["outlet", "left", "right", "left_start", "left_end", "right_start", "right_end"]


def _texts(store: Store, rows: KeptRows, side: str) -> list[str]:
    places = zip(*(rows[name].tolist() for name in (side, f"{side}_start", f"{side}_end")), strict=True)
    return [store.codes(article)[start:end].tobytes().decode("utf-32-le") for article, start, end in places]


def _compared(store: Store, rows: KeptRows, old: KeptRows, workers: int) -> KeptRows:
    """The rows with their distances, those of `old` as they were; without those that are not alike."""
    known = {place: number for number, place in enumerate(old[_PLACE].tolist())}
    there = np.array([known.get(place, -1) for place in rows[_PLACE].tolist()], np.int64)
    same, new = np.flatnonzero(there >= 0), np.flatnonzero(there < 0)
    for name in ("distance", "matched"):
        rows[name][same] = old[name][there[same]]
    if len(new):
        lefts, rights = _texts(store, rows[new], "left"), _texts(store, rows[new], "right")
        rows["distance"][new] = cpdist(lefts, rights, scorer=Levenshtein.distance, dtype=np.int64, workers=workers)
        rows["matched"][new] = cpdist(lefts, rights, scorer=LCSseq.similarity, dtype=np.int64, workers=workers)
    letters = np.maximum(rows["left_end"] - rows["left_start"], rows["right_end"] - rows["right_start"])
    alike: KeptRows = rows[rows["distance"] <= (1 - LEAST_SIMILARITY) * letters]
    return alike


def _same(before: Furniture, after: Furniture, outlets: Ints) -> Ints:
    """The outlets that have the same furniture, of the same earliest articles."""
    old, new = before.known, after.known
    gone = old["key"][~_stands(old, new)]
    came = new["key"][~_stands(new, old)]
    return outlets[~among(outlets, distinct(outlet_of(np.concatenate([gone, came]))))]


def _stands(some: NDArray[np.void], others: NDArray[np.void]) -> NDArray[np.bool_]:
    """Which fingerprints of furniture are among others, with the same earliest article."""
    if len(others) == 0:
        return np.zeros(len(some), np.bool_)
    at = np.searchsorted(others["key"], some["key"])
    at[at == len(others)] = 0
    result: NDArray[np.bool_] = (others["key"][at] == some["key"]) & (others["source"][at] == some["source"])
    return result


def furniture_rows(
    archive: Archive,
    store: Store,
    ranks: Ints,
    furniture: tuple[Furniture, Furniture],
    old: KeptRows,
    touched: Ints,
    shrunk: Ints,
    workers: int,
    culprit: Culprit,
) -> KeptRows:
    """The rows of furniture of all outlets, given the furniture before and now and the rows before.

    `touched` are the articles that came, went or moved, `shrunk` the outlets that lost some. Of outlets that gained
    articles and have the same furniture as before, only the rows of those articles are looked for.
    `culprit` is told of each outlet whose rows cannot be found; it has none.
    """
    outlets = affected(archive, touched, shrunk)
    before, after = furniture
    same = _same(before, after, outlets[~among(outlets, shrunk)])
    anew = outlets[~among(outlets, same)]
    parts = [old[~among(old["outlet"], anew)]]
    parts += halved(
        lambda start, stop: _of_outlets(archive, store, ranks, after, old, anew[start:stop], workers),
        0,
        len(anew),
        lambda place, error: culprit(int(anew[place]), error),
    )
    gained = touched[archive.alive[touched]]
    lost = list[int]()

    def note(place: int, error: Exception) -> None:
        lost.append(int(same[place]))
        culprit(int(same[place]), error)

    parts += halved(
        lambda start, stop: _of_gained(archive, store, ranks, after, same[start:stop], gained, workers),
        0,
        len(same),
        note,
    )
    joined: KeptRows = np.concatenate(parts)
    joined = joined[~among(joined["outlet"], np.array(lost, np.int64))]
    result: KeptRows = joined[np.lexsort((joined["right_start"], joined["right"], joined["outlet"]))]
    return result


def _of_outlets(
    archive: Archive, store: Store, ranks: Ints, furniture: Furniture, old: KeptRows, outlets: Ints, workers: int
) -> KeptRows:
    """All rows of some outlets."""
    keys = furniture.key[among(outlet_of(furniture.key), outlets)]
    if len(keys) == 0:
        return np.zeros(0, KEPT)
    return _compared(store, _passages(repeated(archive, store, keys), ranks), old, workers)


def _of_gained(
    archive: Archive, store: Store, ranks: Ints, furniture: Furniture, outlets: Ints, gained: Ints, workers: int
) -> KeptRows:
    """The rows of articles that some outlets gained."""
    held = furniture.known[among(outlet_of(furniture.known["key"]), outlets)]
    if len(held) == 0:
        return np.zeros(0, KEPT)
    some = repeated(archive, store, held["key"], distinct(np.concatenate([gained, held["source"]])))
    rows = _passages(some, ranks)
    return _compared(store, rows[among(rows["right"], gained)], np.zeros(0, KEPT), workers)


def changes(old: KeptRows, new: KeptRows) -> tuple[Rows, Rows]:
    """The rows that went and those that came; what two outlets have alike is one row."""
    before, after = (_as_bytes(rows[list(ROW.names or ())].astype(ROW)) for rows in (old, new))
    gone, came = (np.frombuffer(b"".join(sorted(rows)), ROW) for rows in (before - after, after - before))
    return gone, came


def _as_bytes(rows: Rows) -> set[bytes]:
    """The rows, each once, as what they are in memory."""
    return set(rows.view(f"V{ROW.itemsize}").tolist())
