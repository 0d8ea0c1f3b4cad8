"""Following one id back to its bytes, and reading them again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

import duckdb

from flows.extract.reading import UnreadableError
from flows.read import Work, read_payloads
from flows.report.ids import find
from warehouse.errors import Damaged, Missing
from warehouse.records import payload_at
from warehouse.store import Warehouse


@dataclass
class Trace:
    """The chain from an id to its WARC record, each link as (what, its facts), and the verdict."""

    kind: str
    id: str
    chain: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    same: bool = False
    verdict: str = ""


def trace(warehouse: Warehouse, identity: str) -> Trace:
    """Walk a passage, article, document or capture back to the WARC record, and read the bytes anew.

    Raises Missing where no table has the id. An abbreviation of 8 characters or more will do if it is the only one.
    """
    con = warehouse.connect()
    kind, whole = find(con, identity, ("passage", "article", "document", "capture"))
    out = Trace(kind, whole)
    document_id = None
    if kind in ("passage", "article", "document"):
        row = _row(con, f"SELECT * FROM {kind}s WHERE {kind}_id = $1", whole)
        if kind == "passage" and row["article_id"]:
            article = _row(
                con,
                "SELECT article_id, ordinal, headline, chars FROM articles WHERE article_id = $1",
                row["article_id"],
            )
            out.chain += [("passage", row), ("article", article)]
        else:
            out.chain.append((kind, row))
        document_id = row["document_id"]
        if kind != "document":
            out.chain.append(("document", _row(con, "SELECT * FROM documents WHERE document_id = $1", document_id)))
        payload = out.chain[-1][1]["payload_sha256"]
        if kind == "passage":
            out.chain += [("line", line) for line in _lines(con, whole)]
        captures = _rows(
            con, "SELECT * FROM captures WHERE payload_sha256 = $1 ORDER BY captured_at, capture_id", payload
        )
    else:
        captures = _rows(con, "SELECT * FROM captures WHERE capture_id = $1", whole)
        payload = captures[0]["payload_sha256"]
    out.chain += [("capture", capture) for capture in captures]
    _check(warehouse, con, out, payload, document_id)
    return out


@dataclass(frozen=True)
class Original:
    """A payload with the address and type of its first capture."""

    payload: bytes
    uri: str
    media_type: str | None


def original(warehouse: Warehouse, identity: str) -> Original:
    """The bytes behind a capture, document, article or passage, unpacked, and verified by their hash.

    Raises Missing where no table has the id or nothing was captured, Damaged where the bytes are not what they were.
    """
    con = warehouse.connect()
    try:
        kind, whole = find(con, identity, ("passage", "article", "document", "capture"))
        table = f"{kind}s" if kind in ("capture", "document") else f"{kind}s JOIN documents USING (document_id)"
        payload = _row(con, f"SELECT payload_sha256 FROM {table} WHERE {kind}_id = $1", whole)["payload_sha256"]
        holders = _rows(con, _HOLDER, payload)
    finally:
        con.close()
    if payload is None or not holders:
        raise Missing(f"Nothing was kept of {kind} {whole}: the capture has no payload in the archive.")
    place = holders[0]
    held = payload_at(
        warehouse.raw, place["warc_file"], place["warc_offset"], place["warc_length"], place["record_type"]
    )[place["part_start"] : place["part_end"]]
    if hashlib.sha256(held).hexdigest() != payload:
        raise Damaged(f"raw/{place['warc_file']}, byte {place['warc_offset']}: the payload has changed.")
    return Original(held, place["uri"], place["media_type"])


_HOLDER = """
SELECT * FROM captures WHERE payload_sha256 = $1 AND record_type <> 'revisit'
ORDER BY warc_file, warc_offset, part_start LIMIT 1
"""


def _check(
    warehouse: Warehouse, con: duckdb.DuckDBPyConnection, out: Trace, payload: str | None, document_id: str | None
) -> None:
    """Read the bytes, compare their hash, run the recorded extractor and rules, and compare the rows."""
    holder = _rows(con, _HOLDER, payload)
    if payload is None or not holder:
        out.verdict = "The capture has no payload in the archive, so there is nothing to read again."
        return
    place = holder[0]
    try:
        data = payload_at(
            warehouse.raw, place["warc_file"], place["warc_offset"], place["warc_length"], place["record_type"]
        )
    except Damaged as error:
        out.verdict = str(error)
        return
    if place["part_start"] is not None:
        data = data[place["part_start"] : place["part_end"]]
    actual = hashlib.sha256(data).hexdigest()
    if actual != payload:
        out.verdict = f"The bytes have changed: SHA-256 {actual}, not {payload}."
        return
    documents = _rows(
        con,
        "SELECT * FROM documents WHERE payload_sha256 = $1 AND ($2 IS NULL OR document_id = $2) ORDER BY document_id",
        payload,
        document_id,
    )
    if not documents:
        rejected = _rows(con, "SELECT stage, error, message FROM rejects WHERE payload_sha256 = $1", payload)
        out.chain += [("reject", row) for row in rejected]
        media = _rows(con, "SELECT media_type, sort FROM kept_media WHERE payload_sha256 = $1", payload)
        out.chain += [("kept media", row) for row in media]
        out.same = True
        out.verdict = "The bytes are the same; no document was read from them."
        return
    for document in documents:
        again = _again(place | {"parser": document["parser"], "media_type": document["media_type"]}, data)
        if again is None or any(again[name] != document[name] for name in _MADE_BY):
            out.verdict = "This version of Dibao reads such payloads in another way; the bytes are the same."
            return
        if again["text_sha256"] != document["text_sha256"]:
            out.verdict = "The bytes are the same, but reading them again gives another text."
            return
    out.same = True
    out.verdict = "The bytes are the same, and reading them again gives the same text."


_MADE_BY = ("document_id", "extractor_version", "segment_version", "clean_version")


def _again(place: dict[str, Any], data: bytes | UnreadableError) -> dict[str, Any] | None:
    names = Work.__dataclass_fields__
    work = Work(**{name: place[name] for name in names})
    documents = read_payloads([(work, data)])["documents"].to_pylist()
    return documents[0] if documents else None


def _lines(con: duckdb.DuckDBPyConnection, passage: str) -> list[dict[str, Any]]:
    """Where the lines of a passage are printed; none where its payload knows no boxes."""
    return _rows(con, "SELECT * FROM lines WHERE passage_id = $1 ORDER BY ordinal", passage)


def _rows(con: duckdb.DuckDBPyConnection, sql: str, *args: Any) -> list[dict[str, Any]]:
    result = con.execute(sql, list(args))
    names = [each[0] for each in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _row(con: duckdb.DuckDBPyConnection, sql: str, *args: Any) -> dict[str, Any]:
    return _rows(con, sql, *args)[0]
