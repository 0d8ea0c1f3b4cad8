"""Running the real pipeline in tests, and asking what came of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from flows.executor import Executor, Inline
from flows.pipeline import Job, Outcome, run
from flows.settings import Settings
from flows.sources.given import given
from flows.sources.registry import Source
from schemas import TABLES
from warehouse.store import Warehouse

ROOT = Path(__file__).resolve().parent.parent
DERIVED = tuple(each.name for each in TABLES if each.derived)
COMPARED_TABLES = ("captures", *DERIVED)
"""What must come out the same however the bytes came in."""


def ingest(
    root: Path,
    *inputs: Path | Source,
    executor: Executor | None = None,
    clock: Callable[[], datetime] | None = None,
    run_id: str | None = None,
) -> Outcome:
    """Run the pipeline in this process over files, folders or sources."""
    sources = [each for each in inputs if isinstance(each, Source)]
    sources += given(root, [each for each in inputs if not isinstance(each, Source)])
    more: dict[str, Any] = {"clock": clock} if clock else {}
    settings = Settings(warehouse=root, workers=1)
    return run(Job(Warehouse(root), settings, sources, executor=executor or Inline(), run_id=run_id, **more))


def rows(root: Path, sql: str, *args: Any) -> list[tuple[Any, ...]]:
    """Ask the published catalogue."""
    con = Warehouse(root).connect()
    try:
        return con.execute(sql, list(args)).fetchall()
    finally:
        con.close()


def value(root: Path, sql: str, *args: Any) -> Any:
    """The one value that a query returns."""
    ((only,),) = rows(root, sql, *args)
    return only


def digests(root: Path, names: Sequence[str] = DERIVED) -> dict[str, tuple[int, str]]:
    """Rows and digest of each table of the last snapshot; a table without a row counts as not there."""
    snapshot = Warehouse(root).latest()
    assert snapshot is not None
    return {name: (entry.rows, entry.digest) for name, entry in snapshot.tables.items() if name in names and entry.rows}


def files(root: Path) -> dict[str, int]:
    """Every file of a warehouse with its size, but for the lock, the log and what can be made anew."""
    found = {str(path.relative_to(root)): path.stat().st_size for path in root.rglob("*") if path.is_file()}
    return {name: size for name, size in sorted(found.items()) if not name.startswith((".", "state/", "logs/"))}


def copied(root: Path, to: Path) -> Path:
    """A copy of a warehouse that a test may damage."""
    shutil.copytree(root, to)
    return to


def command(
    *arguments: str | Path, env: dict[str, str] | None = None, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run `dibao` in a process of its own."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("DIBAO_", "PREFECT_"))}
    return subprocess.run(
        [sys.executable, "-m", "flows", *map(str, arguments)],
        cwd=ROOT,
        env=kept | (env or {}),
        capture_output=True,
        text=True,
        check=False,
        **options,
    )
