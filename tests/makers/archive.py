"""A warehouse for tests: sources in, rows out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.examine import examine
from flows.executor import Inline
from flows.pipeline import Job, Outcome, run
from flows.progress import Silent
from flows.rebuild import compare, rebuild
from flows.settings import Settings
from flows.sources.registry import BadSource, Source
from warehouse.store import Warehouse


class Archive:
    """A warehouse below a folder, and what tests do with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.warehouse = Warehouse(folder / "warehouse")

    def take(self, *sources: Source | BadSource, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Outcome:
        settings = Settings(warehouse=self.warehouse.root)
        return run(Job(self.warehouse, settings, sources, executor=Inline(), clock=clock))

    def sql(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        con = self.warehouse.connect()
        try:
            return con.execute(query, list(values)).fetchall()
        finally:
            con.close()

    def warcs(self) -> list[Path]:
        return sorted(path for path in self.warehouse.raw.rglob("*") if path.is_file())

    def differences(self) -> list[str]:
        """Tables that a rebuild from the WARC files does not make the same."""
        other = Warehouse(self.folder / "rebuilt")
        rebuild(self.warehouse, other, Settings(warehouse=other.root), Silent())
        return [each.table for each in compare(self.warehouse, other) if not each.same]

    def findings(self) -> list[Any]:
        """What an audit finds wrong."""
        return list(examine(self.warehouse).findings)


def story(number: int, more: str = "") -> bytes:
    """A page with one article of its own. `more` goes into its last paragraph."""
    name = f"第{number}号公报"
    lines = "".join(
        f"<p>本报讯 {name}第{part}节说，渡口已于清晨恢复通航，客货照常上下，岸边有值守人员{number * 7 + part}名。</p>"
        for part in range(5)
    )
    return (
        f"<!doctype html><html><head><meta charset='utf-8'><title>{name}</title></head><body><article>"
        f"<h1>{name}</h1>{lines}<p>全文至此，编号{number}。{more}</p></article></body></html>"
    ).encode()
