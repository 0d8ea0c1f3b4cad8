"""Answers from a published index, beside what reading every text gives."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import opencc
import pytest

from flows.cli import run
from flows.search.answer import Filters, answer, snippets
from flows.search.query import BadQuestionError, parsed, sql
from flows.search.scan import Scanned
from schemas.render.sql import literal
from warehouse.store import Warehouse


@pytest.fixture(scope="module")
def con(sampled: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    con = Warehouse(sampled).connect()
    yield con
    con.close()


@pytest.fixture(scope="module")
def stock(sampled: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A stock DuckDB with the catalogue attached."""
    con = duckdb.connect()
    con.execute(f"ATTACH {literal(str(sampled / 'catalogue.duckdb'))} AS w (READ_ONLY)")
    yield con
    con.close()


@pytest.fixture(scope="module")
def texts(con: duckdb.DuckDBPyConnection) -> dict[str, Scanned]:
    found = con.execute("SELECT article_id, text FROM articles").fetchall()
    return {article: Scanned(text) for article, text in found}


def phrases(texts: dict[str, Scanned], count: int, seed: int) -> Iterator[str]:
    """Runs of 1 to 12 characters out of the texts, as printed or in the other Chinese script; some altered."""
    chance = random.Random(seed)
    known = sorted(each.text for each in texts.values() if each.folded)
    scripts = [opencc.OpenCC(name) for name in ("s2t", "t2s")]
    made = 0
    while made < count:
        text = chance.choice(known)
        at = chance.randrange(len(text))
        said = text[at : at + chance.randint(1, 12)]
        if chance.random() < 0.1:
            said = said[:-1] + chance.choice(text)
        said = chance.choice([str, scripts[0].convert, scripts[1].convert, str.upper])(said).replace('"', "")
        if Scanned(said).folded:
            made += 1
            yield said


def scanned(texts: dict[str, Scanned], said: str) -> dict[str, int]:
    asked = Scanned(said)
    return {article: len(found) for article, each in texts.items() if (found := each.places(asked))}


def test_a_thousand_phrases_are_where_a_scan_finds_them(
    con: duckdb.DuckDBPyConnection, texts: dict[str, Scanned]
) -> None:
    # The index in memory, where a question takes a millisecond.
    held = duckdb.connect(config={"threads": 1})
    for name in ("search_postings", "search_docs"):
        rows = con.sql(f"FROM {name}").to_arrow_table()
        held.register("rows", rows)
        held.execute(f"CREATE TABLE {name} AS FROM rows")
    for said in phrases(texts, 1000, 18):
        found = held.execute(
            f"SELECT article_id, places FROM ({sql(parsed(chr(34) + said + chr(34)))}) JOIN search_docs USING (doc)"
        ).fetchall()
        assert dict(found) == scanned(texts, said), said


def test_sql_finds_the_same(stock: duckdb.DuckDBPyConnection, texts: dict[str, Scanned]) -> None:
    odd = ["", "…", "C++17 20℃", "a" * 90, "كتـــاب", "cafe\u0301", "a\u00adb", "ไทย", "https://x.example/y"]
    for said in [*phrases(texts, 25, 5), *odd]:
        if " AND " in said or "NOT " in said:
            continue
        found = stock.execute("SELECT article_id, places FROM w.search($1)", [said]).fetchall()
        assert dict(found) == scanned(texts, said), said


def test_sql_takes_several_phrases(stock: duckdb.DuckDBPyConnection, con: duckdb.DuckDBPyConnection) -> None:
    for text in ("ferry AND harbour", "ferry NOT harbour", "鐵路 AND 隧道", "nowhere AND ferry", "ferry NOT nowhere"):
        found = stock.execute(
            "SELECT article_id, places, round(score, 9) FROM w.search($1) ORDER BY ALL", [text]
        ).fetchall()
        told = [(e["article_id"], e["places"], round(e["score"], 9)) for e in answer(con, text).articles]
        assert found == sorted(told)


