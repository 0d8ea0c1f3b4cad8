"""dibao status: what the warehouse holds and how the last runs went."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.common import JsonOption, WarehouseOption, open_warehouse, print_json, print_table, say

_FAILED = """
SELECT run_id, failed_stage, message FROM runs
QUALIFY row_number() OVER (ORDER BY finished_at DESC, run_id DESC) = 1 AND status = 'failed'
"""
_FAILING = """
SELECT source_id, count(*), max_by(message, started_at) FROM source_runs AS s
WHERE status = 'failed' AND started_at > coalesce((SELECT max(started_at) FROM source_runs AS o
    WHERE o.source_id = s.source_id AND o.status = 'ok'), '-infinity')
GROUP BY source_id ORDER BY source_id
"""
_WHERE = "dibao query \"SELECT traceback FROM rejects WHERE uri LIKE 'dibao:stage/%'\""


def command(
    warehouse: WarehouseOption = None,
    disk: Annotated[bool, typer.Option("--disk", help="Show what takes how much room instead.")] = False,
    as_json: JsonOption = False,
) -> int:
    """Show the last runs, the rows of each table, and the rejects by reason."""
    return _disk(warehouse, as_json) if disk else _status(warehouse, as_json)


def _disk(warehouse: Path | None, as_json: bool) -> int:
    from flows.report import sizes

    store = open_warehouse(warehouse)
    con = store.connect()
    try:
        by_source, growth = sizes.by_source(con), sizes.growth(con)
    finally:
        con.close()
    parts, tables = sizes.parts(store.root), sizes.tables(store.root)
    if as_json:
        shown = {name: {"files": files, "bytes": size} for name, (files, size) in parts.items()}
        print_json({"parts": shown, "tables": tables, "sources": by_source, "growth": growth})
        return 0
    told = sizes.told
    print_table(
        ("part", "files", "size"),
        [(name, f"{files:,}", told(size)) for name, (files, size) in parts.items()],
        right=("files", "size"),
    )
    say("\nTables")
    print_table(("table", "size"), [(name, told(size)) for name, size in tables.items()], right=("size",))
    say("\nRaw bytes by source and year")
    rows = [(each["source_id"], each["year"], f"{each['captures']:,}", told(each["bytes"])) for each in by_source]
    print_table(("source", "year", "captures", "size"), rows, right=("year", "captures", "size"))
    say("\nGrowth")
    months = [(f"{each['month']:%Y-%m}", f"{each['captures']:,}", told(each["bytes"])) for each in growth]
    print_table(("month", "captures", "size"), months, right=("captures", "size"))
    return 0


def _status(warehouse: Path | None, as_json: bool) -> int:
    from flows.report import rejects as report
    from flows.sources.registry import load_all
    from schemas import TABLES
    from warehouse.errors import nothing_at

    store = open_warehouse(warehouse)
    bad = load_all(store.sources).bad
    snapshot = store.latest()
    if snapshot is None:
        raise nothing_at(store.root)
    con = store.connect()
    runs = con.execute(
        "SELECT run_id, finished_at, finished_at - started_at AS took, captures, documents, articles, rejects "
        "FROM runs ORDER BY finished_at DESC LIMIT 5"
    ).fetchall()
    failed = con.execute(_FAILED).fetchall()
    failing = con.execute(_FAILING).fetchall()
    rejects = report.by_reason(con, runs[0][0] if runs else None)
    media = report.media(con)
    # In the order in which the job fills them.
    rows = {each.name: snapshot.tables[each.name].rows for each in TABLES if each.name in snapshot.tables}
    if as_json:
        print_json(
            {
                "warehouse": store.where,
                "snapshot": snapshot.number,
                "bad_sources": [{"id": each.id, "message": each.message} for each in bad],
                "failed": [dict(zip(("run_id", "stage", "message"), row, strict=True)) for row in failed],
                "failing_sources": [dict(zip(("source_id", "times", "message"), row, strict=True)) for row in failing],
                "published_at": snapshot.published_at,
                "tables": {name: {"rows": e.rows, "digest": e.digest} for name, e in snapshot.tables.items()},
                "rejects": [
                    {name: each[name] for name in ("stage", "error", "count", "this_run", "open", "settled")}
                    | {"example": each["uri"]}
                    for each in rejects
                ],
                "reject_counts": report.counts(rejects),
                "kept_media": media,
                "runs": [
                    dict(
                        zip(
                            ("run_id", "finished_at", "took", "captures", "documents", "articles", "rejects"),
                            row,
                            strict=True,
                        )
                    )
                    for row in runs
                ],
            }
        )
        return 0
    say(f"{store.where}, snapshot {snapshot.number} of {snapshot.published_at[:19].replace('T', ' ')} UTC\n")
    print_table(("table", "rows"), [(name, f"{count:,}") for name, count in rows.items()], right=("rows",))
    say("\nLast runs")
    print_table(
        ("run", "finished", "took", "captures", "documents", "articles", "rejects"),
        [(run, finished, f"{took.total_seconds():.1f} s", *counts) for run, finished, took, *counts in runs],
    )
    for each in bad:
        say(f"\nNo source can be read from this file: {each.message}")
    for run, stage, message in failed:
        say(f"\nThe last run, {run}, failed in the stage {stage}: {message}")
        say(f"  What was read is published; the next run tries it again. Where in the code it happened:\n  {_WHERE}")
    for source, times, message in failing:
        say(f"\nThe source {source} failed, {times} times in a row now: {message}")
    if told := report.told_of_media(media):
        say(f"\n{told}")
    if rejects:
        say("\nRejects")
        numbers = ("last run", "open", "settled")
        print_table(
            ("stage", "reason", *numbers, "for example"),
            [
                (each["stage"], each["error"], each["this_run"], each["open"], each["settled"], each["uri"])
                for each in rejects
            ],
            right=numbers,
        )
    return 0
