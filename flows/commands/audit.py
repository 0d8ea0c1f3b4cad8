"""dibao audit: is every byte and every row what it should be?"""

from __future__ import annotations

from typing import Annotated

import typer

from flows.commands.common import JsonOption, WarehouseOption, open_warehouse, print_json, print_table, say


def command(
    warehouse: WarehouseOption = None,
    sample: Annotated[
        str | None,
        typer.Option(metavar="PART", help="Read only this part of the bytes again, such as 5%; others on another day."),
    ] = None,
    signed_by: Annotated[
        str | None,
        typer.Option("--signed-by", metavar="PUBLIC", help="Trust no signature but those by this public key."),
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Read every WARC record and table file again, and run all checks. Exit status 1 where something is wrong."""
    from flows.examine import examine, part
    from flows.progress import Silent, for_terminal

    progress = Silent() if as_json else for_terminal()
    report = examine(open_warehouse(warehouse), progress, part=part(sample), trusted=signed_by)
    if as_json:
        print_json(
            {
                "files": report.files,
                "records": report.records,
                "checks": report.checks,
                "signed": report.signed,
                "unrecorded": report.unrecorded,
                "findings": [{"check": each.check, "message": each.message} for each in report.findings],
            }
        )
    else:
        say(f"{report.files:,} files and {report.records:,} records read again, {report.checks:,} checks run.")
        if report.signed:
            say(f"Signed up to snapshot {report.signed}.")
        if report.findings:
            say(f"{len(report.findings):,} things are wrong:\n")
            print_table(("check", "what"), [(each.check, each.message) for each in report.findings])
        else:
            say("Nothing is wrong.")
        if report.unrecorded:
            say(f"What was read is not in the table fixity: {report.unrecorded}.")
    return 1 if report.findings else 0
