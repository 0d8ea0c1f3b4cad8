"""Markdown pages: metadata, blocks with exact offsets, digests told from essays."""

from __future__ import annotations

import contextlib
import json
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flows.extract import digest, markdown, markdown_cut
from flows.extract.reading import PREFORMATTED, Reading, UnreadableError
from tests.flows.extract.rows import rows

GOLDEN = Path(__file__).parents[2] / "golden" / "markdown"

# Pieces that put marks where marks are read, so that arbitrary text meets every branch.
MARKS = [
    *(
        "---\n",
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        "title: 甲\n",
        "date: 0000-00-00\n",
        "# ",
        "## ",
        "* ",
        "> ",
        "```\n",
        "~~~",
    ),
    *(
        "|",
        " | b |\n",
        "|---|",
        "![图](u)",
        "[原文](http://a.example.org)",
        "<p>",
        "</p>",
        "<br>",
        "<!--",
        "-->",
        "===\n",
    ),
    *(
        "<script>",
        "</script>",
        "<figcaption>",
        "正文一句。",
        "a ",
        "  \n",
        "\\",
        "**",
        "\u2028",
        "\0",
        "\u3000",
        "+++\n",
    ),
    *("作者：乙", "来源："),
]
MARKED = st.lists(st.sampled_from(MARKS) | st.text(max_size=8), max_size=40).map("".join)


def sliced(payload: bytes, reading: Reading) -> None:
    assert reading.charset_used is not None
    text = payload[reading.decode_skip :].decode(reading.charset_used, "replace").removeprefix("\ufeff")
    last = 0
    for block in reading.blocks:
        if block.raw_start is None or block.raw_end is None:
            continue
        assert text[block.raw_start : block.raw_end] == block.text
        indented = block.text.lstrip(" \t") if PREFORMATTED in block.flags else block.text
        assert indented.strip() == indented != ""
        assert block.raw_start >= last
        assert block.selector == f"char={block.raw_start},{block.raw_end}"
        last = block.raw_end


@pytest.mark.parametrize("page", sorted(GOLDEN.glob("*.md")), ids=lambda page: page.stem)
def test_golden(page: Path) -> None:
    payload = page.read_bytes()
    reading = markdown.read(payload, {})
    assert rows(reading) == json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    sliced(payload, reading)


def test_the_sample_page(samples: Path) -> None:
    reading = markdown.read((samples / "jiuye-wenku/2024-03-04-qingshixia-tongshui.md").read_bytes(), {})
    assert reading.original_uri == "http://news.jianghai.example.org/2024/0302/qingshixia.html"
    assert len(reading.archived_uris) == 1
    assert reading.authors == ["陆望舒", "孟怀川"]
    assert (reading.published_at, reading.published_precision) == (datetime(2024, 3, 4), "day")
    assert {block.article for block in reading.blocks if block.kind == "boilerplate"} == {None}


@given(
    st.binary(max_size=300) | MARKED.map(str.encode) | MARKED.map(lambda text: text.encode("utf-16", "surrogatepass"))
)
@example(b"---\ntitle: [\n---\n")
@example("> \x1f正文".encode())
def test_any_bytes_are_read_or_refused(payload: bytes) -> None:
    with contextlib.suppress(UnreadableError):
        sliced(payload, markdown.read(payload, {}))


@given(MARKED)
def test_every_word_outside_marks_is_in_a_piece(text: str) -> None:
    kept = {at for piece in markdown_cut.cut(text) for at in range(piece.start, piece.end)}
    for at, character in enumerate(text):
        if character == "句":
            inside_unread = "<script" in text[:at] or "<!--" in text[:at]
            assert at in kept or inside_unread, (at, text)


@pytest.mark.parametrize("payload", [b"", b"\n\n \t", b"\xef\xbb\xbf\n"])
def test_nothing_to_read(payload: bytes) -> None:
    if payload.strip() == b"":
        with pytest.raises(UnreadableError, match="no text"):
            markdown.read(payload, {})
    else:
        assert markdown.read(payload, {}).blocks == []


@pytest.mark.parametrize(
    "date", ["0000-00-00", "2024-13-01", "2023-02-29", "9999", "-1", "昨天", "2024-02-30T25:61:61+99:99"]
)
def test_impossible_dates_are_null(date: str) -> None:
    reading = markdown.read(f"---\ntitle: 甲\ndate: {date}\n---\n正文。\n".encode(), {})
    assert (reading.title, reading.published_at, reading.published_precision) == ("甲", None, None)


def test_a_time_without_a_zone_is_in_the_source_s() -> None:
    payload = "---\ndate: 2024-03-02 19:05\n---\n\n渡口在下游三里，船还没有来。\n".encode()
    there = markdown.read(payload, {"timezone": "Europe/Athens"}).published_at
    here = markdown.read(payload, {}).published_at
    assert there is not None
    assert here is not None
    assert there.isoformat() == "2024-03-02T19:05:00+02:00"
    assert here.isoformat() == "2024-03-02T19:05:00+08:00"


