"""CSV and TSV as the world writes them: each row that can be read, and each fault with its line."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.capture.delimited import Fault, Row, distinct, rows
from tests.counting import Counted

LONG = "The ferry was late again on Monday, the harbour office said, and the carts stood on the quay until noon."
TWO = [
    {"title": "Ferry late", "text": LONG, "date": "2024-03-01"},
    {"title": "Bridge shut", "text": LONG + " Really.", "date": "2024-03-02"},
]


def written(separator: str, *, tail: str = "", head: str = "", quoting: int = csv.QUOTE_MINIMAL) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, ["title", "text", "date"], delimiter=separator, quoting=quoting, lineterminator="\n")
    writer.writeheader()
    writer.writerows(TWO)
    return head + out.getvalue().replace("\n", tail + "\n")


def read(text: str, separator: str | None = None) -> tuple[list[dict[str, str]], list[tuple[int, str]]]:
    found = list(rows(text, separator))
    return (
        [row.cells for row in found if isinstance(row, Row)],
        [(fault.line, fault.error) for fault in found if isinstance(fault, Fault)],
    )


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_separator_is_told_by_the_rows(separator: str, quoting: int, end: str) -> None:
    assert read(written(separator, quoting=quoting).replace("\n", end)) == (TWO, [])


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_at_the_end_of_lines_move_nothing(separator: str) -> None:
    assert read(written(separator, tail=separator)) == (TWO, [])
    only_rows = written(separator, tail=separator * 2).replace(separator * 2 + "\n", "\n", 1)
    assert read(only_rows) == (TWO, [])


@pytest.mark.parametrize("said", ["sep=;\n", "SEP=;\r\n", '"sep=;"\n', "\ufeffsep=;\n"])
def test_a_line_that_names_the_separator_is_none_of_the_rows(said: str) -> None:
    assert read(written(";", head=said)) == (TWO, [])


def test_a_separator_within_quotes_in_the_header_parts_nothing() -> None:
    text = 'title,"text, in full",date\n"Ferry, late",' + f'"{LONG}",2024-03-01\n'
    assert read(text)[0] == [{"title": "Ferry, late", "text, in full": LONG, "date": "2024-03-01"}]
    other = '"title;text, all";text\n"a;b";' + f'"{LONG}"\n'
    assert read(other)[0] == [{"title;text, all": "a;b", "text": LONG}]


def test_a_row_with_too_many_cells_is_told_and_the_others_are_read() -> None:
    text = written(",").replace("Bridge shut", "Ports, docks")
    assert read(text) == (TWO[:1], [(3, "ragged")])


def test_a_row_that_lacks_cells_is_read_and_told() -> None:
    assert read(written(",") + "Lamp out,Nobody knows why.\n") == (
        [*TWO, {"title": "Lamp out", "text": "Nobody knows why."}],
        [(4, "short-row")],
    )


def test_line_ends_and_quotes_within_cells_are_kept() -> None:
    text = f'title,text\n"Ferry ""late""","first\nsecond,\r\nthird"\nB,{LONG.replace(",", "")}\n'
    found, faults = read(text)
    assert found[0] == {"title": 'Ferry "late"', "text": "first\nsecond,\r\nthird"}
    assert len(found) == 2
    assert faults == []


@pytest.mark.parametrize("at", [0, 3, 9])
def test_a_quote_that_is_never_closed_costs_its_line_only(at: int) -> None:
    lines = [f"Title {i},{LONG.replace(',', '')}" for i in range(10)]
    lines[at] = f'"Title {at},never closed'
    found, faults = read("title,text\n" + "\n".join(lines) + "\n")
    assert [row["title"] for row in found] == [f"Title {i}" for i in range(10) if i != at]
    assert faults == [(at + 2, "unclosed-quote")]


def test_characters_after_a_closing_quote_are_taken_as_they_stand() -> None:
    found, faults = read(f'title,text\n"Ferry" late,{LONG.replace(",", "")}\nB,two words\n')
    assert [row["title"] for row in found] == ["Ferry late", "B"]
    assert faults == []


def test_without_a_header_no_row_is_lost() -> None:
    lines = [f'"Item {i}","{LONG} {i}",2024-03-0{i + 1},https://paper.example/{i}' for i in range(4)]
    found, faults = read("\n".join(lines))
    assert [(row["title"], row["date"], row["url"]) for row in found] == [
        (f"Item {i}", f"2024-03-0{i + 1}", f"https://paper.example/{i}") for i in range(4)
    ]
    assert all(row["text"].startswith(LONG) for row in found)
    assert faults == []


def test_without_a_header_a_mapping_names_columns_by_number() -> None:
    lines = [f'{i},"{LONG} {i}"' for i in range(3)]
    found = [row.cells for row in rows("\n".join(lines), mapping={"text": "2"}) if isinstance(row, Row)]
    assert [row["2"] for row in found] == [f"{LONG} {i}" for i in range(3)]


def test_columns_of_one_name_are_all_kept() -> None:
    assert distinct(["text", "a", "text", "text (1)"]) == ("text (2)", "a", "text", "text (1)")
    assert read("title,text,text\nA,first words,second words\n")[0] == [
        {"title": "A", "text (1)": "first words", "text": "second words"}
    ]


def test_nul_and_blank_lines_stop_nothing() -> None:
    assert read("title,text\n\n\nA,one\0two\n ,\nB,three\n")[0] == [
        {"title": "A", "text": "one\0two"},
        {"title": "B", "text": "three"},
    ]


CELL = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=20).map(
    lambda text: f"x{text}x"
)


@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=8), st.sampled_from([",", ";", "\t", "|"]))
def test_what_the_csv_module_writes_is_read_as_it_was(table: list[tuple[str, str, str]], separator: str) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writerows([("title", "text", "author"), *table])
    found, faults = read(out.getvalue(), separator)
    assert [tuple(row.values()) for row in found] == table
    assert faults == []


def test_any_number_of_open_quotes_is_read_in_steps_that_grow_no_faster_than_the_file() -> None:
    def steps(lines: int) -> int:
        counted = Counted(['"a,b\n', 'c"d,e\n'] * lines)
        from flows.capture import delimited

        list(delimited._cells(counted, ",", 0))
        return counted.steps

    assert steps(2000) < 3 * steps(1000)
