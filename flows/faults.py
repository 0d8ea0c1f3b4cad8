"""An exception told as text that is the same wherever, and whenever, the same fault happens.

What is told goes into rows that a rebuild makes anew, on another machine and perhaps in another process of the pool.
So it names modules and functions in place of files and lines, quotes our own source and nobody else's, and leaves out
folders of the machine and addresses in memory. The log has the interpreter's own account beside it.
"""

from __future__ import annotations

import linecache
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from types import TracebackType
from typing import Literal

PACKAGES = ("flows", "warehouse", "schemas", "tests")
"""Whose source is quoted. The lines of a library are not ours to keep, and differ between its releases."""

_FRAMES = 60
"""Frames that are told at either end of a long chain of calls; what stands between repeats itself."""
_MESSAGE = 300
"""Characters of a message that go into the sentence of a reject. The traceback has all of them."""

_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
_FOLDERS = re.compile(r"(?<![\w:/.\]#])(?!/html\b)(?:[A-Za-z]:)?(?:/[^/\s'\"<>:,;()]+)+/(?=[^/\s'\"<>:,;()])")
"""The folders of an absolute path of the machine; an address, a JSON Pointer and an XPath have none."""


@dataclass(frozen=True)
class Failure:
    """A source that could not be taken in, or a stage that gave up, in a run that went on without it."""

    part: Literal["source", "stage"]
    name: str
    error: str
    message: str
    traceback: str | None = None

    def __str__(self) -> str:
        return f"The {self.part} {self.name} failed: {self.message}"


def sentence(error: BaseException) -> str:
    """The kind of an exception and its first line, as it stands in the message of a reject."""
    return _line(error)[:_MESSAGE]


def told(error: BaseException) -> str:
    """The whole traceback of an exception, its causes first, from the frame that caught it inwards."""
    return "\n".join(_told(error, set()))


def plain(text: str) -> str:
    """A message without addresses in memory and without the folders of this machine's paths."""
    return _FOLDERS.sub("…/", _ADDRESS.sub("0x…", text))


def _told(error: BaseException, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and id(before) not in seen:
        yield from _told(before, seen)
        yield "and from that:" if error.__cause__ else "and while that was dealt with:"
    yield from _frames(error)
    yield _kind(error) + _message(error)
    yield from (plain(str(note)) for note in getattr(error, "__notes__", ()))
    if isinstance(error, BaseExceptionGroup):
        for number, each in enumerate(error.exceptions, start=1):
            yield f"{number} of {len(error.exceptions)}:"
            yield from _told(each, seen)


def _frames(error: BaseException) -> Iterator[str]:
    lines = [_frame(trace) for trace in _chain(error.__traceback__)]
    if isinstance(error, RecursionError):
        # How deep it got depends on how deep it began, so the chain is told to where it first repeats itself.
        once = list(dict.fromkeys(lines))
        end = next((n for n, line in enumerate(lines) if n >= len(once) or line != once[n]), len(lines))
        yield from lines[:end]
        if end < len(lines):
            yield "  … and so on"
        return
    folded = [(line, sum(1 for _ in same)) for line, same in groupby(lines)]
    shown = [line if times == 1 else f"{line} ({times} times)" for line, times in folded]
    if len(shown) > 2 * _FRAMES:
        shown[_FRAMES:-_FRAMES] = [f"  … {len(shown) - 2 * _FRAMES} more"]
    yield from shown


def _chain(trace: TracebackType | None) -> Iterator[TracebackType]:
    while trace is not None:
        yield trace
        trace = trace.tb_next


def _frame(trace: TracebackType) -> str:
    frame = trace.tb_frame
    module = str(frame.f_globals.get("__name__", "?"))
    where = f"  {module}.{frame.f_code.co_qualname}"
    if module.partition(".")[0] not in PACKAGES:
        return where
    source = linecache.getline(frame.f_code.co_filename, trace.tb_lineno, frame.f_globals).strip()
    return f"{where}: {source}" if source else where


def _kind(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _message(error: BaseException) -> str:
    if isinstance(error, RecursionError):
        return ": maximum recursion depth exceeded"  # in what, depends on how deep it began
    try:
        text = str(error)
        for name in (getattr(error, "filename", None), getattr(error, "filename2", None)):
            if isinstance(name, str | os.PathLike) and os.path.isabs(name):  # it may hold spaces, which end no path
                text = text.replace(os.fspath(name), "…/" + os.path.basename(name))
        text = plain(text)
    except Exception:  # an exception that cannot say what it is
        text = ""
    return f": {text}" if text else ""


def _line(error: BaseException) -> str:
    lines = (type(error).__name__ + _message(error)).splitlines()
    return lines[0].rstrip() if lines else type(error).__name__
