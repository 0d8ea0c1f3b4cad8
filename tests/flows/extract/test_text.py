"""Plain text: a block per line, each exactly a slice of the decoded payload."""

from __future__ import annotations

import resource
from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.extract import text as text_reader
from flows.extract.charset import decode
from flows.extract.reading import UnreadableError
from flows.extract.text import read


def test_lines_without_the_white_space_around_them() -> None:
    text = "\ufeff河口大桥通车\r\n\r\n\u3000\u3000三月一日上午,大桥正式通车。 \t\r\n\u200b\n\u2003第二段。\u3000\n"
    reading = read(text.encode(), {})
    assert [block.text for block in reading.blocks] == ["河口大桥通车", "三月一日上午,大桥正式通车。", "第二段。"]
    decoded = decode(text.encode()).text
    for block in reading.blocks:
        assert decoded[block.raw_start : block.raw_end] == block.text
        assert block.selector == f"char={block.raw_start},{block.raw_end}"
        assert (block.kind, block.article) == ("body", None)
    assert reading.media_type == "text/plain"


@pytest.mark.parametrize("separator", ["\n", "\r", "\r\n", "\x0c", "\u2028", "\n\n\n"])
def test_every_kind_of_line_break(separator: str) -> None:
    assert [b.text for b in read(f"甲。{separator}乙。".encode(), {}).blocks] == ["甲。", "乙。"]


def test_old_encodings_and_cut_files() -> None:
    payload = ("河口大桥三月一日上午正式通车,两岸的居民说,这是一件大好事。\n" * 3).encode("gb18030")[1:]
    reading = read(payload, {})
    assert (reading.charset_used, reading.decode_skip) == ("gb18030", 1)
    assert reading.blocks[1].text == "河口大桥三月一日上午正式通车,两岸的居民说,这是一件大好事。"


def test_the_source_may_name_the_encoding() -> None:
    assert read("Łódź".encode("cp1250"), {"charset": "cp1250"}).blocks[0].text == "Łódź"
    with pytest.raises(UnreadableError) as error:
        read(b"x", {"charset": "martian"})
    assert error.value.error == "charset"


@pytest.mark.parametrize(
    ("payload", "name"), [(b"", "empty"), (b" \r\n\xe3\x80\x80\n", "empty"), (bytes(range(256)) * 8, "binary")]
)
def test_no_text(payload: bytes, name: str) -> None:
    with pytest.raises(UnreadableError) as error:
        read(payload, {})
    assert error.value.error == name
    assert error.value.message.endswith(".")


def test_a_line_beyond_measure_is_cut_at_sentences() -> None:
    text = "这座桥很长,人们走了很久才走完。" * 10_000
    blocks = read(text.encode(), {}).blocks
    assert "".join(block.text for block in blocks) == text
    assert max(len(block.text) for block in blocks) <= 20_000
    assert all(block.text.endswith("。") for block in blocks)
    assert all(a.raw_end == b.raw_start for a, b in pairwise(blocks))


def test_a_line_beyond_measure_without_a_sentence_or_with_blanks_only() -> None:
    assert len(read(b"x" * 100_001, {}).blocks) == 6
    blocks = read(b"a" + b" " * 70_000 + b"b", {}).blocks
    assert [block.text for block in blocks] == ["a", "b"]


def test_memory_stays_small() -> None:
    read(b"word " * 10_000_000, {})
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 2_000_000


def test_title_date_and_language() -> None:
    reading = read("河口大桥通车\n江口晚报 2024年3月1日\n三月一日上午,大桥正式通车,许多市民前来参观。".encode(), {})
    assert (reading.title, reading.language) == ("河口大桥通车", "zh")
    assert (reading.published_at, reading.published_precision) == (datetime(2024, 3, 1), "day")
    plain = read("2024年3月1日,大桥正式通车,许多市民前来参观,记者在现场看到。\n第二段。".encode(), {})
    assert (plain.title, plain.published_at) == (None, None)
    assert read("河口大桥通车\n发布: 2024-02-31\n三月一日上午,大桥正式通车。".encode(), {}).published_at is None


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("甲乙。 \u3000\n\r\t\x0c\x1c\u200b\ufeffab.,")))
def test_blocks_are_slices_and_nothing_visible_is_lost(text: str) -> None:
    payload = text.encode()
    decoded = decode(payload).text
    try:
        blocks = read(payload, {}).blocks
    except UnreadableError:
        assert not [c for c in decoded if not c.isspace() and c not in "\u200b\ufeff\x1c"]
        return
    assert all(decoded[b.raw_start : b.raw_end] == b.text for b in blocks)
    assert all(b.text.strip() == b.text != "" for b in blocks)
    spans = [(b.raw_start or 0, b.raw_end or 0) for b in blocks]
    outside = "".join(
        decoded[a:b] for a, b in zip([0, *(e for _, e in spans)], [*(s for s, _ in spans), len(decoded)], strict=True)
    )
    assert not outside.replace("\u200b", "").replace("\ufeff", "").strip()


def test_a_letter_with_any_number_of_marks_is_cut_into_blocks_of_a_size() -> None:
    text = "a" + "\u0301" * (5 * text_reader.LONGEST)
    blocks = read(text.encode(), {}).blocks
    assert "".join(block.text for block in blocks) == text
    assert len(blocks) < 12  # blocks of one character would make it quadratic


def test_a_letter_is_not_cut_from_its_marks() -> None:
    text = "e\u0301" * text_reader.LONGEST
    assert all(block.text.startswith("e") for block in read(text.encode(), {}).blocks)
