"""What witnesses prove of broken pages, and what they do not."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import TABLES
from schemas.tables.restorations import GAP_MARK, RESTORATIONS
from tests.flows.restore.archive import Archive, sentences

TOLD = sentences("told", 8)
OTHER = sentences("other", 4)


def cut(text: str, at: int) -> tuple[str, str]:
    return text[:at], text[at:]


def woven(order: list[int], witness: list[str] | None = None) -> Archive:
    """A page on which another article stands within one whose paragraphs have an order of their own; and a witness."""
    archive = Archive()
    lines: list[tuple[str | None, str, str]] = [("a", "headline", "守堤人家的春天")]
    lines += [("a", "body", TOLD[n]) for n in order[:3]]
    lines += [("b", "headline", "茶市开秤"), *(("b", "body", text) for text in OTHER)]
    lines += [("a", "body", TOLD[n]) for n in order[3:]]
    archive.page("page", lines)
    archive.alone("w", witness or TOLD)
    return archive


def test_the_rows_are_of_the_table() -> None:
    assert RESTORATIONS in TABLES
    assert woven([3, 4, 0, 1, 2]).restored()


def test_scattered_fragments_come_into_the_order_of_a_run_of_the_witness() -> None:
    archive = woven([0, 1, 5, 6, 2, 3, 4])
    rows = archive.restored("page")
    assert archive.text(rows, "a") == "\n".join(["守堤人家的春天", *TOLD[:7]])
    assert {row["article_id"] for row in rows} == {"a"}
    assert {row["change"] for row in rows if "order" not in row["proves"]} == {"kept"}
    assert [row["change"] for row in rows].count("reordered") == 2
    for row in rows[1:]:
        assert (row["witness_article_id"], row["story_id"]) == ("w", "story")
        assert archive.slice(row).rstrip("。") == next(
            p["text"] for p in archive.passages if p["passage_id"] == row["passage_id"]
        ).rstrip("。")


def test_a_witness_that_is_scattered_itself_proves_no_order() -> None:
    archive = woven([0, 1, 2, 3, 4])
    archive.articles = [each for each in archive.articles if each["article_id"] != "w"]
    archive.passages = [each for each in archive.passages if each["article_id"] != "w"]
    lines: list[tuple[str | None, str, str]] = [("w", "body", TOLD[n]) for n in (3, 4)]
    lines += [("x", "body", text) for text in sentences("x", 3)]
    lines += [("w", "body", TOLD[n]) for n in (0, 1, 2)]
    archive.page("other page", lines)
    assert archive.restored("page") == []


def test_a_page_printed_in_one_run_keeps_its_order() -> None:
    archive = Archive()
    archive.page("page", [("a", "body", TOLD[n]) for n in (2, 0, 1, 3)])
    archive.alone("w", TOLD)
    assert archive.restored() == []


@pytest.mark.parametrize("at", [9, 20, 31])
def test_a_paragraph_cut_at_the_edge_of_a_column_is_joined(at: int) -> None:
    first, second = cut(TOLD[1], at)
    archive = Archive()
    archive.page("page", [("a", "body", text) for text in (TOLD[0], first, second, TOLD[2])])
    archive.alone("w", TOLD)
    rows = archive.restored("page")
    assert archive.text(rows, "a") == "\n".join(TOLD[:3])
    assert [row["joined"] for row in rows] == [False, False, True, False]
    assert rows[2]["proves"] == ["join", "order"]


def test_sentences_that_the_page_prints_as_paragraphs_stay_apart() -> None:
    first, second = cut(TOLD[1], 20)
    archive = Archive()
    archive.page("page", [("a", "body", text) for text in (TOLD[0], first, second, TOLD[2])])
    archive.alone("w", [TOLD[0] + TOLD[1] + TOLD[2]])
    assert archive.text(archive.restored("page"), "a") == "\n".join(TOLD[:3])


def test_a_paragraph_that_a_column_cut_at_the_end_of_a_sentence_is_joined() -> None:
    archive = woven([0, 1, 2, 3, 4], [TOLD[0], TOLD[1], TOLD[2] + TOLD[3], TOLD[4]])
    rows = archive.restored("page")
    assert archive.text(rows, "a") == "\n".join(["守堤人家的春天", TOLD[0], TOLD[1], TOLD[2] + TOLD[3], TOLD[4]])


def test_a_fragment_comes_back_from_a_neighbouring_article() -> None:
    archive = Archive()
    lines: list[tuple[str | None, str, str]] = [("a", "headline", "守堤人家的春天"), ("a", "body", TOLD[0])]
    lines += [("b", "headline", "茶市开秤"), ("b", "body", OTHER[0]), ("b", "body:gap", OTHER[1][:-7])]
    lines += [("b", "body", TOLD[1]), ("a", "body", TOLD[2]), ("a", "body", TOLD[3]), ("b", "body", OTHER[2])]
    archive.page("page", lines)
    archive.alone("w", TOLD)
    rows = archive.restored("page")
    assert archive.text(rows, "a") == "\n".join(["守堤人家的春天", *TOLD[:4]])
    assert archive.text(rows, "b") == "\n".join(["茶市开秤", OTHER[0], OTHER[1][:-7], OTHER[2]])
    moved = [row for row in rows if row["change"] == "moved"]
    assert [(row["article_id"], row["from_article_id"], row["proves"]) for row in moved] == [
        ("a", "b", ["article", "order"])
    ]


def test_the_rest_of_an_article_comes_back_from_the_article_in_whose_column_it_goes_on() -> None:
    archive = Archive()
    lines: list[tuple[str | None, str, str]] = [("a", "body", text) for text in TOLD[:2]]
    lines += [("b", "body", text) for text in (*OTHER[:2], *TOLD[2:5], OTHER[2])]
    archive.page("page", lines)
    archive.alone("w", TOLD[:5])
    rows = archive.restored("page")
    assert archive.text(rows, "a") == "\n".join(TOLD[:5])
    assert archive.text(rows, "b") == "\n".join(OTHER[:3])


def test_an_orphan_of_the_page_is_given_its_article() -> None:
    archive = Archive()
    lines: list[tuple[str | None, str, str]] = [("a", "body", TOLD[0]), ("b", "body", OTHER[0])]
    archive.page("page", [*lines, (None, "advert", TOLD[1]), ("b", "body", OTHER[1]), ("a", "body", TOLD[2])])
    archive.alone("w", TOLD)
    rows = archive.restored("page")
    assert archive.text(rows, "a") == "\n".join(TOLD[:3])
    assert [row["from_article_id"] for row in rows if row["change"] == "moved"] == [None]


def test_a_quotation_stays_where_it_is_printed() -> None:
    """The sidebar says again what the article says; both are as they should be."""
    archive = Archive()
    lines: list[tuple[str | None, str, str]] = [("a", "body", text) for text in TOLD[:4]]
    archive.page("page", [*lines, ("b", "body", OTHER[0]), ("b", "body", TOLD[1]), ("b", "body", OTHER[1])])
    archive.alone("w", TOLD)
    assert archive.restored() == []


def test_a_paragraph_that_the_article_left_out_is_not_taken_from_the_sidebar_that_quotes_it() -> None:
    archive = Archive()
    lines: list[tuple[str | None, str, str]] = [("a", "body", TOLD[n]) for n in (0, 1, 3, 4)]
    archive.page("page", [*lines, ("b", "body", OTHER[0]), ("b", "body", TOLD[2]), ("b", "body", OTHER[1])])
    archive.alone("w", TOLD)
    assert archive.restored() == []


def test_what_is_missing_where_the_text_breaks_off_is_named_and_not_made_up() -> None:
    archive = Archive()
    first = TOLD[2][:11]
    lines: list[tuple[str | None, str, str]] = [
        ("a", "body", TOLD[0]),
        ("a", "body", TOLD[1]),
        ("a", "body:gap", first),
    ]
    lines += [("a", "body", TOLD[4]), ("a", "body", TOLD[5]), ("b", "body", OTHER[0])]
    archive.page("page", lines)
    archive.alone("w", TOLD)
    rows = archive.restored("page")
    assert archive.text(rows, "a") == "\n".join([*TOLD[:2], first + GAP_MARK, TOLD[4], TOLD[5]])
    (gap,) = [row for row in rows if row["change"] == "gap"]
    assert archive.slice(gap) == f"{TOLD[2][11:]}\n{TOLD[3]}"
    assert (gap["passage_id"], gap["proves"], gap["joined"]) == (None, ["gap"], True)


def test_a_paragraph_that_an_editor_left_out_is_no_gap() -> None:
    assert woven([0, 1, 3, 4, 6]).restored("page") == []


def test_an_article_that_begins_and_goes_on_on_other_pages_has_what_stands_there() -> None:
    archive = Archive()
    lines: list[tuple[str | None, str, str]] = [
        ("a", "headline", "守堤人家的春天"),
        ("a", "body", "(上接1版)" + TOLD[3]),
    ]
    archive.page("page", [*lines, ("a", "body", TOLD[4] + "(下转4版)"), ("b", "body", OTHER[0])])
    archive.alone("w", TOLD)
    rows = archive.restored("page")
    gaps = [row for row in rows if row["change"] == "gap"]
    assert [archive.slice(row) for row in gaps] == ["\n".join(TOLD[:3]), "\n".join(TOLD[5:])]
    assert [row["place"] for row in gaps] == [1, 4]


def test_without_a_witness_nothing_is_restored() -> None:
    archive = woven([3, 4, 0, 1, 2])
    archive.articles = [each for each in archive.articles if each["article_id"] != "w"]
    archive.passages = [each for each in archive.passages if each["article_id"] != "w"]
    assert archive.restored() == []


def _random_page(seed: int) -> Archive:
    """A page of two articles, cut and woven at random, and witnesses of both, whole or in part."""
    rng = random.Random(f"page {seed}")
    archive = Archive()
    told = {name: sentences(f"{name} {seed}", rng.randint(4, 8)) for name in ("a", "b")}
    waiting: dict[str, list[tuple[str | None, str, str]]] = {"a": [], "b": []}
    for name, texts in told.items():
        for text in texts:
            at = rng.randint(8, len(text) - 8)
            pieces = cut(text, at) if rng.random() < 0.3 else (text,)
            waiting[name] += [(name if rng.random() < 0.9 else None, "body", piece) for piece in pieces]
        if rng.random() < 0.5:
            start = rng.randrange(len(waiting[name]))
            waiting[name] = waiting[name][start:] + waiting[name][:start]
    lines = []
    while any(waiting.values()):
        name = rng.choice([name for name, left in waiting.items() if left])
        count = rng.randint(1, 4)
        lines += waiting[name][:count]
        del waiting[name][:count]
    archive.page("page", lines)
    for name, texts in told.items():
        for number in range(rng.randint(0, 2)):
            archive.alone(f"w{name}{number}", texts[rng.randint(0, 1) : len(texts) - rng.randint(0, 1)])
    return archive


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(0, 5))
def test_what_is_restored_does_not_hang_on_the_order_of_rows_and_has_evidence(seed: int, order: int) -> None:
    archive = _random_page(seed)
    rows = archive.restored()
    assert archive.restored(shuffled=order) == rows
    assert [
        row for page in sorted({p["document_id"] for p in archive.passages}) for row in archive.restored(page)
    ] == rows
    texts = {each["passage_id"]: each for each in archive.passages}
    used = [row["passage_id"] for row in rows if row["passage_id"]]
    assert len(used) == len(set(used))
    ends: dict[str, int] = {}
    for row in rows:
        text = texts[row["passage_id"]]["text"] if row["passage_id"] else GAP_MARK
        start = ends.get(row["article_id"], -1) + (0 if row["joined"] else 1)
        assert (row["restored_start"], row["restored_end"]) == (start, start + len(text))
        ends[row["article_id"]] = row["restored_end"]
        if row["change"] in ("moved", "gap") or row["proves"]:
            assert row["witness_article_id"].startswith("w")
            assert archive.slice(row)
    # Every fragment of a restored article is there, unless it was proven to belong to another.
    moved = {row["passage_id"] for row in rows if row["change"] == "moved"}
    for article in {row["article_id"] for row in rows}:
        mine = {
            p["passage_id"] for p in archive.passages if p["article_id"] == article and p["article_start"] is not None
        }
        there = {row["passage_id"] for row in rows if row["article_id"] == article and row["change"] != "gap"}
        assert mine - moved <= there
        assert there - mine <= moved


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.integers(4, 8))
def test_whole_articles_come_out_as_they_are(seed: int, count: int) -> None:
    archive = Archive()
    texts = sentences(seed, count)
    archive.alone("a", texts)
    archive.alone("w", texts)
    archive.alone("v", texts[: count - 1])
    assert archive.restored() == []
