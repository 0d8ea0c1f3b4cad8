"""What each stage has dealt with, so that a run looks at what is new and not at all there is.

Beside the tables it is noted at which snapshot a stage had done all that there was to do. Where that snapshot is the
last one, what the stage has to look at are the rows of files that came since and of files that went: a table's files
never change. Where the note is gone, or of another snapshot or other definitions, the stage looks at everything; no row
of a table depends on the note.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from flows import versions
from schemas import layout, table
from schemas.render.sql import empty_select, literal, quoted
from warehouse import catalogue
from warehouse.manifests import FileEntry
from warehouse.storage import at
from warehouse.store import Writer

_KEY = "settled.json"


@dataclass(frozen=True)
class Since:
    """The rows that came into tables, or went, since a stage had done all: by table, the files that hold them.

    Rows that stand in a file that went and in the one that took its place are among them.
    """

    root: Path
    files: dict[str, list[FileEntry]]

    def none(self, *names: str) -> bool:
        """Whether these tables are what they were."""
        return not any(self.files[name] for name in names)

    def rows(self, name: str, *columns: str) -> str:
        """A SELECT of some columns of the rows of a table that came or went."""
        files = self.files[name]
        if not files:
            return f"SELECT {', '.join(map(quoted, columns))} FROM ({empty_select(table(name))})"
        listed = ", ".join(literal(str(self.root / file.path)) for file in files)
        return (
            f"SELECT {', '.join(map(quoted, columns))} "
            f"FROM read_parquet([{listed}], union_by_name = true, hive_partitioning = false)"
        )


class Settled:
    """The notes of a warehouse, and what a run makes of them."""

    def __init__(self, writer: Writer, *rules: str) -> None:
        """`rules` say what else than `_made_of` stages go by."""
        self._writer = writer
        self._state = at(writer.warehouse.state)
        self._made_of = _made_of(rules)
        self._held = self._read()
        self._done: set[str] = set()

    def since(self, stage: str, names: Iterable[str]) -> Since | None:
        """What came into tables and went since a stage had done all; None where it must look at everything."""
        writer = self._writer
        if writer.snapshot is None or self._held.get(stage) != writer.snapshot.sha256:
            return None
        files = {name: [file for part in writer.difference(name) for file in part] for name in names}
        if not all((writer.root / file.path).is_file() for part in files.values() for file in part):
            return None
        return Since(writer.root, files)

    def done(self, stage: str) -> None:
        """A stage has done all that there is to do in the tables as they are now."""
        self._done.add(stage)

    def undone(self, stage: str) -> None:
        """A stage, or one whose work it needs, was not done after all."""
        self._done.discard(stage)

    def save(self) -> None:
        """Note what was done, now that a snapshot holds it."""
        snapshot = self._writer.snapshot
        if snapshot is None:
            return
        held = dict.fromkeys(sorted(self._done), snapshot.sha256)
        if held != self._held:
            self._state.put(_KEY, json.dumps({"made_of": self._made_of, "stages": held}).encode())
            self._held = held

    def _read(self) -> dict[str, str]:
        if self._state.size(_KEY) is None:
            return {}
        try:
            told = json.loads(self._state.get(_KEY))
            return dict(told["stages"]) if told["made_of"] == self._made_of else {}
        except (ValueError, LookupError, TypeError):
            return {}


def _made_of(rules: Iterable[str]) -> str:
    """What stages look through, but for the tables' rows: versions, columns, and the views in SQL."""
    parts = [duckdb.__version__, layout(), json.dumps(versions.present()), *catalogue.view_files(), *rules]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
