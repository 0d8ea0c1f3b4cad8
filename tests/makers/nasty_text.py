"""Text, markdown and JSON that is not what it should be. Each function takes the folder to write into."""

from __future__ import annotations

import json
from pathlib import Path

SENTENCE = "河面上起了雾，渡船在对岸敲了三下钟，没有人应。"
MAPPING = {"title": "title", "text": "detail.content", "uri": "link", "date": "date"}
"""What a source would say of the dumps that `json_not_as_told` writes."""

IMPOSSIBLE_DATES = (
    "0000-00-00",
    "2024-02-30",
    "2023-13-01",
    "9999-99-99T99:99:99Z",
    "31/02/2024",
    "-1",
    "1e999",
    "明天",
)


def impossible_dates(folder: Path) -> None:
    """Markdown pages with dates that are none. Expected: documents, `published_at` null."""
    for number, date in enumerate(IMPOSSIBLE_DATES):
        text = f"---\ntitle: 第{number}天\ndate: {date}\n---\n\n{SENTENCE}日历{number}。\n"
        (folder / f"date-{number}.md").write_text(text, encoding="utf-8")


def front_matter(folder: Path) -> None:
    """Front matter that never closes, is indented with tabs, holds bytes that are no text, is a list, is all there is.
    Expected: documents; the one that is all front matter has its title only, the one with bytes may be `binary`."""
    pages = {
        "open.md": f"---\ntitle: 没有关上\ntags: [a, b\n\n{SENTENCE}\n".encode(),
        "tabs.md": f"---\n\ttitle:\t制表符\n\t\tauthor:\t石榴\n---\n{SENTENCE}\n".encode(),
        "bytes.md": "---\ntitle: 字节\nblob: ".encode() + bytes(range(32)) + b"\xff\xfe\n---\n" + SENTENCE.encode(),
        "list.md": f"---\n- 一\n- 二\n---\n{SENTENCE}\n".encode(),
        "alone.md": "---\ntitle: 只有题目\n---\n".encode(),
        "rule.md": f"---\n\n{SENTENCE}\n\n---\n".encode(),
        "anchors.md": f"---\na: &a [*a, *a]\ntitle: !!python/object:os.system 锚\n---\n{SENTENCE}\n".encode(),
    }
    for name, data in pages.items():
        (folder / name).write_bytes(data)


def line_ends(folder: Path) -> None:
    """CRLF, CR, NEL, U+2028, vertical tab, form feed, mixed. Expected: documents whose offsets lead to the bytes."""
    ends = {
        "crlf": "\r\n",
        "cr": "\r",
        "nel": "\x85",
        "ls": "\u2028",
        "ps": "\u2029",
        "vt": "\v",
        "ff": "\f",
        "rs": "\x1e",
    }
    for name, end in ends.items():
        (folder / f"{name}.txt").write_bytes((f"{SENTENCE}{name}{end}" * 3 + SENTENCE).encode())
        (folder / f"{name}.md").write_bytes(f"# {name}{end}{end}{SENTENCE}{end}{end}{name}{SENTENCE}".encode())
    (folder / "mixed.txt").write_bytes(f"{SENTENCE}一\r{SENTENCE}二\r\n{SENTENCE}三\n\r{SENTENCE}四\n".encode())


def encodings(folder: Path) -> None:
    """UTF-16 without a mark, UTF-8 cut inside a character at both ends, GB 18030 with half a character, NULs in text,
    half a surrogate pair in UTF-8. Expected: documents that hold most of the sentence; with NULs it may be `binary`."""
    text = SENTENCE * 40
    (folder / "utf16le.txt").write_bytes(text.encode("utf-16-le"))
    (folder / "utf16be.txt").write_bytes(text.encode("utf-16-be"))
    (folder / "cut.txt").write_bytes(text.encode()[1:-1])
    (folder / "gb-cut.txt").write_bytes(text.encode("gb18030")[:-1])
    (folder / "nulls.txt").write_bytes(text.encode().replace("，".encode(), "，\0".encode()))
    (folder / "surrogate.txt").write_bytes(text.encode() + b"\xed\xa0\x80" + SENTENCE.encode())
    (folder / "zero-width.txt").write_text("\u200b".join(text), encoding="utf-8")


def json_not_as_told(folder: Path) -> None:
    """Dumps that differ from what `MAPPING` says of them: keys absent, no JSON, cut off, too deep, odd values.
    Expected: rejects `key-missing`, `not-json`, `truncated`, `nested`; what stands before a cut is read; odd numbers,
    nulls and half surrogates do no harm."""
    good = {
        "title": "渡口的钟",
        "link": "http://a.example.org/1",
        "date": "2024-03-02",
        "detail": {"content": SENTENCE},
    }
    dumps = {
        "other-keys.json": json.dumps([{"name": "一", "words": SENTENCE}]).encode(),
        "one-without.json": json.dumps([good, {"title": "二"}, 7, None]).encode(),
        "page.json": b"<!DOCTYPE html><html><body>404</body></html>",
        "cut.json": json.dumps({"items": [good, {**good, "title": "second"}]}).encode()[:-120],
        "deep.json": b"[" * 100_000 + b"]" * 100_000,
        "deep-record.json": b'[{"title": "x", "detail": {"content": "ok", "more": '
        + b"[" * 5_000
        + b"]" * 5_000
        + b"}}]",
        "values.json": b'[{"title": NaN, "date": 1e999, "n": ' + b"9" * 10_000 + b', "detail": {"content": "ok."}}]',
        "nulls.json": b'[{"title": null, "link": [], "date": {}, "detail": {"content": null}}]',
        "surrogates.json": b'[{"title": "\\ud800", "detail": {"content": "\\udfff ok \\ud83d"}}]',
        "repeated.json": b'[{"title": "a", "title": "b", "detail": {"content": "one"}, "detail": {"content": "two"}}]',
        "control.json": b'[{"title": "a\tb\x01", "detail": {"content": "one\ntwo"}}]',
        "utf16.json": json.dumps([good], ensure_ascii=False).encode("utf-16"),
        "lines.jsonl": json.dumps(good).encode() + b"\n{broken\n\n[]\n" + json.dumps({**good, "title": "x"}).encode(),
        "array.jsonl": json.dumps([good, good], indent=1).encode(),
    }
    for name, data in dumps.items():
        (folder / name).write_bytes(data)
