"""The summary that ends a run: what came in, what became of it, what is the same, what was rejected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flows.commands.common import print_table, say
from flows.pipeline import Outcome
from flows.report import rejects
from warehouse.store import Warehouse

_SAME = """
SELECT
    (SELECT count(*) FROM captures WHERE payload_sha256 IS NOT NULL)
        - (SELECT count(DISTINCT payload_sha256) FROM captures) AS same_bytes,
    (SELECT count(*) FROM articles WHERE chars > 0)
        - (SELECT count(DISTINCT text_sha256) FROM articles WHERE chars > 0) AS same_text,
    (SELECT count(*) FROM articles WHERE chars > 0)
        - (SELECT count(DISTINCT fold_sha256) FROM articles WHERE chars > 0) AS same_folded,
    (SELECT count(DISTINCT story_id) FROM stories) AS stories,
    (SELECT count(*) FROM (SELECT DISTINCT story_id, article_id FROM stories)) AS witnesses,
    (SELECT count(*) FROM variants) AS variants
"""

_REASONS = 10
"""Reasons that the summary shows."""

QUERY = "SELECT DISTINCT story_id, outlet, published_on, headline FROM witnesses ORDER BY ALL LIMIT 10"
"""A first query to paste."""


def summary(warehouse: Path, outcome: Outcome, *, whole: bool = True) -> dict[str, Any]:
    """The figures of a run and of the whole warehouse, for people and for programs.

    Without `whole`, what is the same and what was rejected is only counted where something was published: what
    `print_summary` tells of otherwise needs none of it, and counting takes the longer the more there is.
    """
    store = Warehouse(warehouse)
    snapshot = store.latest()
    told: dict[str, Any] = {
        "run": outcome.run_id,
        "published": outcome.snapshot is not None,
        "snapshot": snapshot.number if snapshot else None,
        "seconds": round(outcome.seconds, 3),
        "added": dict(outcome.counts),
        "warehouse": store.where,
        "total": {name: entry.rows for name, entry in snapshot.tables.items()} if snapshot else {},
        "same": {},
        "rejects": [],
        "reject_counts": rejects.counts([]),
        "kept_media": {},
        "failures": [
            {"part": each.part, "name": each.name, "error": each.error, "message": each.message}
            for each in outcome.failures
        ],
    }
    if snapshot is None or not (whole or told["published"]):
        return told
    con = store.connect()
    result = con.execute(_SAME)
    told["same"] = dict(zip([each[0] for each in result.description], result.fetchone() or (), strict=True))
    found = rejects.by_message(con, outcome.run_id)
    told["rejects"] = [
        {name: each[name] for name in ("error", "count", "this_run", "open", "settled")} | {"example": each["message"]}
        for each in found
    ]
    told["reject_counts"] = rejects.counts(found)
    told["kept_media"] = rejects.media(con)
    con.close()
    return told


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"


def _having(count: int, noun: str) -> str:
    return f"1 {noun} has" if count == 1 else f"{count:,} {noun}s have"


def print_summary(told: dict[str, Any]) -> None:
    """The summary for people."""
    added, total, same = told["added"], told["total"], told["same"]
    if not told["published"]:
        say(f"Nothing new: the warehouse at {told['warehouse']} stays at snapshot {told['snapshot'] or 'none'}.")
        return
    took, size = told["seconds"], added.get("bytes", 0)
    say(f"\nSnapshot {told['snapshot']} of {told['warehouse']} is published ({_size(size)} in {took:.1f} s).\n")
    meaning = {
        "captures": "retrievals, their bytes kept in WARC files",
        "documents": "distinct payloads that could be read",
        "articles": "texts found in them",
        "passages": "paragraphs, each with its place in the bytes",
        "edits": "repairs, each undoable",
        "lines": "printed lines of passages, each with its box on its page",
        "alignments": "pairs of passages that are the same text",
        "stories": "places where a story is carried",
        "variants": "places where a carrier reads differently",
        "restorations": "fragments of articles that a witness puts together",
        "rejects": "inputs that could not be processed",
    }
    print_table(
        ("table", "added", "now", "what it holds"),
        [
            (name, f"{added.get(name, 0):,}", f"{total.get(name, 0):,}", doc)
            for name, doc in meaning.items()
            if name != "lines" or total.get(name)
        ],
        right=("added", "now"),
    )
    say("\nThe same")
    say(f"  {_having(same['same_bytes'], 'capture')} the bytes of another")
    folded = f"{same['same_folded']:,} but for width, script or punctuation"
    say(f"  {_having(same['same_text'], 'article')} the text of another, {folded}")
    if same["stories"]:
        stories = "1 story is" if same["stories"] == 1 else f"{same['stories']:,} stories are"
        variants = "1 variant" if same["variants"] == 1 else f"{same['variants']:,} variants"
        say(f"  {stories} carried by {same['witnesses']:,} articles, with {variants}")
    if media := rejects.told_of_media(told["kept_media"]):
        say(f"\n{media}")
    open_ones = [each for each in told["rejects"] if each["open"]]
    if open_ones:
        say("\nRejected (the bytes are kept; `dibao status` shows where)")
        shown = open_ones[:_REASONS]
        print_table(
            ("reason", "this run", "open", "in words"),
            [(each["error"], each["this_run"], each["open"], each["example"]) for each in shown],
            right=("this run", "open"),
        )
        if more := len(open_ones) - len(shown):
            say(f"… and {more} more reasons")
    if settled := told["reject_counts"]["settled"]:
        say(f"\nSettled since: {settled:,} {'reject' if settled == 1 else 'rejects'}")
    say(f'\nNow ask, for example:\n\n  dibao query "{QUERY}"')
