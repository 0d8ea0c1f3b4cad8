"""Reading and Block: what an extractor returns for one payload."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class LineBox:
    """A printed line of a block: its span in the block's text, the page (from 1), the box in fractions of the page from
    its top left corner, the height of its type in fractions of the page's height, how sure the OCR is, and the line as
    it was printed. `cut` says that its last word goes on in the next line."""

    start: int
    end: int
    page: int
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    confidence: float | None
    printed: str
    cut: bool = False


@dataclass(slots=True)
class Block:
    """A paragraph-sized unit in document order.

    Where `raw_start` and `raw_end` stand, `text` is exactly that slice of the decoded payload; markup has
    only a selector. `article` is the extractor's proposal (0, 1, …; None for the page's own); segmentation
    has the last word. `after` is the character of white space that follows the block in the decoded payload.
    """

    kind: str
    text: str
    selector: str
    raw_start: int | None = None
    raw_end: int | None = None
    flags: tuple[str, ...] = ()
    article: int | None = None
    after: str | None = None
    lines: tuple[LineBox, ...] = ()


@dataclass(slots=True)
class Reading:
    """Metadata of one payload and its blocks. Column meanings are those of the `documents` table.

    `published_at` is naive local midnight where `published_precision` is day or coarser, else aware, in the zone whose
    clock the page goes by; `fields.UNKNOWN_ZONE` where nothing tells it.
    """

    media_type: str
    blocks: list[Block] = field(default_factory=list)
    page_kind: str = "article"
    charset_declared: str | None = None
    charset_used: str | None = None
    decode_skip: int = 0
    replaced: int = 0
    title: str | None = None
    authors: list[str] = field(default_factory=list)
    publisher: str | None = None
    origin: str | None = None
    published_at: datetime | None = None
    published_precision: str | None = None
    modified_at: datetime | None = None
    language: str | None = None
    canonical_uri: str | None = None
    original_uri: str | None = None
    archived_uris: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    agreement: float | None = None


TRUNCATED = "truncated"
"""Hint that a payload was broken off by whoever captured it, and the flag of the last block read from it."""


PREFORMATTED = "preformatted"
"""Flag of a block whose white space and signs stand as they are: a listing of code, or what is set as one."""


class UnreadableError(Exception):
    """A payload that no document can be read from. `error` is a short name, the message one sentence."""

    def __init__(self, error: str, message: str) -> None:
        super().__init__(message)
        self.error = error
        self.message = message


class Reader(Protocol):
    """An extractor: payload bytes and the source's parser hints in, a Reading out; UnreadableError where it cannot.

    It sees nothing else (no URI, no clock), so a document is a function of its bytes, hints and version.
    """

    def __call__(self, payload: bytes, parser: Mapping[str, Any]) -> Reading: ...
