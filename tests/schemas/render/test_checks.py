"""Every check finds the row that breaks it, and nothing in a world where all is well."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from schemas import TABLES, Check, Table, table
from schemas.render.checks import table_checks
from schemas.render.sql import literal, quoted
from tests.makers.world import NOON, WORLD, world_rows
from warehouse.catalogue import view_file

BREAKS = {
    "warc_files.captures_have_a_file": "DELETE FROM warc_files",
    "captures.accounted_for": "UPDATE captures SET payload_sha256 = 'y'",
    "documents.text_is_the_passages": "UPDATE passages SET text = 'x' WHERE passage_id = 'p1'",
    "documents.precision_says_midnight": f"UPDATE documents SET published_at = TIMESTAMPTZ '{NOON}'",
    "documents.date_and_precision_together": "UPDATE documents SET published_precision = NULL",
    "documents.day_is_that_of_the_instant": "UPDATE documents SET published_on = DATE '2024-02-29'",
    "documents.decode_skip_is_small": "UPDATE documents SET decode_skip = 4",
    "articles.chars_is_the_length": "UPDATE articles SET chars = chars + 1",
    "articles.slices_are_passages": "UPDATE passages SET article_start = article_start + 1 WHERE passage_id = 'p1'",
    "articles.articles_have_a_document": "UPDATE articles SET document_id = 'e'",
    "passages.passages_have_a_document": "UPDATE passages SET document_id = 'e'",
    "passages.placed_in_an_article": "UPDATE passages SET kind = 'byline' WHERE passage_id = 'p1'",
    "passages.raw_span_holds_it": "UPDATE passages SET raw_end = raw_start",
    "lines.lines_have_a_passage": 'UPDATE lines SET "end" = 4000',
    "lines.boxes_are_boxes": "UPDATE lines SET x1 = 0",
    "edits.edits_change": "UPDATE edits SET after = before",
    "edits.edits_have_a_passage": "UPDATE edits SET passage_id = 'p9'",
    "alignments.spans_lie_in_the_articles": "UPDATE alignments SET right_end = 9999",
    "alignments.alignments_have_articles": "UPDATE alignments SET left_article_id = 'b'",
    "stories.one_leader": "UPDATE stories SET leader = false",
    "stories.witnesses_have_articles": "UPDATE stories SET article_id = 'b'",
    "variants.readings_are_in_the_text": "UPDATE variants SET text = '渡船'",
    "outlets.an_outlet_is_no_alias": "UPDATE outlets SET outlet = 'T' WHERE alias = 's'",
    "restorations.fragments_are_of_the_page": "UPDATE restorations SET change = 'gap'",
    "restorations.no_fragment_twice": "INSERT INTO restorations FROM restorations",
    "restorations.places_follow": "UPDATE restorations SET restored_start = 1",
    "restorations.evidence_is_there": "DELETE FROM alignments",
    "restorations.witness_has_it": "UPDATE restorations SET witness_end = 9999",
    "rejects.rejects_say_why": "UPDATE rejects SET message = ''",
}
"""For each check that a table states of its own, a change that breaks it."""


@pytest.fixture(scope="module")
def filled() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    for each in TABLES:
        con.register("rows", world_rows(each.name))
        con.execute(f"CREATE TABLE {quoted(each.name)} AS SELECT * FROM rows")
        con.unregister("rows")
    con.execute(view_file("04_media.sql"))  # of the catalogue, over which the checks run
    return con


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
def test_a_required_column_without_a_value_is_found(world: duckdb.DuckDBPyConnection, each: Table, column: str) -> None:
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
