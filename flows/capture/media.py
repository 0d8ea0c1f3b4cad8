"""What a file is, by its first bytes and its name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePath

from warehouse.records import is_archive

WARC = "application/warc"
JSON_LINES = "application/jsonl"

GZIP = "application/gzip"
BZIP2 = "application/x-bzip2"
XZ = "application/x-xz"
ZSTD = "application/zstd"
ZIP = "application/zip"
TAR = "application/x-tar"
PACKED = (GZIP, BZIP2, XZ, ZSTD)
"""One stream, packed: of a file, or of a tar file."""
CONTAINERS = (*PACKED, ZIP, TAR)
"""Files that hold files."""

MAIL = "message/rfc822"
MHTML = "multipart/related"
MBOX = "application/mbox"
WIKI_DUMP = "application/vnd.mediawiki.export+xml"
WIKI_PAGE = "application/vnd.mediawiki.page+xml"
DUMPS = ("application/json", JSON_LINES, MBOX, WIKI_DUMP)
"""Files that may hold many records."""
PARTS = {MBOX: MAIL, WIKI_DUMP: WIKI_PAGE}
"""What the records of a dump are, where they are not JSON."""
CARRIERS = (MAIL, MBOX)
"""Documents, or dumps of them, that files are attached to."""
TSV = "text/tab-separated-values"
PARQUET = "application/vnd.apache.parquet"

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"
EPUB = "application/epub+zip"
WACZ = "application/wacz"

HEAD_BYTES = 4096
"""How much of a file decides."""

_BY_SUFFIX = {
    ".txt": "text/plain",
    ".text": "text/plain",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".shtml": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".json": "application/json",
    ".jsonl": JSON_LINES,
    ".ndjson": JSON_LINES,
    ".warc": WARC,
    ".arc": WARC,
    ".pdf": "application/pdf",
    ".gz": GZIP,
    ".tgz": GZIP,
    ".taz": GZIP,
    ".bz2": BZIP2,
    ".tbz": BZIP2,
    ".tbz2": BZIP2,
    ".xz": XZ,
    ".txz": XZ,
    ".lzma": XZ,
    ".zst": ZSTD,
    ".tzst": ZSTD,
    ".zip": ZIP,
    ".tar": TAR,
    ".wacz": WACZ,
    ".docx": DOCX,
    ".xlsx": XLSX,
    ".pptx": PPTX,
    ".odt": ODT,
    ".epub": EPUB,
    ".eml": MAIL,
    ".mbox": MBOX,
    ".mbx": MBOX,
    ".mhtml": MHTML,
    ".mht": MHTML,
    ".rtf": "application/rtf",
    ".srt": "application/x-subrip",
    ".vtt": "text/vtt",
    ".7z": "application/x-7z-compressed",
    ".rar": "application/vnd.rar",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".css": "text/css",
    ".js": "text/javascript",
    ".xml": "application/xml",
    ".csv": "text/csv",
    ".tsv": TSV,
    ".parquet": PARQUET,
}
_BY_MAGIC = (
    (b"\x1f\x8b\x08", GZIP),
    (b"BZh", BZIP2),
    (b"\xfd7zXZ\x00", XZ),
    (b"\x28\xb5\x2f\xfd", ZSTD),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
)
_BZIP2_BLOCK = (b"\x31\x41\x59\x26\x53\x59", b"\x17\x72\x45\x38\x50\x90")
"""What follows the four bytes that a bzip2 file begins with: words may begin with those, too."""
_OPEN_DOCUMENT = re.compile(r"application/(?:vnd\.oasis\.opendocument\.[a-z-]+|epub\+zip)\Z")
_IN_ZIP = {
    "word/document.xml": DOCX,
    "xl/workbook.xml": XLSX,
    "ppt/presentation.xml": PPTX,
    "META-INF/container.xml": EPUB,
    "datapackage.json": WACZ,
}
"""Documents that are ZIP files and no containers of files, by a member that each has."""
_IN_ZIP_TYPES = frozenset((*_IN_ZIP.values(), ODT))
_MIMETYPE = re.compile(rb"PK\x03\x04.{22}\x08\x00.{2}mimetype(application/[a-z.+-]+)(?=PK|\Z)", re.DOTALL)
"""A first member that is not packed and says what the whole is, as EPUB and OpenDocument have it."""
PACKED_SUFFIXES = frozenset((".gz", ".bz2", ".xz", ".lzma", ".zst", ".z"))
"""Endings that a packed file has after the name of what it holds."""
_HTML = re.compile(rb"^\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)


_HEADERS = rb"(?:[A-Za-z][\w-]*:[ \t]?.*\r?\n(?:[ \t].*\r?\n)*)*?"
_XML = rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*)?(?:<!DOCTYPE[^>\[]*(?:\[.*?\])?>\s*|<!--.*?-->\s*)*"
_BEGINNINGS = (
    (re.compile(rb"From \S+[^\n]*\d\d:\d\d[^\n]*\n" + _HEADERS + rb"(?:from|date|message-id|subject):", re.I), MBOX),
    (re.compile(_HEADERS + rb"content-type:[ \t]*multipart/related(?=[^\n]*(?:\n[ \t][^\n]*)*text/html)", re.I), MHTML),
    # Three headers that no letter on paper has, one of which the mail's own machines write.
    (re.compile(_HEADERS + rb"(?:message-id|mime-version|received|return-path):.*\n(?=" + _HEADERS + rb"(?:from|to):)"
                rb"(?=" + _HEADERS + rb"(?:subject|date|content-type):)", re.I), MAIL),
    (re.compile(_XML + rb"<mediawiki\b", re.S), WIKI_DUMP),
    (re.compile(_XML + rb"<html\b.{0,3500}?(?:\bocr_page\b|name=.ocr-system)", re.S | re.I), "text/vnd.hocr+html"),
    (re.compile(rb"\s*\{\\rtf\d"), "application/rtf"),
    (re.compile(rb"(?:\xef\xbb\xbf)?WEBVTT(?:[ \t].*)?\r?\n"), "text/vtt"),
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*\d+[ \t]*\r?\n\d\d:\d\d:\d\d[,.]\d{3} --> \d\d:\d\d:"), "application/x-subrip"),
    (re.compile(rb".{0,1000}?%PDF-\d\.\d", re.S), "application/pdf"),
)  # fmt: skip
"""How files begin that are what they are whatever their name: the first that matches counts."""
_FRONT_MATTER = re.compile(
    rb"(?:\xef\xbb\xbf)?---[ \t]*\r?\n"
    rb"(?:[ \t]*\r?\n|[A-Za-z_][\w-]*[ \t]*:.*\n|[ \t]+\S.*\n|-[ \t].*\n)+?"
    rb"---[ \t]*\r?\n"
)

_SAYS_NOTHING = ("", "application/octet-stream", "application/unknown", "unk", "no-type")


def media_type(name: str, head: bytes) -> str:
    """Media type of a file from its name and first HEAD_BYTES bytes.

    Archives and containers are told by their bytes whatever their name, and so are pages with front matter that are
    named as plain text; everything else is told by its name first.
    """
    if is_archive(head):
        return WARC
    suffixes = [suffix.lower() for suffix in PurePath(name).suffixes]
    if suffixes[-2:] in ([".warc", ".gz"], [".arc", ".gz"]):
        return WARC
    known = _BY_SUFFIX.get(suffixes[-1]) if suffixes else None
    if (container := _container(head)) and not (container == ZIP and known in _IN_ZIP_TYPES):
        return _stated_in_zip(head) if container == ZIP else container
    if known in (None, "text/plain", "application/xml", "text/html", MAIL) and (told := _by_content(head)):
        return told
    if known in (None, "text/plain") and _FRONT_MATTER.match(head):
        return "text/markdown"
    if known:
        return known
    if _HTML.match(head):
        return "text/html"
    return "application/octet-stream" if b"\x00" in head else "text/plain"


def _by_content(head: bytes) -> str | None:
    """The media type of a file whose name may mean several, or nothing, by how it begins; None where that is open."""
    return next((kind for pattern, kind in _BEGINNINGS if pattern.match(head)), None)


def _container(head: bytes) -> str | None:
    """The kind of container that a file begins as; None where it is none."""
    kind = next((kind for magic, kind in _BY_MAGIC if head.startswith(magic)), None)
    if kind == BZIP2 and head[4:10] not in _BZIP2_BLOCK:
        return None
    if kind is None and len(head) >= 512 and head[257:262] == b"ustar":
        return TAR
    return kind


def _stated_in_zip(head: bytes) -> str:
    """What the first member of a ZIP file says that the whole is."""
    stated = _MIMETYPE.match(head)
    kind = stated.group(1).decode() if stated else ""
    return kind if _OPEN_DOCUMENT.match(kind) else ZIP


def document_in_zip(names: Iterable[str]) -> str | None:
    """The media type of a document that is a ZIP file, by the names in it; None where it is a container of files."""
    held = set(names)
    return next((kind for name, kind in _IN_ZIP.items() if name in held), None)


def served_type(declared: str | None, payload: bytes) -> str | None:
    """Media type of a web capture: as served, unless it says nothing; HTML is told by its bytes."""
    stated = (declared or "").strip()
    plain = stated.partition(";")[0].strip().lower()
    if plain in ("", "application/octet-stream", "unk", "application/unknown", "no-type") and _HTML.match(
        payload[:HEAD_BYTES]
    ):
        return "text/html"
    return stated or None
