"""Invented newspaper pages and what their lines are."""

from __future__ import annotations

import pyarrow as pa

from flows.extract.text import read
from flows.segment.stage import segment
from schemas.tables.blocks import BLOCKS

PLAIN = """河口大桥三月一日正式通车

江口晚报讯 三月一日上午,河口大桥正式通车。市长在仪式上说,两岸的居民从此少走二十公里的路。

记者在现场看到,第一批车辆缓缓驶过桥面,许多市民带着孩子前来参观。

安全第一

工程历时四年,总投资十二亿元,没有发生一起安全事故。
"""

# m masthead, a advert, h headline, b byline, c caption, B body, d dateline; the digit is the article.
NEWSPAPER = [
    ("a-", "爱护江水公益广告"),
    ("a-", "一滴水的旅行"),
    ("a-", "设计制作:林小舟"),
    ("m-", "中共江口市委主管主办"),
    ("m-", "江口日报社出版"),
    ("m-", "新闻热线:0999-1234567"),
    ("h0", "渡口老船工的最后一班船"),
    ("b0", "本报记者 林晓舟 周一帆"),
    ("c0", "图为三月一日,老船工赵大河在渡口检修渡船。"),
    ("B0", "本报江口3月1日电 清晨五点,渡口的灯还亮着。六十二岁的船工赵大河已经把渡船擦洗了一遍。"),
    ("B0", "赵大河十九岁接过父亲的船桨,四十三年里,他渡过的人数也数不清。渡船换了四条,渡口没有换过。"),
    ("B0", "“船停了,人不能停。”赵大河说,他要去大桥的养护队报到,接着守这条江。"),
    ("d0", "(新华社江口3月1日电)"),
    ("h1", "小麦返青 农技员下田忙"),
    ("B1", "眼下正是小麦返青的时节,安河县的农技员孙麦香每天要走二十多块麦田,查苗情、测墒情。"),
    ("B1", "孙麦香介绍,去冬雨雪偏少,部分麦田出现旱象,县里已经组织三百台水泵浇返青水。"),
    ("B1", "农户老吴种了四十亩小麦,他说,农技员来了,心里就有了底。"),
]


def tables(texts: dict[str, str], extractor: str = "text", parser: str | None = None) -> tuple[pa.Table, pa.Table]:
    """Documents and blocks as extract would hand them to segment, by document id."""
    documents = []
    rows = []
    for document, text in texts.items():
        reading = read(text.encode(), {})
        documents.append(
            {
                "document_id": document,
                "extractor": extractor,
                "title": reading.title,
                "parser": parser,
                "page_kind": "article",
                "language": reading.language,
            }
        )
        rows += [
            {
                "document_id": document,
                "ordinal": ordinal,
                "kind": block.kind,
                "text": block.text,
                "selector": block.selector,
                "raw_start": block.raw_start,
                "raw_end": block.raw_end,
                "flags": [],
                "article": None,
                "after": block.after,
            }
            for ordinal, block in enumerate(reading.blocks)
        ]
    return pa.Table.from_pylist(documents), pa.Table.from_pylist(rows, schema=BLOCKS.arrow)


def page(lines: list[tuple[str, str]]) -> str:
    """A page's text, a blank line between its lines."""
    return "\n\n".join(text for _, text in lines)


def placed(text: str) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Heads and placed blocks of one text, as rows."""
    _, heads, blocks = segment(*tables({"d": text}))
    return heads.to_pylist(), blocks.to_pylist()
