"""Every check finds the row that breaks it, and nothing in a world where all is well."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import duckdb
import pytest

from schemas import TABLES, Check, Table, table
from schemas.columns import TIMESTAMP
from schemas.ids import text_sha256
from schemas.render.checks import table_checks
from schemas.render.sql import literal, quoted

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
            "extractor_version": "1.1.1",
            "media_type": "text/plain",
            "page_kind": "article",
            "decode_skip": 0,
            "replaced": 0,
            "authors": [],
            "archived_uris": [],
            "tags": [],
            "published_at": MIDNIGHT,
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
        {"story_id": "t", "article_id": "a", "span_start": 0, "span_end": 9, "leader": True, "coverage": 1.0},
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
    "runs": [
        {"run_id": "r", "snapshot": 1, "started_at": NOON, "finished_at": NOON, "status": "ok", "code_version": "0"}
        | {"config_sha256": "0"}
        | dict.fromkeys(["captures", "documents", "articles", "passages", "edits", "alignments"], 0)
        | dict.fromkeys(["stories", "variants", "rejects", "bytes"], 0)
    ],
    "fixity": [{"checked_at": NOON, "target": "raw/w", "expected_sha256": "0", "actual_sha256": "0", "ok": True}],
}
"""One row or two of each table, all in order."""

BREAKS = {
    "warc_files.captures_have_a_file": "DELETE FROM warc_files",
    "captures.accounted_for": "UPDATE captures SET payload_sha256 = 'y'",
    "documents.text_is_the_passages": "UPDATE passages SET text = 'x' WHERE passage_id = 'p1'",
    "documents.precision_says_midnight": f"UPDATE documents SET published_at = TIMESTAMPTZ '{NOON}'",
    "documents.date_and_precision_together": "UPDATE documents SET published_precision = NULL",
    "documents.decode_skip_is_small": "UPDATE documents SET decode_skip = 4",
    "articles.chars_is_the_length": "UPDATE articles SET chars = chars + 1",
    "articles.slices_are_passages": "UPDATE passages SET article_start = article_start + 1 WHERE passage_id = 'p1'",
    "articles.articles_have_a_document": "UPDATE articles SET document_id = 'e'",
    "passages.passages_have_a_document": "UPDATE passages SET document_id = 'e'",
    "passages.placed_in_an_article": "UPDATE passages SET kind = 'byline' WHERE passage_id = 'p1'",
    "passages.raw_span_holds_it": "UPDATE passages SET raw_end = raw_start",
    "edits.edits_change": "UPDATE edits SET after = before",
    "edits.edits_have_a_passage": "UPDATE edits SET passage_id = 'p9'",
    "alignments.spans_lie_in_the_articles": "UPDATE alignments SET right_end = 9999",
    "alignments.alignments_have_articles": "UPDATE alignments SET left_article_id = 'b'",
    "stories.one_leader": "UPDATE stories SET leader = false",
    "stories.witnesses_have_articles": "UPDATE stories SET article_id = 'b'",
    "variants.readings_are_in_the_text": "UPDATE variants SET text = '渡船'",
    "rejects.rejects_say_why": "UPDATE rejects SET message = ''",
}
"""For each check that a table states of its own, a change that breaks it."""


@pytest.fixture(scope="module")
def filled() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    for each in TABLES:
        con.register("rows", each.rows([_typed(each, row) for row in WORLD[each.name]]))
        con.execute(f"CREATE TABLE {quoted(each.name)} AS SELECT * FROM rows")
        con.unregister("rows")
    return con


def _typed(each: Table, row: dict[str, Any]) -> dict[str, Any]:
    instants = {column.name for column in each.columns if column.type == TIMESTAMP}
    return {name: datetime.fromisoformat(value) if name in instants else value for name, value in row.items()}


@pytest.fixture
def world(filled: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """The world, whatever the test before did to it."""
    filled.execute("BEGIN")
    yield filled
    filled.execute("ROLLBACK")


def _broken(con: duckdb.DuckDBPyConnection, check: Check) -> int:
    return len(con.execute(check.sql).fetchall())


CHECKS = [(each, check) for each in TABLES for check in table_checks(each)]


@pytest.mark.parametrize(("each", "check"), CHECKS, ids=[f"{each.name}.{check.name}" for each, check in CHECKS])
def test_nothing_is_found_where_all_is_well(world: duckdb.DuckDBPyConnection, each: Table, check: Check) -> None:
    assert _broken(world, check) == 0


@pytest.mark.parametrize("each", TABLES, ids=lambda each: each.name)
def test_a_row_that_stands_twice_is_found(world: duckdb.DuckDBPyConnection, each: Table) -> None:
    (check,) = [check for check in table_checks(each) if check.name == "key_is_unique"]
    world.execute(f"INSERT INTO {quoted(each.name)} SELECT * FROM {quoted(each.name)} LIMIT 1")
    assert _broken(world, check) == 1


REQUIRED = [(each, column.name) for each in TABLES for column in each.columns if not column.nullable]


@pytest.mark.parametrize(("each", "column"), REQUIRED, ids=[f"{each.name}.{column}" for each, column in REQUIRED])
def test_a_required_column_without_a_value_is_found(
    world: duckdb.DuckDBPyConnection, each: Table, column: str
) -> None:
    (check,) = [check for check in table_checks(each) if check.name == "required_columns"]
    world.execute(f"UPDATE {quoted(each.name)} SET {quoted(column)} = NULL")
    assert _broken(world, check) == len(WORLD[each.name])


CLOSED = [(each, column.name) for each in TABLES for column in each.columns if column.values]


@pytest.mark.parametrize(("each", "column"), CLOSED, ids=[f"{each.name}.{column}" for each, column in CLOSED])
def test_a_word_outside_the_vocabulary_is_found(world: duckdb.DuckDBPyConnection, each: Table, column: str) -> None:
    (check,) = [check for check in table_checks(each) if check.name == f"{column}_vocabulary"]
    values = each.column(column).values or ()
    world.execute(f"UPDATE {quoted(each.name)} SET {quoted(column)} = {literal(values[-1])}")
    assert _broken(world, check) == 0
    world.execute(f"UPDATE {quoted(each.name)} SET {quoted(column)} = 'gossip'")
    assert _broken(world, check) == len(WORLD[each.name])


OWN = [(each.name, check.name) for each in TABLES for check in each.checks]


@pytest.mark.parametrize(("name", "check"), OWN, ids=[f"{name}.{check}" for name, check in OWN])
def test_a_broken_row_is_found(world: duckdb.DuckDBPyConnection, name: str, check: str) -> None:
    assert f"{name}.{check}" in BREAKS, "a new check needs a change here that breaks it"
    world.execute(BREAKS[f"{name}.{check}"])
    (stated,) = [each for each in table(name).checks if each.name == check]
    assert _broken(world, stated) > 0


def test_a_capture_is_not_accounted_for_by_the_remark_that_its_digest_is_wrong(
    world: duckdb.DuckDBPyConnection,
) -> None:
    (check,) = [check for check in table("captures").checks if check.name == "accounted_for"]
    world.execute("DELETE FROM documents")
    world.execute("UPDATE rejects SET capture_id = 'c', payload_sha256 = 'x', error = 'digest'")
    assert _broken(world, check) == 1
    world.execute("UPDATE rejects SET error = 'crash'")
    assert _broken(world, check) == 0
