"""The segment stage: every block comes out once, with its article and place."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.segment.stage import segment
from schemas.columns import PASSAGE_KINDS, TEXT_KINDS
from schemas.tables.blocks import ARTICLE_HEADS, BLOCKS, PLACED_BLOCKS
from tests.flows.segment.pages import NEWSPAPER, PLAIN, page, placed, tables

KINDS = {"a": "advert", "m": "masthead", "h": "headline", "b": "byline", "c": "caption", "B": "body", "d": "dateline"}


def block(document: str, ordinal: int, kind: str, text: str, article: int | None) -> dict[str, object]:
    return {
        "document_id": document,
        "ordinal": ordinal,
        "kind": kind,
        "text": text,
        "selector": f"/html/body/p[{ordinal + 1}]",
        "raw_start": None,
        "raw_end": None,
        "flags": [],
        "article": article,
    }


def test_a_plain_text_is_one_article_with_all_its_text() -> None:
    heads, blocks = placed(PLAIN)
    assert [h["headline"] for h in heads] == ["河口大桥三月一日正式通车"]
    assert [b["place"] for b in blocks] == [0, 1, 2, 3, 4]
    assert [b["kind"] for b in blocks] == ["headline", "body", "body", "headline", "body"]
    assert not any(b["glued"] for b in blocks)


def test_a_newspaper_page_is_typed_and_cut() -> None:
    heads, blocks = placed(page(NEWSPAPER))
    assert [b["kind"] for b in blocks] == [KINDS[code[0]] for code, _ in NEWSPAPER]
    assert [b["article"] for b in blocks] == [None if code[1] == "-" else int(code[1]) for code, _ in NEWSPAPER]
    assert [h["headline"] for h in heads] == ["渡口老船工的最后一班船", "小麦返青 农技员下田忙"]
    first = heads[0]
    assert (first["byline"], first["agency"]) == ("本报记者 林晓舟 周一帆", "新华社")
    assert (first["dateline_place"], first["dateline_date"], first["complete"]) == ("江口", "3月1日", True)
    assert [b["place"] for b in blocks if b["kind"] in ("byline", "dateline")] == [None] * 2


def test_an_extractors_articles_stand() -> None:
    documents = pa.Table.from_pylist(
        [
            {"document_id": d, "extractor": "html", "title": f"题{d}", "parser": None, "page_kind": "article"}
            for d in "ab"
        ]
    )
    rows = [
        block("b", 0, "navigation", "首页", None),
        block("b", 1, "body", "新华社江口3月1日电 大桥通车。", 0),
        block("b", 2, "byline", "本报记者 林晓舟", 0),
        block("b", 3, "caption", "大桥。", 0),
        block("a", 0, "headline", "甲", 0),
        block("a", 1, "body", "甲的正文。", 0),
        block("a", 2, "headline", "小标题", 0),
        block("a", 3, "headline", "乙", 1),
        block("a", 4, "jump", "(下转2版)", 1),
        block("a", 5, "body", "乙的正文。", 1),
    ]
    _, heads, blocks = segment(documents, pa.Table.from_pylist(rows, schema=BLOCKS.arrow))
    assert blocks.schema == PLACED_BLOCKS.arrow
    assert heads.schema == ARTICLE_HEADS.arrow
    assert blocks.column("place").to_pylist() == [0, 1, 2, 0, None, 1, None, 0, None, 1]
    rows_out = heads.to_pylist()
    assert [(h["document_id"], h["article"], h["headline"], h["complete"]) for h in rows_out] == [
        ("a", 0, "甲", True),
        ("a", 1, "乙", False),
        ("b", 0, "题b", True),
    ]
    assert (rows_out[2]["agency"], rows_out[2]["dateline_place"], rows_out[2]["byline"]) == (
        "新华社",
        "江口",
        "本报记者 林晓舟",
    )


def test_nothing_in_nothing_out() -> None:
    _, heads, blocks = segment(*(t.slice(0, 0) for t in tables({"d": "甲。"})))
    assert (heads.num_rows, blocks.num_rows) == (0, 0)
    assert blocks.schema == PLACED_BLOCKS.arrow


def test_rows_do_not_depend_on_their_order_or_company() -> None:
    texts = {"p": page(NEWSPAPER), "q": PLAIN, "r": "一行。"}
    documents, blocks = tables(texts)
    kinds, heads, placed_blocks = segment(documents, blocks)
    turned = blocks.take(list(reversed(range(blocks.num_rows))))
    order = [2, 0, 1]
    assert segment(documents.take(order), turned) == (kinds.take(order), heads, placed_blocks)
    alone = [segment(*tables({name: text})) for name, text in texts.items()]
    assert pa.concat_tables([h for _, h, _ in alone]).equals(heads)
    assert pa.concat_tables([b for *_, b in alone]).combine_chunks().equals(placed_blocks.combine_chunks())


LINES = st.sampled_from(
    [text for _, text in NEWSPAPER]
    + [
        "(上接1版)大桥通车后,两岸",
        "的居民往来方便多了。",
        "短",
        "。",
        "(下转3版)",
        "新华社记者 林晓舟 摄",
        "By John Rivers",
        "广告",
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(LINES, st.sampled_from(["\n", "\n\n", "\n\u3000\u3000"])), min_size=1, max_size=24))
def test_every_line_has_exactly_one_place(lines: list[tuple[str, str]]) -> None:
    text = "".join(line + gap for line, gap in lines)
    heads, blocks = placed(text)
    assert [b["text"] for b in blocks] == [line for line, _ in lines]
    assert [b["ordinal"] for b in blocks] == list(range(len(lines)))
    assert {b["article"] for b in blocks} - {None} == {h["article"] for h in heads}
    assert all(b["kind"] in PASSAGE_KINDS for b in blocks)
    by_article: dict[object, list[dict[str, object]]] = {}
    for row in blocks:
        assert row["place"] is None or (row["article"] is not None and row["kind"] in TEXT_KINDS)
        if row["place"] is not None:
            by_article.setdefault(row["article"], []).append(row)
    for members in by_article.values():
        assert sorted(m["place"] for m in members) == list(range(len(members)))  # type: ignore[type-var]
        assert not any(m["glued"] for m in members if m["place"] == 0)
    assert placed(text) == (heads, blocks)


@pytest.mark.parametrize(
    ("extractor", "headline"),
    [("html", "Mill owner buys the theatre"), ("markdown", "Low Quay Mill owner buys the theatre")],
)
def test_of_a_web_page_the_headline_is_one_line(extractor: str, headline: str) -> None:
    title = "Mill owner buys the theatre - Low Quay News"
    page = {"document_id": "a", "extractor": extractor, "title": title, "parser": None, "page_kind": "article"}
    head = (("headline", "Low Quay"), ("headline", "Mill owner buys the theatre"), ("body", "The price is not known."))
    rows = [block("a", ordinal, kind, text, 0) for ordinal, (kind, text) in enumerate(head)]
    _, heads, _ = segment(pa.Table.from_pylist([page]), BLOCKS.rows(rows))
    assert heads.column("headline").to_pylist() == [headline]