@pytest.mark.parametrize(
    ("line", "original", "archived", "origin"),
    [
        ("* [**原文链接**](http://a.example.org/1)", "http://a.example.org/1", [], None),
        ("[备份链接](http://b.example.org/1)", None, ["http://b.example.org/1"], None),
        ("原文：http://a.example.org/1", "http://a.example.org/1", [], None),
        ("來源：「海東晚報」[連結](http://a.example.org/1)", "http://a.example.org/1", [], "海東晚報"),
        (
            "文章来自微信公众号「河湾笔记」：[一河水](https://archive.is/aB3)",
            None,
            ["https://archive.is/aB3"],
            "河湾笔记",
        ),
        ("Original link: <http://a.example.org/1>", "http://a.example.org/1", [], None),
        (
            "Archive: https://web.archive.org/web/2019/http://a.example.org/1",
            "http://a.example.org/1",
            ["https://web.archive.org/web/2019/http://a.example.org/1"],
            None,
        ),
    ],
)
def test_link_lines(line: str, original: str | None, archived: list[str], origin: str | None) -> None:
    reading = markdown.read(f"# 标题\n\n{line}\n\n正文第一段。\n".encode(), {})
    assert (reading.original_uri, reading.archived_uris, reading.origin) == (original, archived, origin)
    assert reading.publisher is None
    assert [block.kind for block in reading.blocks] == ["headline", "boilerplate", "body"]


@pytest.mark.parametrize(
    "line",
    [
        "据说准备了[四年](http://a.example.org/1)，才有这一天。",
        "来源不明的信件一封接一封地寄到编辑部，没有人知道是谁写的。",
        "他发布了[公开信](http://a.example.org/1)。",
    ],
)
def test_sentences_are_not_link_lines(line: str) -> None:
    reading = markdown.read(f"# 标题\n\n{line}\n".encode(), {})
    assert reading.original_uri is None
    assert [block.kind for block in reading.blocks] == ["headline", "body"]


def test_a_digest_needs_sources_of_its_own() -> None:
    def page(line: str) -> list[tuple[int, int]]:
        text = "# 一周\n\n" + "".join(f"## 第{n}节\n\n{line.format(n=n)}\n\n" for n in range(4))
        return digest.items(text, markdown_cut.cut(text), titled=False)

    assert len(page("[查看原文](http://a.example.org/{n})")) == 4
    assert len(page("江海社临江3月{n}日电 这一段自己有电头。")) == 4
    assert page("[查看原文](http://a.example.org/same)") == []
    assert page("这一段只是文章的一节，见[前文](http://a.example.org/{n})。") == []


@pytest.mark.parametrize(
    "text",
    [
        "[" * 300_000,
        "![" * 150_000,
        "![](" * 80_000,
        "<" * 300_000,
        "<!--" * 80_000,
        "<script>" * 40_000,
        "<p>" * 100_000,
        "> " * 150_000,
        "```\n" * 80_001,
        "~~~x\n" * 60_001,
        "- \n" * 100_000,
        "# a\n" * 80_000,
        "---\n" + "a: \n" * 60_000,
        "](http://" * 40_000,
        "|" * 300_000,
        "* * " * 80_000,
        "a [b\n" * 60_000,
        "\r" * 300_000 + "a",
        " " * 300_000 + "a",
    ],
    ids=lambda text: text[:8].encode("unicode_escape").decode(),
)
@pytest.mark.timeout(120)
def test_pathological_text_is_read_to_its_end(text: str) -> None:
    """In a moment; where the work grows with the square of the input, the test is ended."""
    reading = markdown.read(text.encode(), {})
    ends = [block.raw_end for block in reading.blocks if block.raw_end is not None]
    assert max(ends, default=0) <= len(text)


@pytest.mark.corpus
def test_real_digests_and_essays(shared: Path) -> None:
    for page in sorted((shared / "corpus" / "xwlb-md").glob("*.md")):
        reading = markdown.read(page.read_bytes(), {})
        headings = page.read_text(encoding="utf-8").count("\n### ")
        assert len({block.article for block in reading.blocks} - {None}) == headings
        assert reading.published_at is not None
    originals = dates = 0
    essays = sorted((shared / "corpus" / "terminus2049" / "_posts").iterdir())
    for page in essays:
        payload = page.read_bytes()
        reading = markdown.read(payload, {})
        sliced(payload, reading)
        assert {block.article for block in reading.blocks} - {None} == {0}
        originals += bool(reading.original_uri or reading.archived_uris)
        dates += reading.published_at is not None
    assert dates >= 0.99 * len(essays)
    assert originals >= 0.8 * len(essays)


@pytest.mark.parametrize("link", ["](http://?", "<http://a.example/x", "[](http://a.example/x)", "[?](http://)"])
@pytest.mark.parametrize("end", ["\n\r?\n===", "\n===\n", "\n\n# ?\n"])
def test_a_link_without_a_label_under_a_title_of_marks_crashes_nothing(link: str, end: str) -> None:
    with contextlib.suppress(UnreadableError):
        markdown.read((link + end).encode(), {})
