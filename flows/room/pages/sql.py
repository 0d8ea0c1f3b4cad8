"""SQL: a statement over the tables, with the dictionary beside it.

It runs in a process of its own, on the locked connection of `dibao query`: what takes too long, or too much memory, is
ended whatever it does, and nothing of it stays.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from flows.room.desk import Desk
from flows.room.shown import Asked, Shown
from schemas import TABLES
from schemas.views import MACROS, VIEWS
from warehouse.errors import WarehouseError

ROWS = 1000
SECONDS = 15
MEMORY = "1GB"
MOST_BYTES = 8 << 20
"""Bytes of a result that are taken in."""
_AT_ONCE = threading.BoundedSemaphore(2)
"""Statements that run at once; with more, whoever asks is told to wait."""

EXAMPLES = (
    ("Stories", "SELECT first, outlets, articles, headline FROM story_list ORDER BY outlets DESC LIMIT 20"),
    ("Search", "SELECT article_id, headline, places FROM search('通車 AND 隧道') ORDER BY score DESC"),
    (
        "Where they differ",
        (
            "SELECT outlet, leader_text, text FROM variants JOIN articles_all USING (article_id)\n"
            "WHERE class = 'number' LIMIT 50"
        ),
    ),
    (
        "Who takes from whom",
        'SELECT "from", "to", articles, median_delay FROM reprints ORDER BY articles DESC LIMIT 20',
    ),
)


class StatementError(WarehouseError):
    """A statement that could not be run."""


def page(desk: Desk, asked: Asked) -> Shown:
    statement = asked.query.get("q", [""])[-1].strip()
    # A page elsewhere may lead here, but its statement waits for somebody to look at it.
    foreign = bool(statement) and asked.site == "cross-site"
    columns: list[str] = []
    found: list[dict[str, Any]] = []
    fault, more = None, False
    if statement and not foreign:
        try:
            columns, found, more = asked_of(desk.root, statement)
        except StatementError as error:
            fault = str(error)
    with desk.reading():
        pass
    return Shown(
        "sql",
        "SQL",
        {
            "q": statement,
            "foreign": foreign,
            "columns": columns,
            "rows": found,
            "fault": fault,
            "more": more,
            "most": ROWS,
            "examples": EXAMPLES,
            "tables": [*TABLES, *VIEWS],
            "macros": MACROS,
        },
        statement or None,
        found,
        name="query",
        status=200 if fault is None else 400,
    )


def asked_of(root: Path, statement: str) -> tuple[list[str], list[dict[str, Any]], bool]:
    """Columns and rows of a statement, and whether there are more rows. Raises StatementError."""
    if not _AT_ONCE.acquire(timeout=SECONDS):
        raise StatementError("Other statements are running; try again in a moment.")
    try:
        return _run(root, statement)
    finally:
        _AT_ONCE.release()


def _run(root: Path, statement: str) -> tuple[list[str], list[dict[str, Any]], bool]:
    command = [sys.executable, "-m", "flows", "query", "-", "--format", "json", "--limit", str(ROWS)]
    environment = os.environ | {"DIBAO_WAREHOUSE": str(root), "DIBAO_MEMORY_LIMIT": MEMORY, "PYTHONUTF8": "1"}
    environment["PYTHONPATH"] = os.pathsep.join(each for each in sys.path if each)
    process = subprocess.Popen(
        [*command, "--seconds", str(SECONDS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    )
    late = threading.Timer(SECONDS + 5, process.kill)
    late.start()
    said: list[bytes] = []
    assert process.stdin
    assert process.stdout
    assert process.stderr
    listening = threading.Thread(target=lambda: said.append(process.stderr.read(1 << 16)))  # type: ignore[union-attr]
    listening.start()
    try:
        try:
            process.stdin.write(statement.encode("utf-8", "replace"))
            process.stdin.close()
        except BrokenPipeError:
            pass
        data = process.stdout.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise StatementError(f"The result is larger than {MOST_BYTES >> 20} MB; ask for fewer rows or columns.")
        status = process.wait()
        listening.join(5)
    finally:
        late.cancel()
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stdout.close()
    error = b"".join(said).decode("utf-8", "replace").removeprefix("dibao: ").strip()
    if not data.strip():
        raise StatementError(error or f"The statement took longer than {SECONDS} s or needed too much memory.")
    try:
        rows: list[dict[str, Any]] = json.loads(data)
    except ValueError as broken:
        raise StatementError(error or "The result could not be read.") from broken
    return list(rows[0]) if rows else [], rows, status != 0
