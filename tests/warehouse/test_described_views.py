"""Every view, column and function of the catalogue is described in `schemas.views`, as it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from schemas import TABLES
from schemas.render.dictionary import dictionary
from schemas.render.sql import describe, sql_type
from schemas.views import MACROS, VIEWS, Macro, View
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def catalogue(sampled: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    con = duckdb.connect(str(sampled / "catalogue.duckdb"), read_only=True)
    yield con
    con.close()


def test_nothing_is_left_out(catalogue: duckdb.DuckDBPyConnection) -> None:
    shown = {
        name for (name,) in catalogue.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
    }
    assert shown == {each.name for each in TABLES} | {each.name for each in VIEWS}
    functions = catalogue.execute("SELECT function_name FROM duckdb_functions() WHERE NOT internal").fetchall()
    assert {name for (name,) in functions} == {each.name for each in MACROS}


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_a_view_is_what_is_said_of_it(view: View, catalogue: duckdb.DuckDBPyConnection) -> None:
    rows = catalogue.execute(f"DESCRIBE {view.name}").fetchall()
    shown = [(name, "TIMESTAMPTZ" if kind.startswith("TIMESTAMP") else kind) for name, kind, *_ in rows]
    assert shown == [(column.name, sql_type(column.type)) for column in view.columns]
    comments = dict(
        catalogue.execute(
            "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = $1 AND NOT internal", [view.name]
        ).fetchall()
    )
    assert comments == {column.name: describe(column) for column in view.columns}
    ((said,),) = catalogue.execute("SELECT comment FROM duckdb_views() WHERE view_name = $1", [view.name]).fetchall()
    assert said if view.name == "snapshot" else said == f"{view.doc} One row per {view.grain}."


@pytest.mark.parametrize("macro", MACROS, ids=lambda macro: macro.name)
def test_a_function_is_what_is_said_of_it(macro: Macro, catalogue: duckdb.DuckDBPyConnection) -> None:
    ((parameters, said),) = catalogue.execute(
        "SELECT parameters, comment FROM duckdb_functions() WHERE function_name = $1 AND NOT internal", [macro.name]
    ).fetchall()
    assert parameters == [name for name, _ in macro.parameters]
    assert said == f"{macro.call}: {macro.doc}"
    if macro.columns is not None:
        given = ", ".join("NULL" for _ in macro.parameters)
        rows = catalogue.execute(f"DESCRIBE FROM {macro.name}({given})").fetchall()
        shown = [(name, "TIMESTAMPTZ" if kind.startswith("TIMESTAMP") else kind) for name, kind, *_ in rows]
        assert shown == [(column.name, sql_type(column.type)) for column in macro.columns]


def test_the_dictionary_has_them_all() -> None:
    text = (ROOT / "warehouse" / "DICTIONARY.md").read_text("utf-8")
    assert text.rstrip() == dictionary(TABLES, VIEWS, MACROS).rstrip()
    for view in VIEWS:
        section = text.split(f"\n## {view.name}\n")[1].split("\n## ")[0]
        assert all(f"| `{column.name}` | {sql_type(column.type)} | " in section for column in view.columns)
    assert all(f"\n## {macro.call}\n" in text for macro in MACROS)
