"""One row or two of each table, all in order: a page of two passages and what follows from it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pyarrow as pa

from schemas import table
from schemas.columns import TIMESTAMP
from schemas.ids import text_sha256

NOON = "2024-03-01T12:00:00+00:00"
MIDNIGHT = "2024-03-01T00:00:00+00:00"
TITLE, BODY = "渡口改期", "自三月起，渡船每日两班。"
TEXT = f"{TITLE}\n{BODY}"
WHOLE = {"document_id": "d", "article_id": "a"}


def _passage(number: int, kind: str, text: str, start: int) -> dict[str, Any]:
    return WHOLE | {
        "passage_id": f"p{number}",
        "ordinal": number,
        "kind": kind,
        "text": text,
        "article_start": start,
        "article_end": start + len(text),
        "selector": f"char={start},{start + len(text)}",
        "raw_start": start,
        "raw_end": start + len(text),
        "flags": [],
    }


WORLD: dict[str, list[dict[str, Any]]] = {
    "warc_files": [{"warc_file": "w", "sha256": "0", "bytes": 1, "records": 1, "source_id": "", "run_id": "r"}],
    "captures": [
        {
            "capture_id": "c",
            "source_id": "s",
            "uri": "file:///s/1.txt",
            "outlet": "s",
            "captured_at": NOON,
            "payload_sha256": "x",
            "payload_bytes": 40,
            "record_type": "resource",
            "warc_file": "w",
            "warc_offset": 0,
            "warc_length": 9,
            "run_id": "r",
        }
    ],
    "documents": [
        {
            "document_id": "d",
            "payload_sha256": "x",
            "extractor": "text",
            "extractor_version": "1",
            "segment_version": "1",
            "clean_version": "1",
            "media_type": "text/plain",
            "page_kind": "article",
            "decode_skip": 0,
            "replaced": 0,
            "authors": [],
            "archived_uris": [],
            "tags": [],
            "published_at": MIDNIGHT,
            "published_on": date(2024, 3, 1),
            "published_precision": "day",
            "text_sha256": text_sha256(TEXT),
        }
    ],
    "articles": [
        WHOLE
        | {
            "ordinal": 0,
            "text": TEXT,
            "chars": len(TEXT),
            "complete": True,
            "text_sha256": text_sha256(TEXT),
            "fold_sha256": "f",
        }
    ],
    "passages": [_passage(0, "headline", TITLE, 0), _passage(1, "body", BODY, len(TITLE) + 1)],
    "edits": [
        {
            "passage_id": "p1",
            "ordinal": 0,
            "rule": "whitespace",
            "rule_version": 1,
            "start": 0,
            "before": " ",
            "after": "",
        }
    ],
    "lines": [
        {
            "document_id": "d",
            "ordinal": 0,
            "passage_id": "p1",
            "start": 0,
            "end": 4,
            "payload_sha256": "x",
            "page": 1,
            "x0": 0.1,
            "y0": 0.2,
            "x1": 0.3,
            "y1": 0.21,
            "size": 0.01,
            "printed": BODY[:4],
        }
    ],
    "alignments": [
        {
            "left_article_id": "a",
            "left_start": 0,
            "left_end": 4,
            "right_article_id": "a",
            "right_start": 5,
            "right_end": 9,
            "matched_chars": 4,
            "identity": 1.0,
            "similarity": 1.0,
            "left_coverage": 0.2,
            "right_coverage": 0.2,
            "relation": "self-copy",
        }
    ],
    "stories": [
        {"story_id": "t", "article_id": "a", "span_start": 0, "span_end": 9, "leader": True, "coverage": 1.0}
        | {"text_coverage": 0.5},
    ],
    "variants": [
        {
            "story_id": "t",
            "article_id": "a",
            "leader_start": 0,
            "leader_end": 2,
            "span_start": 0,
            "span_end": 2,
            "leader_text": "渡头",
            "text": "渡口",
            "kind": "substitution",
            "class": "wording",
        }
    ],
    "outlets": [{"alias": "s", "outlet": "S"}, {"alias": "t", "outlet": "S"}],
    "addresses": [{"uri": "file:///s/1.txt", "page": "file:///s/1.txt"}],
    "fold_letters": [{"letter": "學", "folded": "学"}],
    "restorations": [
        {
            "article_id": "a",
            "place": 0,
            "passage_id": "p1",
            "change": "reordered",
            "restored_start": 0,
            "restored_end": 4,
            "joined": False,
            "proves": ["order"],
            "story_id": "t",
            "witness_article_id": "a",
            "witness_start": 0,
            "witness_end": 4,
            "left_article_id": "a",
            "left_start": 0,
            "left_end": 4,
            "right_article_id": "a",
            "right_start": 5,
            "right_end": 9,
        }
    ],
    "story_aliases": [{"alias_id": "t0", "story_id": "t", "replaced_at": NOON}],
    "rejects": [
        {
            "reject_id": "j",
            "source_id": "s",
            "uri": "file:///s/2.txt",
            "stage": "capture",
            "error": "empty",
            "message": "The file is empty.",
        }
    ],
    "stages": [{"stage": "text", "kind": "reader", "version": "1"}],
    "id_aliases": [{"alias_id": "a9", "kind": "article", "id": "a", "run_id": "r"}],
    "revisions": [{"article_id": "a", "run_id": "r"}],
    "runs": [
        {"run_id": "r", "snapshot": 1, "started_at": NOON, "finished_at": NOON, "status": "ok", "code_version": "0"}
        | {"config_sha256": "0"}
        | dict.fromkeys(["captures", "documents", "articles", "passages", "edits", "alignments"], 0)
        | dict.fromkeys(["stories", "variants", "rejects", "bytes"], 0)
    ],
    "source_runs": [
        {"source_run_id": "u", "run_id": "r", "source_id": "s", "kind": "folder", "started_at": NOON}
        | {"finished_at": NOON, "status": "ok", "requests": 0, "captures": 0, "bytes": 0, "rejects": 0}
    ],
    "polls": [
        {"poll_id": "q", "run_id": "r", "source_id": "s", "kind": "feed", "began_at": NOON, "ended_at": NOON}
        | {"runs": 3, "requests": 6}
    ],
    "alerts": [
        {"alert_id": "e", "name": "ferries", "match": "{}", "channel": "1 file", "found_at": NOON}
        | {"status": "sent", "tries": 1, "sent_at": NOON}
    ],
    "corrections": [
        {"correction_id": "e", "article_id": "a", "payload_sha256": "x", "field": "headline", "new": "T", "why": "typo"}
        | {"corrected_by": "t", "corrected_at": NOON}
    ],
    "takedowns": [
        {"takedown_id": "e", "payload_sha256": "x", "target": "c", "uri": "file:///s/gone.txt", "source_id": "s"}
        | {"captures": 1, "bytes": 1, "why": "an order", "taken_down_by": "t", "taken_down_at": NOON}
    ],
    "fixity": [{"checked_at": NOON, "target": "raw/w", "expected_sha256": "0", "actual_sha256": "0", "ok": True}],
}


def world_rows(name: str) -> pa.Table:
    """The rows of one table, as Arrow."""
    each = table(name)
    instants = {column.name for column in each.columns if column.type == TIMESTAMP}
    return each.rows(
        [
            {column: datetime.fromisoformat(value) if column in instants else value for column, value in row.items()}
            for row in WORLD[name]
        ]
    )
