"""Taking down: what a target comes to, and the step of a run that takes it out of raw store and tables.

What is to go is told by the files of `takedowns/` alone, so that a run that was killed anywhere is made good by the
next one. Payloads that come in again are written by the capture of some kinds, before anybody knows them; they are
taken out of the raw store before the run publishes.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from flows import logs
from flows.capture.salvage import is_own
from flows.takedowns import Standing, Takedown, save, with_more
from schemas import table
from warehouse.catalogue import rows
from warehouse.records import RawRecord, Skipped, readable
from warehouse.scrub import Cut, Span, scrub
from warehouse.storage import at
from warehouse.store import Writer

_log = logging.getLogger(__name__)

_SLICE = 16
"""Letters of a passage that are looked for; what is shorter stands in too many places."""
_SLICES = 400
_KINDS = ("response", "resource", "conversion", "metadata")

_PASSAGES = """
SELECT DISTINCT p.text
FROM passages AS p JOIN documents AS d USING (document_id) JOIN gone_payloads USING (payload_sha256)
WHERE p.article_id IS NOT NULL AND length(p.text) >= $1 ORDER BY length(p.text) DESC, p.text LIMIT $2
"""


@dataclass
class _Candidate:
    """A record that no capture is of: a list, a container, what a crawler made of a page."""

    cut: Cut
    uri: str
    kind: str
    sha256: str
    has_text: bool


@dataclass
class _Scan:
    """What of one file goes, and what its parts are blanked to."""

    cuts: list[Cut] = field(default_factory=list)
    blanks: set[str] = field(default_factory=set)


class Removal:
    """The taking down of one run. `whole` looks through all captures, and not only through those of this run."""

    def __init__(self, writer: Writer, standing: Standing, *, whole: bool) -> None:
        self._writer = writer
        self._con = writer.con()
        self._raw = writer.warehouse.raw
        self._standing = standing
        self._whole = whole

    def run(self, dropped: pa.Table, spoilt: Iterable[str], segments: Iterable[str]) -> int:
        """Take out what is to go; returns how many captures went.

        `dropped` are captures of this run that were not let in, `spoilt` addresses of lists that told of something that
        was taken down, `segments` the files that this run wrote.
        """
        self._keep_table()
        spoilt = set(spoilt)
        held = self._con.sql("FROM captures").to_arrow_table() if self._whole else table("captures").empty()
        _, bad = self._standing.split(held)
        every = pa.concat_tables([bad, dropped.cast(bad.schema)])
        if every.num_rows == 0 and not spoilt:
            return 0
        self._con.register("gone_payloads", every.select(["payload_sha256"]))
        texts = [text for (text,) in self._con.execute(_PASSAGES, [_SLICE, _SLICES]).fetchall()]
        self._con.unregister("gone_payloads")
        # Bytes that only stand for a part that was taken out are no reason to take it out again.
        blank = pc.is_in(every["payload_sha256"], pa.array(sorted(self._standing.blanks), pa.string()))
        bytes_of = every.filter(pc.and_(pc.not_equal(every["record_type"], "revisit"), pc.invert(blank)))
        places: dict[str, dict[int, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
        for row in bytes_of.to_pylist():
            places[row["warc_file"]][row["warc_offset"]].append(row)
        files = set(places) | set(segments if spoilt else ())
        if self._whole:
            files |= self._beside(set(every["source_id"].to_pylist()))
        marks = _variants(texts)
        for name in sorted(files):
            self._clean(name, places.get(name, {}), spoilt, marks)
        self._forget(bad, every)
        self._forget_words(texts)
        _log.warning("%d captures were taken down, from %d files", every.num_rows, len(files))
        return int(every.num_rows)

    def _keep_table(self) -> None:
        rows = self._standing.table()
        held = self._con.sql("FROM takedowns ORDER BY takedown_id, payload_sha256").to_arrow_table()
        if held.to_pylist() != rows.to_pylist():
            self._writer.overwrite("takedowns", rows)

    def _beside(self, sources: set[str]) -> set[str]:
        """The segments of our own that were written for some sources: lists and containers stand there."""
        names = [name for (name,) in self._con.execute("SELECT warc_file FROM warc_files").fetchall()]
        return {name for name in names if is_own(name) and any(f"-{source}-" in name for source in sources)}

    def _clean(
        self, name: str, places: Mapping[int, list[dict[str, Any]]], spoilt: set[str], marks: list[bytes]
    ) -> None:
        """Take out of one file what is to go, and let the tables know its new hash."""
        found = self._scan(name, places, spoilt, marks)
        storage = at(self._raw)
        known = rows(self._con, "SELECT * FROM warc_files WHERE warc_file = $1", [name])
        if not found.cuts and not places:
            return
        first = {row["payload_sha256"] for held in places.values() for row in held}
        owner = next(
            (each for each in self._standing.takedowns if any(p["payload_sha256"] in first for p in each.payloads)),
            self._standing.takedowns[-1],
        )
        archives = [] if is_own(name) else [row["sha256"] for row in known]
        self._remember(with_more(owner, blanks=found.blanks, archives=archives))
        if found.cuts:
            scrub(self._raw, name, found.cuts, {"takedown": owner.id})
        for row in known:
            sha256, size = storage.sha256(name), storage.size(name) or 0
            if row["sha256"] != sha256:
                new = table("warc_files").rows([row | {"sha256": sha256, "bytes": size}])
                self._writer.change("warc_files", new, pa.table({"warc_file": [name]}))
                self._writer.rewrote_warc(name, sha256, size)

    def _remember(self, takedown: Takedown) -> None:
        """Have a takedown's file say what it has come to know, before anything is done that needs it."""
        before = {each.id: each for each in self._standing.takedowns}
        if before.get(takedown.id) != takedown:
            save(self._writer.storage, takedown)
            self._standing = Standing.of(list((before | {takedown.id: takedown}).values()))

    def _scan(
        self, name: str, places: Mapping[int, list[dict[str, Any]]], spoilt: set[str], marks: list[bytes]
    ) -> _Scan:
        """What of a file goes: the records at these places, and others that hold the same without being captures."""
        con, out = self._con, _Scan()
        gone = [row["capture_id"] for held in places.values() for row in held]
        others = con.execute(
            "SELECT warc_offset, part_start, part_end FROM captures WHERE warc_file = $1 AND capture_id NOT IN "
            "(SELECT unnest($2::VARCHAR[]))",
            [name, gone],
        ).fetchall()
        stay = {offset for offset, *_ in others}
        refers: set[str] = set(spoilt)
        pages: set[str] = set()
        candidates: list[_Candidate] = []
        for record in readable(at(self._raw).local(name)):
            if isinstance(record, Skipped):
                continue
            going = places.get(record.offset)
            if going is None:
                if record.offset not in stay and record.kind in _KINDS:
                    candidates.append(_candidate(record, marks))
                continue
            pages |= {row["uri"] for row in going}
            if target := record.headers.get("warc-refers-to-target-uri"):
                refers.add(target)
            spans = _spans(going, record, out.blanks) if record.offset in stay else ()
            out.cuts.append(Cut(record.offset, record.length, spans))
        for each in candidates:
            made = each.kind == "conversion" and any(page and page in each.uri for page in pages)
            if each.uri in refers or made or each.has_text or each.sha256 in self._standing.payloads:
                out.cuts.append(each.cut)
        return out

    def _forget(self, bad: pa.Table, every: pa.Table) -> None:
        """Take the captures, and what was said of them, out of the tables."""
        con, writer = self._con, self._writer
        if bad.num_rows:
            writer.change("captures", table("captures").empty(), bad.select(["capture_id"]))
        con.register("gone", every.select(["capture_id", "payload_sha256"]))
        said = con.sql(
            "SELECT reject_id FROM rejects WHERE capture_id IN (SELECT capture_id FROM gone) OR payload_sha256 IN "
            "(SELECT payload_sha256 FROM gone WHERE payload_sha256 IS NOT NULL)"
        ).to_arrow_table()
        con.unregister("gone")
        if said.num_rows:
            writer.change("rejects", table("rejects").empty(), said)

    def _forget_words(self, texts: list[str]) -> None:
        """Take out what alerts and logs quote of the text."""
        parts = {text[:_SLICE] for text in texts}
        if not parts:
            return
        alerts = self._con.sql("FROM alerts").to_arrow_table()
        told = [any(part in match for part in parts) for match in alerts["match"].to_pylist()]
        if any(told):
            gone = alerts.filter(pa.array(told)).select(["alert_id"])
            self._writer.change("alerts", table("alerts").empty(), gone)
        store = at(self._writer.root)
        for name in store.names(logs.FOLDER):
            lines = store.get(name).decode("utf-8", "replace").split("\n")
            kept = [line for line in lines if not any(part in line for part in parts)]
            if kept != lines:
                store.put(name, "\n".join(kept).encode())


