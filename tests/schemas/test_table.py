"""Tables and columns describe themselves without contradiction."""

from __future__ import annotations

import pyarrow as pa
import pytest

from schemas import TABLES, Column, Table, table
from schemas.columns import PASSAGE_KINDS, TEXT_KINDS
from schemas.tables import INTERMEDIATE

EVERY = [*TABLES, *INTERMEDIATE]
ONE = Column("one", pa.string(), "The first.")
TWO = Column("two", pa.int64(), "The second.", nullable=True)


def test_arrow_schema_follows_the_columns() -> None:
    schema = Table("t", "thing", "Things.", (ONE, TWO), ("one",)).arrow
    assert schema == pa.schema([pa.field("one", pa.string(), nullable=False), pa.field("two", pa.int64())])


def test_rows_fill_what_is_absent_with_null() -> None:
    rows = Table("t", "thing", "Things.", (ONE, TWO), ("one",)).rows([{"one": "a"}, {"two": 3, "one": "b"}])
    assert rows.to_pylist() == [{"one": "a", "two": None}, {"one": "b", "two": 3}]


def test_a_column_named_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="named twice"):
        Table("t", "thing", "Things.", (ONE, ONE), ("one",))


@pytest.mark.parametrize("wrong", [{"key": ("three",)}, {"key": ("one",), "volatile": ("four",)}])
def test_keys_and_volatile_columns_must_exist(wrong: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(ValueError, match="unknown columns"):
        Table("t", "thing", "Things.", (ONE, TWO), **wrong)  # type: ignore[arg-type]


def test_a_column_under_another_name_keeps_its_meaning() -> None:
    other = ONE.named("left_one", nullable=True)
    assert (other.name, other.doc, other.nullable, other.type) == ("left_one", ONE.doc, True, ONE.type)
    assert ONE.named("left_one", "Another.").doc == "Another."
    assert not ONE.nullable


def test_tables_and_columns_that_are_not_there() -> None:
    with pytest.raises(KeyError, match="no table"):
        table("gazettes")
    with pytest.raises(KeyError, match="no column"):
        table("captures").column("smell")
    assert table("captures").column("uri").name == "uri"


@pytest.mark.parametrize("each", EVERY, ids=lambda each: each.name)
def test_every_table_says_what_it_is(each: Table) -> None:
    assert each.grain
    assert each.doc.endswith(".")
    for column in each.columns:
        assert column.doc.endswith("."), column.name
        assert column.name == column.name.lower()
    assert not any(each.column(name).nullable for name in each.key)


@pytest.mark.parametrize("each", EVERY, ids=lambda each: each.name)
def test_examples_fit_their_types_and_vocabularies(each: Table) -> None:
    for column in each.columns:
        if column.example is None:
            continue
        if column.values:
            assert column.example in column.values, column.name
        if not pa.types.is_timestamp(column.type):
            assert pa.array([column.example], column.type).to_pylist() == [column.example], column.name


@pytest.mark.parametrize("each", [each for each in TABLES if each.derived], ids=lambda each: each.name)
def test_derived_rows_know_no_run_and_no_clock(each: Table) -> None:
    told = set(each.names) - set(each.volatile)
    assert not told & {"run_id", "captured_at", "started_at", "finished_at", "checked_at", "warc_file", "warc_offset"}


def test_text_kinds_are_kinds() -> None:
    assert set(TEXT_KINDS) < set(PASSAGE_KINDS)
    assert len(set(PASSAGE_KINDS)) == len(PASSAGE_KINDS)


def test_the_promised_columns_are_there() -> None:
    """What scoring tools and downstream users read must not be renamed."""
    promised = {
        "passages": "passage_id document_id article_id ordinal kind text article_start article_end selector "
        "raw_start raw_end flags",
        "edits": "passage_id ordinal rule rule_version start before after",
        "articles": "article_id document_id ordinal headline byline agency dateline_place dateline_date text chars "
        "language complete text_sha256 fold_sha256",
        "captures": "capture_id source_id uri outlet captured_at payload_sha256 payload_bytes media_type http_status "
        "etag last_modified warc_file warc_offset warc_length run_id",
        "alignments": "left_article_id left_start left_end right_article_id right_start right_end matched_chars "
        "identity similarity left_coverage right_coverage relation",
        "stories": "story_id article_id span_start span_end leader coverage",
        "variants": "story_id article_id leader_start leader_end span_start span_end leader_text text kind class",
        "restorations": "article_id place passage_id change from_article_id restored_start restored_end joined proves "
        "story_id witness_article_id witness_start witness_end",
        "fixity": "checked_at target expected_sha256 actual_sha256 ok",
    }
    for name, columns in promised.items():
        assert set(columns.split()) <= set(table(name).names), name
