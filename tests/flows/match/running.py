"""Running the stage in a test, and applying what it says to tables in memory."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from flows.match.stage import MatchChange, match
from schemas.tables import table
from tests.flows.match.corpus import Piece, as_input
from warehouse.storage import at

TABLES = ("alignments", "stories", "variants", "story_aliases")


class Archive:
    """Tables as a warehouse would keep them, fed in batches."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.shelf = at(state)
        self.generation: str | None = None
        self.rows: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {name: {} for name in TABLES}
        self.pieces: dict[str, Piece] = {}
        self.last: MatchChange | None = None
        self.faults: list[dict[str, Any]] = []

    def feed(self, pieces: Sequence[Piece], removed: Sequence[Piece] = (), **options: Any) -> MatchChange:
        change = match(
            as_input(pieces),
            pa.array([piece.article_id for piece in removed], pa.string()),
            self.shelf,
            previous=self.generation,
            **options,
        )
        self.generation, self.last = change.generation, change
        self.faults = change.faults.to_pylist()
        for piece in removed:
            self.pieces.pop(piece.name)
        self.pieces |= {piece.name: piece for piece in pieces}
        for name in TABLES:
            rows, part, key = self.rows[name], getattr(change, name), table(name).key
            assert part.remove.schema.names == list(key)
            for row in part.remove.to_pylist():
                del rows[tuple(row[column] for column in key)]
            for row in part.add.to_pylist():
                identity = tuple(row[column] for column in key)
                assert identity not in rows, (name, identity)
                rows[identity] = row
        return change

    def digest(self) -> dict[str, list[tuple[Any, ...]]]:
        """The derived tables, in an order of their own."""
        return {
            name: sorted(tuple(row.values()) for row in self.rows[name].values())
            for name in ("alignments", "stories", "variants")
        }

    def name_of(self, article_id: str) -> str:
        return next(name for name, piece in self.pieces.items() if piece.article_id == article_id)

    def relations(self) -> dict[tuple[str, str], set[str]]:
        """Pair of names to the relations between them."""
        found: dict[tuple[str, str], set[str]] = {}
        names = {piece.article_id: name for name, piece in self.pieces.items()}
        for row in self.rows["alignments"].values():
            left, right = sorted((names[row["left_article_id"]], names[row["right_article_id"]]))
            found.setdefault((left, right), set()).add(row["relation"])
        return found

    def stories(self) -> list[set[str]]:
        """The stories as sets of names, the largest first."""
        names = {piece.article_id: name for name, piece in self.pieces.items()}
        found: dict[str, set[str]] = {}
        for row in self.rows["stories"].values():
            found.setdefault(row["story_id"], set()).add(names[row["article_id"]])
        return sorted(found.values(), key=lambda each: (-len(each), sorted(each)))

    def variants(self, witness: str) -> list[dict[str, Any]]:
        """The variants of a witness, in order of place."""
        identity = self.pieces[witness].article_id
        rows = [row for row in self.rows["variants"].values() if row["article_id"] == identity]
        return sorted(rows, key=lambda row: (row["leader_start"], row["span_start"]))

    def text(self, article_id: str) -> str:
        return self.pieces[self.name_of(article_id)].text


def matched(state: Path, pieces: Sequence[Piece]) -> Archive:
    archive = Archive(state)
    archive.feed(pieces)
    return archive


def batches(pieces: Sequence[Piece], count: int, seed: int | None = None) -> Iterable[list[Piece]]:
    """The pieces in so many batches, shuffled where a seed is given."""
    order = list(pieces)
    if seed is not None:
        random.Random(seed).shuffle(order)
    size = -(-len(order) // count)
    return [order[start : start + size] for start in range(0, len(order), size)]
