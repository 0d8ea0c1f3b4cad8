"""What a run says as it goes, beside its tables: lines of JSON in `logs/` of the warehouse, and words on a terminal.

Modules log by `logging.getLogger(__name__)`: debug for steps of interest to who mends the code, info for what a run
did, warning for what was dealt with and is a row somewhere, error for what made a source or a stage fail. Nothing that
a row does not say stands only here, for the files are bounded and the oldest lines go.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

PACKAGES = ("flows", "warehouse", "schemas")
"""Whose loggers are kept. Libraries say too much, and what they raise is told where it is caught."""

FOLDER, NAME = "logs", "dibao.jsonl"
_BYTES, _FILES = 4 << 20, 5
"""20 MB at most: some 50,000 lines, or a few thousand tracebacks."""


class Lines(logging.Formatter):
    """A record as one line of JSON: at (UTC), level, logger, message, and run, process and traceback where they are."""

    def __init__(self, run_id: str | None = None) -> None:
        super().__init__()
        self._run_id = run_id

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
        }
        if self._run_id:
            told["run"] = self._run_id
        if text := _traceback(record):
            told["traceback"] = text
        return json.dumps(told, ensure_ascii=False, default=str)


def _traceback(record: logging.LogRecord) -> str | None:
    if record.exc_info and record.exc_info[1] is not None:
        return "".join(traceback.format_exception(record.exc_info[1]))
    return record.exc_text


@contextmanager
def kept(root: Path, run_id: str) -> Iterator[None]:
    """Keep what is logged within the block in the warehouse at `root`. The caller holds the writer's lock.

    A log that cannot be written stops nothing.
    """
    handler: logging.Handler
    try:
        (root / FOLDER).mkdir(exist_ok=True)
        handler = RotatingFileHandler(
            root / FOLDER / NAME, maxBytes=_BYTES, backupCount=_FILES - 1, encoding="utf-8", errors="backslashreplace"
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(Lines(run_id))
    handler.setLevel(logging.INFO)
    handler.handleError = lambda record: None  # type: ignore[method-assign]
    with _attached(handler):
        yield


@contextmanager
def _attached(handler: logging.Handler) -> Iterator[None]:
    levels = {}
    for name in PACKAGES:
        logger = logging.getLogger(name)
        levels[name] = logger.level
        logger.setLevel(min(logger.level or logging.INFO, logging.INFO))
        logger.addHandler(handler)
    try:
        yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).removeHandler(handler)
            logging.getLogger(name).setLevel(level)
        handler.close()


def to_terminal() -> None:
    """Say on standard error what is logged, from info on, for the rest of this process."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    for name in PACKAGES:
        logger = logging.getLogger(name)
        logger.setLevel(logging.INFO)
        logger.addHandler(handler)


class Held(logging.Handler):
    """Holds the records of a process that does not write them itself, so that they can travel to the one that does."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self._records: list[logging.LogRecord] = []
        for name in PACKAGES:
            logger = logging.getLogger(name)
            logger.setLevel(logging.INFO)
            logger.addHandler(self)
            logger.propagate = False

    def emit(self, record: logging.LogRecord) -> None:
        record.exc_text = _traceback(record)
        record.msg, record.args, record.exc_info = record.getMessage(), None, None
        self._records.append(record)

    def taken(self) -> list[logging.LogRecord]:
        """What was held until now."""
        records, self._records = self._records, []
        return records


def pass_on(records: list[logging.LogRecord]) -> None:
    """Log the records of another process here."""
    for record in records:
        logger = logging.getLogger(record.name)
        if logger.isEnabledFor(record.levelno):
            logger.handle(record)
