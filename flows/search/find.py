"""Which articles share text with a given one that is in no archive: by the fingerprints that matching keeps."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from flows.capture.media import media_type
from flows.match.arrays import distinct
from flows.match.collate.side import Shared, side_by_side
from flows.match.fold import fold, fold_rows
from flows.match.state import Generation, load
from flows.match.winnow import winnow
from flows.read import Work, read_payloads
from flows.report.about import about, texts
from warehouse.errors import Missing, WarehouseError
from warehouse.storage import at
from warehouse.store import Warehouse

SEEDS = 3
"""Fingerprints that an article has in common at least, as matching asks for."""
MOST = 100
"""Articles that are compared letter by letter: those with most fingerprints in common."""


class UnreadableTextError(WarehouseError):
    """What was given holds no text that could be read."""


@dataclass(frozen=True)
class Carrier:
    """An article that shares passages with the text. `share` is the part of the text's letters that it has."""

    article: dict[str, Any]
    share: float
    passages: list[Shared]


def read(name: str, data: bytes) -> str:
    """The text of a file as the archive would read it, its articles one after the other. Raises UnreadableTextError."""
    digest = hashlib.sha256(data).hexdigest()
    work = Work(digest, len(data), media_type(name, data[:8192]), None, "", 0, 0, "resource", None, None, name, "", "")
    told = read_payloads([(work, data)])
    found = [text for text in told["articles"]["text"].to_pylist() if text]
    if not found:
        faults = told["rejects"]["message"].to_pylist()
        raise UnreadableTextError(faults[0] if faults else f"{name} holds no text.")
    return "\n".join(found)


def find(warehouse: Warehouse, text: str) -> list[Carrier]:
    """The articles that share passages with a text, those that have most of it first.

    Nothing is taken in. Raises Missing where there is nothing to compare with, or its fingerprints are gone.
    """
    snapshot = warehouse.latest()
    con = warehouse.connect()
    try:
        known = _candidates(_generation(warehouse, snapshot.match_state if snapshot else None), text)
        held = texts(con, known)
        said = about(con, list(held))
    finally:
        con.close()
    letters = len(fold(text))
    out = []
    for article_id, other in held.items():
        shared, _ = side_by_side(text, other)
        if shared:
            out.append(Carrier(said[article_id], _covered(text, shared) / max(1, letters), shared))
    out.sort(key=lambda each: (-each.share, str(each.article["day"] or "9999"), each.article["article_id"]))
    return out


def _generation(warehouse: Warehouse, name: str | None) -> Generation:
    found = load(at(warehouse.state).within("match"), name)
    if found is None:
        raise Missing(
            "The fingerprints of the archive are not there, or another version's; `dibao ingest` makes them anew when "
            "something new comes in."
        )
    return found


def _candidates(known: Generation, text: str) -> list[str]:
    """Living articles with the most fingerprints of a text, SEEDS at least."""
    folded = fold_rows(pa.array([text]))
    _, _, hashes = winnow(folded.codes, folded.bounds)
    if len(hashes) == 0:
        return []
    articles, _, met = known.store.holders(distinct(hashes))
    alive = known.archive.alive[articles]
    pairs = distinct((articles[alive].astype(np.uint64) << np.uint64(40)) | met[alive])
    count = np.bincount((pairs >> np.uint64(40)).astype(np.int64), minlength=1)
    best = np.flatnonzero(count >= SEEDS)
    best = best[np.lexsort((best, -count[best]))][:MOST]
    return [each.decode() for each in known.archive.article_id[best].tolist()]


def _covered(text: str, shared: list[Shared]) -> int:
    """How many letters of a text lie in any passage."""
    total, at = 0, 0
    for each in sorted(shared, key=lambda one: one.left_start):
        start = max(at, each.left_start)
        if each.left_end > start:
            total += len(fold(text[start : each.left_end]))
            at = each.left_end
    return total
