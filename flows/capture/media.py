"""What a file is, by its first bytes and its name."""

from __future__ import annotations

import re
from pathlib import PurePath

from warehouse.records import is_archive

WARC = "application/warc"
JSON_LINES = "application/jsonl"

DUMPS = ("application/json", JSON_LINES)
"""Files that may hold many records."""
TSV = "text/tab-separated-values"
PARQUET = "application/vnd.apache.parquet"

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
    ".gz": "application/gzip",
    ".zip": "application/zip",
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
_HTML = re.compile(rb"^\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)


_FRONT_MATTER = re.compile(
    rb"(?:\xef\xbb\xbf)?---[ \t]*\r?\n"
    rb"(?:[ \t]*\r?\n|[A-Za-z_][\w-]*[ \t]*:.*\n|[ \t]+\S.*\n|-[ \t].*\n)+?"
    rb"---[ \t]*\r?\n"
)

_SAYS_NOTHING = ("", "application/octet-stream", "application/unknown", "unk", "no-type")


def media_type(name: str, head: bytes) -> str:
    """Media type of a file from its name and first HEAD_BYTES bytes.

    Archives are told by their bytes whatever their name, and so are pages with front matter that are named as plain
    text; everything else is told by its name first.
    """
    if is_archive(head):
        return WARC
    suffixes = [suffix.lower() for suffix in PurePath(name).suffixes]
    if suffixes[-2:] in ([".warc", ".gz"], [".arc", ".gz"]):
        return WARC
    known = _BY_SUFFIX.get(suffixes[-1]) if suffixes else None
    if known in (None, "text/plain") and _FRONT_MATTER.match(head):
        return "text/markdown"
    if known:
        return known
    if _HTML.match(head):
        return "text/html"
    return "application/octet-stream" if b"\x00" in head else "text/plain"


def served_type(declared: str | None, payload: bytes) -> str | None:
    """Media type of a web capture: as served, unless it says nothing; HTML is told by its bytes."""
    stated = (declared or "").strip()
    plain = stated.partition(";")[0].strip().lower()
    if plain in ("", "application/octet-stream", "unk", "application/unknown", "no-type") and _HTML.match(
        payload[:HEAD_BYTES]
    ):
        return "text/html"
    return stated or None
