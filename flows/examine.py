"""Auditing a warehouse: every byte against its hash, every check of the schemas, every count."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

import duckdb

from flows.progress import Progress, Silent, stage
from flows.settings import SettingsError
from flows.versions import DIBAO
from schemas import TABLES, layout, table
from schemas.render.checks import table_checks
from warehouse import catalogue, delta_logs, digest, fixity, reading, signing, snapshots
from warehouse.errors import Busy, Damaged, ReadOnly, WarehouseError, nothing_at, outdated_at
from warehouse.reading import told
from warehouse.snapshots import Snapshot
from warehouse.storage import at
from warehouse.store import Warehouse, Writer


@dataclass(frozen=True)
class Finding:
    """Something wrong: which check, and one sentence."""

    check: str
    message: str


@dataclass
class Report:
    """What an audit read and found."""

    files: int = 0
    records: int = 0
    checks: int = 0
    findings: list[Finding] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    """Rows of `fixity`."""
    signed: int | None = None
    """The last snapshot that a signature which holds vouches for."""
    unrecorded: str | None = None
    """Why these rows were not published; None where they were."""


def part(text: str | None) -> float:
    """The part of the bytes that is to be read, from `5%` or `0.05`; all where none is said. Raises SettingsError."""
    if text is None:
        return 1.0
    number, percent, rest = text.strip().partition("%")
    try:
        found = float(number) / (100 if percent else 1)
    except ValueError:
        found = 0.0
    if rest or not 0 < found <= 1:
        raise SettingsError(f"--sample takes a part such as 5%, not {text!r}.")
    return found


def examine(
    warehouse: Warehouse,
    progress: Progress | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    part: float = 1.0,
    trusted: str | None = None,
) -> Report:
    """Audit a warehouse and record what was read in `fixity`, where it can be written to.

    Where `part` is below 1, only so much of the files and records is read: those of the day, so that other days read
    others, chosen by a hash of day and name. Digests and checks are those of everything. Signatures of snapshots are
    checked by the keys that they name or, where one is `trusted`, by that alone.

    Whatever is damaged, missing or foreign is a finding, and the rest is looked at all the same. Raises Missing where
    there is no warehouse, Busy where a run is writing to it, Outdated where another version of Dibao gave the tables
    other columns: nothing that this version knows of them can be checked before an ingest has brought them up.
    """
    progress = progress or Silent()
    root = warehouse.root
    numbers, snapshot = snapshots.numbers(root), _newest(root)
    if not numbers:
        raise nothing_at(root)
    if snapshot is not None and snapshot.number == numbers[-1] and snapshot.layout != layout():
        raise outdated_at(root)
    now, report = clock(), Report()
    chosen = partial(_chosen, f"{now:%Y-%m-%d}", part)
    with ExitStack() as stack:
        writer = _writer(stack, warehouse, report)
        for broken in snapshots.chain(root):
            report.findings.append(Finding("snapshot chain", broken))
        signed, unsigned = signing.check(root, trusted)
        report.signed = max((each.number for each in signed), default=None)
        report.findings += [Finding("signatures", each) for each in unsigned]
        steps: tuple[tuple[str, Callable[[], None]], ...] = (
            ("catalogue", partial(_catalogue, root, snapshot, report)),
            ("files", partial(_files, warehouse, now, report, progress, chosen)),
            ("foreign", partial(_foreign, root, report)),
            ("Delta logs", partial(_delta_logs, root, snapshot, report)),
            ("sources", partial(_sources, warehouse, report)),
            ("tables", partial(_tables, warehouse, snapshot, now, report, progress, chosen)),
        )
        for check, work in steps:
            try:
                work()
            except Exception as error:
                report.findings.append(Finding(check, f"This could not be looked at to the end: {_said(error)}."))
        if writer is not None:
            _record(writer, now, report)
    return report


def _said(error: Exception) -> str:
    """An error on one line; those of files and parsers have a name that says more than their text."""
    text = told(error)
    return text if isinstance(error, duckdb.Error | WarehouseError) else f"{type(error).__name__}: {text}"


def _writer(stack: ExitStack, warehouse: Warehouse, report: Report) -> Writer | None:
    """The writer, which records what is found; None where the warehouse can only be read."""
    try:
        return stack.enter_context(warehouse.writer())
    except Busy:
        raise
    except ReadOnly:
        report.unrecorded = f"{warehouse.where} is read-only"
    except Exception as error:
        report.findings.append(Finding("writing", f"No run can begin: {_said(error)}."))
        report.unrecorded = "no run can begin"
    return None


def _record(writer: Writer, now: datetime, report: Report) -> None:
    """Publish what was read; what cannot be published is a finding as well."""
    try:
        writer.append("fixity", table("fixity").rows(report.rows))
        run_id = f"audit-{now:%Y%m%dT%H%M%S}"
        writer.publish_upkeep(run_id=run_id, published_at=now.isoformat(), code_version=DIBAO)
    except Damaged as error:
        report.findings.append(Finding("catalogue", f"The catalogue of before stays: {error}"))
    except Exception as error:
        report.findings.append(Finding("writing", f"What was found could not be recorded: {_said(error)}."))
        report.unrecorded = "it could not be published"


def _newest(root: Path) -> Snapshot | None:
    """The last snapshot that can be read; the chain tells of those that cannot."""
    for number in reversed(snapshots.numbers(root)):
        with suppress(Damaged):
            return snapshots.load(root, number)
    return None


def _catalogue(root: Path, snapshot: Snapshot | None, report: Report) -> None:
    """Whether the published catalogue can be read and shows this snapshot by these definitions."""
    if at(root).size(catalogue.NAME) is None or snapshot is None:
        return  # it is made anew by whoever writes next, and readers do without
    found = catalogue.number(root)
    if found is None:
        report.findings.append(
            Finding("catalogue", f"{catalogue.NAME} cannot be read; `dibao maintain` makes it anew.")
        )
    elif found != snapshot.number:
        message = f"{catalogue.NAME} shows snapshot {found} and not {snapshot.number}; `dibao maintain` makes it anew."
        report.findings.append(Finding("catalogue", message))


def _defined(root: Path, snapshot: Snapshot) -> duckdb.DuckDBPyConnection:
    """A connection with the views of a snapshot, whatever the catalogue is."""
    return reading.locked(root, lambda con: catalogue.define(con, root, snapshot))


def _foreign(root: Path, report: Report) -> None:
    """Files among those of the archive that no snapshot names, and no run can have left behind."""
    named = {entry.path for entry in fixity.files(root)}
    tables = {each.name for each in TABLES}
    for folder in ("raw", "tables", "snapshots"):
        for name in at(root).names(folder):
            path = PurePosixPath(name)
            parts = path.parts
            if name in named:
                continue
            left = (
                (folder == "raw" and (path.suffix == ".open" or path.name.endswith((".warc.gz", ".warc"))))
                or (folder == "tables" and parts[1] in tables and ("_delta_log" in parts or path.suffix == ".parquet"))
                or (folder == "snapshots" and path.suffix == ".json" and path.stem.isdigit())
                or name == snapshots.EXPIRED
            )
            if not left:
                report.findings.append(Finding("foreign", f"{name} is none of the archive's files; move it elsewhere."))


def _delta_logs(root: Path, snapshot: Snapshot | None, report: Report) -> None:
    """Whether stock readers of Delta can read each table."""
    from deltalake import DeltaTable

    for name, entry in sorted(snapshot.tables.items()) if snapshot else ():
        if not entry.files or not at(root).names(delta_logs.key(name)):
            continue
        try:
            where = delta_logs.at_hand(root, name)
            listed = {Path(unquote(uri)).name for uri in DeltaTable(str(where)).file_uris()}
        except Exception as error:
            message = f"The Delta log of {name} cannot be read ({_said(error)}); delete tables/{name}/_delta_log."
            report.findings.append(Finding("Delta logs", message))
            continue
        missing = {Path(file.path).name for file in entry.files} - listed
        if missing:
            message = f"The Delta log of {name} leaves out {len(missing)} of its {len(entry.files)} files."
            report.findings.append(Finding("Delta logs", message))


def _sources(warehouse: Warehouse, report: Report) -> None:
    """Whether each registered source can be read."""
    from flows.sources.registry import load

    for name in at(warehouse.sources).names():
        if "/" in name or not name.endswith(".toml"):
            continue
        try:
            load(warehouse.sources / name)
        except Exception as error:
            report.findings.append(Finding("sources", f"sources/{name}: {_said(error)}."))


def _chosen(day: str, part: float, name: str) -> bool:
    """Whether what goes by this name is read on this day, where only a part is."""
    return part >= 1 or int(hashlib.sha256(f"{day} {name}".encode()).hexdigest()[:12], 16) < part * 16**12


def _tables(
    warehouse: Warehouse,
    snapshot: Snapshot | None,
    now: datetime,
    report: Report,
    progress: Progress,
    chosen: Callable[[str], bool],
) -> None:
    """Digests, records and checks. What asks for several tables needs all of them."""
    if snapshot is None:
        return
    unread = _digests(warehouse, snapshot, report)
    if unread:
        names = ", ".join(unread)
        message = f"The rules of the schemas were not checked, nor each record read, as {names} cannot be read."
        report.findings.append(Finding("checks", message))
        return
    with closing(_defined(warehouse.root, snapshot)) as con:
        _records(warehouse, con, now, report, progress, chosen)
        _checks(con, report, progress)


def _files(
    warehouse: Warehouse, now: datetime, report: Report, progress: Progress, chosen: Callable[[str], bool]
) -> None:
    """Every file that any snapshot names, WARC and table alike."""
    listed = [entry for entry in fixity.files(warehouse.root) if chosen(entry.path)]
    with stage(progress, "files", len(listed)):
        for entry in listed:
            actual = fixity.sha256(warehouse.root, entry.path)
            report.rows.append(_row(now, entry.path, entry.sha256, actual))
            report.files += 1
            if actual != entry.sha256:
                what = "cannot be read" if actual is None else "has changed"
                report.findings.append(Finding("files", f"{entry.path} {what}."))
            progress.advance()


def _records(
    warehouse: Warehouse,
    con: duckdb.DuckDBPyConnection,
    now: datetime,
    report: Report,
    progress: Progress,
    chosen: Callable[[str], bool],
) -> None:
    """Every WARC record that holds a payload, whole or in parts."""
    total = con.execute("SELECT count(*) FROM captures WHERE record_type <> 'revisit'").fetchone()
    result = con.execute(
        "SELECT warc_file, warc_offset, warc_length, record_type, part_start, part_end, payload_sha256 FROM captures "
        "WHERE record_type <> 'revisit' AND payload_sha256 IS NOT NULL ORDER BY ALL"
    )
    with stage(progress, "records", total[0] if total else None):
        last: tuple[str, int] | None = None
        payload: bytes | None = None
        while rows := result.fetchmany(1024):
            for name, offset, length, kind, start, end, expected in rows:
                if not chosen(f"{name}@{offset}"):
                    progress.advance()
                    continue
                if last != (name, offset):
                    last = (name, offset)
                    try:
                        payload = fixity.payload(warehouse.raw, name, offset, length, kind)
                    except Exception as error:
                        payload = None
                        where = "" if isinstance(error, Damaged) else f"raw/{name}, byte {offset}: "
                        report.findings.append(Finding("records", f"{where}{_said(error).rstrip('.')}."))
                actual = None if payload is None else hashlib.sha256(payload[start:end]).hexdigest()
                part = "" if start is None else f"#{start}-{end}"
                report.rows.append(_row(now, f"raw/{name}@{offset}{part}", expected, actual))
                report.records += 1
                if payload is not None and actual != expected:
                    report.findings.append(Finding("records", f"raw/{name}, byte {offset}: the payload has changed."))
                progress.advance()


def _digests(warehouse: Warehouse, snapshot: Snapshot, report: Report) -> list[str]:
    """Rows and digest of each table against the snapshot; returns the tables that cannot be read."""
    con = duckdb.connect()
    unread = []
    for each in TABLES:
        entry = snapshot.tables.get(each.name)
        if entry is None:
            continue
        try:
            at(warehouse.root).fetch(file.path for file in entry.files)
            source = catalogue.parquet(warehouse.root, each, entry.files)
            count = con.execute(f"SELECT count(*) FROM {source}").fetchone()
            mark = digest.digest_in(con, each, source)
        except Exception as error:
            unread.append(each.name)
            report.findings.append(Finding("digests", f"{each.name} cannot be read: {_said(error)}."))
            continue
        report.checks += 1
        if (count[0] if count else 0, mark) != (entry.rows, entry.digest):
            report.findings.append(Finding("digests", f"{each.name} does not hold the rows that the snapshot names."))
    con.close()
    return unread


def _checks(con: duckdb.DuckDBPyConnection, report: Report, progress: Progress) -> None:
    """What the schemas say must hold."""
    checks = [(each, check) for each in TABLES for check in table_checks(each)]
    with stage(progress, "checks", len(checks)):
        for each, check in checks:
            try:
                broken = con.execute(f"SELECT count(*) FROM ({check.sql})").fetchone()
            except Exception as error:
                report.findings.append(Finding(f"{each.name}.{check.name}", f"{_said(error)}."))
            else:
                if broken and broken[0]:
                    message = f"{broken[0]:,} rows break it: {check.doc}"
                    report.findings.append(Finding(f"{each.name}.{check.name}", message))
            report.checks += 1
            progress.advance()


def _row(now: datetime, target: str, expected: str, actual: str | None) -> dict[str, Any]:
    ok = actual == expected
    return {"checked_at": now, "target": target, "expected_sha256": expected, "actual_sha256": actual, "ok": ok}
