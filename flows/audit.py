"""The audit flow: fixity and checks on a schedule."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.concurrency.sync import concurrency

from flows.examine import Finding, examine
from flows.ingest import WRITER
from flows.settings import load
from warehouse.errors import Damaged
from warehouse.store import Warehouse


@flow(name="audit")
def audit(warehouse: str) -> dict[str, Any]:
    """Check every byte and every rule; fails where something is wrong, after the findings are recorded."""
    store = Warehouse(load({"warehouse": Path(warehouse)}).warehouse)
    with concurrency(WRITER, occupy=1):
        report = task(name="examine", cache_policy=NO_CACHE)(examine)(store)
    create_table_artifact(
        key="dibao-audit",
        table=[_row(each) for each in report.findings] or [{"check": "all", "what": "nothing is wrong"}],
        description=f"{report.files} files and {report.records} records were read again.",
    )
    get_run_logger().info("%d files, %d records, %d findings", report.files, report.records, len(report.findings))
    if report.findings:
        raise Damaged(f"The audit found {len(report.findings)} things wrong; the artifact dibao-audit lists them.")
    return {"files": report.files, "records": report.records}


def _row(finding: Finding) -> dict[str, Any]:
    return {"check": finding.check, "what": finding.message}
