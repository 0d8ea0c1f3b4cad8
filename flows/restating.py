"""What a source says about reading, brought to what was captured before it said so.

The rows of `captures` carry the hints with which their payloads are read. Where a source's file says something else by
now, its rows are corrected, and all that it concerns is read anew (`flows.backlog`): what is read takes the place of
what was read before. A note in the raw store lets a rebuild come to the same rows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote, urlsplit

import duckdb
import pyarrow as pa

from flows.capture import dumps
from flows.capture.container_names import MARK
from flows.capture.known import Known
from flows.capture.media import DUMPS, HEAD_BYTES, JSON_LINES, media_type
from flows.capture.rows import Origin, to_table
from flows.capture.salvage import HINTS, is_own
from flows.capture.walk import name_date, walk
from flows.extract.reading import TRUNCATED
from flows.extract.registry import canonical
from flows.sources.registry import LOCAL, Source
from schemas import table
from schemas.render.sql import literal
from warehouse.errors import Damaged
from warehouse.raw import Place
from warehouse.records import payload_at


@dataclass(frozen=True)
class Said:
    """What a source says about reading: hints as canonical JSON, and the pattern for dates in names.

    `anew` are the addresses of tables that the same run converts anew, so that what was made of them before gives way.
    """

    source_id: str
    parser: str | None
    name_date: str
    anew: tuple[str, ...] = ()

    def note(self) -> dict[str, str]:
        """The fields of its metadata record."""
        values = {"source": self.source_id, "parser": self.parser, "name_date": self.name_date, "anew": self.anew}
        return {"dibao-note": HINTS, "said": json.dumps(values, sort_keys=True)}


def of_note(fields: Mapping[str, str]) -> Said | None:
    """The reverse of `note`; None where the fields are those of another note."""
    if fields.get("dibao-note") != HINTS:
        return None
    values = json.loads(fields["said"])
    return Said(values["source"], values["parser"], values["name_date"], tuple(values["anew"]))


@dataclass
class Correction:
    """Rows of `captures` and `rejects` to add, and the keys of those whose place they take."""

    captures: list[pa.Table] = field(default_factory=list)
    former: list[str] = field(default_factory=list)
    rejects: list[dict[str, Any]] = field(default_factory=list)
    taken_back: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.former or self.rejects or self.taken_back)

    def changes(self) -> Iterator[tuple[str, pa.Table, pa.Table]]:
        """Per table the rows to add and the keys to remove."""
        captures = pa.concat_tables([table("captures").empty(), *self.captures])
        yield "captures", captures, pa.table({"capture_id": pa.array(self.former, pa.string())})
        yield (
            "rejects",
            to_table("rejects", self.rejects),
            pa.table({"reject_id": pa.array(self.taken_back, pa.string())}),
        )


def said(source: Source, con: duckdb.DuckDBPyConnection) -> Said:
    """What a source says now, with the tables that are to be converted anew because their delimiter is another."""
    parser = canonical(source.hints)
    delimiter = source.hints.get("delimiter")
    anew: list[str] = []
    if source.kind in LOCAL:
        tables = con.execute(
            "SELECT DISTINCT parser, regexp_extract(uri, '^[^?#]*') FROM captures "
            "WHERE source_id = $1 AND record_type = 'conversion' AND parser IS DISTINCT FROM $2",
            [source.id, parser],
        ).fetchall()
        other = {uri for former, uri in tables if json.loads(former or "{}").get("delimiter") != delimiter}
        # Only what lies there still can be converted again; of all else the rows stay as they are.
        anew = sorted(other & {found.uri for found in walk(source)}) if other else []
    return Said(source.id, parser, source.name_date, tuple(anew))


def correction(con: duckdb.DuckDBPyConnection, raw: Path, what: Said, run_id: str, *, names: bool = True) -> Correction:
    """How the rows of a source must change so that they are as it says now. Without `names`, dates in names stay."""
    out = Correction()
    kinds = ", ".join(map(literal, sorted(DUMPS)))
    dump = f"(part_start IS NOT NULL OR (coalesce(media_type, '') IN ({kinds}) AND http_status IS NULL))"
    changed = f"NOT {dump} AND parser IS DISTINCT FROM $2"
    same = f"NOT {dump} OR parser IS NOT DISTINCT FROM $2"
    values = [what.source_id, what.parser]
    plain = con.sql(
        f"FROM captures WHERE source_id = $1 AND ({same if names else changed}) ORDER BY capture_id", params=values
    )
    _plain(plain.to_arrow_table(), what, out)
    held = con.sql(
        f"FROM captures WHERE source_id = $1 AND {dump} AND parser IS DISTINCT FROM $2 "
        "ORDER BY captured_at, warc_file, warc_offset, part_start, capture_id",
        params=values,
    )
    _dumps(held.to_arrow_table().to_pylist(), con, raw, what, run_id, out)
    return out


def _plain(rows: pa.Table, what: Said, out: Correction) -> None:
    """Payloads that are captures of their own: the same rows with other hints."""
    given = zip(*(rows[name].to_pylist() for name in ("uri", "warc_file", "parser", "name_date")), strict=True)
    dates, parsers, changed = [], [], []
    for at, (uri, warc_file, parser, date) in enumerate(given):
        now = _date(uri, what.name_date) if is_own(warc_file) else date
        hints = _kept(parser, what.parser)
        if (parser, date) != (hints, now):
            changed.append(at)
            parsers.append(hints)
            dates.append(now)
    if not changed:
        return
    rows = rows.take(pa.array(changed, pa.int64()))
    for name, column in (("parser", parsers), ("name_date", dates)):
        at = rows.schema.get_field_index(name)
        rows = rows.set_column(at, rows.schema.field(at), pa.array(column, rows.schema.field(at).type))
    out.captures.append(rows.cast(table("captures").arrow))
    out.former += rows["capture_id"].to_pylist()


def _kept(former: str | None, said: str | None) -> str | None:
    """What a source says of a payload, with what its own record says: that it was broken off."""
    own = json.loads(former).get(TRUNCATED) if former and TRUNCATED in former else None
    return canonical({**json.loads(said or "{}"), TRUNCATED: own}) if own else said


def _dumps(
    held: list[dict[str, Any]], con: duckdb.DuckDBPyConnection, raw: Path, what: Said, run_id: str, out: Correction
) -> None:
    """Records of dumps: each dump is split again as the hints say now, in the order in which they came."""
    gone = [row for row in held if row["record_type"] == "conversion" and _file(row["uri"]) in what.anew]
    out.former += [row["capture_id"] for row in gone]
    places: dict[tuple[str, int, int, str], list[dict[str, Any]]] = {}
    for row in held:
        if _file(row["uri"]) in what.anew and row["record_type"] == "conversion":
            continue
        key = (row["warc_file"], row["warc_offset"], row["warc_length"], row["record_type"])
        places.setdefault(key, []).append(row)
    known = _Latest()
    before: dict[str, dict[str, Any]] = {}
    now: dict[str, dict[str, Any]] = {}
    for (warc_file, offset, length, kind), rows in places.items():
        before |= {row["capture_id"]: row for row in rows}
        first = rows[0]
        uri = first["uri"].partition("#")[0]
        payload = _payload(raw, warc_file, offset, length, kind)
        if payload is None:
            now |= {row["capture_id"]: row | {"parser": what.parser} for row in rows}
            continue
        file = unquote(_file(uri).rpartition("/")[2])
        origin = Origin(
            source_id=what.source_id,
            uri=uri,
            outlet=first["outlet"],
            media_type=_dump_type(file, payload),
            last_modified=first["last_modified"],
            parser=what.parser,
            name_date=_date(uri, what.name_date),
        )
        sha256 = hashlib.sha256(payload).hexdigest()
        place = Place(warc_file, offset, length)
        again = dumps.again(origin, payload, sha256, first["captured_at"], place, cast(Known, known), run_id, kind)
        known.learn(again.captures)
        now |= {
            row["capture_id"]: row | {"run_id": before.get(row["capture_id"], row)["run_id"]} for row in again.captures
        }
        out.rejects += again.rejects
        stale = "SELECT reject_id FROM rejects WHERE source_id = $1 AND stage = 'capture' AND uri = $2"
        out.taken_back += [each for (each,) in con.execute(stale, [what.source_id, uri]).fetchall()]
    changed = [row for name, row in now.items() if _values(before.get(name)) != _values(row)]
    out.captures.append(to_table("captures", changed))
    out.former += [row["capture_id"] for row in changed if row["capture_id"] in before]
    out.former += [name for name in before if name not in now]
    same = {row["reject_id"] for row in out.rejects} & set(out.taken_back)
    out.rejects = [row for row in out.rejects if row["reject_id"] not in same]
    out.taken_back = [name for name in out.taken_back if name not in same]


class _Latest:
    """What is known of the records of dumps while they are split again: the payload of each address, so far."""

    def __init__(self) -> None:
        self._held: dict[str, str] = {}

    def learn(self, rows: Iterable[dict[str, Any]]) -> None:
        self._held |= {row["uri"]: row["payload_sha256"] for row in rows}

    def latest(self, source_id: str, uris: Iterable[str]) -> dict[str, str]:
        return {uri: self._held[uri] for uri in uris if uri in self._held}


def _payload(raw: Path, warc_file: str, offset: int, length: int, kind: str) -> bytes | None:
    """The bytes of a dump in one of our own segments; None where they cannot be split again."""
    if not is_own(warc_file) or kind == "revisit":
        return None
    try:
        return payload_at(raw, warc_file, offset, length, kind)
    except Damaged:
        return None


def _values(row: dict[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (row or {}).items() if value is not None}


def _dump_type(name: str, payload: bytes) -> str:
    """The media type of a dump; a conversion of a table, which has its name, is JSON Lines."""
    kind = media_type(name, payload[:HEAD_BYTES])
    return kind if kind in DUMPS else JSON_LINES


def _file(uri: str) -> str:
    """The address of the file that a record's address names."""
    return uri.partition("#")[0].partition("?")[0]


def _date(uri: str, pattern: str) -> datetime | None:
    """The date in the name that an address ends with; for a member of a container, else in the container's name."""
    if uri.startswith("file:"):
        named = (unquote(name.rpartition("/")[2]) for name in reversed(_file(uri).split(MARK)))
        return next(filter(None, (name_date(pattern, name) for name in named)), None)
    try:
        return name_date(pattern, urlsplit(uri).path.rpartition("/")[2])
    except ValueError:  # brackets that are no IPv6 address: archives state whatever their crawlers were told
        return None
