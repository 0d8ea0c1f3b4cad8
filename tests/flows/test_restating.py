"""A corrected hint, zone, pattern or delimiter reaches what was captured before, and nothing else."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.examine import examine
from flows.sources.registry import Source
from tests.makers.archive import Archive, story

PAGE = (
    "<!doctype html><html><head><meta charset='utf-8'><title>渡口通航</title>"
    "<meta property='article:published_time' content='2024-03-01T23:30:00'></head><body><article><h1>渡口通航</h1>"
    + "".join(f"<p>渡口今晨恢复通航，往来客货照常上下，第{n}段另有值守人员六名。</p>" for n in range(4))
    + "</article><div class='side'><p>旁栏另有一段不相干的话，讲的是米价与天气，也写得很长。</p></div></body></html>"
)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def put(folder: Path, name: str, body: str | bytes) -> None:
    (folder / name).write_bytes(body.encode() if isinstance(body, str) else body)
    os.utime(folder / name, (1_700_000_000, 1_700_000_000))  # long ago, so that it is settled


def sound(archive: Archive) -> None:
    assert archive.differences() == []
    assert [each.message for each in examine(archive.warehouse).findings] == []


def test_a_corrected_zone_reads_its_source_anew_and_nothing_else(archive: Archive, folder: Path) -> None:
    put(folder, "a.html", PAGE)
    (folder / "other").mkdir()
    put(folder / "other", "b.html", story(7))
    source = Source(id="s", location=str(folder / "a.html"), zone="UTC")
    other = Source(id="o", location=str(folder / "other"))
    archive.take(source, other)
    moment = "SELECT CAST(epoch(published_at) AS BIGINT) FROM documents WHERE title = '渡口通航'"
    ((before,),) = archive.sql(moment)
    assert archive.take(source, other).snapshot is None
    outcome = archive.take(replace(source, zone="Asia/Shanghai"), other)
    assert outcome.counts["documents"] == 1
    assert archive.sql(moment) == [(before - 8 * 3600,)]
    assert archive.sql("SELECT count(*) FROM documents") == [(2,)]
    assert archive.sql("SELECT count(*) FROM captures") == [(2,)]
    assert archive.take(replace(source, zone="Asia/Shanghai"), other).snapshot is None
    sound(archive)


def test_a_corrected_site_rule_gives_other_articles_and_matching_follows(archive: Archive, folder: Path) -> None:
    put(folder, "a.html", PAGE)
    put(folder, "b.html", PAGE.replace("通航</h1>", "复航</h1>"))
    source = Source(id="s", location=str(folder), parser={"select": {"body": ".side"}})
    archive.take(source)
    assert archive.sql("SELECT count(*) FROM articles WHERE text LIKE '%值守人员%'") == [(0,)]
    archive.take(replace(source, parser={"select": {"body": "article"}}))
    assert archive.sql("SELECT count(*) FROM articles WHERE text LIKE '%值守人员%'") == [(2,)]
    assert archive.sql("SELECT count(*) FROM articles WHERE text LIKE '%米价%'") == [(0,)]
    assert archive.sql("SELECT count(DISTINCT article_id) FROM stories ANTI JOIN articles USING (article_id)") == [(0,)]
    assert archive.sql("SELECT count(DISTINCT article_id) FROM stories") == [(2,)]
    archive.take(replace(source, parser={}))
    assert archive.sql("SELECT count(*), count(parser) FROM captures") == [(2, 0)]
    sound(archive)


def test_a_corrected_pattern_dates_what_lies_there(archive: Archive, folder: Path) -> None:
    put(folder, "第3期-2024年05月06日.txt", "渡口今晨恢复通航，往来客货照常上下。\n\n岸边另有值守人员六名。\n")
    source = Source(id="s", location=str(folder))
    archive.take(source)
    assert archive.sql("SELECT name_date FROM captures") == [(None,)]
    pattern = r"(?P<year>\d{4})年(?P<month>\d{2})月(?P<day>\d{2})日"
    outcome = archive.take(replace(source, name_date=pattern))
    assert outcome.counts["documents"] == 0
    assert archive.sql("SELECT strftime(name_date, '%Y-%m-%d') FROM captures") == [("2024-05-06",)]
    assert archive.take(replace(source, name_date=pattern)).snapshot is None
    sound(archive)


RECORDS = [
    {"a": f"标题{n}", "b": f"第{n}条消息的正文说渡口照常通航，往来客货如旧，岸边另有值守人员。"} for n in range(3)
]


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_a_corrected_hint_reads_records_anew(archive: Archive, folder: Path, form: str) -> None:
    lines = [json.dumps(each, ensure_ascii=False) for each in RECORDS]
    put(folder, f"d.{form}", "\n".join(lines) if form == "jsonl" else "[" + ",\n".join(lines) + "]")
    source = Source(id="s", kind="records", location=str(folder), parser={"text": "nowhere"})
    archive.take(source)
    assert archive.sql("SELECT count(*) FROM documents") == [(0,)]
    right = replace(source, parser={"text": "b", "title": "a"})
    archive.take(right)
    assert archive.sql("SELECT title FROM documents ORDER BY 1") == [("标题0",), ("标题1",), ("标题2",)]
    assert archive.sql("SELECT count(*) FROM captures") == [(3,)]
    assert archive.sql("SELECT error, uri FROM rejects") == []
    assert archive.take(right).snapshot is None
    sound(archive)


def test_a_dump_is_split_where_its_hint_says_now(archive: Archive, folder: Path) -> None:
    body: dict[str, Any] = {"first": RECORDS[:1], "second": RECORDS[1:]}
    put(folder, "d.json", json.dumps(body, ensure_ascii=False))
    source = Source(id="s", kind="records", location=str(folder), parser={"text": "b", "records": "first"})
    archive.take(source)
    uris = "SELECT split_part(uri, '#', 2) FROM captures ORDER BY 1"
    assert archive.sql(uris) == [("/first/0",)]
    archive.take(replace(source, parser={"text": "b", "records": "second"}))
    assert archive.sql(uris) == [("/second/0",), ("/second/1",)]
    assert archive.sql("SELECT count(*) FROM documents") == [(2,)]
    sound(archive)


def test_a_corrected_delimiter_converts_the_table_anew(archive: Archive, folder: Path) -> None:
    put(folder, "t.csv", "a|b\n" + "".join(f"{each['a']}|{each['b']}，甲,乙\n" for each in RECORDS))
    source = Source(
        id="s", kind="records", location=str(folder), parser={"text": "b", "title": "a"}, options={"delimiter": ","}
    )
    archive.take(source)
    right = replace(source, options={"delimiter": "|"})
    archive.take(right)
    assert archive.sql("SELECT title FROM documents ORDER BY 1") == [("标题0",), ("标题1",), ("标题2",)]
    assert archive.sql("SELECT count(*) FROM captures") == [(3,)]
    assert archive.sql("SELECT error FROM rejects") == []
    assert archive.take(right).snapshot is None
    sound(archive)


def test_newly_included_files_are_taken_in_and_excluded_ones_stay(archive: Archive, folder: Path) -> None:
    for name in ("甲.txt", "乙.txt"):
        put(folder, name, f"{name}说渡口今晨恢复通航，往来客货照常上下。\n")
    source = Source(id="s", location=str(folder), options={"include": "甲"})
    archive.take(source)
    assert archive.sql("SELECT count(*) FROM captures") == [(1,)]
    archive.take(replace(source, options={"include": "乙"}))
    assert archive.sql("SELECT count(*) FROM captures") == [(2,)]
    assert archive.sql("SELECT count(*) FROM documents") == [(2,)]
    sound(archive)


def test_hints_may_go_back_and_forth(archive: Archive, folder: Path) -> None:
    put(folder, "a.html", PAGE)
    source = Source(id="s", location=str(folder))
    for zone in ("UTC", "Asia/Tokyo", None, "UTC"):
        archive.take(replace(source, zone=zone))
    assert archive.sql("SELECT parser FROM captures") == [('{"timezone":"UTC"}',)]
    assert archive.sql("SELECT count(*) FROM documents") == [(1,)]
    sound(archive)
