"""dibao trace: from an id back to the bytes."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from flows.commands.common import JsonOption, WarehouseOption, open_warehouse, print_json, say
from flows.report.values import plain

_SHOWN = {
    "passage": (
        "passage_id",
        "kind",
        "text",
        "article_start",
        "article_end",
        "selector",
        "raw_start",
        "raw_end",
        "flags",
    ),
    "article": ("article_id", "ordinal", "headline", "byline", "agency", "chars"),
    "document": (
        "document_id",
        "payload_sha256",
        "extractor",
        "extractor_version",
        "segment_version",
        "clean_version",
        "charset_used",
        "title",
        "published_at",
    ),
    "line": ("page", "x0", "y0", "x1", "y1", "start", "end", "confidence", "printed"),
    "capture": (
        "capture_id",
        "source_id",
        "uri",
        "captured_at",
        "payload_sha256",
        "record_type",
        "warc_file",
        "warc_offset",
        "warc_length",
        "part_start",
        "part_end",
    ),
    "reject": ("stage", "error", "message"),
}


def command(
    identity: Annotated[str, typer.Argument(metavar="ID", help="A passage, article, document or capture id.")],
    warehouse: WarehouseOption = None,
    as_json: JsonOption = False,
) -> int:
    """Print the chain from an id to its WARC record, and say whether reading it again gives the same text."""
    from flows.trace import trace

    found = trace(open_warehouse(warehouse), identity)
    shown = [(what, {name: facts[name] for name in _SHOWN[what] if name in facts}) for what, facts in found.chain]
    if as_json:
        chain = [{"link": what, **facts} for what, facts in shown]
        print_json({"kind": found.kind, "id": found.id, "chain": chain, "same": found.same, "verdict": found.verdict})
    else:
        for what, facts in shown:
            say(what)
            for name, value in facts.items():
                if value is not None and value != []:
                    say(f"  {name:<18}{_short(value)}")
        say(f"\n{'same' if found.same else 'NOT the same'}: {found.verdict}")
    return 0 if found.same else 1


def _short(value: Any) -> str:
    text = " ".join((value if isinstance(value, str) else plain(value)).split())
    return text if len(text) <= 160 else f"{text[:159]}…"
