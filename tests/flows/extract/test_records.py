"""One record: metadata by mapped or guessed keys, its text in blocks with selectors."""

from __future__ import annotations

import contextlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.extract import record_keys, records
from flows.extract.reading import UnreadableError
from tests.flows.extract.rows import rows

RECORD = {
    "id": 9,
    "video_title": "渡口的钟",
    "pub_date": "2024-03-02 19:05:00",
    "link": "http://a.example.org/9",
    "writer": "石榴、阿木",
    "detail": {"content": "<p>河面上起了雾。</p><p>渡船在对岸<b>敲了三下</b>钟。</p>", "source": "澜网"},
}
KEYS = {
    "title": "video_title",
    "text": "detail.content",
    "uri": "link",
    "date": "pub_date",
    "author": "writer",
    "publisher": "/detail/source",
}


GOLDEN = sorted(
    path for path in (Path(__file__).parents[2] / "golden" / "records").glob("*.json") if ".rows" not in path.name
)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    expected = json.loads(path.with_suffix(".rows.json").read_text(encoding="utf-8"))
    assert rows(records.read(path.read_bytes(), {})) == expected


def payload(record: Any) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode()


@pytest.mark.parametrize("parser", [KEYS, {}], ids=["mapped", "guessed"])
def test_html_text(parser: dict[str, Any]) -> None:
    reading = records.read(payload(RECORD), parser)
    assert (reading.title, reading.canonical_uri) == ("渡口的钟", "http://a.example.org/9")
    # What its file says is the publisher is that; of itself a source is a credit.
    assert (reading.publisher, reading.origin) == (("澜网", None) if parser else (None, "澜网"))
    assert reading.authors == ["石榴", "阿木"]
    assert reading.published_at is not None
    assert (reading.published_at.isoformat(), reading.published_precision) == ("2024-03-02T19:05:00+08:00", "second")
    assert [(block.kind, block.text, block.article) for block in reading.blocks] == [
        ("headline", "渡口的钟", 0),
        ("body", "河面上起了雾。", 0),
        ("body", "渡船在对岸敲了三下钟。", 0),
    ]
    assert [block.selector for block in reading.blocks] == [
        "#/video_title",
        "#/detail/content/html/body/p[1]",
        "#/detail/content/html/body/p[2]",
    ]


def test_plain_text() -> None:
    text = "\u3000\u3000河面上起了雾。\r\n\r\n \n渡船敲了三下钟。\u2028没有人应。"
    reading = records.read(
        payload({"title": "钟", "a/b": {"body": text}, "date": "2024-03-02"}), {"text": "/a~1b/body"}
    )
    assert (reading.title, reading.published_at) == (None, None)
    assert [block.text for block in reading.blocks] == ["河面上起了雾。", "渡船敲了三下钟。", "没有人应。"]
    for block in reading.blocks:
        pointer, _, place = block.selector.partition(";char=")
        start, end = map(int, place.split(","))
        assert pointer == "#/a~1b/body"
        assert text[start:end] == block.text
    assert all(block.raw_start is None for block in reading.blocks)


def test_text_in_parts() -> None:
    parts = ["第一段。", {"type": "text", "text": "第二段。"}, {"type": "image", "src": "x.png"}, "<p>第三段。</p>"]
    reading = records.read(payload({"content": parts}), {"text": "content"})
    assert [(block.text, block.selector) for block in reading.blocks] == [
        ("第一段。", "#/content/0;char=0,4"),
        ("第二段。", "#/content/1/text;char=0,4"),
        ("第三段。", "#/content/3/html/body/p[1]"),
    ]


def test_the_first_key_that_holds_something() -> None:
    keys = {"text": ["full", "brief"]}
    assert records.read(payload({"full": "", "brief": "短。"}), keys).blocks[0].text == "短。"
    assert records.read(payload({"full": "长。", "brief": "短。"}), keys).blocks[0].text == "长。"


