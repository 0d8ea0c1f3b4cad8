"""An address that is none, wherever an item states it, costs no more than the address."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flows.extract import html, records
from flows.sources.records import split
from flows.sources.registry import Source
from tests.makers.archive import Archive
from tests.makers.warc_bytes import gzipped, http_response, record, response

WORDS = "河面上起了雾，渡船在对岸敲了三下钟，船工们收起了缆绳。" * 3
BAD = (
    *(
        "http://[x/1",
        "http://a]b/1",
        "http://[::1",
        "http://",
        "http://?",
        "//",
        "http:///x",
        "http://a b/",
        "http://%zz/",
    ),
    *("http://a.example:99999999/1", "http://a.example:x/", "http://a.example\uff03@b/", "http://\u2100.example/x"),
    *("http://..../", "http://-/", "https://" + "a" * 300 + ".example/", "javascript:1", "\u202ehttp://a.example/"),
    *("http://a.example/\x00\x1b[31m", "http://\ud800.example/\udfff", "HTTP://[V1.x]:/", "http://xn--\u00fc/", ""),
)
"""Each is refused by some reader of addresses, or is read by none."""
addresses = st.one_of(
    st.sampled_from(BAD),
    st.text(st.characters(), max_size=40),
    st.text(st.sampled_from("[]:/@?#%.\\ x0\uff03\u2100\ud800"), max_size=20).map(lambda rest: "http://" + rest),
)
values = st.one_of(addresses, st.none(), st.integers(), st.lists(addresses, max_size=3), st.just({"href": "http://[x"}))


def dump(uris: list[Any]) -> list[dict[str, Any]]:
    return [{"title": f"第{n}件", "url": uri, "content": f"{n}号。{WORDS}"} for n, uri in enumerate(uris)]


def texts(payload: bytes, mapping: dict[str, Any], *, lines: bool) -> list[list[str]]:
    """The text of each record of a dump, in order."""
    found = list(split(payload, mapping, lines=lines))
    return [[each.text for each in records.read(payload[one.start : one.end], mapping).blocks] for one in found]


@given(st.lists(values, min_size=1, max_size=5), st.booleans(), st.booleans(), st.booleans())
@example(list(BAD), True, False, True)
@example(list(BAD), False, True, False)
def test_records_are_read_whatever_they_give_as_address(
    uris: list[Any], lines: bool, escaped: bool, mapped: bool
) -> None:
    def written(each: list[Any]) -> bytes:
        rows = dump(each)
        said = "\n".join(json.dumps(row, ensure_ascii=True) for row in rows) if lines else json.dumps(rows)
        return (said if escaped else json.dumps(json.loads(said)) if not lines else said).encode()

    mapping = {"title": "title", "text": "content", "uri": "url"} if mapped else {}
    good = [f"http://a.example/{n}" for n in range(len(uris))]
    assert texts(written(uris), mapping, lines=lines) == texts(written(good), mapping, lines=lines)


@given(addresses)
@example(BAD[0])
@example(BAD[1])
@example("http://a.example\uff03@b/")
def test_pages_are_read_whatever_they_give_as_address(address: str) -> None:
    shown = "".join(f"&#{ord(each)};" for each in address if each not in "\0")
    head = f"<link rel=canonical href='{shown}'><meta property='og:url' content='{shown}'><base href='{shown}'>"
    body = f"<article><h1>渡口</h1><p>{WORDS}</p><a rel=author href='{shown}/author/x'>x</a></article>"
    page = f"<html><head>{head}</head><body>{body}</body></html>".encode()
    for parser in ({}, {"sites": {"a.example": {"title": "h1"}}}):
        assert any(WORDS in block.text for block in html.read(page, parser).blocks)


@pytest.mark.parametrize("name", ["in.json", "in.jsonl"])
def test_an_archive_of_bad_addresses_holds_every_text(tmp_path: Path, name: str) -> None:
    rows = dump(list(BAD))
    said = "\n".join(map(json.dumps, rows)) if name.endswith("l") else json.dumps(rows)
    (tmp_path / name).write_text(said)
    archive = Archive(tmp_path / "w")
    archive.take(Source(id="dump", kind="records", location=str(tmp_path / name), options={"settle": 0}))
    assert archive.sql("SELECT count(DISTINCT text) FROM articles") == [(len(BAD),)]
    assert archive.sql("SELECT uri, error, message FROM rejects") == []
    for (view,) in archive.sql("SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY view_name"):
        archive.sql(f"SELECT * FROM {view}")
    assert archive.differences() == []


def test_a_corrected_source_is_read_anew_though_a_record_of_its_archive_has_a_bad_address(tmp_path: Path) -> None:
    at = "2024-03-07T10:00:01Z"
    page = f"<html><body><h1>渡口</h1><p>{WORDS}</p></body></html>".encode()
    dumped = json.dumps(dump(["http://a.example/1"])).encode()
    pieces = [
        record("resource", uri, at, "application/json", dumped)
        for uri in ("http://[x/a.json", "http://a.example/b.json")
    ]
    pieces.append(response("http://[y/1.html", at, http_response(page, "text/html; charset=utf-8"), page))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "x.warc.gz").write_bytes(gzipped(*pieces))
    archive = Archive(tmp_path / "w")
    source = Source(id="crawl", kind="warc", location=str(tmp_path / "in"))
    archive.take(source)
    before = archive.sql("SELECT count(*) FROM captures")
    archive.take(Source(id="crawl", kind="warc", location=str(tmp_path / "in"), zone="Asia/Shanghai"))
    assert archive.sql("SELECT count(*) FROM captures") == before
    assert archive.sql("SELECT count(*) FROM captures WHERE parser LIKE '%Shanghai%'") == before
    assert archive.sql("SELECT count(*) FROM rejects WHERE error = 'crash'") == [(0,)]
