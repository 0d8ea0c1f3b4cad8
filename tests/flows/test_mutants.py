"""Readers, lists and containers on damaged bytes: each mutant is read, or said in words why not, and breaks no rule.

The mutants of a run follow from DIBAO_MUTANTS, a number, 1 where it is not set. A failure tells the number of the
mutant as well, so that `mutant(...)` makes the same bytes again; other numbers look elsewhere.
"""

from __future__ import annotations

import hashlib
import os
import random
from collections.abc import Iterator
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from flows.fetch.errors import FetchError
from flows.read import TABLES, Work, read_payloads
from flows.sources.feed import entries
from schemas import table
from schemas.render.checks import table_checks
from schemas.render.sql import quoted

SEED = int(os.environ.get("DIBAO_MUTANTS", "1"))
EACH = 60
"""Mutants of a seed document: a second or two for each media type."""

PAGE = (
    "<!DOCTYPE html><html lang=zh><head><meta charset=utf-8><title>旧码头拆除 - 石桥晚报</title>"
    '<script type="application/ld+json">{"@type":"NewsArticle","headline":"旧码头拆除","author":{"name":"林晓"},'
    '"datePublished":"2024-03-07T09:15:00+08:00"}</script></head><body><nav><a href=/>首页</a><a href=/b>本地</a></nav>'
    "<h1>旧码头拆除</h1><p class=by>记者 林晓 2024-03-07 09:15</p><p>石桥镇的旧码头昨日开始拆除，工期约两个月。</p>"
    "<table><tr><th>项目<th>费用</tr><tr><td>木桩<td>1,250</tr></table><ul><li>绕行路线<li>渡船停航</ul>"
    "<pre>a = 1\n  b = 2</pre><p>镇上的老人说，码头&amp;渡船都是七十年前的。<sup>1</sup></p>"
    "<footer>石桥晚报 版权所有</footer>"
)
MARKDOWN = (
    "---\ntitle: The old pier\ndate: 2024-03-07\nauthor: [Ann Vale]\n---\n\n# The old pier\n\nThe pier closes *today* "
    "at [noon](https://example.test/a?b=1).[^1]\n\n> It was our bridge.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
    "```py\nx = {'a': 1}\n```\n\n- one\n- two\n  - three\n\n[^1]: A note.\n"
)
TEXT = (
    "石桥晚报　2024年3月7日　第4版\n\n旧码头拆除\n本报记者 林晓\n\n　　石桥镇的旧码头昨日开始拆除，工期约两个月。\n"
    "　　镇上的老人说，码头是七十年前的。\n\n（下转第6版）\n\nThe pier closes\ntoday, the mayor said.\n"
)
RECORD = (
    '{"id": 7, "title": "旧码头拆除", "content": "<p>石桥镇的旧码头昨日开始拆除。</p>", "date": "2024-03-07", '
    '"author": "林晓", "tags": ["a", {"b": null}], "n": 1e3}'
)
FEED = (
    "<?xml version='1.0'?><rss version='2.0'><channel><title>t</title><item><title>a &amp; b</title>"
    "<link>https://example.test/1</link><guid>g1</guid><pubDate>Thu, 07 Mar 2024 09:15:00 +0800</pubDate></item><item>"
    "<title><![CDATA[c]]></title><description>&lt;p&gt;d&lt;/p&gt;</description></item></channel></rss>"
)
JSON_FEED = (
    '{"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": [{"id": "1", "url": "https://example.test/1",'
    ' "title": "a"}, {"id": 2, "content_text": "b", "date_published": "2024-03-07T09:15:00Z"}]}'
)
DOCUMENTS = {
    "text/html": [PAGE, PAGE.replace("utf-8", "gb18030")],
    "text/markdown": [MARKDOWN],
    "text/plain": [TEXT],
    "application/json": [RECORD],
}
NASTY = (
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\x1b[31m",
    "\u202e".encode(),
    "\u0301".encode() * 9,
    b"<",
    b"</p>",
    b"<!--",
)
NASTY += (b'"', b"]]>", b"&#x110000;", b"&#55296;", b"\r", b"```", b"|", b"{", b"9" * 40, b"[" * 50, "十".encode() * 9)


def mutant(data: bytes, number: int) -> bytes:
    """A damaged copy: some places cut out, doubled, swapped, flipped, or with something nasty put in."""
    chance = random.Random(number)
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 12))):
        a = chance.randrange(len(out) + 1)
        b = min(len(out), a + chance.choice((1, 2, 7, 60, 400)))
        match chance.randrange(6):
            case 0:
                del out[a:b]
            case 1:
                out[a:a] = out[a:b]
            case 2:
                out[a:a] = chance.choice(NASTY)
            case 3 if a < len(out):
                out[a] ^= 1 << chance.randrange(8)
            case 4:
                out[a:b] = out[a:b][::-1]
            case 5 if len(out) > 2:
                del out[max(1, a) :]
    return bytes(out)


