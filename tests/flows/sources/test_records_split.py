"""The records of a dump are found where they stand, and nothing good is lost to what is broken."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.extract import record_keys, records
from flows.extract.reading import UnreadableError
from flows.sources.records import MAX_DEPTH, SAMPLE, Record, split

KEYS = {"title": "head", "text": "detail.words", "uri": "at"}
WORDS = "河面上起了雾，渡船在对岸敲了三下钟。\n"


def record(number: int) -> dict[str, Any]:
    return {"head": f"第{number}件", "at": f"http://a.example.org/{number}", "detail": {"words": WORDS * 3}}


def told(data: bytes, mapping: dict[str, Any] | None = None, *, lines: bool = False) -> tuple[list[Record], str | None]:
    """The records before any error, and the error's name."""
    walk = split(data, mapping, lines=lines)
    found: list[Record] = []
    while True:
        try:
            found.append(next(walk))
        except StopIteration:
            return found, None
        except UnreadableError as error:
            return found, error.error


def resolve(value: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        value = value[int(name)] if isinstance(value, list) else value[name]
    return value


@pytest.mark.parametrize(
    ("dump", "pointers"),
    [
        ([record(1), record(2)], ["/0", "/1"]),
        ({"total": 2, "videoList": [record(1), record(2)]}, ["/videoList/0", "/videoList/1"]),
        ({"data": {"page": 1, "list": [record(1)]}}, ["/data/list/0"]),
        ({"a/b": [record(1)], "c~d": [record(2)]}, ["/a~1b/0", "/c~0d/0"]),
        ([{"day": "一", "items": [record(1)]}, {"day": "二", "items": [record(2)]}], ["/0/items/0", "/1/items/0"]),
        ([[record(1)], [record(2)]], ["/0/0", "/1/0"]),
        ({"first": record(1), "second": record(2)}, ["/first", "/second"]),
        (record(1), [""]),
        ({"items": [record(1), {"head": "没有正文"}, 7]}, ["/items/0", "/items/1", "/items/2"]),
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("escaped", [True, False])
def test_where_records_stand(dump: Any, pointers: list[str], indent: int | None, escaped: bool) -> None:
    data = json.dumps(dump, indent=indent, ensure_ascii=escaped).encode()
    found, error = told(data, KEYS)
    assert error is None
    assert [each.pointer for each in found] == pointers
    for each in found:
        assert json.loads(data[each.start : each.end]) == resolve(dump, each.pointer)


@pytest.mark.parametrize(
    "dump",
    [
        {"channel": "要闻", "items": [{"headline": "一", "content": "<p>正文</p>", "link": "http://a.example.org/1"}]},
        {"title": "频道", "description": "这里是频道的介绍", "items": [{"title": "一", "content": "正文"}]},
        {"rows": [{"biaoti": "一", "zhengwen": "正文"}]},
    ],
)
def test_records_are_found_without_a_mapping(dump: dict[str, Any]) -> None:
    found, error = told(json.dumps(dump).encode())
    assert (error, len(found)) == (None, 1)
    assert found[0].pointer.endswith("/0")


def test_a_record_with_comments_is_one_record() -> None:
    dump = {"title": "一", "content": WORDS, "comments": [{"user": "甲", "text": "好"}, {"user": "乙", "text": "好"}]}
    found, _ = told(json.dumps(dump).encode())
    assert [each.pointer for each in found] == [""]


def test_addresses() -> None:
    dump = [record(1), {**record(2), "at": "see there"}, {**record(3), "at": None}]
    found, _ = told(json.dumps(dump).encode(), KEYS)
    assert [each.uri for each in found] == ["http://a.example.org/1", None, None]
    guessed, _ = told(
        json.dumps(
            [{"title": "一", "body": WORDS, "img_url": "http://i.example.org/1", "url": "http://a.example.org/9"}]
        ).encode()
    )
    assert [each.uri for each in guessed] == ["http://a.example.org/9"]


def test_the_array_can_be_named() -> None:
    dump = {"ads": [record(1)], "news": {"list": [record(2), record(3)]}}
    found, _ = told(json.dumps(dump).encode(), {**KEYS, "records": "news.list"})
    assert [each.pointer for each in found] == ["/news/list/0", "/news/list/1"]
    assert told(json.dumps(dump).encode(), {**KEYS, "records": "news.rows"}) == ([], "key-missing")


def test_lines() -> None:
    lines = [json.dumps(record(n), ensure_ascii=False) for n in range(3)]
    data = ("\ufeff" + lines[0] + "\r\n\n" + lines[1] + "\n{broken\n" + lines[2]).encode()
    found, error = told(data, KEYS, lines=True)
    assert error is None
    assert [each.pointer for each in found] == ["/0", "/2", "/3", "/4"]
    assert [data[each.start : each.end].decode() for each in found] == [lines[0], lines[1], "{broken", lines[2]]
    assert found[2].uri is None


def test_an_array_named_as_lines() -> None:
    dump = [record(1), record(2)]
    data = json.dumps(dump, indent=1, ensure_ascii=False).encode()
    found, error = told(data, KEYS, lines=True)
    assert (error, [json.loads(data[each.start : each.end]) for each in found]) == (None, dump)


def test_values_one_after_the_other() -> None:
    data = "\n".join(json.dumps(record(n)) for n in range(3)).encode()
    found, error = told(data, KEYS)
    assert (error, [each.pointer for each in found]) == (None, ["", "/1", "/2"])


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "gb18030", "big5"])
def test_other_encodings(codec: str) -> None:
    dump = {"list": [{"title": "渡船", "content": "河面上起了霧，渡船在對岸敲了三下鐘。" * 20} for _ in range(3)]}
    data = json.dumps(dump, ensure_ascii=False).encode(codec)
    found, error = told(data)
    assert error is None
    inner = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(codec, codec)
    assert [json.loads(data[each.start : each.end].decode(inner)) for each in found] == dump["list"]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b"<html></html>", "not-json"),
        (b'{"a": 1,, "b": 2}', "not-json"),
        (b"{'a': 1}", "not-json"),
        (b'{"a" 1}', "not-json"),
        (b'{"a": [1 2]}', "not-json"),
        (b"[" * 100_000, "nested"),
        (b"[" * 100_000 + b"]" * 100_000, "nested"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested"),
        (b'{"total": 0, "list": []}', "no-records"),
        (b"17", "no-records"),
        (b'["a", "b"]', "no-records"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "binary"),
    ],
)
def test_what_is_no_dump(data: bytes, error: str) -> None:
    assert told(data) == ([], error)


