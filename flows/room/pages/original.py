"""Originals: the page replayed without scripts, the text file, the printed page with its lines; and their bytes."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import duckdb

from flows.report import ids
from flows.room.desk import Desk
from flows.room.replay import replayed
from flows.room.safety import SANDBOX
from flows.room.shown import Asked, File, Found, Shown
from warehouse.catalogue import rows
from warehouse.errors import Damaged, Missing
from warehouse.records import payload_at

MOST_TEXT = 2_000_000
"""Characters of a text file that are shown."""
MOST_MEDIA = 20 << 20

_HOLDER = """
SELECT * FROM captures WHERE payload_sha256 = $1 AND record_type <> 'revisit'
ORDER BY warc_file, warc_offset, part_start LIMIT 1
"""
_PICTURES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"BM": "image/bmp",
}
"""First bytes of the pictures that are shown. SVG is none of them: it is a document, and may hold anything."""


def held(desk: Desk, con: duckdb.DuckDBPyConnection, payload_sha256: str) -> tuple[bytes, dict[str, Any]]:
    """A payload, verified, and the capture that holds it. Raises Missing, Damaged."""
    holders = rows(con, _HOLDER, [payload_sha256])
    if not holders:
        raise Missing("Nothing was kept of it: no capture in the archive has its bytes.")
    place = holders[0]
    data = payload_at(
        desk.warehouse.raw, place["warc_file"], place["warc_offset"], place["warc_length"], place["record_type"]
    )[place["part_start"] : place["part_end"]]
    if hashlib.sha256(data).hexdigest() != payload_sha256:
        raise Damaged(f"raw/{place['warc_file']}, byte {place['warc_offset']}: the payload has changed.")
    return data, place


def _document(con: duckdb.DuckDBPyConnection, identity: str) -> dict[str, Any]:
    _, whole = ids.find(con, identity, ("document",))
    return rows(con, "SELECT * FROM documents WHERE document_id = $1", [whole])[0]


def page(desk: Desk, asked: Asked) -> Found:
    """The original of a document, for a frame."""
    with desk.reading() as con:
        document = _document(con, asked.path["id"])
        data, place = held(desk, con, document["payload_sha256"])
        boxes = _boxes(con, document["document_id"])
        pictures = _pictures(con, place) if document["media_type"] in _HTML and not boxes else {}
    if boxes:
        return Shown("boxes", "", {"sheets": boxes})
    text = data[document["decode_skip"] or 0 :].decode(document["charset_used"] or "utf-8", "replace")
    if document["media_type"] in _HTML:
        shown = replayed(text, place["uri"], pictures, asked.origin)
        policy = SANDBOX.format(origin=asked.origin)
        return File(
            shown,
            "text/html; charset=utf-8",
            {"content-security-policy": policy, "cross-origin-resource-policy": "same-origin"},
        )
    cut = len(text) > MOST_TEXT
    return Shown("original", "", {"text": text[:MOST_TEXT].removeprefix("\ufeff"), "cut": cut})


_HTML = ("text/html", "application/xhtml+xml")


def _pictures(con: duckdb.DuckDBPyConnection, place: dict[str, Any]) -> dict[str, str]:
    """Pictures that the archive has from the same source, by address: the last capture of each."""
    found = con.execute(
        "SELECT uri, max_by(capture_id, captured_at) FROM captures WHERE source_id = $1 AND payload_sha256 IS NOT NULL "
        "AND starts_with(media_type, 'image/') AND media_type <> 'image/svg+xml' GROUP BY uri LIMIT 20000",
        [place["source_id"]],
    ).fetchall()
    return dict(found)


def _boxes(con: duckdb.DuckDBPyConnection, document_id: str) -> list[dict[str, Any]]:
    """The printed lines of each page of a document, in thousandths of it, with the article that each belongs to."""
    found = rows(
        con,
        "SELECT l.page, l.x0, l.y0, l.x1, l.y1, l.printed, a.article_id, a.ordinal, a.headline FROM lines AS l "
        "JOIN passages AS p USING (passage_id) LEFT JOIN articles AS a USING (article_id) "
        "WHERE l.document_id = $1 ORDER BY l.page, l.ordinal LIMIT 20000",
        [document_id],
    )
    sheets: dict[int, list[dict[str, Any]]] = {}
    for each in found:
        sheets.setdefault(each["page"], []).append(each)
    return [{"number": number, "lines": lines} for number, lines in sheets.items()]


def media(desk: Desk, asked: Asked) -> File:
    """A picture out of the archive, for a replayed page; whatever is no picture is refused."""
    with desk.reading() as con:
        _, capture = ids.find(con, asked.path["id"], ("capture",))
        ((sha256, size),) = con.execute(
            "SELECT payload_sha256, payload_bytes FROM captures WHERE capture_id = $1", [capture]
        ).fetchall()
        if sha256 is None or (size or 0) > MOST_MEDIA:
            raise Missing("No picture is kept there.")
        data, _ = held(desk, con, sha256)
    kind = next((kind for first, kind in _PICTURES.items() if data.startswith(first)), None)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        kind = "image/webp"
    if data[4:12] in (b"ftypavif", b"ftypavis"):
        kind = "image/avif"
    if kind is None:
        raise Missing("No picture is kept there.")
    # A replayed page has an origin of its own, and may show it all the same.
    return File(data, kind, {"cross-origin-resource-policy": "cross-origin", "content-security-policy": "sandbox"})


def payload(desk: Desk, asked: Asked) -> File:
    """The bytes behind a capture or document, to be saved and never shown."""
    with desk.reading() as con:
        kind, whole = ids.find(con, asked.path["id"], ("document", "capture"))
        ((sha256,),) = con.execute(f"SELECT payload_sha256 FROM {kind}s WHERE {kind}_id = $1", [whole]).fetchall()
        if sha256 is None:
            raise Missing("Nothing was kept of it.")
        data, place = held(desk, con, sha256)
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", place["uri"].rpartition("/")[2])[-60:].strip(".-") or "payload"
    return File(
        data,
        "application/octet-stream",
        {"content-disposition": f'attachment; filename="{name}"', "content-security-policy": "sandbox"},
    )