def test_sql_reads_few_row_groups_and_no_name_of_a_file(stock: duckdb.DuckDBPyConnection) -> None:
    ((_, plan),) = stock.execute("EXPLAIN FROM w.search('ferry')").fetchall()
    # A common table expression that is gathered first would read all of the index.
    assert "search_postings" not in plan
    assert "READ_PARQUET" in plan
    with pytest.raises(duckdb.Error):
        stock.execute("FROM w.search()")


def ids(con: duckdb.DuckDBPyConnection, text: str, **filters: object) -> set[str]:
    return {each["article_id"] for each in answer(con, text, Filters(**filters)).articles}  # type: ignore[arg-type]


def test_phrases_are_put_together(con: duckdb.DuckDBPyConnection) -> None:
    ferry, island = ids(con, "ferry"), ids(con, "harbour")
    assert ids(con, "ferry AND harbour") == ferry & island != ferry
    assert ids(con, "ferry OR harbour") == ferry | island
    assert ids(con, "ferry NOT harbour") == ferry - island
    assert ids(con, "ferr*") == ferry
    assert not ids(con, "ferr")
    assert ids(con, "ferry NEAR/60 island") <= ids(con, "ferry AND island")
    assert ids(con, "island NEAR/60 ferry") == ids(con, "ferry NEAR/60 island")
    assert not ids(con, "ferry NEAR/0 island")


def test_scripts_meet(con: duckdb.DuckDBPyConnection) -> None:
    simplified, traditional = ids(con, "青石峡"), ids(con, "青石峽")
    assert simplified == traditional
    assert len(simplified) > 2
    assert ids(con, "ＦＥＲＲＹ") == ids(con, "ferry")


def test_filters(con: duckdb.DuckDBPyConnection) -> None:
    every = answer(con, "青石峡").articles
    for each in every:
        assert each["article_id"] in ids(con, "青石峡", outlet=each["outlets"][0], source=each["sources"][0])
        assert each["article_id"] in ids(con, "青石峡", since=each["day"], until=each["day"], kind=each["kind"])
    assert not ids(con, "青石峡", language="en")
    assert not ids(con, "青石峡", until=date(1990, 1, 1))
    found = answer(con, "青石峡", order="newest").articles
    assert [e["day"] for e in found] == sorted((e["day"] for e in found), reverse=True)


def test_pages_of_answers_and_facets(con: duckdb.DuckDBPyConnection) -> None:
    every = answer(con, "青石峡", facets=True)
    parts = [answer(con, "青石峡", limit=2, offset=at).articles for at in range(0, every.total, 2)]
    assert [e["article_id"] for part in parts for e in part] == [e["article_id"] for e in every.articles]
    assert sum(n for _, n in every.facets["kind"]) == every.total == len(every.articles)
    assert sum(n for _, n in every.months) == every.total


def test_a_question_that_asks_nothing_is_said(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(BadQuestionError):
        answer(con, "…")
    assert answer(con, "'; DROP VIEW articles; --").total == 0
    assert con.execute("SELECT count(*) > 0 FROM articles").fetchall() == [(True,)]


def test_snippets_mark_the_places() -> None:
    text = "A" * 100 + " 大橋通車。\n再說大桥 " + "b" * 200 + " 大桥。"
    first, second = snippets(text, [(Scanned("大桥"), False)])
    assert [run for run, marked in first if marked] == ["大橋", "大桥"]
    assert [run for run, marked in second if marked] == ["大桥"]
    assert first[0] == ("…", False)
    assert "\n" not in "".join(run for run, _ in first)


def test_the_command(sampled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["search", "--warehouse", str(sampled), "the ferry"]) == 0
    shown = capsys.readouterr().out
    assert "[the ferry]" in shown.lower()
    assert run(["search", "--warehouse", str(sampled), "ferry", "--json", "--limit", "1"]) == 0
    assert '"total": 2' in capsys.readouterr().out
    assert run(["search", "--warehouse", str(sampled), "no such words here"]) == 0
    assert capsys.readouterr().out == "No article has that.\n"