def _candidate(record: RawRecord, marks: list[bytes]) -> _Candidate:
    payload = record.payload or b""
    has_text = any(mark in payload for mark in marks)
    sha256 = hashlib.sha256(payload).hexdigest()
    return _Candidate(Cut(record.offset, record.length), record.uri or "", record.kind, sha256, has_text)


def _variants(texts: list[str]) -> list[bytes]:
    """The beginnings of texts as lists and archives may write them."""
    out: set[bytes] = set()
    for text in texts:
        for part in {text[:_SLICE], text[len(text) // 2 :][:_SLICE]}:
            if len(part) < _SLICE:
                continue
            out |= {part.encode("utf-8", "replace"), json.dumps(part)[1:-1].encode()}
            out |= {part.encode(codec, "xmlcharrefreplace") for codec in ("gb18030", "latin-1", "big5", "euc-kr")}
    return sorted(out)


def _spans(going: list[dict[str, Any]], record: RawRecord, blanks: set[str]) -> tuple[Span, ...]:
    """The parts of a dump that go, and what they are blanked to."""
    payload = record.payload or b""
    out = []
    for row in going:
        span = Span(row["part_start"] or 0, row["part_end"] or len(payload), _blank)
        blanks.add(hashlib.sha256(_blank(payload[span.start : span.end])).hexdigest())
        out.append(span)
    return tuple(out)


def _blank(part: bytes) -> bytes:
    """What stands in the place of a record of a dump, so that those beside it are told apart as before."""
    if part.startswith(b"From "):
        first, end, rest = part.partition(b"\n")
        return first + end + (b"X:" + b"." * (len(rest) - 2) if len(rest) > 2 else rest)
    if part.startswith(b"<page") and part.endswith(b"</page>"):
        return b"<page>" + b" " * (len(part) - 13) + b"</page>"
    if part.startswith(b"["):
        return b"[" + b" " * (len(part) - 2) + b"]"
    return b"{" + b" " * (len(part) - 2) + b"}" if part.startswith(b"{") else b"0" * len(part)
