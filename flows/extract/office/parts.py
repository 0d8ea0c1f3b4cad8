"""Parts of documents that are ZIP files, and paragraphs out of them."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from datetime import datetime

from lxml import etree

from flows.extract import dates, xml_tree
from flows.extract.fields import put_authors, put_tags
from flows.extract.language import guess_language
from flows.extract.reading import Block, Reading, UnreadableError
from flows.extract.xml_tree import name, text_of

MOST_BYTES = 64 << 20
"""Bytes that the part of a document which is read may unpack to."""
_SPACE = re.compile(r"[ \r\n\f\v\u2028]+|\t[ \t]*")
_CHUNK = 1 << 20


class Package:
    """A document's parts by their names. UnreadableError (`empty`, `broken`) where it is no ZIP file."""

    def __init__(self, payload: bytes) -> None:
        if not payload:
            raise UnreadableError("empty", "The file is empty.")
        if payload.startswith(b"\xd0\xcf\x11\xe0"):
            message = "The document is encrypted, or of a kind that older programs wrote; there is no reader for it."
            raise UnreadableError("encrypted", message)
        try:
            self._pack = zipfile.ZipFile(io.BytesIO(payload))
            self.names = [each for each in self._pack.namelist() if not each.endswith("/")]
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise UnreadableError("broken", f"The document is cut or damaged: {error}.") from None
        self._left = MOST_BYTES

    def read(self, part: str) -> bytes | None:
        """A part's bytes; None where there is no such part. UnreadableError (`encrypted`, `broken`, `too-large`)."""
        try:
            info = self._pack.getinfo(part)
        except KeyError:
            return None
        if info.flag_bits & 1:
            raise UnreadableError("encrypted", "The document is encrypted, and there is no password for it.")
        out = bytearray()
        try:
            with self._pack.open(info) as file:
                while chunk := file.read(_CHUNK):
                    self._left -= len(chunk)
                    if self._left < 0:
                        size = MOST_BYTES >> 20
                        raise UnreadableError("too-large", f"The document unpacks to more than {size} MB.")
                    out += chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise UnreadableError("broken", f"The part {part} of the document is damaged: {error}.") from None
        return bytes(out)

    def tree(self, part: str) -> etree._Element | None:
        """A part as a tree; None where there is none, or it is no XML."""
        data = self.read(part)
        try:
            return xml_tree.parse(data).root if data else None
        except UnreadableError:
            return None


def lines(text: str) -> str:
    """The text of a paragraph: white space as it is seen, tabs kept."""
    return _SPACE.sub(lambda found: "\t" if found[0][0] == "\t" else " ", text).strip()


def add(blocks: list[Block], kind: str, text: str, selector: str) -> None:
    """Add a block, if it holds anything."""
    if text := lines(text):
        blocks.append(Block(kind, text, selector, article=0))


def described(reading: Reading, meta: etree._Element | None) -> Reading:
    """What a part with Dublin Core says of a document: title, authors, language, keywords, the last change."""
    for each in meta.iter() if meta is not None else ():
        tag, text = name(each), text_of(each)
        if not text or len(each):
            continue
        if tag == "title":
            reading.title = reading.title or text
        elif tag in ("creator", "initial-creator"):
            put_authors(reading, [text])
        elif tag == "publisher":
            reading.publisher = reading.publisher or text
        elif tag in ("keywords", "keyword"):
            put_tags(reading, [text])
        elif tag == "language" and re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*", text):
            reading.language = text.partition("-")[0].lower()
        elif tag == "modified" and reading.modified_at is None:
            reading.modified_at = moment(text)
    reading.language = reading.language or guess_language("\n".join(block.text for block in reading.blocks[:50]))
    return reading


def moment(text: str) -> datetime | None:
    """An instant as it is written; None where it names no zone or is none."""
    found = dates.parse(text)
    try:
        when = datetime.fromisoformat(text) if found else None
    except ValueError:
        return None
    return when if when is not None and when.tzinfo else None
