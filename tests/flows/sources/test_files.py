"""Folders that are being written to, and dumps of records in tables."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pandas as pd
import pytest

from flows.capture import files
from flows.capture.writing import being_written
from flows.sources.registry import Source
from tests.makers.archive import Archive
from warehouse.records import records


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def names(archive: Archive) -> list[str]:
    return [uri.rpartition("/")[2] for (uri,) in archive.sql("SELECT uri FROM captures ORDER BY uri")]


def test_a_file_that_somebody_writes_to_is_left_for_the_next_run(archive: Archive, folder: Path) -> None:
    source = Source(id="s", location=str(folder))
    (folder / "done.txt").write_text("写完了的一篇短文。")
    with (folder / "open.txt").open("w") as writer:
        writer.write("还没")
        writer.flush()
        with (folder / "open.txt").open("rb") as reader:
            if not being_written(reader.fileno()):
                pytest.skip("this system does not tell who writes to a file")
        archive.take(source)
        assert names(archive) == ["done.txt"]
        assert archive.sql("SELECT error FROM rejects") == [("changed",)]
        writer.write("写完，现在完了。")
    archive.take(source)
    assert names(archive) == ["done.txt", "open.txt"]


def test_a_file_that_changes_while_it_is_read_is_left(
    archive: Archive, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "a.txt"
    path.write_text("前半")
    real = files._head

    def changing(found: Path) -> bytes:
        path.write_text("前半，后半也来了。")
        return real(found)

    monkeypatch.setattr(files, "_head", changing)
    archive.take(Source(id="s", location=str(folder)))
    assert names(archive) == []
    monkeypatch.undo()
    archive.take(Source(id="s", location=str(folder)))
    assert names(archive) == ["a.txt"]


def test_a_file_must_have_settled_where_the_source_says_so(archive: Archive, folder: Path) -> None:
    source = Source(id="s", location=str(folder), options={"settle": 60})
    (folder / "new.txt").write_text("刚到的一篇。")
    (folder / "old.txt").write_text("早就到的一篇。")
    past = time.time() - 3600
    os.utime(folder / "old.txt", (past, past))
    archive.take(source)
    assert names(archive) == ["old.txt"]


ROWS = [
    {"title": "渡口通航", "text": "渡口四月一日恢复通航，往来客货照常。", "date": "2024-04-01"},
    {"title": "米价稳定", "text": "各镇米价本周大致稳定，\n新米尚未上市。", "date": "2024-04-02"},
]


def write(path: Path, form: str) -> None:
    frame = pd.DataFrame(ROWS)
    if form == "parquet":
        frame.to_parquet(path)
    else:
        separator = {"csv": ",", "tsv": "\t"}[form]
        path.write_bytes(frame.to_csv(index=False, sep=separator).encode("gb18030" if form == "csv" else "utf-8"))


@pytest.fixture(params=["csv", "tsv", "parquet"])
def table(request: pytest.FixtureRequest, folder: Path) -> Path:
    path = folder / f"dump.{request.param}"
    write(path, request.param)
    return path


def test_every_row_of_a_table_is_a_capture(archive: Archive, table: Path) -> None:
    source = Source(id="s", kind="records", location=str(table), parser={"text": "text", "title": "title"})
    archive.take(source)
    assert archive.sql("SELECT title FROM documents ORDER BY title") == [("渡口通航",), ("米价稳定",)]
    (text,) = archive.sql("SELECT text FROM articles WHERE text LIKE '%新米%'")[0]
    assert "新米尚未上市。" in text
    assert archive.sql("SELECT record_type, count(*) FROM captures GROUP BY 1") == [("conversion", 2)]
    held = [record for record in records(archive.warcs()[0]) if record.kind in ("resource", "conversion")]
    assert held[0].payload == table.read_bytes()
    assert held[1].headers["warc-refers-to-target-uri"] == held[0].uri
    assert archive.take(source).snapshot is None
    assert archive.differences() == []


def test_a_table_that_is_none_is_a_reject(archive: Archive, folder: Path) -> None:
    (folder / "a.parquet").write_bytes(b"PAR1 and nothing else")
    (folder / "b.csv").write_bytes(b"")
    archive.take(Source(id="s", kind="records", location=str(folder)))
    assert archive.sql("SELECT DISTINCT error FROM rejects") == [("table",)]
    assert archive.sql("SELECT count(*) FROM rejects") == [(2,)]


def test_a_long_table_is_several_conversions(archive: Archive, folder: Path) -> None:
    lines = "".join(f"{n},第{n}条消息的正文在这里。\n" for n in range(5003))
    (folder / "a.csv").write_text("id,text\n" + lines)
    archive.take(Source(id="s", kind="records", location=str(folder), parser={"text": "text"}))
    assert archive.sql("SELECT count(*), count(DISTINCT uri), count(DISTINCT payload_sha256) FROM captures") == [
        (5003, 5003, 5003)
    ]
