"""Which extractor reads which media type: one line each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, cast

from flows.extract.reading import Reader
from flows.versions import READERS


@cache
def _reader(module: str) -> Reader:
    return cast(Reader, import_module(module).read)


@dataclass(frozen=True)
class Extractor:
    """A reader. The module is imported when it is first used."""

    name: str
    module: str

    @property
    def version(self) -> str:
        """Its present version."""
        return READERS[self.name]

    def reader(self) -> Reader:
        return _reader(self.module)


EXTRACTORS: tuple[Extractor, ...] = (
    Extractor("text", "flows.extract.text"),
    Extractor("markdown", "flows.extract.markdown"),
    Extractor("html", "flows.extract.html"),
    Extractor("record", "flows.extract.records"),
    Extractor("mail", "flows.extract.mail"),
    Extractor("mhtml", "flows.extract.mhtml"),
    Extractor("subtitles", "flows.extract.subtitles"),
    Extractor("rtf", "flows.extract.rtf"),
    Extractor("docx", "flows.extract.office.docx"),
    Extractor("odt", "flows.extract.office.odt"),
    Extractor("epub", "flows.extract.office.epub"),
    Extractor("xml", "flows.extract.xml_document"),
    Extractor("hocr", "flows.extract.paged.hocr"),
    Extractor("pdf", "flows.extract.paged.pdf"),
    Extractor("container", "flows.extract.container"),
)

MEDIA_TYPES: Mapping[str, str] = {
    "text/plain": "text",
    "text/markdown": "markdown",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/json": "record",
    "message/rfc822": "mail",
    "multipart/related": "mhtml",
    "application/x-mimearchive": "mhtml",
    "text/vtt": "subtitles",
    "application/x-subrip": "subtitles",
    "application/rtf": "rtf",
    "text/rtf": "rtf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/epub+zip": "epub",
    "application/xml": "xml",
    "text/xml": "xml",
    "application/vnd.mediawiki.page+xml": "xml",
    "application/alto+xml": "xml",
    "text/vnd.hocr+html": "hocr",
    "application/pdf": "pdf",
    "application/x-pdf": "pdf",
    "application/zip": "container",
    "application/x-zip-compressed": "container",
    "application/x-tar": "container",
    "application/gzip": "container",
    "application/x-gzip": "container",
    "application/x-bzip2": "container",
    "application/x-xz": "container",
    "application/zstd": "container",
}


def extractor_for(media_type: str | None) -> Extractor | None:
    """The extractor for a media type (parameters ignored); None where there is none."""
    name = MEDIA_TYPES.get((media_type or "").partition(";")[0].strip().lower())
    return next((each for each in EXTRACTORS if each.name == name), None)


def canonical(parser: Mapping[str, Any] | None) -> str | None:
    """A source's hints as canonical JSON; None where there are none."""
    return json.dumps(parser, ensure_ascii=False, sort_keys=True, separators=(",", ":")) if parser else None
