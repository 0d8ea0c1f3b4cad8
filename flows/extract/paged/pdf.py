"""PDF, by PDFium in a process of its own: lines with boxes, put together from single glyphs."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from flows.extract.fields import put_authors, put_tags
from flows.extract.paged.document import paged
from flows.extract.paged.glyphs import lines_of
from flows.extract.paged.lines import PageLine
from flows.extract.reading import Reading, UnreadableError
from flows.layout.pieces import columns, pieces_of

MEDIA_TYPE = "application/pdf"
NEWSPAPER_COLUMNS = 3
"""Columns from which a page is read as a newspaper's, article by article; papers and reports have two at most."""
_LIMITS = {-getattr(signal, name) for name in ("SIGXCPU", "SIGKILL") if hasattr(signal, name)}
"""How the child ends that takes too much of the processor or of memory; Windows has no such ends."""
_UNMAPPED = 0.3
"""Share of glyphs without a place in Unicode from which a file says nothing."""
_JUNK_TITLE = re.compile(r"(?i)untitled|无标题|microsoft word|\.(?:docx?|indd|qxd|pdf|tex|dvi|pmd)\s*\Z|^\s*\d*\s*\Z")
_DIGITS = re.compile(r"\d+|\b[ivxlc]+\b")
_EDGE = 0.09
"""Share of a page at whose top and bottom running heads and page numbers stand."""
_HEAD_SIZE = 1.2
SECONDS = 330
"""Seconds after which the child is ended, a little more than it may use of a processor."""


def read(payload: bytes, parser: Mapping[str, Any]) -> Reading:
    """Read a PDF file.

    Pages of three columns or more are a newspaper's, whose articles segmentation finds; any other file is one article.
    Selectors are `page=` with `viewrect=` (RFC 8118) in fractions of the page. UnreadableError (`empty`, `encrypted`,
    `broken`, `no-unicode`, `no-text`, `too-large`) where there is no text.
    """
    if not payload.strip():
        raise UnreadableError("empty", "The file is empty.")
    lines: list[PageLine] = []
    meta: dict[str, str] = {}
    pages = glyphs = unmapped = broken = 0
    several = 0
    for told in _told(payload):
        if "error" in told:
            raise _refused(told)
        if "pages" in told:
            meta, pages = told["meta"], told["pages"]
            continue
        if "broken" in told:
            broken += 1
            continue
        glyphs += len(told["codes"])
        unmapped += told["unmapped"]
        found, wide = _page(told)
        several = max(several, wide)
        lines += found
    if unmapped > _UNMAPPED * (glyphs + unmapped):
        message = "The letters of the file have no place in Unicode, so nobody can say which they are."
        raise UnreadableError("no-unicode", message)
    if not lines:
        what = "cannot be read" if broken else "are pictures, or empty"
        raise UnreadableError("no-text", f"The file holds no text: its {pages} pages {what}.")
    reading = paged(MEDIA_TYPE, lines)
    if several < NEWSPAPER_COLUMNS:
        _one_article(reading)
    _describe(reading, meta)
    if broken:
        reading.blocks[-1].flags = (*reading.blocks[-1].flags, "missing-part")
    return reading


def _told(payload: bytes) -> Iterator[dict[str, Any]]:
    """What the child says of a file, line by line; an `error` where it was ended."""
    root = str(Path(__file__).parents[3])
    command = [sys.executable, "-S", "-c", _CHILD, root, *sys.path]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        try:
            out, _ = child.communicate(payload, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            yield {"error": "too-large"}
            return
    for line in out.splitlines():
        try:
            yield json.loads(line)
        except ValueError:  # broken off with the process
            break
    if child.returncode:
        limit = child.returncode in _LIMITS
        yield {"error": "too-large" if limit else "broken", "message": "PDFium broke down over it"}


_CHILD = (
    "import sys; sys.path[:] = sys.argv[1:]; "
    "import importlib.util as u; "
    "s = u.spec_from_file_location('pdf_glyphs', sys.argv[1] + '/flows/extract/paged/pdf_glyphs.py'); "
    "m = u.module_from_spec(s); s.loader.exec_module(m); m.main()"
)
"""Loads the one module that the child needs, and not the packages round it."""


def _refused(told: dict[str, Any]) -> UnreadableError:
    said = str(told.get("message", "")).rstrip(".")
    messages = {
        "encrypted": "The file is encrypted, and there is no password for it.",
        "too-large": "Reading the file takes more memory or time than one file may take.",
        "broken": f"The file is cut or damaged: {said or 'PDFium cannot open it'}.",
    }
    return UnreadableError(told["error"], messages[told["error"]])


def _page(told: dict[str, Any]) -> tuple[list[PageLine], int]:
    """The lines of a page, each with its piece, and how many columns the page has."""
    width, height = told["size"]
    found = lines_of(told["codes"], told["boxes"], max(width, 1.0), max(height, 1.0), told["page"])
    if not found:
        return [], 0
    boxes = np.array([(line.x0, line.y0, line.x1, line.y1) for line in found])
    sizes = np.array([line.size for line in found])
    numbers = pieces_of(boxes, sizes)
    held: dict[int, list[int]] = {}
    for at, number in enumerate(numbers):
        held.setdefault(number, []).append(at)
    around = []
    for number, some in held.items():
        some.sort(key=lambda at: (found[at].y0, found[at].x0))
        box = [*boxes[some, :2].min(0).tolist(), *boxes[some, 2:].max(0).tolist()]
        x, y, wide, high = box[0], box[1], box[2] - box[0], box[3] - box[1]
        place = f"page={told['page']}&viewrect={x:.4f},{y:.4f},{wide:.4f},{high:.4f}"
        for at in some:
            found[at].block, found[at].place = number, place
        around.append(box)
    ordered = sorted(range(len(found)), key=lambda at: (numbers[at], found[at].y0, found[at].x0))
    wide_by = columns(np.array(around), np.array([len(some) for some in held.values()]))
    return [found[at] for at in ordered], wide_by


def _one_article(reading: Reading) -> None:
    """Take all for one article, but for running heads and page numbers, which stand on page after page."""
    reading.page_kind = "article"
    times = Counter(_form(block.text) for block in reading.blocks if _at_edge(block))
    pages = max(line.page for block in reading.blocks for line in block.lines)
    sizes = [line.size for block in reading.blocks for line in block.lines for _ in range(len(line.printed))]
    usual = float(np.median(sizes))
    for block in reading.blocks:
        form = _form(block.text)
        if _at_edge(block) and ((pages > 2 and times[form] > 2) or not form):
            block.kind = "boilerplate"
            continue
        block.article = 0
        large = float(np.median([line.size for line in block.lines])) > _HEAD_SIZE * usual
        if large and len(block.lines) <= 4 and len(block.text) < 200:
            block.kind = "headline"
    if all(block.article is None for block in reading.blocks):
        for block in reading.blocks:
            block.kind, block.article = "body", 0


def _form(text: str) -> str:
    return _DIGITS.sub("", text.lower()).strip(" -–—·.|/")


def _at_edge(block: Any) -> bool:
    return len(block.lines) <= 2 and all(line.y1 < _EDGE or line.y0 > 1 - _EDGE for line in block.lines)


def _describe(reading: Reading, meta: Mapping[str, str]) -> None:
    title = " ".join(meta.get("Title", "").split())
    if title and not _JUNK_TITLE.search(title):
        reading.title = title
    if (author := meta.get("Author", "").strip()) and author.lower() not in ("anonymous", "unknown", "user", "admin"):
        put_authors(reading, [author])
    put_tags(reading, [meta.get("Keywords", "")])
