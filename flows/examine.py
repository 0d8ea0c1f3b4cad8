"""Auditing a warehouse: every byte against its hash, every check of the schemas, every count."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import duckdb

from flows.progress import Progress, Silent, stage
from flows.versions import DIBAO
from schemas import TABLES, table
from schemas.render.checks import table_checks
from warehouse import digest, fixity, snapshots
from warehouse.errors import Damaged
from warehouse.snapshots import Snapshot
from warehouse.store import Warehouse


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
    recorded: bool = True
    """Whether they were written down; a warehouse that cannot be written to is examined all the same."""


def examine(
    warehouse: Warehouse, progress: Progress | None = None, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Report:
    """Audit a warehouse and record what was read in `fixity`, unless it is read-only. Raises Missing where there is
    none."""
    progress = progress or Silent()
    now = clock()
    if (last := warehouse.latest()) is not None and not os.access(warehouse.root, os.W_OK):
        report = _examined(warehouse, last, now, progress)
        report.recorded = False
        return report
    with warehouse.writer() as writer:
        report = _examined(warehouse, writer.published(), now, progress)
        writer.append("fixity", table("fixity").rows(report.rows))
        try:
            run_id = f"audit-{now:%Y%m%dT%H%M%S}"
            writer.publish_upkeep(run_id=run_id, published_at=now.isoformat(), code_version=DIBAO)
        except Damaged as error:
            report.findings.append(Finding("catalogue", f"The catalogue of before stays: {error}"))
    return report


def _examined(warehouse: Warehouse, snapshot: Snapshot, now: datetime, progress: Progress) -> Report:
    report = Report()
    for broken in snapshots.chain(warehouse.root):
        report.findings.append(Finding("snapshot chain", broken))
    _files(warehouse, snapshot, now, report, progress)
    _records(warehouse, now, report, progress)
    _digests(warehouse, snapshot, report)
    _checks(warehouse, report, progress)
    return report


def _files(warehouse: Warehouse, snapshot: Snapshot, now: datetime, report: Report, progress: Progress) -> None:
    """Every file that any snapshot names, WARC and table alike."""
    listed = fixity.files(warehouse.root)
    with stage(progress, "files", len(listed)):
        for entry in listed:
            actual = fixity.sha256(warehouse.root / entry.path)
            report.rows.append(_row(now, entry.path, entry.sha256, actual))
            report.files += 1
            if actual != entry.sha256:
                what = "cannot be read" if actual is None else "has changed"
                report.findings.append(Finding("files", f"{entry.path} {what}."))
            progress.advance()


def _records(warehouse: Warehouse, now: datetime, report: Report, progress: Progress) -> None:
    """Every WARC record that holds a payload, whole or in parts."""
    con = warehouse.connect()
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
                if last != (name, offset):
                    last = (name, offset)
                    try:
                        payload = fixity.payload(warehouse.raw, name, offset, length, kind)
                    except Damaged as error:
                        payload = None
                        report.findings.append(Finding("records", str(error)))
                actual = None if payload is None else hashlib.sha256(payload[start:end]).hexdigest()
                part = "" if start is None else f"#{start}-{end}"
                report.rows.append(_row(now, f"raw/{name}@{offset}{part}", expected, actual))
                report.records += 1
                if payload is not None and actual != expected:
                    report.findings.append(Finding("records", f"raw/{name}, byte {offset}: the payload has changed."))
                progress.advance()
    con.close()


def _digests(warehouse: Warehouse, snapshot: Snapshot, report: Report) -> None:
    """Rows and digest of each table against the snapshot."""
    from warehouse.catalogue import parquet

    con = duckdb.connect()
    for each in TABLES:
        entry = snapshot.tables.get(each.name)
        if entry is None:
            continue
        source = parquet(warehouse.root, each, entry.files)
        try:
            count = con.execute(f"SELECT count(*) FROM {source}").fetchone()
            mark = digest.digest_in(con, each, source)
        except Exception as error:
            report.findings.append(Finding("digests", f"{each.name} cannot be read: {str(error).splitlines()[0]}"))
            continue
        report.checks += 1
        if (count[0] if count else 0, mark) != (entry.rows, entry.digest):
            report.findings.append(Finding("digests", f"{each.name} does not hold the rows that the snapshot names."))
    con.close()


def _checks(warehouse: Warehouse, report: Report, progress: Progress) -> None:
    """What the schemas say must hold."""
    con = warehouse.connect()
    checks = [(each, check) for each in TABLES for check in table_checks(each)]
    with stage(progress, "checks", len(checks)):
        for each, check in checks:
            try:
                broken = con.execute(f"SELECT count(*) FROM ({check.sql})").fetchone()
            except Exception as error:
                report.findings.append(Finding(f"{each.name}.{check.name}", str(error).splitlines()[0]))
            else:
                if broken and broken[0]:
                    message = f"{broken[0]:,} rows break it: {check.doc}"
                    report.findings.append(Finding(f"{each.name}.{check.name}", message))
            report.checks += 1
            progress.advance()
    con.close()


def _row(now: datetime, target: str, expected: str, actual: str | None) -> dict[str, Any]:
    ok = actual == expected
    return {"checked_at": now, "target": target, "expected_sha256": expected, "actual_sha256": actual, "ok": ok}
