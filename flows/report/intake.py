"""What each source of a run came to, for the pages that report the run."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import duckdb

from warehouse.catalogue import rows

_SOURCES = """
SELECT source_id, kind, status, captures, requests, bytes, finished_at - started_at AS took, message,
    (SELECT count(DISTINCT article_id) FROM articles JOIN documents USING (document_id)
        JOIN captures AS c USING (payload_sha256)
        WHERE c.run_id = s.run_id AND c.source_id = s.source_id) AS articles
FROM source_runs AS s WHERE run_id = $1 ORDER BY source_id
"""
_REJECTS = """
SELECT r.stage, r.error, count(*) AS inputs, min(r.message) AS message FROM rejects AS r
WHERE r.source_id = $2 AND r.run_id = $1
GROUP BY ALL ORDER BY inputs DESC, r.stage, r.error LIMIT 20
"""


def sources(con: duckdb.DuckDBPyConnection, run_id: str) -> list[dict[str, Any]]:
    """The sources in which something was new or failed in a run: what they came to, and why inputs were rejected."""
    found = rows(con, _SOURCES, [run_id])
    for each in found:
        each["rejected"] = rows(con, _REJECTS, [run_id, each["source_id"]])
    return found


def artifact_key(source_id: str) -> str:
    """A source's id in the letters that the key of an artifact may have; others are told apart by a hash."""
    plain = re.sub("[^a-z0-9]+", "-", source_id).strip("-")
    if plain == source_id:
        return f"source-{plain}"
    digest = hashlib.sha256(source_id.encode()).hexdigest()[:8]
    return "-".join(part for part in ("source", plain, digest) if part)


def markdown(source: dict[str, Any], *, snapshot: int | None) -> str:
    """The report of one source as Markdown."""
    took = source["took"].total_seconds()
    facts = {
        "captures": f"{source['captures']:,}",
        "articles in them": f"{source['articles']:,}",
        "requests": f"{source['requests']:,}",
        "bytes": f"{source['bytes']:,}",
        "duration": f"{took:.1f} s",
        "snapshot": str(snapshot) if snapshot else "none was needed",
    }
    lines = [f"# {_cell(source['source_id'])} ({source['kind']})", ""]
    if source["status"] == "failed":
        lines += [f"**Failed:** {_cell(source['message'])}", ""]
    lines += ["| what | |", "|---|---|", *(f"| {name} | {value} |" for name, value in facts.items()), ""]
    if source["rejected"]:
        lines += ["| rejected in | why | inputs | for example |", "|---|---|---|---|"]
        lines += [
            f"| {each['stage']} | {each['error']} | {each['inputs']} | {_cell(each['message'])} |"
            for each in source["rejected"]
        ]
    return "\n".join(lines) + "\n"


def escaped(line: str) -> str:
    """A line of a report, headings and items as they are, what stands in them no markup."""
    mark = next((each for each in ("## ", "# ", "- ") if line.startswith(each)), "")
    return mark + _cell(line[len(mark) :])


def _cell(text: str | None) -> str:
    """A text from outside in a table of Markdown: on one line, and none of it markup."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|&~-])", r"\\\1", " ".join((text or "").split()))