def numbers(kind: str, count: int) -> Iterator[int]:
    """The mutants of a kind in this run: large numbers, which a failure tells."""
    yield from (random.Random(f"{SEED}/{kind}/{number}").getrandbits(48) for number in range(count))


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def work(name: str, data: bytes, media_type: str) -> Work:
    place: dict[str, Any] = {"warc_file": "", "warc_offset": 0, "warc_length": 0, "record_type": "resource"}
    whose = {"uri": name, "source_id": "mutants", "capture_id": sha256(name.encode())[:32]}
    known = {"payload_sha256": sha256(data), "payload_bytes": len(data), "media_type": media_type, "parser": None}
    return Work(**known, **place, **whose, part_start=None, part_end=None)


def broken_rules(tables: dict[str, pa.Table]) -> list[tuple[str, list[Any]]]:
    """The rules of the schemas that the rows do not keep."""
    found = []
    with duckdb.connect() as con:
        for name in TABLES:
            con.register(f"{name}_rows", tables[name])
            con.execute(f"CREATE VIEW {quoted(name)} AS SELECT * FROM {name}_rows")
        for name in TABLES:
            for check in table_checks(table(name)):
                try:
                    rows = con.execute(check.sql).fetchall()
                except duckdb.CatalogException:
                    continue  # a rule that asks for tables of other stages
                if rows:
                    found.append((check.name, rows[:3]))
    return found


@pytest.mark.parametrize("media_type", DOCUMENTS)
def test_each_mutant_is_read_or_told(media_type: str) -> None:
    whole = {
        f"{media_type} mutant {number} of document {place}": mutant(document.encode(), number)
        for place, document in enumerate(DOCUMENTS[media_type])
        for number in numbers(f"{media_type}/{place}", EACH)
    }
    mutants = {data: name for name, data in whole.items()}  # equal bytes are one payload
    tables = read_payloads((work(name, data, media_type), data) for data, name in mutants.items())
    assert [row for row in tables["rejects"].to_pylist() if row["traceback"]] == []
    read = set(tables["documents"].column("payload_sha256").to_pylist())
    told = set(tables["rejects"].column("payload_sha256").to_pylist())
    assert {name for data, name in mutants.items() if sha256(data) not in read | told} == set()
    assert broken_rules(tables) == []
    least = 0.03 if media_type == "application/json" else 0.6  # JSON is whole or no JSON; other damage leaves something
    assert len(read) > len(mutants) * least


@pytest.mark.parametrize("feed", [FEED, JSON_FEED], ids=["rss", "json"])
def test_each_damaged_feed_is_read_or_told(feed: str) -> None:
    whole = 0
    for number in numbers(feed[:9], EACH):
        try:
            found = list(entries(mutant(feed.encode(), number), "https://example.test/feed"))
        except FetchError:
            continue
        crashes = [each for each in found if isinstance(each, FetchError) and each.traceback]
        assert crashes == [], f"mutant {number}: {crashes}"
        whole += any(not isinstance(each, FetchError) for each in found)
    assert whole > EACH * 0.2