@pytest.mark.parametrize(
    ("bytes_", "parser", "error", "words"),
    [
        (b"", {}, "empty", "no bytes"),
        (b"{", {}, "not-json", "not JSON"),
        (b'{"a": ', {}, "not-json", "not JSON"),
        (b'{"a": 1} x', {}, "not-json", "not JSON"),
        (b"[1]", {}, "not-a-record", "an array"),
        (b'"a"', {}, "not-a-record", "a string"),
        (b"1e400", {}, "not-a-record", "a number"),
        (b"null", {}, "not-a-record", "null"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, {}, "nested", "too deep"),
        (b'{"a": 1}', {"text": "b.c"}, "key-missing", "`b.c`.*it has a"),
        (b'{"b": {"d": ""}}', {"text": "b.c"}, "key-missing", "`b.c`"),
        (b'{"a": 1}', {}, "no-text", "it has a"),
        (b"{}", {}, "no-text", "no keys"),
        (b'{"b": ""}', {"text": "b"}, "no-text", "no title"),
        (b'{"b": 5}', {"text": "b"}, "no-text", "no title"),
        (bytes(range(256)) * 8, {"text": "t"}, "binary", "not hold text"),
    ],
)
def test_what_is_no_record(bytes_: bytes, parser: dict[str, Any], error: str, words: str) -> None:
    with pytest.raises(UnreadableError, match=words) as caught:
        records.read(bytes_, parser)
    assert caught.value.error == error


@pytest.mark.parametrize(
    ("written", "read", "precision"),
    [
        ('"0000-00-00"', None, None),
        ('"2024-02-30"', None, None),
        ("null", None, None),
        ("NaN", None, None),
        ("9" * 5_000, None, None),
        ('"2024-03"', datetime(2024, 3, 1), "month"),
        ('"2024年3月2日"', datetime(2024, 3, 2), "day"),
    ],
)
def test_dates(written: str, read: datetime | None, precision: str | None) -> None:
    reading = records.read(f'{{"t": "正文。", "d": {written}}}'.encode(), {"text": "t", "date": "d"})
    assert (reading.published_at, reading.published_precision) == (read, precision)


def test_seconds_since_1970() -> None:
    for written in ("1709377500", '"1709377500"', "1709377500000"):
        reading = records.read(f'{{"t": "正文。", "d": {written}}}'.encode(), {"text": "t", "date": "d"})
        assert reading.published_at is not None
        assert reading.published_at.isoformat() == "2024-03-02T11:05:00+00:00"


def test_half_a_surrogate_pair_can_be_stored() -> None:
    reading = records.read(b'{"title": "a\\ud800", "text": "b\\udfff", "author": "\\ud83d"}', {})
    for text in (reading.title or "", *reading.authors, *(block.text for block in reading.blocks)):
        text.encode()
    assert reading.title == "a\ufffd"
    assert records.read(b'{"text": "\\ud83d\\ude00!"}', {}).blocks[0].text == "😀!"


@pytest.mark.parametrize(
    ("record", "guess"),
    [
        ({"标题": "甲", "正文": "乙", "日期": "2024-01-01", "网址": "http://a.example.org/"},
         {"title": "/标题", "text": "/正文", "date": "/日期", "uri": "/网址"}),
        ({"biaoti": "甲", "neirong": "乙", "zuozhe": "丙", "laiyuan": "丁"},
         {"title": "/biaoti", "text": "/neirong", "author": "/zuozhe", "origin": "/laiyuan"}),
        ({"name": "甲", "data": {"article": {"html": "<p>乙</p>"}}}, {"title": "/name", "text": "/data/article/html"}),
        ({"t": "甲", "x": "很长的一段话。" * 20}, {"text": "/x"}),
        ({"title": "甲", "desc": "短。", "content": ""}, {"title": "/title", "text": "/desc"}),
        ({"title": "甲", "logo_url": "http://a.example.org/a.png", "date": "soon"}, {"title": "/title"}),
        ({"articleBody": "乙", "datePublished": "2024-01-01", "headline": "甲"},
         {"title": "/headline", "text": "/articleBody", "date": "/datePublished"}),
    ],
)  # fmt: skip
def test_guesses(record: dict[str, Any], guess: dict[str, str]) -> None:
    assert record_keys.guess_mapping(record) == guess


@given(st.binary(max_size=200) | st.dictionaries(st.text(max_size=4), st.text(max_size=40), max_size=5).map(payload))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(UnreadableError):
        reading = records.read(data, {})
        assert reading.blocks
        for block in reading.blocks:
            assert block.text
            block.text.encode()


@given(st.lists(st.text(max_size=6), max_size=4))
def test_pointers_lead_back(steps: list[str]) -> None:
    value: Any = "x"
    for step in reversed(steps):
        value = {step: value}
    assert record_keys.look_up(value, record_keys.path_of(record_keys.pointer(tuple(steps))) if steps else ()) == "x"
