"""Which extractor reads which media type: one line each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import import_module
from typing import Any, cast

from flows.extract.reading import Reader
from flows.versions import CLEAN, SEGMENT


@cache
def _reader(module: str) -> Reader:
    return cast(Reader, import_module(module).read)


@dataclass(frozen=True)
class Extractor:
    """A reader and its version. The module is imported when it is first used."""

    name: str
    version: str
    module: str

    def reader(self) -> Reader:
        return _reader(self.module)

    def stamp(self, parser: str | None) -> str:
        """`documents.extractor_version`: reader, segmentation and cleaning, and a mark of the source's hints."""
        stamp = f"{self.version}.{SEGMENT}.{CLEAN}"
        return f"{stamp}+{sha256(parser.encode()).hexdigest()[:8]}" if parser else stamp


EXTRACTORS: tuple[Extractor, ...] = (
    Extractor("text", "4", "flows.extract.text"),
    Extractor("markdown", "4", "flows.extract.markdown"),
    Extractor("html", "7", "flows.extract.html"),
    Extractor("record", "4", "flows.extract.records"),
)

MEDIA_TYPES: Mapping[str, str] = {
    "text/plain": "text",
    "text/markdown": "markdown",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/json": "record",
}


def extractor_for(media_type: str | None) -> Extractor | None:
    """The extractor for a media type (parameters ignored); None where there is none."""
    name = MEDIA_TYPES.get((media_type or "").partition(";")[0].strip().lower())
    return next((each for each in EXTRACTORS if each.name == name), None)


def present_stamps() -> dict[str, str]:
    """Present version stamp of each extractor, without hints."""
    return {each.name: each.stamp(None) for each in EXTRACTORS}


def canonical(parser: Mapping[str, Any] | None) -> str | None:
    """A source's hints as canonical JSON; None where there are none."""
    return json.dumps(parser, ensure_ascii=False, sort_keys=True, separators=(",", ":")) if parser else None
