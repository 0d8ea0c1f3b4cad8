"""Sources of records: tables that are broken in part, records that move, dumps that swell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.capture import dumps, tabular
from flows.sources.registry import Source
from tests.makers.archive import Archive

LONG = "The ferry was late again on Monday, the harbour office said, and the carts stood on the quay until noon."
ZH = "守渡口的老人说，旧码头的木桩大多已经朽坏，每逢汛期都要停航，过江的人只好绕路。"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def records_of(folder: Path, **more: Any) -> Source:
    return Source(id="s", kind="records", location=str(folder), **more)


def titles(archive: Archive) -> list[str]:
    return [title for (title,) in archive.sql("SELECT title FROM documents ORDER BY title")]


def told(archive: Archive) -> list[tuple[str, str]]:
    return [
        (uri.rpartition("/")[2], error) for uri, error in archive.sql("SELECT uri, error FROM rejects ORDER BY 1, 2")
    ]


def test_a_broken_table_stops_none_of_the_others(archive: Archive, folder: Path) -> None:
    good = pa.table({"title": ["Good"], "text": [LONG]})
    pq.write_table(good, folder / "b.parquet")
    whole = (folder / "b.parquet").read_bytes()
    (folder / "a.parquet").write_bytes(whole[:4] + bytes(60) + whole[64:])
    (folder / "c.parquet").write_bytes(whole[: len(whole) // 2])
    (folder / "d.parquet").write_bytes(b"")
    (folder / "e.csv").write_bytes(b"\x00\x01\x02" * 400)
    (folder / "z.csv").write_text(f'title,text\nLast,"{LONG} Last."\n', encoding="utf-8")
    archive.take(records_of(folder))
    assert titles(archive) == ["Good", "Last"]
    assert told(archive) == [
        ("a.parquet", "table"),
        ("c.parquet", "table"),
        ("d.parquet", "table"),
        ("e.csv", "binary"),
    ]
    assert archive.differences() == []


@pytest.mark.parametrize(
    "far", [pa.scalar(10**17, pa.timestamp("us")), pa.scalar(-(10**17), pa.timestamp("us", "Asia/Shanghai"))]
)
def test_moments_beyond_the_calendar_are_written_out(archive: Archive, folder: Path, far: pa.Scalar[Any]) -> None:
    columns = {"title": ["A", "B"], "text": [LONG, LONG + " B"], "seen": pa.array([far.value, 0])}
    table = pa.table(columns)
    table = table.set_column(2, "seen", table.column("seen").cast(far.type))
    pq.write_table(table, folder / "a.parquet")
    archive.take(records_of(folder))
    assert titles(archive) == ["A", "B"]
    assert told(archive) == []


def test_columns_of_bytes_are_text_in_their_encoding(archive: Archive, folder: Path) -> None:
    lines = [f"第{i}条。{ZH}" for i in range(6)]
    for name, codec in (("a", "utf-8"), ("b", "gb18030")):
        columns = {"title": [f"{name}{i}" for i in range(6)], "text": [line.encode(codec) for line in lines]}
        pq.write_table(
            pa.table(columns | {"picture": [b"\x89PNG\r\n\x1a\n\x00\x01" * 9] * 6}), folder / f"{name}.parquet"
        )
    archive.take(records_of(folder))
    assert len(titles(archive)) == 12
    assert archive.sql(
        "SELECT count(DISTINCT text) FROM articles WHERE text LIKE '%朽坏%' AND text NOT LIKE '%b''%'"
    ) == [(12,)]
    assert told(archive) == [("a.parquet", "binary-column"), ("b.parquet", "binary-column")]


def test_columns_of_one_name_are_both_kept(archive: Archive, folder: Path) -> None:
    table = pa.table([["A"], [LONG], ["second words"]], names=["title", "text", "text"])
    pq.write_table(table, folder / "a.parquet")
    archive.take(records_of(folder))
    assert titles(archive) == ["A"]
    origin = dumps.Origin("s", "file:///s/a", "s", tabular.PARQUET)
    found: list[tabular.Fault] = []
    pieces = list(tabular._conversions((folder / "a.parquet").read_bytes(), origin, records_of(folder), found))
    assert json.loads(pieces[0].lines) == {"title": "A", "text (1)": LONG, "text": "second words"}


def test_a_small_file_of_many_rows_is_cut_off_and_told(archive: Archive, folder: Path) -> None:
    one = pa.DictionaryArray.from_arrays(pa.array([0] * (tabular.FREE_ROWS + 5000), pa.int32()), pa.array([LONG]))
    pq.write_table(pa.table({"text": one}), folder / "a.parquet", compression="zstd")
    assert (folder / "a.parquet").stat().st_size < 20_000
    archive.take(records_of(folder))
    assert archive.sql("SELECT count(*) FROM captures") == [(tabular.FREE_ROWS,)]
    ((message,),) = archive.sql("SELECT message FROM rejects WHERE error = 'too-many-rows'")
    assert f"says that it has {tabular.FREE_ROWS + 5000} rows; the first {tabular.FREE_ROWS} were taken" in message


def test_a_table_that_unpacks_to_too_much_is_cut_off_and_told(
    archive: Archive, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tabular, "FREE_BYTES", 1 << 20)
    monkeypatch.setattr(tabular, "_PIECE", 1 << 18)
    one = pa.DictionaryArray.from_arrays(pa.array([0] * 9000, pa.int32()), pa.array([LONG * 20]))
    pq.write_table(pa.table({"text": one}), folder / "a.parquet", compression="zstd")
    archive.take(records_of(folder))
    ((taken,),) = archive.sql("SELECT count(*) FROM captures")
    assert 400 < taken < 1000
    assert told(archive) == [("a.parquet", "too-large")]


def test_a_dump_of_too_many_records_is_cut_off_and_told(
    archive: Archive, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dumps, "MOST_RECORDS", 3)
    lines = [json.dumps({"title": f"T{i}", "text": f"{LONG} {i}"}) for i in range(5)]
    (folder / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    archive.take(records_of(folder))
    assert titles(archive) == ["T0", "T1", "T2"]
    assert [error for _, error in told(archive)] == ["too-many-records"]


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "gb18030"])
def test_json_lines_are_read_in_any_encoding(archive: Archive, folder: Path, codec: str) -> None:
    lines = [json.dumps({"title": f"第{i}条", "text": f"{ZH}{i}"}, ensure_ascii=False) for i in range(5)]
    (folder / "a.jsonl").write_bytes("\r\n".join([*lines, ""]).encode(codec))
    archive.take(records_of(folder))
    assert titles(archive) == [f"第{i}条" for i in range(5)]
    assert told(archive) == []


def entries(form: str, named: bool) -> list[dict[str, Any]]:
    """Forty records; `named` ones have an address or an id."""
    key = {
        "url": lambda i: f"https://paper.example/{i}?a=b&c=%20#x",
        "id": lambda i: i,
        "_id": lambda i: {"$oid": f"{i:024x}"},
    }
    made = [{"title": f"Item {i}", "text": f"{LONG} Number {i}."} for i in range(40)]
    return [{form: key[form](i)} | each for i, each in enumerate(made)] if named else made


def put(path: Path, rows: list[dict[str, Any]]) -> None:
    if path.suffix == ".csv":
        import pandas as pd

        pd.DataFrame(rows).to_csv(path, index=False)
    elif path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    else:
        path.write_text(json.dumps({"items": rows}), encoding="utf-8")


@pytest.mark.parametrize("suffix", [".csv", ".json", ".jsonl", ".parquet"])
@pytest.mark.parametrize("form", ["url", "id", "_id"])
def test_a_record_is_known_wherever_it_stands(archive: Archive, folder: Path, suffix: str, form: str) -> None:
    if form == "_id" and suffix in (".csv", ".parquet"):
        return
    rows = entries(form, named=True)
    put(folder / f"a{suffix}", rows)
    archive.take(records_of(folder))
    fresh = rows[0] | {
        form: "https://paper.example/new" if form == "url" else {"$oid": "f" * 24} if form == "_id" else 99
    }
    changed = rows[7] | {"text": f"{LONG} Number 7 was changed."}
    put(folder / f"a{suffix}", [fresh | {"title": "New"}, *rows[:7], changed, *rows[8:]])
    archive.take(records_of(folder))
    assert archive.sql("SELECT count(*), count(DISTINCT uri) FROM captures") == [(42, 41)]
    twice = archive.sql("SELECT uri FROM captures GROUP BY uri HAVING count(*) = 2")
    assert len(twice) == 1
    put(folder / f"a{suffix}", [*rows[::-1], fresh])
    archive.take(records_of(folder))
    assert archive.sql("SELECT count(DISTINCT uri) FROM captures") == [(41,)]
    assert archive.differences() == []


def test_records_that_share_an_id_are_told_apart_by_what_they_hold(archive: Archive, folder: Path) -> None:
    rows = [{"id": 7, "title": f"T{i}", "text": f"{LONG} {i}"} for i in range(3)]
    put(folder / "a.json", [*rows, rows[0]])
    archive.take(records_of(folder))
    assert archive.sql("SELECT count(DISTINCT uri), count(*) FROM captures") == [(4, 4)]
    put(folder / "a.json", [{"id": 7, "title": "New", "text": f"{LONG} new"}, *rows, rows[0]])
    archive.take(records_of(folder))
    assert archive.sql("SELECT count(DISTINCT uri), count(*) FROM captures") == [(5, 5)]


def test_an_address_that_all_records_share_names_none_where_ids_do(archive: Archive, folder: Path) -> None:
    rows = [{"id": i, "url": "https://paper.example/", "text": f"{LONG} {i}"} for i in range(3)]
    put(folder / "a.jsonl", rows)
    archive.take(records_of(folder))
    assert [uri for (uri,) in archive.sql("SELECT uri FROM captures ORDER BY uri")] == [
        f"file:///s/a.jsonl#id={i}" for i in range(3)
    ]


def test_a_record_with_a_doubled_key_is_read_and_marked(archive: Archive, folder: Path) -> None:
    (folder / "a.jsonl").write_text(f'{{"title": "A", "text": "first words", "text": "{LONG}"}}\n', encoding="utf-8")
    archive.take(records_of(folder))
    assert archive.sql("SELECT count(*) FROM articles WHERE text LIKE '%ferry%'") == [(1,)]