def test_keys_that_are_not_there_are_named() -> None:
    with pytest.raises(UnreadableError, match=r"`detail\.words`.*the first object has title, body") as caught:
        list(split(json.dumps([{"title": "一", "body": WORDS}]).encode(), KEYS, lines=False))
    assert caught.value.error == "key-missing"


@pytest.mark.parametrize("number", [2, SAMPLE + 5])
def test_a_cut_loses_nothing_before_it(number: int) -> None:
    data = json.dumps({"list": [record(n) for n in range(number)]}).encode()
    whole, _ = told(data, KEYS)
    for cut in (whole[-1].end - 1, whole[-1].start + 1, whole[-1].start, len(data) - 1):
        found, error = told(data[:cut], KEYS)
        assert error == "truncated"
        assert found == [each for each in whole if each.end <= cut]


def test_odd_numbers_and_half_surrogates_do_no_harm() -> None:
    data = b'[{"head": "\\ud800", "n": NaN, "m": ' + b"9" * 10_000 + b', "detail": {"words": "ok \\udfff"}}]'
    found, error = told(data, KEYS)
    assert (error, len(found)) == (None, 1)


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_split_or_refused(data: bytes, lines: bool) -> None:
    with contextlib.suppress(UnreadableError):
        for each in split(data, None, lines=lines):
            assert 0 <= each.start < each.end <= len(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["title", "text", "a", "b", "/"]), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(JSON, st.booleans(), st.sampled_from([None, 1]))
def test_pointers_and_offsets_agree(value: Any, escaped: bool, indent: int | None) -> None:
    data = json.dumps(value, ensure_ascii=escaped, indent=indent).encode("utf-8", "surrogatepass")
    whole = json.loads(data)
    last = 0
    with contextlib.suppress(UnreadableError):
        for each in split(data, None, lines=False):
            assert each.start >= last
            last = each.end
            assert repr(json.loads(data[each.start : each.end])) == repr(resolve(whole, each.pointer))


def test_records_deeper_than_the_walk_goes_are_not_looked_for() -> None:
    value: Any = [record(1)]
    for _ in range(MAX_DEPTH + 2):
        value = {"a": value}
    assert told(json.dumps(value).encode(), KEYS) == ([], "key-missing")


def test_the_samples(samples: Path) -> None:
    for name, lines in (("items-20240302.json", False), ("shorts-20240303.jsonl", True)):
        data = (samples / "jianghai-feed" / name).read_bytes()
        found = list(split(data, None, lines=lines))
        assert len(found) == 2
        for each in found:
            assert records.read(data[each.start : each.end], {}).canonical_uri == each.uri


@pytest.mark.corpus
def test_real_dumps(shared: Path) -> None:
    keys = {"title": "video_title", "text": ["video_detail.content", "brief"], "uri": "video_url", "date": "pub_date"}
    count = 0
    for dump in sorted((shared / "corpus" / "xwlb-json").glob("*.json")):
        data = dump.read_bytes()
        listed = json.loads(data)["videoList"]
        for mapping in (keys, None):
            found = list(split(data, mapping, lines=False))
            assert [json.loads(data[each.start : each.end]) for each in found] == listed
        for each in found:
            reading = records.read(data[each.start : each.end], keys)
            assert reading.title
            assert reading.published_at
        count += len(found)
        guess = record_keys.guess_mapping(listed[0])
        assert (guess["text"], guess["uri"][-4:]) == ("/video_detail/content", "/url")
    assert count > 2000
