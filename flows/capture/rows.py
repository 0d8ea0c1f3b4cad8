"""One capture as a row, and as the headers of its WARC record, so that each can be made from the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

import pyarrow as pa

from schemas import table
from schemas.ids import content_id
from warehouse.raw import Place

_SAFE = "=&/:?@!$()*+,;~"
"""Characters that a fragment may hold as they are (RFC 3986), without the quotes."""


@dataclass(frozen=True)
class Origin:
    """What a source knows of a resource before its bytes are read."""

    source_id: str
    uri: str
    outlet: str
    media_type: str | None
    last_modified: datetime | None = None
    parser: str | None = None
    name_date: datetime | None = None

    def headers(self) -> dict[str, str]:
        """Extension headers of the WARC record, from which the row can be made again."""
        headers = {"Dibao-Source": escaped(self.source_id), "Dibao-Outlet": escaped(self.outlet)}
        if self.last_modified:
            headers["Dibao-Modified"] = self.last_modified.isoformat()
        if self.parser:
            headers["Dibao-Parser"] = escaped(self.parser)
        if self.name_date:
            headers["Dibao-Name-Date"] = self.name_date.date().isoformat()
        return headers

    @classmethod
    def from_headers(cls, uri: str, headers: Mapping[str, str]) -> Origin:
        """The reverse of `headers`; names in lower case. KeyError where they are not ours."""
        modified, named, parser = (headers.get(f"dibao-{n}") for n in ("modified", "name-date", "parser"))
        return cls(
            source_id=unescaped(headers["dibao-source"]),
            uri=uri,
            outlet=unescaped(headers["dibao-outlet"]),
            media_type=unescaped(kept)
            if (kept := headers.get("dibao-media-type"))
            else headers.get("content-type") or None,
            last_modified=datetime.fromisoformat(modified) if modified else None,
            parser=unescaped(parser) if parser else None,
            name_date=datetime.fromisoformat(f"{named}T00:00:00+00:00") if named else None,
        )

    def part(self, pointer: str, media_type: str = "application/json") -> Origin:
        """A record inside a dump, by its place in it."""
        return replace(self, uri=f"{self.uri}#{pointer}", media_type=media_type)

    def named(self, key: str, media_type: str = "application/json") -> Origin:
        """A record inside a dump that is known by a key of its own, whichever piece of a table it stands in."""
        whole = self.uri.partition("?rows=")[0]
        return replace(self, uri=f"{whole}#{quote(key, safe=_SAFE, errors='replace')}", media_type=media_type)


def row(
    origin: Origin,
    captured_at: datetime,
    sha256: str | None,
    size: int | None,
    place: Place,
    record_type: str,
    run_id: str,
    **more: Any,
) -> dict[str, Any]:
    """A row of `captures`."""
    return {
        "capture_id": row_id(origin, captured_at, sha256),
        "source_id": origin.source_id,
        "uri": origin.uri,
        "outlet": origin.outlet,
        "captured_at": captured_at,
        "payload_sha256": sha256,
        "payload_bytes": size,
        "media_type": origin.media_type,
        "last_modified": origin.last_modified,
        "record_type": record_type,
        "warc_file": place.warc_file,
        "warc_offset": place.offset,
        "warc_length": place.length,
        "parser": origin.parser,
        "name_date": origin.name_date,
        "run_id": run_id,
    } | more


def row_id(origin: Origin, captured_at: datetime, sha256: str | None) -> str:
    """The id that the capture of a payload has."""
    return content_id(origin.source_id, origin.uri, captured_at.isoformat(), sha256)


def reject(
    source_id: str,
    uri: str | None,
    error: str,
    message: str,
    *,
    capture_id: str | None = None,
    sha256: str | None = None,
    stage: str = "capture",
    extractor: str | None = None,
    traceback: str | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A row of `rejects`. Its id is over the payload where there is one, so that the same failure is one row.

    `traceback` is what `flows.faults.told` makes of an exception that nobody foresaw; `more` are other columns.
    """
    reader = extractor or more.get("media_type")
    return {
        "reject_id": content_id(sha256 or capture_id or f"{source_id} {uri}", stage, error, message, reader),
        "source_id": source_id,
        "capture_id": capture_id,
        "uri": uri,
        "stage": stage,
        "error": error,
        "message": message,
        "payload_sha256": sha256,
        "traceback": traceback,
        "extractor": extractor,
    } | more


def reject_of(capture: dict[str, Any], error: str, message: str) -> dict[str, Any]:
    """A row of `rejects` about a capture, given as its row."""
    return reject(
        capture["source_id"],
        capture["uri"],
        error,
        message,
        capture_id=capture["capture_id"],
        sha256=capture["payload_sha256"],
    )


def to_table(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Rows as an Arrow table of that name, the first of each key kept."""
    each = table(name)
    first: dict[tuple[Any, ...], dict[str, Any]] = {}
    for values in rows:
        first.setdefault(tuple(values[column] for column in each.key), values)
    return each.rows(list(first.values()))


def escaped(text: str) -> str:
    """A text as one line of ASCII, for a header."""
    return text.encode("unicode_escape").decode("ascii")


def unescaped(text: str) -> str:
    """The reverse of `escaped`."""
    return text.encode("ascii").decode("unicode_escape")
